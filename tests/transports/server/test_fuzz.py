"""Whatever is sent, to the service or over the wire: a response in AWS's form, never a 500, and no harm done."""

import json
import socket
import string
from http.client import HTTPResponse
from urllib.parse import quote

import pytest

pytest.importorskip("hypothesis", reason="needs the extra 'hypothesis'")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_layerperm import LayerPerm
from pytest_layerperm.fake import service_of
from pytest_layerperm.lambda_api.wire import NO_OPERATION, Request

BOUNDED = settings(
    max_examples=150,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ARN = "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps"

names = st.sampled_from(
    ["shared-deps", ARN, f"{ARN}:1", "none", ":", "a" * 200, "%", "é", "\ud800".encode("utf-8", "replace").decode()]
)
versions = st.sampled_from(["1", "2", "0", "-1", "1e3", "9" * 30, "x", "\u0661", " 1"]) | st.integers().map(str)
anything = st.text(max_size=20)
segments = names | versions | anything | st.sampled_from(["versions", "policy", "layers", "..", ""])
paths = st.one_of(
    st.tuples(names, versions).map(lambda pair: ["layers", pair[0], "versions", pair[1], "policy"]),
    st.tuples(names, versions, segments).map(lambda part: ["layers", part[0], "versions", part[1], "policy", part[2]]),
    st.tuples(names, versions).map(lambda pair: ["layers", pair[0], "versions", pair[1]]),
    names.map(lambda name: ["layers", name, "versions"]),
    st.just(["layers"]),
    st.lists(segments, max_size=6),
).map(lambda parts: "/2018-10-31/" + "/".join(quote(part, safe="") for part in parts))
queries = st.dictionaries(
    st.sampled_from(["RevisionId", "find", "Arn", "MaxItems", "Marker", "CompatibleRuntime"]) | anything,
    st.sampled_from(["LayerVersion", f"{ARN}:1", "50", "51", "x", ""]) | anything,
    max_size=3,
).map(lambda pairs: "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs.items()))
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | anything
    | st.sampled_from(["*", "222222222222", "s", "lambda:GetLayerVersion"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(anything, inner, max_size=3),
    max_leaves=6,
)
members = st.sampled_from(
    [
        "StatementId",
        "Action",
        "Principal",
        "OrganizationId",
        "RevisionId",
        "Content",
        "Description",
        "CompatibleRuntimes",
    ]
)
bodies = (
    st.dictionaries(members | anything, values, max_size=5).map(lambda body: json.dumps(body).encode())
    | values.map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=60)
    | st.just(b'{"StatementId":"s","Principal":"*","Action":"lambda:GetLayerVersion"}')
)
scopes = st.sampled_from(
    [
        "123456789012/20260101/us-east-1/lambda/aws4_request",
        "222222222222/20260101/eu-west-1/lambda/aws4_request",
        "AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/lambda/aws4_request",
        "////",
        "",
    ]
)
printable = st.text(string.ascii_letters + string.digits + " =/,;:-_", max_size=40)
authorizations = st.one_of(
    scopes.map(lambda scope: f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"),
    printable,
    st.none(),
)
methods = st.sampled_from(["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"])


def state_of(fake):
    return [(layer.arn, layer.policy, layer.revision_id) for layer in fake.layers]


def fill(fake):
    layer = fake.publish_layer()
    layer.grant("222222222222", statement_id="partner")
    layer.grant("*", statement_id="all")


def check(status, headers, body, before, after):
    """A success, or an error in AWS's form that changed nothing."""
    if status < 300:
        return
    assert 400 <= status < 500, (status, body)
    assert after == before
    assert headers["x-amzn-errortype"].isalnum()
    if body == NO_OPERATION.body:
        assert (status, headers["content-type"]) == (403, "application/xml")
        return
    error = json.loads(body)
    assert set(error) <= {"Type", "Message", "message", "__type"}
    assert ("Message" in error) != ("message" in error)


@BOUNDED
@given(methods, paths, queries, authorizations, bodies)
def test_the_service_responds_to_any_request(method, path, query, authorization, body):
    """Each of the nine operations rejects nonsense with one of AWS's 4xx, and changes nothing."""
    fake = LayerPerm()
    fill(fake)
    before = state_of(fake)
    headers = {} if authorization is None else {"Authorization": authorization}
    response = service_of(fake).handle(Request(method, "lambda.us-east-1.amazonaws.com", path, query, headers, body))
    if response is not None:
        check(response.status, service_of(fake).headers_of(response), response.body, before, state_of(fake))
    else:
        assert not path.startswith("/2018-10-31/layers")


@pytest.fixture
def port(layerperm_server):
    pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
    return int(layerperm_server.url.rpartition(":")[2])


def response_to(port, data):
    """Status, headers and body of the first response; None if the connection was closed without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        try:
            response = HTTPResponse(connection)
            response.begin()
            return response.status, response.headers, response.read()
        except OSError:
            return None


@BOUNDED
@given(methods, paths, queries, authorizations, bodies)
def test_the_live_server_responds_to_any_request(port, layerperm, method, path, query, authorization, body):
    """The same over the wire, for every path, Lambda's or not."""
    layerperm.reset()
    fill(layerperm)
    before = state_of(layerperm)
    signed = "" if authorization is None else f"Authorization: {authorization}\r\n"
    target = f"{path}?{query}" if query else path
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{signed}Content-Length: {len(body)}\r\n\r\n"
    status, headers, content = response_to(port, head.encode("latin-1") + body)
    check(status, headers, content, before, state_of(layerperm))


words = st.sampled_from(
    [
        b"GET ", b"POST ", b"/2018-10-31/layers", b"/_layerperm/reset", b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", b"\r\n",
        b"\r\n\r\n", b"Host: x\r\n", b"Content-Length: 5\r\n", b"Content-Length: ", b"Transfer-Encoding: chunked\r\n",
        b"5\r\nhello\r\n", b"0\r\n\r\n", b"Expect: 100-continue\r\n", b"Upgrade: h2c\r\nConnection: upgrade\r\n",
    ]
)  # fmt: skip


@BOUNDED
@given(st.lists(words | st.binary(max_size=8), max_size=12).map(b"".join))
def test_the_live_server_survives_any_bytes(port, layerperm, data):
    """The response is not a 5xx, or the connection is closed, and the next client is served."""
    response = response_to(port, data)
    assert response is None or response[0] < 500
    status, headers, body = response_to(
        port, b"GET /2018-10-31/layers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    assert (status, headers["x-amzn-errortype"]) == (403, "MissingAuthenticationTokenException")
    assert json.loads(body)["message"] == "Missing Authentication Token"
