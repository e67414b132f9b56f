"""Web pages that a browser on this machine shows: those of other sites can neither read nor change the fake."""

import json
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
pytest.importorskip("httptools", reason="the live server needs the extra 'server'")

from pytest_layerperm.transports.server.live import LiveServer

POLICY = "/2018-10-31/layers/shared-deps/versions/1/policy"
SCOPE = "123456789012/20260101/us-east-1/{}/aws4_request"
PUBLIC = b'{"StatementId": "all", "Principal": "*", "Action": "lambda:GetLayerVersion"}'
FOREIGN = {
    "a page of another site": {"Origin": "https://example.com"},
    "a page of another port": {"Origin": "http://127.0.0.1:1"},
    "a page in a sandbox": {"Origin": "null"},
    "an image of another site": {"Sec-Fetch-Site": "cross-site"},
    "an image of another port": {"Sec-Fetch-Site": "same-site", "Referer": "http://127.0.0.1:1/"},
    "a name that was made to lead here": {"Host": "rebound.example.com"},
    "that name, as its own origin": {"Origin": "http://rebound.example.com", "Host": "rebound.example.com"},
    "a name that only begins like this machine's": {"Host": "127.0.0.1.example.com"},
    "a name that only ends like AWS's": {"Host": "eviamazonaws.com"},
    "not a host at all": {"Host": "[::1"},
}  # fmt: skip


def send(url, method, path, body=None, headers=None):
    """One request, signed in its query as a browser's form can; status, and the body, parsed if it is JSON."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        query = urlencode({"X-Amz-Credential": SCOPE.format("lambda")})
        connection.request(method, f"{path}{'&' if '?' in path else '?'}{query}", body, headers or {})
        response = connection.getresponse()
        raw = response.read()
    finally:
        connection.close()
    return response.status, json.loads(raw) if raw[:1] == b"{" else raw


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", POLICY, PUBLIC),
        ("GET", "/2018-10-31/layers", None),
        ("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", None),
        ("GET", "/awslambda-us-east-1-layers/snapshots/123456789012/shared-deps-1", None),
        ("GET", "/_layerperm/calls", None),
        ("POST", "/_layerperm/reset", None),
        ("POST", "/_layerperm/faults", b'{"fault": "Throttle", "times": null}'),
    ],
    ids=["add a permission", "list layers", "another service", "download", "calls", "reset", "add a fault"],
)
def test_pages_of_other_sites_can_neither_read_nor_change_anything(
    layerperm_server, layerperm, layerperm_layer, headers, method, path, body
):
    """Every path is 403 for them, and nothing is logged: a simple POST once made a layer public."""
    status, error = send(layerperm_server.url, method, path, body, headers)
    site = headers.get("Host") or headers.get("Origin") or headers.get("Referer") or "the page that sent this"
    assert (status, error) == (
        403,
        {
            "Type": "User",
            "Message": f"pytest-layerperm: {site} is another site, and only the server's own page may send requests "
            "from a browser. A program has to use the server's URL, and send no Origin header.",
        },
    )
    assert (layerperm.layers, layerperm_layer.policy) == ((layerperm_layer,), None)
    assert (len(layerperm.calls), layerperm.faults) == (0, ())


def test_a_rejected_body_is_read_and_the_connection_stays(layerperm_server, layerperm_layer):
    """A client that is rejected sees the response, whatever it sent, and may go on."""
    connection = HTTPConnection(urlsplit(layerperm_server.url).netloc, timeout=10)
    try:
        connection.request("POST", POLICY, b"x" * 300_000, {"Origin": "https://example.com"})
        response = connection.getresponse()
        assert (response.status, response.headers["x-amzn-errortype"]) == (403, "Forbidden")
        response.read()
        connection.request("GET", "/_layerperm/layers")
        assert connection.getresponse().status == 200
    finally:
        connection.close()


@pytest.mark.parametrize(
    "host",
    [
        "",
        "127.0.0.1",
        "[::1]:80",
        "192.0.2.1:8000",
        "localhost",
        "LOCALHOST:4566",
        "builds.localhost:4566",
        "layerperm",
        "host.docker.internal:4566",
        "laptop.local",
        "lambda.us-east-1.amazonaws.com",
        "lambda.cn-north-1.amazonaws.com.cn:443",
        "lambda.us-east-1.api.aws",
    ],
)
def test_programs_may_use_any_name_that_no_other_site_can_have(layerperm_server, layerperm_layer, host):
    """Loopback, local names, containers' names for this machine, and AWS's own, for which a proxy led here."""
    status, listed = send(layerperm_server.url, "GET", "/2018-10-31/layers", headers={"Host": host})
    assert (status, [layer["LayerName"] for layer in listed["Layers"]]) == (200, ["shared-deps"])


def test_the_servers_own_page_may_send_requests(layerperm_server, layerperm_layer):
    """Its requests carry the server's own origin."""
    headers = {"Origin": layerperm_server.url, "Sec-Fetch-Site": "same-origin"}
    assert send(layerperm_server.url, "GET", "/_layerperm/layers", headers=headers)[0] == 200


def test_a_link_to_the_page_may_be_anywhere(layerperm_server):
    """The page is the same for everyone: it is what it loads afterwards that other sites cannot."""
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert send(layerperm_server.url, "GET", "/_layerperm/", headers=headers)[0] == 200
    assert send(layerperm_server.url, "GET", "/_layerperm/state", headers={"Sec-Fetch-Site": "none"})[0] == 200


def test_a_server_for_other_machines_has_any_name(layerperm):
    """--allow-remote: Host is what others call this machine; Origin is checked still."""
    server = LiveServer(lambda: None, host="0.0.0.0")
    url = f"http://127.0.0.1:{server.port}"
    try:
        named = {"Host": "build1.example.com"}
        assert send(url, "GET", "/2018-10-31/layers", headers=named)[0] == 503
        assert send(url, "GET", "/2018-10-31/layers", headers={**named, "Origin": "https://example.com"})[0] == 403
    finally:
        server.stop()


@pytest.mark.parametrize("host", ["builds.localhost:4566", "builds.s3.us-east-1.amazonaws.com", "builds.s3.localhost"])
def test_a_bucket_may_be_named_in_the_host(layerperm_server, host):
    """SDKs that address the server as localhost put the bucket's name before it."""
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={SCOPE.format('s3')}, SignedHeaders=host, Signature=0"}
    in_host = {**signed, "Host": host}
    assert send(layerperm_server.url, "PUT", "/", None, in_host)[0] == 200
    assert send(layerperm_server.url, "PUT", "/key", b"content", in_host)[0] == 200
    assert send(layerperm_server.url, "GET", "/builds/key", None, signed) == (200, b"content")
