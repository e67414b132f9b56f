"""Layer versions: publishing, reading, deleting."""

from __future__ import annotations

from ..model import UUID, Absent, Answer, Fact, Kept, Matching
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
        "PublishLayerVersion answers 201.",
        "recorded",
        "LS:layer_life",
        publish(Answer(201)),
    ),
    fact(
        "versions/get-status",
        "GetLayerVersion answers 200.",
        "recorded",
        "LS:layer_life",
        publish(),
        get_version(Answer(200)),
    ),
    fact(
        "versions/delete-status",
        "DeleteLayerVersion answers 204 and nothing else.",
        "recorded",
        "LS:layer_life",
        publish(),
        delete(Answer(204, raw="")),
    ),
    fact(
        "versions/arns",
        "A version has a number, its own ARN, and the layer's.",
        "recorded",
        "LS:layer_life",
        publish(Answer(body={"Version": 1, "LayerArn": "${layer_arn}", "LayerVersionArn": "${version_arn}"})),
    ),
    fact(
        "versions/content",
        "Content tells a location, the base64 of the archive's SHA-256, and its size.",
        "recorded",
        "LS:layer_life",
        publish(
            Answer(
                body={"Content": {"Location": Matching(r"https?://.+"), "CodeSha256": ZIP_SHA256, "CodeSize": len(ZIP)}}
            )
        ),
    ),
    fact(
        "versions/location",
        "The location is a key below snapshots/ and the account, of the layer's name and a uuid, with a query.",
        "recorded",
        "ST:S inline-publish",
        publish(
            Answer(
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
        "A ZipFile has no S3ObjectStorageMode REFERENCE: 400 InvalidParameterValueException.",
        "inferred",
        "DECISION",
        publish(
            Answer(400, "InvalidParameterValueException"),
            Content={"ZipFile": ZIP, "S3ObjectStorageMode": "REFERENCE"},
        ),
    ),
    fact(
        "versions/created-date",
        "CreatedDate is text with milliseconds and +0000.",
        "recorded",
        "C7N:test_lambda_layer_cross_account",
        publish(Answer(body={"CreatedDate": _CREATED})),
        get_version(Answer(body={"CreatedDate": "${created}"})),
    ),
    fact(
        "versions/details",
        "Description, runtimes, architectures and licence are echoed, in the order given.",
        "recorded",
        "LS:layer_life",
        publish(
            Description="of facts",
            CompatibleRuntimes=_RUNTIMES,
            CompatibleArchitectures=["x86_64", "arm64"],
            LicenseInfo="MIT",
        ),
        get_version(
            Answer(
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
        publish(Answer(body={"Description": ""})),
        get_version(Answer(body={"Description": ""})),
    ),
    fact(
        "versions/no-details",
        "Runtimes, architectures and licence that were left out are not there.",
        "recorded",
        "LS:test_layer_s3_content",
        publish(
            Answer(body={"CompatibleRuntimes": Absent(), "CompatibleArchitectures": Absent(), "LicenseInfo": Absent()})
        ),
    ),
    fact(
        "versions/empty-texts",
        'A Description that was given as "" is "", and a LicenseInfo that was given as "" is not there.',
        "recorded",
        "ST:L metadata-empty-arrays",
        publish(Answer(body={"Description": "", "LicenseInfo": Absent()}), Description="", LicenseInfo=""),
        get_version(Answer(body={"Description": "", "LicenseInfo": Absent()})),
    ),
    fact(
        "versions/empty-lists",
        "Runtimes and architectures that were given as [] are [].",
        "recorded",
        "LS:layer_exc publish_empty_result",
        publish(
            Answer(body={"CompatibleRuntimes": [], "CompatibleArchitectures": []}),
            CompatibleRuntimes=[],
            CompatibleArchitectures=[],
        ),
    ),
    fact(
        "versions/numbers",
        "Versions are numbered from 1.",
        "recorded",
        "LS:layer_life",
        publish(Answer(body={"Version": 1})),
        publish(Answer(body={"Version": 2, "LayerVersionArn": "${layer_arn}:2"})),
    ),
    fact(
        "versions/numbers-not-reused",
        "A number is not used again, also when every version is deleted.",
        "recorded",
        "LS:layer_life",
        publish(),
        publish(),
        delete(VersionNumber=2),
        delete(VersionNumber=1),
        publish(Answer(body={"Version": 3})),
    ),
    fact(
        "versions/no-policy-of-the-deleted",
        "A version published after a deletion starts with no policy.",
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
        "GetLayerVersion of a layer that is not there: 404 with a text of its own.",
        "recorded",
        "LS:layer_exc",
        get_version(NO_SUCH_RESOURCE),
    ),
    fact(
        "versions/get-unknown-version",
        "GetLayerVersion of a version that is not there: the same 404.",
        "recorded",
        "LS:layer_exc",
        publish(),
        get_version(NO_SUCH_RESOURCE, VersionNumber=2),
    ),
    fact(
        "versions/get-unknown-by-arn",
        "GetLayerVersionByArn of what is not there: the same 404.",
        "recorded",
        "LS:layer_exc",
        get_by_arn(answer=NO_SUCH_RESOURCE),
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
        "Deleting a layer version that is not there is done.",
        "recorded",
        "LS:layer_exc",
        delete(Answer(SUCCESS)),
    ),
    fact(
        "versions/delete-twice",
        "Deleting a version again is done.",
        "recorded",
        "LS:layer_exc",
        publish(),
        delete(Answer(SUCCESS)),
        delete(Answer(SUCCESS)),
    ),
    fact(
        "versions/delete-one",
        "Deleting a version leaves the others.",
        "recorded",
        "LS:layer_life",
        publish(),
        publish(),
        delete(),
        list_versions(Answer(body={"LayerVersions": [{"Version": 2}]})),
    ),
    fact(
        "versions/publish-members",
        "PublishLayerVersion answers all members of a version.",
        "documented",
        "API:PublishLayerVersion",
        publish(
            Answer(
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
