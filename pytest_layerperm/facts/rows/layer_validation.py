"""Input constraints of layer names, and of the operations on layers."""

from __future__ import annotations

from ...lambda_api.members import VERSION_ARN_PATTERN
from ..model import Expected, Fact, Matching
from .steps import fact, get_by_arn, get_policy, invalid, list_layers, list_versions, publish, too_long, violation

_LAYER_NAME = (
    r"satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?"
    r"-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140})"
)
_NULL = "not be null"

FACTS: tuple[Fact, ...] = (
    fact(
        "validation/layer-name",
        "A layer name consists of letters, digits, - and _.",
        "inferred",
        "MODEL:LayerNameOrArn",
        get_policy(invalid(violation("'a.b'", "layerName", _LAYER_NAME)), LayerName="a.b"),
    ),
    fact(
        "validation/layer-name-with-slash",
        "An encoded slash is part of the layer name, where it is invalid.",
        "inferred",
        "MODEL:LayerNameOrArn",
        get_policy(invalid(violation("'a/b'", "layerName", _LAYER_NAME)), LayerName="a/b"),
    ),
    fact(
        "validation/layer-name-too-long",
        "A bare layer name has at most 140 characters.",
        "inferred",
        "MODEL:LayerNameOrArn",
        get_policy(invalid(violation(f"'{'n' * 141}'", "layerName", _LAYER_NAME)), LayerName="n" * 141),
    ),
    fact(
        "validation/version-arn-as-layer-name",
        "A layer version ARN is not a valid LayerName.",
        "inferred",
        "DECISION",
        publish(),
        get_policy(invalid(violation("'${version_arn}'", "layerName", _LAYER_NAME)), LayerName="${version_arn}"),
    ),
    fact(
        "validation/layer-name-much-too-long",
        "A LayerName of any form has at most 2048 characters.",
        "documented",
        "MODEL:LayerNameOrArn",
        get_policy(
            invalid(
                violation(f"'{'n' * 2049}'", "layerName", too_long(2048)),
                violation(f"'{'n' * 2049}'", "layerName", _LAYER_NAME),
            ),
            LayerName="n" * 2049,
        ),
    ),
    fact(
        "validation/architectures",
        "An unknown architecture: the message wraps the constraint of the items.",
        "recorded",
        "LS:layer_exc publish_layer_version_exc_invalid_runtime_arch",
        publish(
            invalid(
                violation(
                    "'[invalidarch]'",
                    "compatibleArchitectures",
                    "satisfy constraint: "
                    "[Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
                )
            ),
            CompatibleArchitectures=["invalidarch"],
        ),
    ),
    fact(
        "validation/runtimes",
        "An unknown runtime: the same.",
        "recorded",
        "LS:layer_exc publish_layer_version_exc_invalid_runtime_arch; which runtimes there are, changes",
        publish(
            Expected(
                400,
                "ValidationException",
                Matching(
                    r"1 validation error detected: Value '\[invalidruntime\]' at 'compatibleRuntimes' failed to "
                    r"satisfy constraint: Member must satisfy constraint: "
                    r"\[Member must satisfy enum value set: \[.+\], Member must not be null\]"
                ),
            ),
            CompatibleRuntimes=["invalidruntime"],
        ),
    ),
    fact(
        "validation/storage-mode",
        "An unknown S3ObjectStorageMode is invalid.",
        "inferred",
        "MODEL:S3ObjectStorageMode; the text is inferred",
        publish(
            invalid(violation("'MOVE'", "content.s3ObjectStorageMode", "satisfy enum value set: [COPY, REFERENCE]")),
            Content={"S3Bucket": "bucket", "S3Key": "key", "S3ObjectStorageMode": "MOVE"},
        ),
    ),
    fact(
        "validation/storage-mode-in-lower-case",
        "The values of S3ObjectStorageMode are case-sensitive.",
        "inferred",
        "MODEL:S3ObjectStorageMode; the text is inferred",
        publish(
            invalid(
                violation("'reference'", "content.s3ObjectStorageMode", "satisfy enum value set: [COPY, REFERENCE]")
            ),
            Content={"S3Bucket": "bucket", "S3Key": "key", "S3ObjectStorageMode": "reference"},
        ),
    ),
    fact(
        "validation/storage-mode-as-number",
        "A number as S3ObjectStorageMode: 400 SerializationException.",
        "inferred",
        "DECISION",
        publish(
            Expected(400, "SerializationException"),
            body='{"Content":{"S3Bucket":"bucket","S3Key":"key","S3ObjectStorageMode":1}}',
        ),
    ),
    fact(
        "validation/several-lists",
        "Two violations are counted and joined by a semicolon: runtimes before architectures.",
        "recorded",
        "LS:layer_exc publish_layer_version_exc_invalid_runtime_arch",
        publish(
            Expected(
                400,
                "ValidationException",
                Matching(
                    r"2 validation errors detected: Value '\[invalidruntime\]' at 'compatibleRuntimes' failed to "
                    r"satisfy constraint: .+; Value '\[invalidarch\]' at 'compatibleArchitectures' failed to satisfy "
                    r"constraint: .+"
                ),
            ),
            CompatibleRuntimes=["invalidruntime"],
            CompatibleArchitectures=["invalidarch"],
        ),
    ),
    fact(
        "validation/architecture-filter",
        "An unknown architecture is rejected as a filter.",
        "recorded",
        "LS:layer_exc",
        list_versions(
            invalid(
                violation("'archdoesnotexist'", "compatibleArchitecture", "satisfy enum value set: [x86_64, arm64]")
            ),
            CompatibleArchitecture="archdoesnotexist",
        ),
    ),
    fact(
        "validation/runtime-filter",
        "An unknown runtime is rejected as a filter.",
        "recorded",
        "LS:layer_exc",
        list_versions(
            Expected(
                400,
                "ValidationException",
                Matching(
                    r"1 validation error detected: Value 'runtimedoesnotexist' at 'compatibleRuntime' failed to "
                    r"satisfy constraint: Member must satisfy enum value set: \[.+\]"
                ),
            ),
            CompatibleRuntime="runtimedoesnotexist",
        ),
    ),
    fact(
        "validation/arn-without-version",
        "GetLayerVersionByArn requires a layer version ARN.",
        "recorded",
        "LS:layer_exc",
        get_by_arn(
            "${layer_arn}",
            invalid(violation("'${layer_arn}'", "arn", f"satisfy regular expression pattern: {VERSION_ARN_PATTERN}")),
        ),
    ),
    fact(
        "validation/page-of-0",
        "A MaxItems of 0 is rejected.",
        "inferred",
        "MODEL:MaxLayerListItems",
        list_layers(
            invalid(violation("'0'", "maxItems", "have value greater than or equal to 1")),
            MaxItems=0,
            all_pages=False,
        ),
    ),
    fact(
        "validation/page-of-51",
        "A MaxItems of more than 50 is rejected.",
        "inferred",
        "MODEL:MaxLayerListItems",
        list_versions(invalid(violation("'51'", "maxItems", "have value less than or equal to 50")), MaxItems=51),
    ),
    fact(
        "validation/description-too-long",
        "PublishLayerVersion accepts a Description of at most 256 characters.",
        "inferred",
        "API:PublishLayerVersion; the text is inferred",
        publish(invalid(violation(f"'{'x' * 257}'", "description", too_long(256))), Description="x" * 257),
    ),
    fact(
        "validation/licence-too-long",
        "PublishLayerVersion accepts a LicenseInfo of at most 512 characters.",
        "inferred",
        "API:PublishLayerVersion; the text is inferred",
        publish(invalid(violation(f"'{'x' * 513}'", "licenseInfo", too_long(512))), LicenseInfo="x" * 513),
    ),
    fact(
        "validation/too-many-runtimes",
        "PublishLayerVersion accepts at most 15 runtimes.",
        "inferred",
        "API:PublishLayerVersion; the text is inferred",
        publish(
            invalid(violation(f"'[{', '.join(['python3.13'] * 16)}]'", "compatibleRuntimes", too_long(15))),
            CompatibleRuntimes=["python3.13"] * 16,
        ),
    ),
    fact(
        "validation/no-content",
        "PublishLayerVersion requires Content.",
        "inferred",
        "LS:'Value null at …', of another member",
        publish(invalid(violation("null", "content", _NULL)), Content=None),
    ),
)
