"""Botocore's requests: which of them the fake handles, and that none leaves this machine."""

import http.server
import io
import re
import threading
from contextlib import closing
from typing import ClassVar
from urllib.parse import urlsplit

import boto3
import botocore.awsrequest
import botocore.exceptions
import botocore.httpsession
import botocore.signers
import pytest
from botocore.config import Config

from pytest_layerperm import LayerPerm, RequestRefused, Slow
from pytest_layerperm.patches.loopback import is_loopback
from pytest_layerperm.transports import botocore as seam
from tests.limits import join, start_and_join

EARLY_SESSION = boto3.Session(region_name="eu-west-1")
EARLY_CLIENT = EARLY_SESSION.client("lambda")
"""Created at import time, before any fake, with whatever credentials the machine has."""


class Echo(http.server.BaseHTTPRequestHandler):
    """Responds to every request with its own request line."""

    def do_GET(self):
        body = b'{"Layers": [{"LayerName": "%s"}]}' % self.path.encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing on stderr."""


@pytest.fixture
def echo():
    with http.server.HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        join(thread)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:5000/", True),
        ("http://127.1.2.3/", True),
        ("http://localhost/", True),
        ("http://LOCALHOST:4566/x", True),
        ("http://user:word@localhost:4566/x", True),
        ("http://[::1]:80/", True),
        ("http://127.0.0.1.example.com/", False),
        ("http://127.example.com/", False),
        ("http://localhost.example.com/", False),
        ("http://localhost@example.com/", False),
        ("http://127.0.0.1:80@example.com/", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("http://10.0.0.1/", False),
        ("https://lambda.us-east-1.amazonaws.com/2018-10-31/layers", False),
        ("file:///etc/hosts", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_that_looks_like_it(url, loopback):
    """Only loopback addresses and the name localhost are this machine."""
    assert is_loopback(urlsplit(url)) is loopback


def test_client_made_at_import_time(layerperm):
    """A client created before the fake uses it, in its own region, as the default account."""
    EARLY_CLIENT.list_layers()
    call = layerperm.calls.last
    assert (call.operation, call.region_name) == ("ListLayers", "eu-west-1")
    assert call.account_id == layerperm.account_id


def test_client_made_without_credentials(monkeypatch):
    """A client from a machine without any credentials signs as the default account while a fake is on."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent/aws")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.Session(region_name="us-east-1").client("lambda")
    with LayerPerm("210987654321") as fake:
        client.list_layers()
        assert fake.calls.last.account_id == "210987654321"
    with pytest.raises(botocore.exceptions.NoCredentialsError):
        client.list_layers()


def test_client_in_a_thread(layerperm, layerperm_layer):
    """Clients created and used in threads use the fake as well."""
    names = []

    def work():
        client = boto3.Session(region_name="us-east-1").client("lambda")
        names.append([layer["LayerName"] for layer in client.list_layers()["Layers"]])

    threads = [threading.Thread(target=work) for _ in range(4)]
    start_and_join(*threads)
    assert names == [["shared-deps"]] * 4
    assert len(layerperm.calls) == 4


def test_request_to_this_machine_passes(layerperm, echo):
    """A server that the test runs itself is reached, also at the path of a layer call."""
    with closing(boto3.client("lambda", endpoint_url=echo)) as client:
        assert client.list_layers()["Layers"] == [{"LayerName": "/2018-10-31/layers"}]
    assert len(layerperm.calls) == 0


def test_request_to_this_machine_goes_through_no_proxy(layerperm, echo, monkeypatch):
    """Neither the environment's proxy nor the client's own gets a request to this machine."""
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for proxies in (None, {"http": "http://proxy.example.com:3128"}):
        with closing(boto3.client("lambda", endpoint_url=echo, config=Config(proxies=proxies))) as client:
            assert client.list_layers()["Layers"]


def test_layer_call_through_a_proxy_is_answered(layerperm, layerperm_layer):
    """A client with a proxy gets the fake's response like every other."""
    client = boto3.client("lambda", config=Config(proxies={"https": "http://proxy.example.com:3128"}))
    assert client.list_layers()["Layers"][0]["LayerName"] == "shared-deps"


@pytest.mark.parametrize(
    "endpoint_url",
    [
        "https://vpce-0123.lambda.eu-west-1.vpce.amazonaws.com",
        "https://lambda-fips.us-gov-west-1.amazonaws.com",
        "https://lambda.example.com",
    ],
)
def test_layer_call_to_any_other_host_is_answered(layerperm, layerperm_layer, endpoint_url):
    """VPC endpoints, FIPS endpoints and custom host names: layer calls to them reach the fake."""
    client = boto3.client("lambda", endpoint_url=endpoint_url)
    assert client.list_layers()["Layers"][0]["LayerName"] == "shared-deps"


def test_request_to_elsewhere_is_refused():
    """A request to any other host is blocked, naming the call, at once and without retries."""
    with pytest.raises(RequestRefused, match=re.escape("GET https://example.com/2015-03-31/functions")):
        with LayerPerm():
            boto3.client("lambda", endpoint_url="https://example.com").list_functions()


def test_swallowed_refusal_fails_all_the_same():
    """Code that catches everything does not hide that it tried to leave this machine."""
    with pytest.raises(RequestRefused, match=re.escape("GET https://example.com/2015-03-31/functions")):
        with LayerPerm():
            with pytest.raises(RequestRefused):
                boto3.client("lambda", endpoint_url="https://example.com").list_functions()


def test_what_is_patched_is_restored():
    """The original attributes are restored when the fake is off, also after an exception."""

    def patched():
        return (
            botocore.httpsession.URLLib3Session.send,
            botocore.httpsession.ProxyConfiguration.proxy_url_for,
            botocore.signers.RequestSigner.get_auth_instance,
        )

    before = patched()
    with pytest.raises(ZeroDivisionError), LayerPerm():
        assert all(now is not then for now, then in zip(patched(), before, strict=True))
        raise ZeroDivisionError
    assert patched() == before


@pytest.mark.parametrize(
    "body",
    ['{"Content": {}}', b'{"Content": {}}', bytearray(b'{"Content": {}}'), io.BytesIO(b'{"Content": {}}'), None],
    ids=["text", "bytes", "bytearray", "file", "none"],
)
def test_bodies_of_every_kind(layerperm, body):
    """Whatever type of body botocore sends, the fake reads it."""
    session = botocore.httpsession.URLLib3Session()
    request = botocore.awsrequest.AWSRequest(
        "POST",
        "https://lambda.us-east-1.amazonaws.com/2018-10-31/layers/deps/versions",
        headers={"Authorization": b"AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/lambda/aws4_request"},
    ).prepare()
    request.body = body
    answer = session.send(request)
    assert answer.status_code == 400
    expected = b"Value null at 'content'" if body is None else b"Content must have either ZipFile"
    assert expected in answer.content


def _list_layers_request():
    return botocore.awsrequest.AWSRequest("GET", "https://lambda.us-east-1.amazonaws.com/2018-10-31/layers").prepare()


@pytest.mark.parametrize("seconds", [4, 6])
def test_read_timeout_of_one_request(layerperm, seconds):
    """A read timeout that botocore sets for a single request overrides the client's."""
    layerperm.inject(Slow(5))
    request = _list_layers_request()
    request.context = {"read_timeout": seconds}
    session = botocore.httpsession.URLLib3Session(timeout=(1, 5))
    if seconds > 5:
        assert session.send(request).status_code == 403  # unsigned, but answered
    else:
        with pytest.raises(botocore.exceptions.ReadTimeoutError):
            session.send(request)


def test_read_timeout_as_a_bare_number(layerperm):
    """A session's timeout may be one number for connecting and reading."""
    layerperm.inject(Slow(5))
    with pytest.raises(botocore.exceptions.ReadTimeoutError):
        botocore.httpsession.URLLib3Session(timeout=3).send(_list_layers_request())


class TestAnswers:
    """The response equals what botocore would have parsed from the same content."""

    HEADERS: ClassVar[dict[str, str]] = {"content-type": "application/json", "x-amzn-requestid": "r"}

    @pytest.fixture
    def both(self):
        return [make("https://h/", 201, dict(self.HEADERS), b'{"a":1}') for make in (seam._Response, seam.to_botocore)]

    def test_response(self, both):
        """Its attributes, and its body in each form."""
        ours, theirs = both
        assert isinstance(ours, botocore.awsrequest.AWSResponse)
        for name in ("url", "status_code", "content", "text"):
            assert getattr(ours, name) == getattr(theirs, name)
        assert {*vars(theirs)} - {*vars(ours)} == {"raw"}

    def test_stream(self, both):
        """The body can be read as a stream, once."""
        for one in both:
            raw = one.raw
            assert [b"".join(raw.stream()), raw.read()] == [b'{"a":1}', b""]
            assert one.raw is raw

    def test_headers(self, both):
        """They ignore case in all operations of a mapping."""
        results = []
        for headers in [one.headers for one in both]:
            assert isinstance(headers, botocore.awsrequest.HeadersDict)
            headers["X-New"] = "n"
            headers["CONTENT-TYPE"] = "text/plain"
            del headers["X-Amzn-RequestId"]
            results.append(
                [
                    headers["Content-Type"],
                    headers.get("x-NEW"),
                    headers.get("X-None"),
                    headers.get("X-None", "d"),
                    "X-NEW" in headers,
                    "x-none" in headers,
                    len(headers),
                    {name.lower(): value for name, value in headers.items()},
                    {**headers.copy()}.keys() == {**headers}.keys(),
                    repr(headers).lower(),
                ]
            )
            for missing in ("X-None", "x-amzn-requestid"):
                with pytest.raises(KeyError):
                    headers[missing]
        assert results[0] == results[1]
