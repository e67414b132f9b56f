"""HTTP in and out: routes, where members are read, signatures, headers."""

from __future__ import annotations

import pytest

from pytest_layerperm.lambda_api.wire import Call, Request, decode

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


def test_members_of_the_query_are_not_read_from_the_body() -> None:
    """RevisionId guards a change only where the API has it: in the query."""
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


@pytest.mark.parametrize("operation", ["GetLayerVersionPolicy"])
def test_members_that_an_operation_does_not_have_are_left_out(operation: str) -> None:
    """What an operation does not know is ignored."""
    call = decoded("GET", POLICY, "RevisionId=r&Marker=m")
    assert call.operation == operation
    assert call.given == {"LayerName": "shared-deps", "VersionNumber": "1"}
