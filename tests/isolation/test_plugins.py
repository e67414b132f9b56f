"""Under plugins that distribute, reorder or repeat tests, each test has a fake of its own.

With ``LAYERPERM_ENDURANCE=1`` in the environment, the same in every distribution, and in twenty orders.
"""

from __future__ import annotations

import os
import random

import pytest
import pytest_randomly  # noqa: F401
import pytest_rerunfailures  # noqa: F401
import uvicorn  # noqa: F401
import xdist  # noqa: F401

SUITE = """
import os
import boto3
import pytest
from pytest_layerperm import LayerPerm, assert_layer_shared_with

KEY = {"LayerName": "shared-deps", "VersionNumber": 1}

def share(layerperm, client):
    assert boto3.DEFAULT_SESSION is None or client
    assert (layerperm.layers, len(layerperm.calls), layerperm.sleeps) == ((), 0, [])
    layerperm.publish_layer()
    client.add_layer_version_permission(
        **KEY, StatementId="s", Action="lambda:GetLayerVersion", Principal="222222222222"
    )
    assert_layer_shared_with("222222222222")
    assert len(layerperm.calls) == 1

@pytest.mark.parametrize("number", range(6))
def test_alone(layerperm, number):
    share(layerperm, boto3.client("lambda"))

@pytest.mark.parametrize("number", range(6))
class TestInClass:
    def test_client(self, layerperm, layerperm_client, number):
        share(layerperm, layerperm_client)

    @pytest.mark.layerperm("333333333333")
    def test_marked(self, layerperm, number):
        share(layerperm, layerperm.client())
        assert layerperm.calls.last.account_id == "333333333333"

    @pytest.mark.layerperm_throttle
    def test_throttled(self, layerperm, number):
        layerperm.publish_layer()
        assert boto3.client("lambda").list_layers()["Layers"]
        assert len(layerperm.sleeps) == 1

@pytest.mark.parametrize("number", range(3))
def test_on_server(layerperm, layerperm_server, number):
    share(layerperm, layerperm.client(endpoint_url=layerperm_server.url))

def test_without():
    assert "AWS_SECRET_ACCESS_KEY" not in os.environ
"""
COUNT = 28
ENDURANCE = os.environ.get("LAYERPERM_ENDURANCE") == "1"
DISTRIBUTIONS = ["worksteal", "loadscope", "load"] if ENDURANCE else ["worksteal"]
SEEDS = range(1, 21) if ENDURANCE else [1]


@pytest.fixture(autouse=True)
def _no_outer_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variables that only an outer run of xdist has."""
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)


@pytest.mark.parametrize("dist", DISTRIBUTIONS)
def test_two_workers(dist: str, pytester: pytest.Pytester) -> None:
    """Whichever worker has a test, and whichever tests it had before."""
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_subprocess("-p", "xdist", "-n2", f"--dist={dist}", "-W", "error")
    result.assert_outcomes(passed=COUNT)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_order(seed: int, pytester: pytest.Pytester) -> None:
    """Whatever ran before."""
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_subprocess("-p", "randomly", f"--randomly-seed={seed}")
    result.assert_outcomes(passed=COUNT)


RERUN = """
import boto3
import pytest
from pytest_layerperm import LayerPerm, Throttle

ran = []

@pytest.mark.layerperm_throttle
def test_it(layerperm, layerperm_clock):
    assert (layerperm.layers, len(layerperm.calls), layerperm.sleeps) == ((), 0, [])
    layerperm.publish_layer().grant("*")
    boto3.client("lambda").list_layers()
    assert len(layerperm.calls) == 2
    ran.append(layerperm)
    if len(ran) == 1:
        layerperm.inject(Throttle(5))
        LayerPerm("222222222222").start()
    assert len(ran) == 2

def test_next(layerperm):
    assert layerperm.layers == ()

@pytest.mark.layerperm_throttle
def test_that_never_calls(layerperm): ...
"""


def test_tests_that_run_again(pytester: pytest.Pytester) -> None:
    """The second run has a new fake, its marker's faults anew, and none of those that the first run left."""
    pytester.makepyfile(RERUN)
    result = pytester.runpytest_subprocess("-p", "rerunfailures", "--reruns=2")
    result.assert_outcomes(passed=2, failed=1, errors=0)
    result.stdout.fnmatch_lines(["*an injected fault was never triggered*"])


CRASH = """
import os
import pytest

@pytest.mark.parametrize("number", range(8))
def test_it(layerperm, layerperm_server, number):
    assert layerperm.layers == ()
    layerperm.publish_layer()
    if number == 3:
        os._exit(1)
"""


def test_a_worker_that_dies(pytester: pytest.Pytester) -> None:
    """Its test has failed, and the one that comes in its place does the others."""
    pytester.makepyfile(CRASH)
    result = pytester.runpytest_subprocess("-p", "xdist", "-n2")
    result.assert_outcomes(passed=7, failed=1)
    result.stdout.fnmatch_lines(["*worker 'gw*' crashed while running '*test_it?3?'*"])


def test_random_numbers_are_left_alone(request: pytest.FixtureRequest) -> None:
    """pytest-randomly seeds them for each test: a test draws the same with and without the fake."""
    before = random.getstate()
    request.getfixturevalue("layerperm_layer").grant("*")
    request.getfixturevalue("layerperm_client").list_layers()
    assert random.getstate() == before
