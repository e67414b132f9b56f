"""The marker and the option, as a test suite meets them."""

import re

import boto3  # noqa: F401
import freezegun  # noqa: F401
import pytest

import pytest_layerperm.explore.sweep
import pytest_layerperm.fake.layerperm
import pytest_layerperm.transports.moto.hooks  # noqa: F401 - what pytester's run imports first, it forgets

PRELUDE = """
import asyncio, threading, unittest
import boto3, pytest
from pytest_layerperm import LayerPerm, Throttle, assert_layer_shared_with

PARTNER = "222222222222"
WHERE = {"LayerName": "shared-deps", "VersionNumber": 1}

def share():
    boto3.client("lambda").add_layer_version_permission(
        **WHERE, StatementId="partner", Action="lambda:GetLayerVersion", Principal=PARTNER
    )

def share_once():
    client = boto3.client("lambda")
    try:
        share()
    except client.exceptions.ResourceConflictException:
        if PARTNER not in client.get_layer_version_policy(**WHERE)["Policy"]:
            raise
"""


@pytest.fixture
def run(pytester):
    """Runs a test module, with warnings as errors, in this process."""

    def run_module(source, *arguments):
        pytester.makepyfile(PRELUDE + source)
        quick = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
        return pytester.runpytest_inprocess("-W", "error", "--strict-markers", *quick, *arguments)

    return run_module


def test_the_whole_body_is_the_block(run):
    """With fixtures, in a class, in unittest, sync and async; other tests of the module are as ever."""
    run("""
@pytest.mark.layerperm_every_fault
def test_survives(layerperm_layer):
    share_once()
    assert_layer_shared_with(PARTNER)

@pytest.mark.layerperm_every_fault("Killed-applied", always=print)
class TestClass:
    def test_does_not(self, layerperm_layer):
        share()

def test_plain(layerperm):
    assert layerperm.layers == ()

class TestUnit(unittest.TestCase):
    @pytest.mark.layerperm_every_fault
    def test_lists(self):
        boto3.client("lambda").list_layers()

    @pytest.mark.layerperm_every_fault("Killed")
    def test_fails(self):
        boto3.client("lambda").list_layers()
        self.runs = getattr(self, "runs", 0) + 1
        self.assertLess(self.runs, 3)

class TestAsync(unittest.IsolatedAsyncioTestCase):
    @pytest.mark.layerperm_every_fault("Throttle")
    async def test_lists(self):
        await asyncio.to_thread(boto3.client("lambda").list_layers)

    @pytest.mark.layerperm_every_fault("Throttle")
    async def test_swallows(self):
        try:
            await asyncio.to_thread(boto3.client("lambda").list_layers)
        except Exception:
            raise AssertionError("swallowed") from None
""").assert_outcomes(passed=4, failed=3)


def test_the_report_stands_alone(run):
    """Of a marked test no traceback is shown: all of it would be the plugin's."""
    result = run("""
@pytest.mark.layerperm_every_fault
def test_it(layerperm_layer):
    share()
""")
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert text.splitlines().count("test_it does not survive 2 of 10 failures") == 1
    assert "During handling" not in text
    result.stdout.fnmatch_lines(
        [
            "*_ test_it _*",
            "test_it does not survive 2 of 10 failures",
            "  pytest *::test_it --layerperm-only=ConnectionLost-applied@1",
            "*- layerperm calls -*",
            "*ReadTimeoutError, 409 ResourceConflictException*",
        ]
    )


def test_wrong_arguments_fail_the_set_up(run):
    result = run("""
@pytest.mark.layerperm_every_fault(alway=print)
def test_it():
    share()

@pytest.mark.layerperm_every_fault("Throtle")
def test_other():
    share()
""")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "@pytest.mark.layerperm_every_fault: got an unexpected keyword argument 'alway'; did you mean always=?",
            "It takes layerperm_every_fault(*faults, always=(), *",
            "@pytest.mark.layerperm_every_fault: there is no kind of failure 'Throtle'*",
        ]
    )


def test_a_test_that_is_run_in_another_way(run, pytester):
    """It does not pass unswept."""
    pytester.makeconftest("""
def pytest_pyfunc_call(pyfuncitem):
    return True
""")
    result = run("""
@pytest.mark.layerperm_every_fault
def test_it(layerperm):
    share()
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["@pytest.mark.layerperm_every_fault: the body of this test was not swept"])


def test_with_faults_clock_and_fixtures(run):
    """Markers of faults stay on in each run; a frozen clock is put back."""
    run("""
@pytest.mark.layerperm_throttle(times=2)
@pytest.mark.layerperm_every_fault("Outage", "ConnectionLost-applied")
def test_it(layerperm, layerperm_layer, layerperm_clock):
    assert layerperm_clock().minute == 0
    share_once()
    if len(layerperm.calls) > 1:
        assert layerperm.calls[0].status in (429, None)
    layerperm_clock.tick(600)
""").assert_outcomes(passed=1)


LOOP = """
def test_it(layerperm, layerperm_layer):
    for run in layerperm.every_fault():
        with run:
            print("\\nrun of", run.point or "nothing")
            share()

def test_two(layerperm, layerperm_layer):
    for _ in range(2):
        for run in layerperm.every_fault("Throttle", "Killed", pairs=True):
            with run:
                print("\\nrun of", run.point or "nothing")
                share_once()
"""


def runs_of(result):
    return re.findall(r"^run of (.*)$", result.stdout.str(), re.MULTILINE)


def test_one_point_alone(run):
    """The runs in which nothing fails, and that one, with the traceback of its own error."""
    result = run(LOOP, "-s", "-k", "test_it", "--layerperm-only=ConnectionLost-applied@1")
    result.assert_outcomes(failed=1)
    assert runs_of(result) == ["nothing", "nothing", "ConnectionLost-applied@1"]
    result.stdout.fnmatch_lines(
        [
            "*ResourceConflictException: An error occurred*",
            "The above exception was the direct cause of the following exception:",
            "E * AssertionError: test_it does not survive 1 of 1 failures",
        ]
    )
    result = run(LOOP, "-s", "-k", "test_it", "--layerperm-only=Killed@1")
    result.assert_outcomes(passed=1)
    assert runs_of(result) == ["nothing", "nothing", "Killed@1", "Killed@1"]


def test_one_point_of_the_second_sweep(run):
    """And a pair: its first failure is tried alone before."""
    result = run(LOOP, "-s", "-k", "test_two", "--layerperm-only=2:Killed@1")
    assert runs_of(result) == ["nothing"] * 4 + ["Killed@1"] * 2
    result = run(LOOP, "-s", "-k", "test_two", "--layerperm-only=Killed@1+Killed@1")
    assert runs_of(result) == ["nothing"] * 2 + ["Killed@1"] * 2 + ["Killed@1+Killed@1"] * 3 + ["nothing"] * 2


def test_a_marked_test_alone(run):
    result = run(
        """
@pytest.mark.layerperm_every_fault
def test_it(layerperm_layer):
    share()
""",
        "--layerperm-only=Killed-applied@1",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*The above exception was the direct cause*",
            "*AssertionError: test_it does not survive 1 of 1 failures",
        ]
    )


@pytest.mark.parametrize("point", ["Killed@2", "Nonsense", "Killed@1+Rival-adds@9"])
def test_a_point_that_does_not_exist(run, point):
    """It says which exist."""
    result = run(LOOP, "-k", "test_it", f"--layerperm-only={point}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"E *ValueError: --layerperm-only: there is no point {point}", "E *Throttle@1*"])


def test_xdist_runs_a_sweep_in_one_worker(run):
    pytest.importorskip("xdist")
    result = run(
        """
@pytest.mark.layerperm_every_fault
@pytest.mark.parametrize("number", range(3))
def test_it(layerperm_layer, number):
    share()
""",
        "-p",
        "xdist",
        "-n",
        "2",
    )
    result.assert_outcomes(failed=3)
    assert result.stdout.str().count("does not survive 2 of 10 failures\n") >= 3


def test_the_report_page_has_it(run, pytester):
    run(LOOP, "-k", "test_it", "--layerperm-report=report.html")
    page = pytester.path.joinpath("report.html").read_text("utf-8")
    assert "test_it does not survive 2 of 10 failures" in page


def test_the_option_is_listed(pytester):
    result = pytester.runpytest_inprocess("--help", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
    result.stdout.fnmatch_lines(["*--layerperm-only=POINT*"])


def test_through_a_fake_of_ones_own(run):
    """In unittest, as a decorator or a with block."""
    run("""
@LayerPerm()
class TestIt(unittest.TestCase):
    def test_lists(self):
        with LayerPerm() as fake:
            runs = 0
            for run in fake.every_fault("Throttle"):
                with run:
                    boto3.client("lambda").list_layers()
                runs += 1
            self.assertEqual(runs, 3)
""").assert_outcomes(passed=1)
