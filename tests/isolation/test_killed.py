"""A test that ends in the middle leaves the next one clean."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.isolation import killed

WHOLE = ("test_clean", "test_another_service", "test_a_wait")
NAMES = [name.removeprefix("test_") for name in vars(killed) if name.startswith("test_") and name not in WHOLE]
LIMIT = 120
"""Seconds, for all of them. An exception out of nowhere may leave a lock held, which the next to want it waits for."""
RUN_EACH = """
import gc, json, signal, sys, time

signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell's background jobs are started without it.
import pytest
from tests.isolation import probe

OPTIONS = "-q --no-summary --tb=native --assert=plain -p no:cacheprovider".split()

def run(name):
    try:
        return int(pytest.main([*OPTIONS, f"tests/isolation/killed.py::test_{name}"]))
    except BaseException as raised:  # by a teardown, when pytest itself was told to stop
        return repr(raised)

# All is imported before the first snapshot, and whole: an alarm could come in the middle of moto's import.
run("inside_mocks")
assert [run("clean"), run("another_service"), run("a_wait")] == [0, 0, 0]
gc.collect()
gc.freeze()  # What is there by now is looked through no more, neither by the probe nor by pytest at the end of a run.
found = {}
before = probe.snapshot()
for name in json.loads(sys.argv[1]):
    ended = run(name)
    # The live server closes its side of a connection a moment after its client is gone.
    due = time.monotonic() + 5
    while True:
        after = probe.snapshot()
        traces = [line for line in probe.differences(before, after) if "living fakes" not in line]
        if not traces or time.monotonic() > due:
            break
    before = after
    found[name] = {"ended": ended, "traces": traces, "next": run("clean")}
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What was found after each of them, all in one process."""
    root = Path(__file__).parents[2]
    # What measures coverage holds a lock of its own, which it does not give back when an alarm rings meanwhile.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment["PYTHONPATH"] = os.pathsep.join([str(root), *sys.path])
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "pytest_layerperm.plugin"}
    command = [sys.executable, "-X", "faulthandler", "-W", "error", "-c", RUN_EACH, json.dumps(NAMES)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=root, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            output, errors = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # It prints where each of its threads is, and ends.
            output, errors = process.communicate(timeout=10)
    assert process.returncode == 0, f"{output[-2000:]}{errors}exit status {process.returncode}"
    return json.loads(output.splitlines()[-1])


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_by(name: str, found: dict[str, Any]) -> None:
    """No trace of any kind, and the next test passes, which starts with an empty fake.

    pytest keeps the traceback that ended it, and so its fake alive; ``cycles.py`` shows that this is one and not many.
    """
    assert found[name]["ended"] != 0
    assert found[name]["traces"] == []
    assert found[name]["next"] == 0


def test_a_test_that_leaves_a_fake_on_has_an_error(pytester: pytest.Pytester) -> None:
    """It has passed, so it is an error of its teardown; the next test starts without a fake."""
    pytester.makepyfile(
        """
        from pytest_layerperm import LayerPerm
        from pytest_layerperm.fake import service_of
        from pytest_layerperm.service.active import services_on

        def test_one():
            LayerPerm("222222222222").start()

        def test_next():
            assert services_on() == []

        def test_that_has_it_stopped(request):
            fake = LayerPerm()
            request.addfinalizer(fake.stop)
            fake.start()

        class TestOfUnittest:
            def setup_method(self):
                self.fake = LayerPerm()
                self.fake.start()

            def test(self):
                assert services_on() == [service_of(self.fake)]

            def teardown_method(self):
                self.fake.stop()
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_one*",
            "this test started a fake and did not stop it: <LayerPerm 222222222222 us-east-1, layer versions: 0>",
            "It is off now. Use the fixture layerperm, or `with LayerPerm() as fake:`, which ends with the block.",
        ],
        consecutive=True,
    )


def test_a_module_s_own_fake_stays_on(pytester: pytest.Pytester) -> None:
    """A fixture of a wider scope holds it, and no test is blamed."""
    pytester.makepyfile(
        """
        import pytest
        from pytest_layerperm import LayerPerm
        from pytest_layerperm.fake import service_of
        from pytest_layerperm.service.active import services_on

        @pytest.fixture(scope="module")
        def fake():
            with LayerPerm() as fake:
                yield fake

        @pytest.mark.parametrize("number", range(2))
        def test_it(fake, number):
            assert services_on() == [service_of(fake)]
        """
    )
    pytester.runpytest().assert_outcomes(passed=2)
