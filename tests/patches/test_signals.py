"""Alarms that go off while a fake is entered or left: nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_layerperm import LayerPerm
from pytest_layerperm.patches import signals
from pytest_layerperm.service.active import services_on
from tests.limits import LIMIT
from tests.patches.alarms import Alarm, ring

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarms here")
ROOT = Path(__file__).parents[2]
ALARMS = int(os.environ.get("LAYERPERM_ALARMS", "150"))


@pytest.fixture(autouse=True)
def _alarm() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, ring)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_no_trace_of_any_alarm() -> None:
    """At random moments of entering and leaving: it is raised, or came too late, and all is as before."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    command = [sys.executable, "-m", "tests.patches.alarms", str(ALARMS)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=LIMIT + ALARMS / 10
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > ALARMS / 4


def test_what_comes_in_the_middle_of_a_step_is_raised_after_it() -> None:
    """The step is finished first."""
    steps = []
    with pytest.raises(Alarm):
        with signals.uninterrupted():
            signal.raise_signal(signal.SIGALRM)
            steps.append("finished")
    assert steps == ["finished"]


def test_what_is_entered_when_the_alarm_is_raised_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller never gets to leave it."""
    real = signals._mask

    def ringing(how: int, mask: Any) -> Any:
        result = real(how, mask)
        if how == signal.SIG_UNBLOCK and services_on():
            monkeypatch.setattr(signals, "_mask", real)
            raise Alarm
        return result

    monkeypatch.setattr(signals, "_mask", ringing)
    with pytest.raises(Alarm):
        with LayerPerm():
            raise AssertionError("never entered")
    assert services_on() == []


def test_an_alarm_before_the_first_step_of_leaving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Left all the same."""
    real = signals._mask

    def ringing(how: int, mask: Any) -> Any:
        monkeypatch.setattr(signals, "_mask", real)
        raise Alarm

    fake = LayerPerm()
    with pytest.raises(Alarm):
        with fake:
            monkeypatch.setattr(signals, "_mask", ringing)
    assert not fake.active


@pytest.mark.parametrize("method", ["start", "stop"])
def test_an_alarm_at_the_edge_of_a_method(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the last step of entering, and before the first one of leaving."""
    fake = LayerPerm()
    real = getattr(fake, method)
    rang: list[bool] = []

    def ringing() -> None:
        if method == "start":
            real()
        if not rang:
            rang.append(True)
            raise Alarm
        real()

    monkeypatch.setattr(fake, method, ringing)
    with pytest.raises(Alarm):
        with fake:
            pass
    assert not fake.active


def test_threads_of_the_plugin_never_get_the_signals(layerperm: LayerPerm) -> None:
    """Or an alarm that comes while the main thread waits would come through one of them."""
    script = """
import os, signal, threading
from pytest_layerperm import LayerPerm
with LayerPerm() as fake:
    fake.client().list_layers()
    from pytest_layerperm.transports.content import content_base
    from pytest_layerperm.fake import service_of
    content_base(service_of(fake).store)
    [task] = [int(task) for task in os.listdir("/proc/self/task") if int(task) != os.getpid()]
    [blocked] = [line.split()[1] for line in open(f"/proc/self/task/{task}/status") if line.startswith("SigBlk")]
    assert int(blocked, 16) >> (signal.SIGALRM - 1) & 1
"""
    if sys.platform == "linux":
        subprocess.run([sys.executable, "-c", script], check=True, timeout=LIMIT)
