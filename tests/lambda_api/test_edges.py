"""The boundaries between valid and invalid values, and the texts there: from the request to the response."""

from __future__ import annotations

import base64
import io
import itertools
import json
import zipfile
from typing import Any
from urllib.parse import quote

import pytest

from pytest_layerperm.lambda_api.access import Caller
from pytest_layerperm.lambda_api.arn import layer_id
from pytest_layerperm.lambda_api.constraints import read, whole_number
from pytest_layerperm.lambda_api.errors import LambdaError, SerializationException, ValidationException
from pytest_layerperm.lambda_api.iam import IdentityPolicy
from pytest_layerperm.lambda_api.model import ACTION, POLICY_SIZE_LIMIT, Content, Details, make_policy, make_statement
from pytest_layerperm.lambda_api.operations import Operations
from pytest_layerperm.lambda_api.store import LayerStore
from pytest_layerperm.lambda_api.wire import Call, Request, Signature, decode, signature_of
from pytest_layerperm.lambda_api.wire import call_of as call_of_caller

OWNER = "123456789012"
LAYER = layer_id("shared-deps", OWNER, "us-east-1")
ARN = LAYER.version_arn(1)
SCOPE = "20260101/us-east-1/lambda/aws4_request"
SIGNED = {"Authorization": f"AWS4-HMAC-SHA256 Credential={OWNER}/{SCOPE}, SignedHeaders=host, Signature=0"}
ALL_REVISIONS = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetLayerPolicy API to retrieve the latest Revision Id"
)


def request(method: str, path: str, query: str = "", body: bytes = b"", headers: Any = SIGNED) -> Request:
    return Request(method, "lambda.us-east-1.amazonaws.com", f"/2018-10-31/layers{path}", query, headers, body)


def call_of(asked: Request) -> Call:
    call = decode(asked, lambda access_key: access_key)
    assert call is not None
    return call


class Api:
    """The operations on a store with one layer version, and a caller with the test's policies."""

    def __init__(self) -> None:
        numbers = itertools.count(1)
        self.store = LayerStore(new_id=lambda: f"revision-{next(numbers)}", timestamp=lambda: "now")
        self.store.publish(LAYER, Content(b"zip", "hash", 3), Details())
        self.policies: tuple[IdentityPolicy, ...] | None = None
        self.fetched: list[tuple[Any, ...]] = []
        self.operations = Operations(
            self.store,
            caller_of=lambda call: Caller(call.account_id, policies=self.policies),
            location_of=lambda published: published.arn,
            fetch=self.fetch,
        )

    def fetch(
        self, bucket: str, key: str, version: str | None, call: Call, *, by_reference: bool
    ) -> tuple[bytes, str | None]:
        self.fetched.append((bucket, key, version, call.operation, call.account_id))
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as opened:
            opened.writestr("file", b"")
        return buffer.getvalue(), None

    def __call__(self, method: str, path: str, query: str = "", **body: Any) -> tuple[int, Any]:
        data = json.dumps(body).encode() if body else b""
        # A key of its own: one of twelve digits is the account itself, and no policy restricts it.
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/{SCOPE}, Signature=0"}
        call = decode(request(method, path, query, data, headers), lambda access_key: OWNER)
        assert call is not None
        response = self.operations.perform(call)
        return response.status, json.loads(response.body or "null")

    def add(self, sid: str = "s", query: str = "", **more: Any) -> tuple[int, Any]:
        grant = {"StatementId": sid, "Action": ACTION, "Principal": "*", **more}
        return self("POST", "/shared-deps/versions/1/policy", query, **grant)


@pytest.fixture
def api() -> Api:
    return Api()


# --- statements


@pytest.mark.parametrize(
    ("principal", "organization_id", "region", "members"),
    [
        ("*", None, "us-east-1", '"Principal":"*"'),
        ("222222222222", None, "us-east-1", '"Principal":{"AWS":"arn:aws:iam::222222222222:root"}'),
        ("222222222222", None, "cn-north-1", '"Principal":{"AWS":"arn:aws-cn:iam::222222222222:root"}'),
        (
            "arn:aws:iam::222222222222:root",
            None,
            "cn-north-1",
            '"Principal":{"AWS":"arn:aws:iam::222222222222:root"}',
        ),
        ("*", "o-exampleorgid", "us-east-1", '"Principal":"*"'),
    ],
)
def test_statements_to_the_byte(principal: str, organization_id: str | None, region: str, members: str) -> None:
    """As AWS writes them (the facts statements)."""
    layer = layer_id("l", OWNER, region)
    condition = ',"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}' if organization_id else ""
    assert make_statement(layer, 3, "s", ACTION, principal, organization_id).document == (
        f'{{"Sid":"s","Effect":"Allow",{members},"Action":"lambda:GetLayerVersion",'
        f'"Resource":"{layer.arn}:3"{condition}}}'
    )


def test_a_policy_may_be_as_large_as_its_limit(api: Api) -> None:
    """20,480 bytes are accepted, and one more is not (size/limit)."""
    one = len(make_statement(LAYER, 1, "", ACTION, "*", None).document) + len(",")
    # So many statements with ids of 99 characters that the limit is reached, and then shorter ids to meet it.
    room = POLICY_SIZE_LIMIT - make_policy("", ()).size + len(",")
    count = -(-room // (one + 99))
    shorter, more = divmod(count * (one + 99) - room, count)
    lengths = [99 - shorter - (number < more) for number in range(count)]
    for number, length in enumerate(lengths[:-1]):
        assert api.add(f"{number:0{length}d}")[0] == 201
    assert api.add("s" * (lengths[-1] + 1)) == (
        400,
        {"Type": "User", "message": "The final policy size (20481) is bigger than the limit (20480)."},
    )
    assert api.add("s" * lengths[-1])[0] == 201
    policy = api.store.policy_for_access(LAYER, 1)
    assert policy is not None
    assert policy.size == len(policy.document) == POLICY_SIZE_LIMIT


# --- what is said


def test_errors_of_the_permission_operations(api: Api) -> None:
    """Their full texts (the facts errors), and that they change nothing."""
    path = "/shared-deps/versions/1/policy"
    assert api.add()[1]["RevisionId"] == "revision-1"
    assert api.add() == (
        409,
        {
            "Type": "User",
            "message": "The statement id (s) provided already exists. "
            "Please provide a new statement id, or remove the existing statement.",
        },
    )
    for rejected in (api.add("t", "RevisionId=wrong"), api("DELETE", f"{path}/s", "RevisionId=wrong")):
        assert rejected == (412, {"Type": "User", "message": ALL_REVISIONS})
    assert api("DELETE", f"{path}/t") == (
        404,
        {"Type": "User", "Message": "Statement t is not found in resource policy."},
    )
    assert api("GET", "/shared-deps/versions/2/policy") == (
        404,
        {"Type": "User", "Message": f"Layer version {LAYER.arn}:2 does not exist."},
    )
    assert api("DELETE", f"{path}/s", "RevisionId=revision-1") == (204, None)
    kept = api.store.policy_for_access(LAYER, 1)
    assert kept is not None
    assert kept.revision_id == "revision-2"
    assert api.add("t", "RevisionId=revision-2")[0] == 201


def test_an_organization_is_written_down(api: Api) -> None:
    """With everyone as principal; with any other it is rejected, in our own words."""
    assert "o-exampleorgid" in api.add(OrganizationId="o-exampleorgid")[1]["Statement"]
    assert api.add("t", OrganizationId="o-exampleorgid", Principal=OWNER) == (
        400,
        {"Type": "User", "message": "An organization id can only be given with the principal *."},
    )


@pytest.mark.parametrize(
    ("method", "path", "query", "action", "resource"),
    [
        ("GET", "", "", "ListLayers", "*"),
        ("GET", "/shared-deps/versions", "", "ListLayerVersions", LAYER.arn),
        ("GET", "/shared-deps/versions/1/policy", "", "GetLayerVersionPolicy", ARN),
        ("GET", "", f"find=LayerVersion&Arn={ARN}", "GetLayerVersion", ARN),
        (
            "GET",
            "",
            "find=LayerVersion&Arn=arn:aws:lambda:::awslayer:AmazonLinux",
            "GetLayerVersion",
            "arn:aws:lambda:::awslayer:AmazonLinux",
        ),
    ],
)
def test_resources_of_callers_without_permission(
    method: str, path: str, query: str, action: str, resource: str, api: Api
) -> None:
    """Each operation's resource is the layer version, the layer, or, if it names no layer, everything."""
    api.policies = ()
    assert api(method, path, query) == (
        403,
        {
            "Message": f"User: arn:aws:iam::{OWNER}:root is not authorized to perform: lambda:{action} "
            f"on resource: {resource} because no identity-based policy allows the lambda:{action} action"
        },
    )
    allowed = {"Effect": "Allow", "Action": f"lambda:{action}", "Resource": resource}
    api.policies = (IdentityPolicy.parse({"Version": "2012-10-17", "Statement": [allowed]}),)
    assert api(method, path, query)[0] in (200, 404)


def test_archives_are_fetched_for_the_caller(api: Api) -> None:
    """The fetching function is given the call."""
    content = {"S3Bucket": "bucket", "S3Key": "key", "S3ObjectVersion": "v1"}
    assert api("POST", "/shared-deps/versions", Content=content)[0] == 201
    assert api.fetched == [("bucket", "key", "v1", "PublishLayerVersion", OWNER)]


# --- lists


def test_filters_and_pages(api: Api) -> None:
    """Each filter of each list, and pages of the size asked for."""
    for number, architecture in enumerate(("arm64", "x86_64", "arm64")):
        details = Details(compatible_runtimes=(f"python3.1{number}",), compatible_architectures=(architecture,))
        api.store.publish(layer_id(f"layer-{number}", OWNER, "us-east-1"), Content(b"", "", 0), details)
        api.store.publish(LAYER, Content(b"", "", 0), details)

    def names(query: str) -> list[str]:
        return [layer["LayerName"] for layer in api("GET", "", query)[1]["Layers"]]

    def versions(query: str) -> list[int]:
        return [version["Version"] for version in api("GET", "/shared-deps/versions", query)[1]["LayerVersions"]]

    assert names("") == ["layer-0", "layer-1", "layer-2", "shared-deps"]
    assert names("CompatibleArchitecture=arm64") == ["layer-0", "layer-2", "shared-deps"]
    assert names("CompatibleRuntime=python3.11") == ["layer-1"]
    assert names("MaxItems=1") == ["layer-0"]
    marker = quote(api("GET", "", "MaxItems=1")[1]["NextMarker"])
    assert api("GET", "", "MaxItems=4")[1]["NextMarker"] is None
    assert names(f"MaxItems=2&Marker={marker}") == ["layer-1", "layer-2"]
    assert names(f"MaxItems=1&Marker={marker}&CompatibleArchitecture=arm64") == []
    assert versions("") == [4, 3, 2, 1]
    assert versions("CompatibleArchitecture=arm64") == [4, 2]
    assert versions("CompatibleRuntime=python3.11") == [3]
    assert versions("MaxItems=2") == [4, 3]
    marker = quote(api("GET", "/shared-deps/versions", "MaxItems=2")[1]["NextMarker"])
    assert versions(f"MaxItems=2&Marker={marker}") == [2, 1]
    assert versions(f"MaxItems=1&Marker={marker}&CompatibleRuntime=python3.11") == []
    assert api("GET", "/other/versions", f"Marker={marker}")[0] == 400


@pytest.mark.parametrize("marker", ["first", "3", "%C3%A9", "c2hhcmVkLWRlcHM="])
@pytest.mark.parametrize("path", ["", "/shared-deps/versions", "/unknown/versions"])
def test_markers_that_no_list_returned(api: Api, path: str, marker: str) -> None:
    """A marker is opaque: only returned ones are valid (lists/unknown-marker)."""
    assert api("GET", path, f"Marker={marker}") == (400, {"Type": "User", "message": "Invalid pagination key."})


def test_deleted_versions_are_kept(api: Api) -> None:
    """For the functions that use them; a version that was never published is not found."""
    published = api.store.find(LAYER, 1)
    api.store.delete(LAYER, 1)
    assert api.store.find(LAYER, 1) is None
    assert api.store.find_deleted(LAYER, 1) is published
    assert published is not None
    assert api.store.find_deleted(LAYER, 2) is None


# --- requests


def test_calls_that_come_without_a_request() -> None:
    """They are like those that do: located, and signed as given."""
    signature = Signature("key", "eu-west-1", "lambda")
    given = {"LayerName": "shared-deps", "VersionNumber": "1"}
    call = call_of_caller("GetLayerVersion", OWNER, "eu-west-1", given, signature)
    assert call == Call(
        "GetLayerVersion",
        OWNER,
        "eu-west-1",
        given,
        layer=layer_id("shared-deps", OWNER, "eu-west-1"),
        version=1,
        signature=signature,
    )


def test_calls_that_nobody_signed() -> None:
    """What another service does by itself, it does as the account's root."""
    api = Api()
    given = {"LayerName": "shared-deps", "VersionNumber": "1"}
    call = call_of_caller("GetLayerVersion", OWNER, "us-east-1", given, None)
    assert json.loads(api.operations.carry_out(call).body)["Version"] == 1


@pytest.mark.parametrize(
    ("authorization", "access_key"),
    [
        (f"Credential=key/{SCOPE}", "key"),
        (f"AWS4-HMAC-SHA256 Credential=key/{SCOPE}, SignedHeaders=host;x-amz-date, Signature=0", "key"),
        (f"AWS4-HMAC-SHA256 Credential=a/key/with/slashes/{SCOPE}, Signature=0", "a/key/with/slashes"),
        (f"AWS4-HMAC-SHA256 Credential=key/{SCOPE}, Signature=0, Credential=other/{SCOPE}", "key"),
    ],
)
def test_signatures(authorization: str, access_key: str) -> None:
    """The credential's scope, wherever it is in the header."""
    asked = request("GET", "", headers={"Authorization": authorization})
    assert signature_of(asked) == Signature(access_key, "us-east-1", "lambda")


@pytest.mark.parametrize("authorization", [f"AWS4-HMAC-SHA256 Identifier=key/{SCOPE}", "Basic dTpw", ""])
def test_no_signatures(authorization: str) -> None:
    """Without a credential there is none, whatever else the header holds."""
    assert signature_of(request("GET", "", headers={"Authorization": authorization})) is None


def test_empty_credential_of_a_presigned_query() -> None:
    """It is no signature."""
    assert signature_of(request("GET", "", "X-Amz-Credential=&X-Amz-Signature=0", headers={})) is None


def test_unsigned_calls(api: Api) -> None:
    """They are denied, and have no access key."""
    asked = request("GET", "", headers={})
    keys: list[str] = []
    call = decode(asked, lambda access_key: keys.append(access_key) or OWNER)  # type: ignore[func-returns-value]
    assert call is not None
    assert keys == [""]
    response = api.operations.perform(call)
    assert (response.status, response.body) == (403, b'{"message":"Missing Authentication Token"}')


def test_empty_values_of_the_query_and_empty_bodies() -> None:
    """An empty value is present, and an empty body is an object without members."""
    assert call_of(request("GET", "", "MaxItems=&Marker=")).given == {"MaxItems": "", "Marker": ""}
    assert call_of(request("POST", "/shared-deps/versions/1/policy")).error is None


# --- constraints


def rejection(operation: str, **given: Any) -> LambdaError:
    with pytest.raises(LambdaError) as caught:
        read(operation, given)
    return caught.value


def test_an_empty_page_size_hides_nothing_else() -> None:
    """It counts as none, and what follows it is read."""
    assert read("ListLayers", {"MaxItems": ""}) == {}
    error = rejection("ListLayers", MaxItems="", CompatibleArchitecture="sparc")
    assert isinstance(error, ValidationException)
    assert "1 validation error detected: Value 'sparc' at 'compatibleArchitecture'" in str(error)


def test_texts_that_are_not_numbers() -> None:
    """Named with their Java type."""
    for operation, member, java_type in (
        ("ListLayers", "MaxItems", "Integer"),
        ("GetLayerVersion", "VersionNumber", "Long"),
    ):
        error = rejection(operation, **{"LayerName": "l", member: "one"})
        assert isinstance(error, SerializationException)
        assert str(error) == f"'one' can not be converted to {java_type}"


def test_numbers_of_many_digits() -> None:
    """Zeros in front are as long as they may be; the limits are those of 64 bits."""
    assert whole_number("0" * 23 + "1") == 1
    assert whole_number("0" * 24 + "1") is None
    assert whole_number("9223372036854775807") == 2**63 - 1
    assert whole_number("9223372036854775808") is None
    assert whole_number("-9223372036854775808") == -(2**63)


def test_base64_is_strict() -> None:
    """An invalid character is rejected, not ignored."""
    error = rejection("PublishLayerVersion", LayerName="l", Content={"ZipFile": "YW$Jj"})
    assert str(error) == "The value of zipFile is not valid base64."
    zip_file = base64.b64encode(b"abc").decode()
    assert read("PublishLayerVersion", {"LayerName": "l", "Content": {"ZipFile": zip_file}})["Content"] == {
        "ZipFile": b"abc"
    }


def test_violations_inside_and_outside_a_structure() -> None:
    """All in one message, in order."""
    content = {"S3Bucket": "ab", "S3Key": ""}
    error = rejection("PublishLayerVersion", LayerName="l", Description="x" * 257, Content=content)
    assert str(error).startswith("3 validation errors detected: ")
    assert "at 'description'" in str(error)
    assert "at 'content.s3Bucket'" in str(error)
    assert "at 'content.s3Key'" in str(error)
