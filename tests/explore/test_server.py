"""Programs outside, through the live server: what is killed, or loses its response, loses its connection."""

import subprocess
import sys
import time
from http.client import HTTPException

import pytest

pytest.importorskip("uvicorn", reason="the extra 'server' is not installed")

import urllib3
from botocore.config import Config

from pytest_layerperm import assert_layer_shared_with
from tests.explore.conftest import Place
from tests.limits import LIMIT

PARTNER = "222222222222"


@pytest.fixture
def outside(layerperm, layerperm_layer, layerperm_server):
    """A client whose requests go over the wire, as those of another process do."""
    retries = Config(retries={"mode": "standard", "total_max_attempts": 2}, read_timeout=LIMIT)
    return Place(layerperm.client(endpoint_url=layerperm_server.url, config=retries))


def test_a_right_program_survives_over_the_wire(outside, sweep):
    """Nothing waits for a timeout."""

    def block():
        outside.share()
        assert_layer_shared_with(PARTNER)

    began = time.perf_counter()
    found = sweep(block)
    assert (found.text, found.sweep.points, found.sweep.runs) == ("", 10, 14)
    assert time.perf_counter() - began < LIMIT / 2


def test_a_lost_response_is_a_cut_connection(layerperm, outside, sweep):
    found = sweep(outside.add, "ConnectionLost-applied")
    assert found.failing == {"ConnectionLost-applied@1": "it raises ResourceConflictException"}
    assert [call.outcome for call in layerperm.calls] == ["ConnectionClosedError", "409 ResourceConflictException"]


def test_a_killed_program_gets_nothing_through(layerperm, layerperm_layer, layerperm_server, outside):
    """Each later request of it loses its connection."""
    lost = []

    def block():
        try:
            outside.add()
        except Exception:
            for _ in range(2):
                try:
                    urllib3.request("GET", f"{layerperm_server.url}/2018-10-31/layers", retries=False, timeout=LIMIT)
                except (HTTPException, urllib3.exceptions.HTTPError) as error:
                    lost.append(type(error).__name__)
            raise

    for run in layerperm.every_fault("Killed"):
        with run:
            block()
        if run.died:
            assert layerperm_layer.policy is None
    assert lost == ["ProtocolError"] * 2


def test_endless_calls_over_the_wire(outside, sweep):
    def block():
        try:
            outside.add()
        except Exception:
            while True:
                outside.versions()

    assert sweep(block, "Throttle").failing == {"Throttle@1": "it makes calls without end"}


PROGRAM = """
import sys, urllib.request
request = urllib.request.Request(sys.argv[1] + "/2018-10-31/layers")
scope = "123456789012/20260101/us-east-1/lambda/aws4_request"
request.add_header("Authorization", f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0")
try:
    urllib.request.urlopen(request, timeout=60)
except OSError as error:
    sys.exit(f"no layers: {error}")
"""


def test_a_subprocess(layerperm, layerperm_server):
    """Its exit status is an error; what its call heard last says which."""
    codes = []
    for run in layerperm.every_fault("Throttle", "Killed", "Outage"):
        with run:
            done = subprocess.run(
                [sys.executable, "-c", PROGRAM, layerperm_server.url], check=False, timeout=LIMIT, capture_output=True
            )
            codes.append(done.returncode)
            done.check_returncode()
    assert codes == [0, 0, 1, 1, 0, 1]
