"""HTTP requests and responses: routes, the places of members, signatures, headers."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_layerperm.lambda_api import wire
from pytest_layerperm.lambda_api.arn import layer_id
from pytest_layerperm.lambda_api.errors import (
    MissingAuthenticationTokenException,
    RequestEntityTooLargeException,
    ResourceConflictException,
    SerializationException,
)
from pytest_layerperm.lambda_api.wire import (
    NO_CONTENT,
    NO_OPERATION,
    Call,
    Request,
    Signature,
    decode,
    error_response,
    is_own_region,
    route,
    signature_of,
    success,
)

SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/lambda/aws4_request, Signature=0"
}
POLICY = "/2018-10-31/layers/shared-deps/versions/1/policy"


def decoded(
    method: str,
    path: str,
    query: str = "",
    body: bytes = b"",
    headers: dict[str, str] = SIGNED,
    host: str = "lambda.eu-west-1.amazonaws.com",
) -> Call:
    call = decode(Request(method, host, path, query, headers, body), lambda access_key: access_key)
    assert call is not None
    return call


def test_a_body_of_the_limit_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's text names the operation; the size of an unsigned request is not checked (inferred)."""
    monkeypatch.setattr(wire, "REQUEST_SIZE_LIMIT", 10)
    path = "/2018-10-31/layers/x/versions"
    signed = {"Authorization": "AWS4 Credential=1/20260101/us-east-1/lambda/aws4_request"}

    def error_of(headers: dict[str, str], body: bytes) -> Any:
        call = decode(Request("POST", "host", path, "", headers, body), str)
        assert call is not None
        return call.error

    too_large = error_of(signed, b'{"a":"bc"}')
    assert isinstance(too_large, RequestEntityTooLargeException)
    assert str(too_large) == "Request must be smaller than 10 bytes for the PublishLayerVersion operation"
    assert error_of(signed, b'{"a":"b"}') is None
    assert isinstance(error_of({}, b'{"a":"bc"}'), MissingAuthenticationTokenException)


def test_no_operation_has_130_bytes() -> None:
    """As recorded (requests/no-operation-layer)."""
    assert len(NO_OPERATION.body) == 130


def test_members_of_the_query_are_not_read_from_the_body() -> None:
    """RevisionId protects a change only in the API's place for it: the query."""
    body = b'{"StatementId":"s1","RevisionId":"in-body","LayerName":"other","VersionNumber":2}'
    assert decoded("POST", POLICY, body=body).given == {
        "LayerName": "shared-deps",
        "VersionNumber": "1",
        "StatementId": "s1",
    }


def test_members_of_the_body_are_not_read_from_the_query() -> None:
    """A query cannot say whom a layer is shared with."""
    query = "Principal=*&RevisionId=r&StatementId=s2"
    assert decoded("POST", POLICY, query, b'{"Principal":"123456789012"}').given == {
        "LayerName": "shared-deps",
        "VersionNumber": "1",
        "RevisionId": "r",
        "Principal": "123456789012",
    }


def test_members_that_an_operation_does_not_have_are_ignored() -> None:
    """A member that an operation does not have is ignored."""
    call = decoded("GET", POLICY, "RevisionId=r&Marker=m")
    assert call.operation == "GetLayerVersionPolicy"
    assert call.given == {"LayerName": "shared-deps", "VersionNumber": "1"}


BASE = "/2018-10-31/layers"
ROUTES = [
    ("GET", BASE, "", "ListLayers"),
    ("GET", BASE, "find=LayerVersion&Arn=a", "GetLayerVersionByArn"),
    ("GET", BASE, "find=Layer", "ListLayers"),
    ("GET", f"{BASE}/n/versions", "", "ListLayerVersions"),
    ("POST", f"{BASE}/n/versions", "", "PublishLayerVersion"),
    ("GET", f"{BASE}/n/versions/1", "", "GetLayerVersion"),
    ("DELETE", f"{BASE}/n/versions/1", "", "DeleteLayerVersion"),
    ("GET", f"{BASE}/n/versions/1/policy", "", "GetLayerVersionPolicy"),
    ("POST", f"{BASE}/n/versions/1/policy", "", "AddLayerVersionPermission"),
    ("DELETE", f"{BASE}/n/versions/1/policy/s1", "", "RemoveLayerVersionPermission"),
]


@pytest.mark.parametrize(("method", "path", "query", "operation"), ROUTES)
def test_routes(method: str, path: str, query: str, operation: str) -> None:
    """Method and path name the operation; ListLayers and GetLayerVersionByArn share theirs."""
    found = route(method, path, query)
    assert found is not None
    assert found.operation == operation


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", ""),
        ("GET", "/2015-03-31/functions"),
        ("GET", "/2015-03-31/layers"),
        ("GET", "/2018-10-31/functions"),
        ("POST", BASE),
        ("GET", f"{BASE}/"),
        ("GET", f"{BASE}/n"),
        ("GET", f"{BASE}//versions"),
        ("GET", f"{BASE}/n/aliases"),
        ("DELETE", f"{BASE}/n/versions"),
        ("GET", f"{BASE}/n/versions/"),
        ("PUT", f"{BASE}/n/versions/1"),
        ("GET", f"{BASE}/n/versions/1/content"),
        ("PUT", f"{BASE}/n/versions/1/policy"),
        ("GET", f"{BASE}/n/versions/1/policy/s1"),
        ("DELETE", f"{BASE}/n/versions/1/policy/"),
        ("DELETE", f"{BASE}/n/versions/1/policy/s1/more"),
        ("DELETE", f"{BASE}/n/versions/1/policy"),
    ],
)
def test_requests_that_are_not_layer_operations(method: str, path: str) -> None:
    """They are left to other services."""
    assert route(method, path, "") is None
    assert decode(Request(method, "h", path, "", SIGNED, b""), str) is None


def test_path_members_are_decoded() -> None:
    """Each segment separately: an encoded slash does not split."""
    found = route("DELETE", f"{BASE}/a%2Fb/versions/%31/policy/s%20%31", "")
    assert found is not None
    assert found.path_members == {"LayerName": "a/b", "VersionNumber": "1", "StatementId": "s 1"}


def test_call_knows_layer_version_and_caller() -> None:
    """The layer by its bare name in the caller's account and the signature's region."""
    call = decoded("GET", POLICY, headers={**SIGNED, "amz-sdk-invocation-id": "i"})
    assert call.layer == layer_id("shared-deps", "123456789012", "eu-west-1")
    assert (call.version, call.account_id, call.region_name) == (1, "123456789012", "eu-west-1")
    assert call.resource == "arn:aws:lambda:eu-west-1:123456789012:layer:shared-deps:1"
    assert call.invocation_id == "i"
    assert call.signature == Signature("123456789012", "eu-west-1", "lambda")


def test_resource_of_a_call() -> None:
    """The version's ARN, the layer's if there is no version, None if it names no layer."""
    layer_arn = "arn:aws:lambda:eu-west-1:123456789012:layer:n"
    assert decoded("GET", f"{BASE}/n/versions").resource == layer_arn
    assert decoded("GET", f"{BASE}/n/versions/latest").resource == layer_arn
    assert decoded("GET", BASE).resource is None
    assert decoded("GET", f"{BASE}/a.b/versions/1").resource is None
    assert decoded("GET", BASE, f"find=LayerVersion&Arn={layer_arn}:3").resource == f"{layer_arn}:3"
    assert decoded("GET", BASE, "find=LayerVersion").resource is None


def test_presigned_query_is_a_signature_too() -> None:
    """Its scope is in X-Amz-Credential."""
    query = "X-Amz-Credential=AKIA%2F20260101%2Fus-west-2%2Flambda%2Faws4_request&X-Amz-Signature=0"
    assert decoded("GET", POLICY, query, headers={}).signature == Signature("AKIA", "us-west-2", "lambda")


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({}, ""),
        ({"Authorization": "Bearer token"}, ""),
        ({"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20260101, Signature=0"}, ""),
        ({}, "X-Amz-Credential=AKIA"),
    ],
)
def test_no_signature_that_can_be_read(headers: dict[str, str], query: str) -> None:
    """Denied as unsigned, before anything else is checked."""
    request = Request("POST", "h", POLICY, query, headers, b"no json")
    assert signature_of(request) is None
    call = decode(request, str)
    assert call is not None
    assert isinstance(call.error, MissingAuthenticationTokenException)


@pytest.mark.parametrize(
    ("host", "region_name"),
    [
        ("lambda.eu-west-1.amazonaws.com", "eu-west-1"),
        ("lambda.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("lambda.amazonaws.com", "us-east-1"),
        ("my-own-host:8000", "us-east-1"),
        ("127.0.0.1:8000", "us-east-1"),
    ],
)
def test_region_of_unsigned_calls(host: str, region_name: str) -> None:
    """The endpoint's, if its name has one."""
    assert decoded("GET", BASE, headers={}, host=host).region_name == region_name


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "The request body is not valid JSON."),
        (b"\xff\xfe", "The request body is not valid JSON."),
        (b"[" * 200_000, "The request body is not valid JSON."),
        (b'{"a":' + b"1" * 5000 + b"}", "The request body is not valid JSON."),
        (b"[]", "The request body is not a JSON object."),
        (b"null", "The request body is not a JSON object."),
    ],
)
def test_bodies_that_cannot_be_read(body: bytes, text: str) -> None:
    """Rejected, however they are malformed; the call is still known for the log."""
    call = decoded("POST", POLICY, body=body)
    assert isinstance(call.error, SerializationException)
    assert str(call.error) == text
    assert call.resource == "arn:aws:lambda:eu-west-1:123456789012:layer:shared-deps:1"


def test_body_of_operations_without_one_is_ignored() -> None:
    """It is no error."""
    assert decoded("GET", POLICY, body=b"{").error is None


def test_success_and_error_on_the_wire() -> None:
    """Compact JSON; the code of an error is in a header."""
    done = success(201, {"Statement": "ü", "RevisionId": None})
    assert done.body == '{"Statement":"ü","RevisionId":null}'.encode()
    assert done.wire_headers("id", "date") == {
        "date": "date",
        "content-type": "application/json",
        "connection": "keep-alive",
        "x-amzn-requestid": "id",
        "content-length": str(len(done.body)),
    }
    response = error_response(ResourceConflictException("m"), {"Retry-After": "1"})
    assert (response.status, response.body) == (409, b'{"Type":"User","message":"m"}')
    headers = response.wire_headers("id", "date")
    assert (headers["x-amzn-errortype"], headers["Retry-After"]) == ("ResourceConflictException", "1")


def test_no_content_has_a_type_and_no_length() -> None:
    """As AWS sends it (operations/no-content-headers)."""
    assert NO_CONTENT.wire_headers("id", "date") == {
        "date": "date",
        "content-type": "application/json",
        "connection": "keep-alive",
        "x-amzn-requestid": "id",
    }


def test_text_without_a_utf8_form_is_replaced() -> None:
    """JSON can contain half a surrogate pair; a response cannot."""
    assert success(200, {"Description": "\ud800"}).body == b'{"Description":"?"}'


def test_own_region() -> None:
    """Region and partition must be those of the endpoint."""
    layer = layer_id("n", "123456789012", "us-east-1")
    assert is_own_region(layer, "us-east-1")
    assert not is_own_region(layer, "us-east-2")
    assert not is_own_region(layer._replace(partition="aws-cn"), "us-east-1")
