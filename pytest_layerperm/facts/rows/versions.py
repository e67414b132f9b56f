"""Layer versions: publishing, reading, deleting."""

from __future__ import annotations

from ..model import UUID, Absent, Expected, Fact, Kept, Matching
from .steps import (
    NO_SUCH_RESOURCE,
    SUCCESS,
    ZIP,
    ZIP_SHA256,
    add,
    delete,
    fact,
    get_by_arn,
    get_policy,
    get_version,
    list_versions,
    not_found,
    publish,
)

_CREATED = Matching(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}\+0000", "created")
_RUNTIMES = ["python3.13", "python3.12"]

FACTS: tuple[Fact, ...] = (
    fact(
        "versions/publish-status",
        "PublishLayerVersion returns 201.",
        "recorded",
        "LS:layer_life",
        publish(Expected(201)),
    ),
    fact(
        "versions/get-status",
        "GetLayerVersion returns 200.",
        "recorded",
        "LS:layer_life",
        publish(),
        get_version(Expected(200)),
    ),
    fact(
        "versions/delete-status",
        "DeleteLayerVersion returns 204 and an empty body.",
        "recorded",
        "LS:layer_life",
        publish(),
        delete(Expected(204, raw="")),
    ),
    fact(
        "versions/arns",
        "A version has a number, its own ARN and the layer's ARN.",
        "recorded",
        "LS:layer_life",
        publish(Expected(body={"Version": 1, "LayerArn": "${layer_arn}", "LayerVersionArn": "${version_arn}"})),
    ),
    fact(
        "versions/content",
        "Content has a location, the archive's SHA-256 in base64, and its size.",
        "recorded",
        "LS:layer_life",
        publish(
            Expected(
                body={"Content": {"Location": Matching(r"https?://.+"), "CodeSha256": ZIP_SHA256, "CodeSize": len(ZIP)}}
            )
        ),
    ),
    fact(
        "versions/location",
        "The location is snapshots/, the account, and the layer's name with a UUID, followed by a query.",
        "recorded",
        "ST:S inline-publish",
        publish(
            Expected(
                body={
                    "Content": {
                        "Location": Matching(
                            r"https?://.+/snapshots/${account}/${layer}-" + UUID + r"\?versionId=[^&]+&X-Amz-.+"
                        )
                    }
                }
            )
        ),
    ),
    fact(
        "versions/reference-to-nothing",
        "A ZipFile with S3ObjectStorageMode REFERENCE: 400 InvalidParameterValueException.",
        "inferred",
        "DECISION",
        publish(
            Expected(400, "InvalidParameterValueException"),
            Content={"ZipFile": ZIP, "S3ObjectStorageMode": "REFERENCE"},
        ),
    ),
    fact(
        "versions/created-date",
        "CreatedDate has milliseconds and the offset +0000.",
        "recorded",
        "C7N:test_lambda_layer_cross_account",
        publish(Expected(body={"CreatedDate": _CREATED})),
        get_version(Expected(body={"CreatedDate": "${created}"})),
    ),
    fact(
        "versions/details",
        "Description, runtimes, architectures and license are returned in the order given.",
        "recorded",
        "LS:layer_life",
        publish(
            Description="of facts",
            CompatibleRuntimes=_RUNTIMES,
            CompatibleArchitectures=["x86_64", "arm64"],
            LicenseInfo="MIT",
        ),
        get_version(
            Expected(
                body={
                    "Description": "of facts",
                    "CompatibleRuntimes": _RUNTIMES,
                    "CompatibleArchitectures": ["x86_64", "arm64"],
                    "LicenseInfo": "MIT",
                }
            )
        ),
    ),
    fact(
        "versions/no-description",
        'A description that was left out is "".',
        "recorded",
        "LS:layer_exc publish_empty_result",
        publish(Expected(body={"Description": ""})),
        get_version(Expected(body={"Description": ""})),
    ),
    fact(
        "versions/no-details",
        "Omitted runtimes, architectures and license are absent.",
        "recorded",
        "LS:test_layer_s3_content",
        publish(
            Expected(
                body={"CompatibleRuntimes": Absent(), "CompatibleArchitectures": Absent(), "LicenseInfo": Absent()}
            )
        ),
    ),
    fact(
        "versions/empty-texts",
        'A Description that was given as "" is "", and a LicenseInfo that was given as "" is not there.',
        "recorded",
        "ST:L metadata-empty-arrays",
        publish(Expected(body={"Description": "", "LicenseInfo": Absent()}), Description="", LicenseInfo=""),
        get_version(Expected(body={"Description": "", "LicenseInfo": Absent()})),
    ),
    fact(
        "versions/empty-lists",
        "Runtimes and architectures that were given as [] are [].",
        "recorded",
        "LS:layer_exc publish_empty_result",
        publish(
            Expected(body={"CompatibleRuntimes": [], "CompatibleArchitectures": []}),
            CompatibleRuntimes=[],
            CompatibleArchitectures=[],
        ),
    ),
    fact(
        "versions/numbers",
        "Versions are numbered from 1.",
        "recorded",
        "LS:layer_life",
        publish(Expected(body={"Version": 1})),
        publish(Expected(body={"Version": 2, "LayerVersionArn": "${layer_arn}:2"})),
    ),
    fact(
        "versions/numbers-not-reused",
        "A number is never used again, even after every version was deleted.",
        "recorded",
        "LS:layer_life",
        publish(),
        publish(),
        delete(VersionNumber=2),
        delete(VersionNumber=1),
        publish(Expected(body={"Version": 3})),
    ),
    fact(
        "versions/no-policy-of-the-deleted",
        "A version published after a deletion starts without a policy.",
        "documented",
        "DG:permissions of layers",
        publish(),
        add(),
        delete(),
        publish(),
        get_policy(not_found("No policy is associated with the given resource."), VersionNumber=2),
    ),
    fact(
        "versions/get-unknown-layer",
        "GetLayerVersion of a layer that does not exist: 404 with a text of its own.",
        "recorded",
        "LS:layer_exc",
        get_version(NO_SUCH_RESOURCE),
    ),
    fact(
        "versions/get-unknown-version",
        "GetLayerVersion of a version that does not exist: the same 404.",
        "recorded",
        "LS:layer_exc",
        publish(),
        get_version(NO_SUCH_RESOURCE, VersionNumber=2),
    ),
    fact(
        "versions/get-unknown-by-arn",
        "GetLayerVersionByArn of a version that does not exist: the same 404.",
        "recorded",
        "LS:layer_exc",
        get_by_arn(expected=NO_SUCH_RESOURCE),
    ),
    fact(
        "versions/get-deleted",
        "GetLayerVersion of a deleted version: the same 404.",
        "recorded",
        "C7N:test_lambda_layer_delete",
        publish(),
        delete(),
        get_version(NO_SUCH_RESOURCE),
    ),
    fact(
        "versions/delete-unknown",
        "Deleting a layer version that does not exist succeeds.",
        "recorded",
        "LS:layer_exc",
        delete(Expected(SUCCESS)),
    ),
    fact(
        "versions/delete-twice",
        "Deleting a version again succeeds.",
        "recorded",
        "LS:layer_exc",
        publish(),
        delete(Expected(SUCCESS)),
        delete(Expected(SUCCESS)),
    ),
    fact(
        "versions/delete-one",
        "Deleting a version leaves the others.",
        "recorded",
        "LS:layer_life",
        publish(),
        publish(),
        delete(),
        list_versions(Expected(body={"LayerVersions": [{"Version": 2}]})),
    ),
    fact(
        "versions/publish-members",
        "PublishLayerVersion returns all members of a version.",
        "documented",
        "API:PublishLayerVersion",
        publish(
            Expected(
                body={
                    "Content": {"Location": Kept("location")},
                    "LayerArn": "${layer_arn}",
                    "LayerVersionArn": "${version_arn}",
                    "Description": "of facts",
                    "CreatedDate": Kept("created"),
                    "Version": 1,
                    "CompatibleRuntimes": ["python3.13"],
                    "CompatibleArchitectures": ["arm64"],
                    "LicenseInfo": "MIT",
                }
            ),
            Description="of facts",
            CompatibleRuntimes=["python3.13"],
            CompatibleArchitectures=["arm64"],
            LicenseInfo="MIT",
        ),
    ),
)
