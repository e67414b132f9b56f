"""While a fake is on, nothing but a client of botocore can begin to talk to AWS."""

from __future__ import annotations

import asyncio
import http.client
import importlib
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
import requests

from pytest_layerperm import LayerPerm, RequestRefused
from pytest_layerperm.lambda_api.hosts import is_aws_host, is_lambda_host
from tests.limits import LIMIT

URL = "https://lambda.eu-west-1.amazonaws.com/2018-10-31/layers"


def _requests() -> None:
    requests.get(URL)


def _urllib() -> None:
    urllib.request.urlopen(URL, timeout=LIMIT)


def _http_client() -> None:
    http.client.HTTPSConnection("lambda.eu-west-1.amazonaws.com").request("GET", "/")


def _tunnel() -> None:
    http.client.HTTPSConnection("127.0.0.1", 9).set_tunnel("lambda.eu-west-1.amazonaws.com")


def _proxy() -> None:
    requests.get(URL, proxies={"https": "http://127.0.0.1:9"})


def _httpx() -> None:
    pytest.importorskip("httpx").get(URL)


def _aiohttp() -> None:
    aiohttp = pytest.importorskip("aiohttp")

    async def get() -> None:
        connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
        async with aiohttp.ClientSession(connector=connector) as session:
            await session.get(URL)

    asyncio.run(get())


def _by_name() -> None:
    socket.gethostbyname("lambda.eu-west-1.amazonaws.com")


def _by_bytes() -> None:
    socket.getaddrinfo(b"lambda.eu-west-1.amazonaws.com", 443)


CLIENTS = [_requests, _urllib, _http_client, _tunnel, _proxy, _httpx, _aiohttp, _by_name, _by_bytes]


@pytest.mark.parametrize("client", CLIENTS)
def test_no_client_finds_an_aws_host(client: Callable[[], None], layerperm: LayerPerm) -> None:
    """The error says what to use; the test fails even if the code under test swallows it."""
    with pytest.raises(RequestRefused) as raised:
        client()
    text = str(raised.value)
    assert text.startswith("pytest-layerperm blocked the look-up of lambda.eu-west-1.amazonaws.com: while a fake is on")
    assert "layerperm_responses" in text
    assert "layerperm_server" in text
    assert layerperm.escaped.pop() is raised.value
    assert layerperm.escaped == []


def test_a_botocore_that_is_imported_anew(layerperm: LayerPerm) -> None:
    """Nothing is replaced in it, and still it reaches nobody."""
    names = [name for name in sys.modules if name.partition(".")[0] in ("boto3", "botocore")]
    saved = {name: sys.modules.pop(name) for name in names}
    try:
        client = importlib.import_module("boto3").client("lambda")
        with pytest.raises(Exception, match="blocked the look-up of lambda"):
            client.list_layers()
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] in ("boto3", "botocore")]:
            del sys.modules[name]
        sys.modules.update(saved)
    layerperm.escaped.clear()


def test_other_hosts_are_looked_up(layerperm: LayerPerm) -> None:
    """The test's own server, for one."""
    assert socket.getaddrinfo("127.0.0.1", 80)
    assert socket.getaddrinfo(None, 80)
    assert socket.gethostbyname("localhost") == "127.0.0.1"
    http.client.HTTPSConnection("127.0.0.1", 9).set_tunnel("example.com")


def test_after_the_fake_names_are_looked_up_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by what someone else has kept of ours."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port: [host])
    with LayerPerm():
        kept: Any = socket.getaddrinfo
    assert kept("lambda.us-east-1.amazonaws.com", 443) == ["lambda.us-east-1.amazonaws.com"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("lambda.us-east-1.amazonaws.com", True),
        ("LAMBDA.US-EAST-1.AMAZONAWS.COM.", True),
        ("lambda.us-east-1.api.aws", True),
        ("abc.lambda-url.us-east-1.on.aws", True),
        ("s3.cn-north-1.amazonaws.com.cn", True),
        ("sts.eusc-de-east-1.amazonaws.eu", True),
        ("sts.us-iso-east-1.c2s.ic.gov", True),
        ("amazonaws.com.example.com", False),
        ("myamazonaws.com", False),
        ("aws.amazon.com", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_hosts_of_aws(host: str, expected: bool) -> None:
    """In every partition, and no others that look alike."""
    assert is_aws_host(host) is expected


def test_hosts_of_lambda() -> None:
    """Regional endpoints only."""
    assert is_lambda_host("lambda-fips.us-gov-west-1.amazonaws.com")
    assert not is_lambda_host("lambda.amazonaws.com")


def test_the_guard_is_not_imported_by_the_plugin() -> None:
    """What is imported at start-up, every run pays."""
    code = "import pytest_layerperm.plugin, sys; assert 'pytest_layerperm.patches.network' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=LIMIT)
