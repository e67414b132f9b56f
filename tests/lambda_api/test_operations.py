"""The nine operations: what the facts do not cover."""

from __future__ import annotations

import base64
import io
import itertools
import json
import zipfile
from typing import Any

import pytest

from pytest_layerperm.lambda_api.access import Caller
from pytest_layerperm.lambda_api.arn import layer_id
from pytest_layerperm.lambda_api.errors import InvalidParameterValueException
from pytest_layerperm.lambda_api.operations import Operations
from pytest_layerperm.lambda_api.store import LayerStore
from pytest_layerperm.lambda_api.wire import Request, Response, decode

OWNER, OTHER = "123456789012", "210987654321"
ARN = f"arn:aws:lambda:us-east-1:{OWNER}:layer:shared-deps"
CREATED = "2026-01-01T00:00:00.000+0000"


def archive(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, data in files.items():
            opened.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


ARCHIVE = archive(module=b"x = 1")
ZIP = {"ZipFile": base64.b64encode(ARCHIVE).decode()}


class Api:
    """The operations on a store of their own, with numbers for ids."""

    def __init__(self) -> None:
        numbers = itertools.count(1)
        self.store = LayerStore(new_id=lambda: f"revision-{next(numbers)}", timestamp=lambda: CREATED)
        self.fetched: list[tuple[str, str, str | None]] = []
        self.by_reference: list[bool] = []
        self.object_version: str | None = None
        self.operations = Operations(
            self.store,
            caller_of=lambda call: Caller(call.account_id),
            location_of=lambda published: f"https://content/{published.arn}",
            fetch=self.fetch,
        )

    def fetch(
        self, bucket: str, key: str, version: str | None, call: object, *, by_reference: bool
    ) -> tuple[bytes, str | None]:
        self.fetched.append((bucket, key, version))
        self.by_reference.append(by_reference)
        return ARCHIVE, self.object_version

    def __call__(
        self,
        method: str,
        path: str,
        query: str = "",
        body: dict[str, Any] | None = None,
        by: str = OWNER,
        region: str = "us-east-1",
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"AWS4 Credential={by}/20260101/{region}/lambda/aws4_request, Signature=0"}
        data = b"" if body is None else json.dumps(body).encode()
        request = Request(method, "host", f"/2018-10-31/layers{path}", query, headers, data)
        call = decode(request, lambda access_key: access_key)
        assert call is not None
        response: Response = self.operations.perform(call)
        return response.status, json.loads(response.body or "null")

    def publish(self, **members: Any) -> tuple[int, Any]:
        return self("POST", "/shared-deps/versions", body={"Content": ZIP, **members})


@pytest.fixture
def api() -> Api:
    return Api()


def test_published_version_in_full(api: Api) -> None:
    """All members, in order, null if they were omitted."""
    status, body = api.publish()
    assert status == 201
    assert list(body.items()) == [
        (
            "Content",
            {
                "Location": f"https://content/{ARN}:1",
                "CodeSha256": body["Content"]["CodeSha256"],
                "CodeSize": len(ARCHIVE),
            },
        ),
        ("LayerArn", ARN),
        ("LayerVersionArn", f"{ARN}:1"),
        ("Description", ""),
        ("CreatedDate", CREATED),
        ("Version", 1),
        ("CompatibleRuntimes", None),
        ("CompatibleArchitectures", None),
        ("LicenseInfo", None),
    ]
    assert api("GET", "/shared-deps/versions/1") == (200, body)


def test_content_from_s3(api: Api) -> None:
    """Fetched by bucket, key and object version."""
    assert api.publish(Content={"S3Bucket": "bucket", "S3Key": "a/b.zip"})[0] == 201
    assert api.publish(Content={"S3Bucket": "bucket", "S3Key": "k", "S3ObjectVersion": "v"})[0] == 201
    assert api.fetched == [("bucket", "a/b.zip", None), ("bucket", "k", "v")]
    assert api.by_reference == [False, False]


def test_content_by_reference(api: Api) -> None:
    """Returned as the object that was read, without Location."""
    api.object_version = "v1"
    content = {"S3Bucket": "bucket", "S3Key": "k", "S3ObjectStorageMode": "REFERENCE"}
    status, body = api.publish(Content=content)
    assert status == 201
    assert list(body["Content"].items()) == [
        ("CodeSha256", body["Content"]["CodeSha256"]),
        ("CodeSize", len(ARCHIVE)),
        ("ResolvedS3Object", {"S3Bucket": "bucket", "S3Key": "k", "S3ObjectVersion": "v1"}),
    ]
    assert api("GET", "/shared-deps/versions/1") == (200, body)
    assert api.by_reference == [True]
    _, body = api.publish(Content={**content, "S3ObjectStorageMode": "COPY"})
    assert set(body["Content"]) == {"Location", "CodeSha256", "CodeSize"}


def test_content_by_reference_without_versions(api: Api) -> None:
    """Only a version of an object can be referenced; the text is ours."""
    content = {"S3Bucket": "bucket", "S3Key": "k", "S3ObjectStorageMode": "REFERENCE"}
    text = "S3ObjectStorageMode REFERENCE needs versioning on bucket."
    assert api.publish(Content=content) == (400, {"Type": "User", "message": text})
    assert list(api.store) == []


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({}, "Content must have either ZipFile, or S3Bucket and S3Key."),
        ({"S3Bucket": "bucket"}, "Content must have either ZipFile, or S3Bucket and S3Key."),
        ({"S3Key": "key"}, "Content must have either ZipFile, or S3Bucket and S3Key."),
        ({**ZIP, "S3Bucket": "bucket"}, "Content must have either ZipFile, or S3Bucket and S3Key, not both."),
        ({**ZIP, "S3Key": "key"}, "Content must have either ZipFile, or S3Bucket and S3Key, not both."),
        ({**ZIP, "S3ObjectStorageMode": "REFERENCE"}, "S3ObjectStorageMode REFERENCE needs S3Bucket and S3Key."),
        ({"ZipFile": ""}, "Could not unzip uploaded file. Please check your file, then try to upload again."),
    ],
)
def test_content_that_is_rejected(api: Api, content: dict[str, str], text: str) -> None:
    """Our texts, as AWS's are not known; no layer is published."""
    assert api.publish(Content=content) == (400, {"Type": "User", "message": text})
    assert list(api.store) == []
    assert api.fetched == []


def test_content_that_cannot_be_fetched(api: Api) -> None:
    """S3's error is the response, and nothing is published."""

    def missing(*_: object, by_reference: bool) -> tuple[bytes, str | None]:
        raise InvalidParameterValueException("Error occurred while GetObject.")

    api.operations._fetch = missing
    status, body = api.publish(Content={"S3Bucket": "bucket", "S3Key": "k"})
    assert (status, body["message"]) == (400, "Error occurred while GetObject.")
    assert list(api.store) == []


def test_another_regions_layer_of_the_caller(api: Api) -> None:
    """It is not served: nothing to publish to, nothing to delete, nothing listed (regions/partition-list)."""
    api.publish()
    away = {"region": "eu-west-1"}
    not_there = (404, {"Type": "User", "Message": "The resource you requested does not exist."})
    assert api("POST", f"/{ARN}/versions", body={"Content": ZIP}, **away) == not_there
    assert api("GET", f"/{ARN}/versions/1", **away) == not_there
    assert api("DELETE", f"/{ARN}/versions/1", **away) == (204, None)
    assert api("GET", f"/{ARN}/versions", **away) == (200, {"NextMarker": None, "LayerVersions": []})
    assert [item.version for item in api.store] == [1]


def test_layer_of_another_partition_by_arn(api: Api) -> None:
    """It does not exist, whoever owns it (regions/partition-by-arn)."""
    api.publish()
    for account_id in (ARN.split(":")[4], "999999999999"):
        arn = ARN.replace("arn:aws:", "arn:aws-cn:").replace(ARN.split(":")[4], account_id)
        missing = (404, {"Type": "User", "Message": "The resource you requested does not exist."})
        assert api("GET", "", f"find=LayerVersion&Arn={arn}:1") == missing
        assert api("GET", f"/{arn}/versions/1") == missing
        assert api("DELETE", f"/{arn}/versions/1") == missing
        assert api("GET", f"/{arn}/versions") == missing
        assert api("GET", f"/{arn}/versions/1/policy") == (
            404,
            {"Type": "User", "Message": f"Layer version {arn}:1 does not exist."},
        )
        assert api("DELETE", f"/{arn}/versions/0")[0] == 400


def test_layers_of_aws_itself(api: Api) -> None:
    """Their ARNs match the pattern, and cannot be published here."""
    status, body = api("GET", "", "find=LayerVersion&Arn=arn:aws:lambda:::awslayer:AmazonLinux1703")
    assert (status, body["Message"]) == (404, "The resource you requested does not exist.")


def test_by_arn_without_arn(api: Api) -> None:
    """A missing Arn is reported as null."""
    status, body = api("GET", "", "find=LayerVersion")
    assert status == 400
    assert body["message"] == (
        "1 validation error detected: Value null at 'arn' failed to satisfy constraint: Member must not be null"
    )


def test_pages_of_fifty(api: Api) -> None:
    """A list without MaxItems has pages of 50."""
    layer = layer_id("shared-deps", OWNER, "us-east-1")
    api.publish()
    published = next(iter(api.store))
    for _ in range(50):
        api.store.publish(layer, published.content, published.details)
    _, first = api("GET", "/shared-deps/versions")
    assert len(first["LayerVersions"]) == 50
    _, rest = api("GET", "/shared-deps/versions", f"Marker={first['NextMarker']}")
    assert [item["Version"] for item in rest["LayerVersions"]] == [1]
    assert rest["NextMarker"] is None


def test_empty_marker_is_the_beginning(api: Api) -> None:
    """As if it had been omitted."""
    api.publish()
    _, body = api("GET", "/shared-deps/versions", "Marker=")
    assert [item["Version"] for item in body["LayerVersions"]] == [1]


def test_listed_layer_in_full(api: Api) -> None:
    """Members in order, null if they were omitted."""
    api.publish(Description="d", LicenseInfo="MIT", CompatibleRuntimes=[], CompatibleArchitectures=["arm64"])
    assert api("GET", "") == (
        200,
        {
            "NextMarker": None,
            "Layers": [
                {
                    "LayerName": "shared-deps",
                    "LayerArn": ARN,
                    "LatestMatchingVersion": {
                        "LayerVersionArn": f"{ARN}:1",
                        "Version": 1,
                        "Description": "d",
                        "CreatedDate": CREATED,
                        "CompatibleRuntimes": [],
                        "CompatibleArchitectures": ["arm64"],
                        "LicenseInfo": "MIT",
                    },
                }
            ],
        },
    )


def test_filters_may_have_no_results(api: Api) -> None:
    """A layer of which no version passes is not listed."""
    api.publish()
    assert api("GET", "", "CompatibleRuntime=python3.13") == (200, {"NextMarker": None, "Layers": []})


def test_another_account_needs_a_grant_on_the_requested_version(api: Api) -> None:
    """A grant on the first version does not cover the second."""
    api.publish()
    api.publish()
    grant = {"StatementId": "s1", "Action": "lambda:GetLayerVersion", "Principal": OTHER}
    assert api("POST", "/shared-deps/versions/1/policy", body=grant)[0] == 201
    assert api("GET", f"/{ARN}/versions/1", by=OTHER)[0] == 200
    assert api("GET", f"/{ARN}/versions/2", by=OTHER)[0] == 403
    assert api("GET", f"/{ARN}/versions/0", by=OTHER)[0] == 403
    assert api("GET", f"/{ARN}/versions/1", by=OTHER, region="eu-west-1")[0] == 403


def test_organization_with_an_account(api: Api) -> None:
    """Rejected before the store is read, after the version's number (errors/organization-with-account)."""
    grant = {
        "StatementId": "s1",
        "Action": "lambda:GetLayerVersion",
        "Principal": OTHER,
        "OrganizationId": "o-exampleorgid",
    }
    text = "An organization id can only be given with the principal *."
    assert api("POST", "/shared-deps/versions/1/policy", body=grant)[1]["message"] == text
    assert api("POST", "/shared-deps/versions/0/policy", body=grant)[1]["message"] == (
        "Layer Version Cannot be less than 1"
    )


def test_policy_through_its_life(api: Api) -> None:
    """Added, read, protected, removed: each response with the revision id that it created."""
    grant = {"StatementId": "s1", "Action": "lambda:GetLayerVersion", "Principal": "*"}
    path = "/shared-deps/versions/1/policy"
    assert api("POST", path, body=grant)[0] == 404
    assert api("GET", "/shared-deps/versions/1")[0] == 404
    api.publish()
    assert api("GET", path)[1]["Message"] == "No policy is associated with the given resource."
    statement = (
        f'{{"Sid":"s1","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion","Resource":"{ARN}:1"}}'
    )
    policy = f'{{"Version":"2012-10-17","Id":"default","Statement":[{statement}]}}'
    assert api("POST", path, body=grant) == (201, {"Statement": statement, "RevisionId": "revision-1"})
    assert api("GET", path) == (200, {"Policy": policy, "RevisionId": "revision-1"})
    assert api("POST", path, "RevisionId=revision-0", grant)[0] == 409
    assert api("POST", path, "RevisionId=revision-0", {**grant, "StatementId": "s2"})[0] == 412
    assert api("DELETE", f"{path}/s2", "RevisionId=revision-0")[0] == 404
    assert api("DELETE", f"{path}/s1", "RevisionId=revision-1") == (204, None)
    assert api("GET", path)[1]["Message"] == f"Layer version {ARN}:1 does not have any resource policy."


def test_errors_before_the_store_is_read(api: Api) -> None:
    """An unreadable body, and an own layer of another region."""
    assert api("POST", "/shared-deps/versions/1/policy", body=[])[0] == 400  # type: ignore[arg-type]
    status, body = api("GET", f"/{ARN}/versions/1/policy", region="eu-west-1")
    assert (status, body["Message"]) == (404, f"Layer version {ARN}:1 does not exist.")


def test_versions_below_one_are_rejected(api: Api) -> None:
    """Also when a version is read or deleted."""
    for method in ("GET", "DELETE"):
        status, body = api(method, "/shared-deps/versions/0")
        assert (status, body["message"]) == (400, "Layer Version Cannot be less than 1")


def test_deleting_a_version(api: Api) -> None:
    """204 each time, and the version does not exist any more."""
    api.publish()
    for _ in range(2):
        assert api("DELETE", "/shared-deps/versions/1") == (204, None)
    assert list(api.store) == []
