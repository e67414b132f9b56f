"""Determining the accounts of an endpoint's callers, and keeping to AWS's quota."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pytest_layerperm import LayerPerm
from pytest_layerperm.facts import FACTS, endpoints
from pytest_layerperm.facts.asking import Asked
from pytest_layerperm.facts.differences import Received
from pytest_layerperm.facts.endpoints import NoEndpoint, Paced, Settings, connect, new_prefix
from pytest_layerperm.facts.running import show
from pytest_layerperm.fake import service_of
from pytest_layerperm.lambda_api.wire import Request
from tests.limits import join

PREFIX = "layerperm-facts-01234567"
ONE_SIGNATURE = "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/lambda/aws4_request, Signature=0"


class Emulator(ThreadingHTTPServer):
    """An emulator with one account, whoever signs, and nothing but layers."""

    daemon_threads = True

    def __init__(self) -> None:
        self.fake = LayerPerm()
        self.broken = False
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Emulator

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {"Authorization": ONE_SIGNATURE}
        request = Request(self.command, "host", url.path, url.query, headers, body)
        response = None if self.server.broken else service_of(self.server.fake).handle(request)
        self.send_response(404 if response is None else response.status)
        content = b"" if response is None else response.body
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_DELETE = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Logs nothing."""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        join(thread)


def test_endpoint_of_one_account(emulator: Emulator) -> None:
    """Keys make no difference, and roles cannot be assumed: there is no second account. The probes are deleted."""
    endpoint = connect(Settings(emulator.url + "/"), PREFIX)
    assert (endpoint.account_id, endpoint.other_account_id) == ("123456789012", None)
    assert endpoint.serves("aws-cn")
    assert list(emulator.fake.layers) == []
    fact = next(fact for fact in FACTS if fact.id == "operations/add-status")
    assert show(fact, endpoint, f"{PREFIX}-000").verdict == "held"
    endpoint.close()


def test_endpoint_without_layers(emulator: Emulator) -> None:
    """No fact can be checked there."""
    emulator.broken = True
    with pytest.raises(NoEndpoint, match=rf"^{emulator.url} publishes no layer, so no fact can be checked there$"):
        connect(Settings(emulator.url), PREFIX)


def test_endpoint_that_cannot_be_reached() -> None:
    """In botocore's words."""
    with pytest.raises(NoEndpoint, match=r'^Could not connect to the endpoint URL: "http://127\.0\.0\.1:1/'):
        connect(Settings("http://127.0.0.1:1"), PREFIX)


def test_unknown_profile() -> None:
    """In botocore's words."""
    with pytest.raises(NoEndpoint, match=r"^The config profile \(nobody\) could not be found$"):
        connect(Settings("aws", profile="nobody"), PREFIX)


def test_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Reported with a remedy."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(NoEndpoint, match="no AWS credentials were found: configure some, or name a profile with"):
        connect(Settings("aws"), PREFIX)


def test_aws_itself(layerperm: LayerPerm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account of the credentials, its region's endpoint, one partition, no second account."""
    monkeypatch.setattr(endpoints, "CALLS_PER_SECOND", 1e9)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    endpoint = connect(Settings("aws"), PREFIX)
    assert (endpoint.account_id, endpoint.other_account_id) == ("123456789012", None)
    assert endpoint.region_name == "eu-west-1"
    assert endpoint.serves("aws")
    assert not endpoint.serves("aws-cn")
    assert {call.region_name for call in layerperm.calls} == {"eu-west-1"}
    assert list(layerperm.layers) == []
    assert isinstance(endpoint.send, Paced)
    endpoint.close()


def test_profiles(layerperm: LayerPerm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One of the owner, one of the other account."""
    monkeypatch.setattr(endpoints, "CALLS_PER_SECOND", 1e9)
    credentials = tmp_path / "credentials"
    lines = ["[{0}]\naws_access_key_id = {1}\naws_secret_access_key = secret\n"]
    profiles = [("one", "111111111111"), ("two", "222222222222")]
    credentials.write_text("".join([lines[0].format(*profile) for profile in profiles]), encoding="utf-8")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    settings = Settings("aws", "one", "two", "o-exampleorgid")
    endpoint = connect(settings, PREFIX)
    assert (endpoint.account_id, endpoint.other_account_id) == ("111111111111", "222222222222")
    assert endpoint.other_organization == "o-exampleorgid"
    same = connect(Settings("aws", "one", "one"), PREFIX)
    assert same.other_account_id is None


def test_prefixes_are_new() -> None:
    """And all of the same length, since the size of policies is limited."""
    first, second = new_prefix(), new_prefix()
    assert first != second
    assert len(first) == len(second) == len(PREFIX)


ASKED = Asked("ListLayers", {}, "owner", "us-east-1", "GET", "/2018-10-31/layers", b"", False, False)


class Clock:
    """A clock that advances only when code sleeps."""

    def __init__(self) -> None:
        self.time = 100.0
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += seconds


def test_pace_keeps_to_the_quota() -> None:
    """At most 12 calls in any second, evenly spaced; a pause is not made up for."""
    clock = Clock()
    times: list[float] = []

    def send(asked: Asked) -> Received:
        times.append(clock.time)
        return Received(200, {}, b"{}")

    paced = Paced(send, now=clock.now, sleep=clock.sleep)
    for _ in range(30):
        paced(ASKED)
    clock.time += 10
    for _ in range(30):
        paced(ASKED)
    assert max([sum(start <= time < start + 1 for time in times) for start in times]) <= 13
    assert clock.sleeps == pytest.approx([1 / 12] * 58)


@pytest.mark.parametrize(
    "throttled", [Received(429, {}, b"{}"), Received(400, {"x-amzn-errortype": "ThrottlingException"}, b"{}")]
)
def test_throttled_calls_are_retried(throttled: Received) -> None:
    """With increasing waits, and not forever."""
    clock = Clock()
    answers = [throttled, throttled, Received(200, {}, b"{}")]
    paced = Paced(lambda asked: answers.pop(0), now=clock.now, sleep=clock.sleep)
    assert paced(ASKED).status == 200
    assert clock.sleeps == [1.0, 2.0]
    always = Paced(lambda asked: throttled, now=clock.now, sleep=clock.sleep)
    assert always(ASKED) == throttled
    assert clock.sleeps[2:] == [1.0, 2.0, 4.0, 8.0]
