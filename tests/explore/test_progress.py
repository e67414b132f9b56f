"""The line on a terminal that says how far a long sweep is."""

import os
import subprocess
import sys
from contextlib import nullcontext

import pytest

import pytest_layerperm.plugin
from pytest_layerperm.explore import progress
from pytest_layerperm.service import pytest_run
from tests.limits import LIMIT


def test_a_long_sweep_says_how_far_it_is(place, sweep, monkeypatch):
    """And takes the line away at its end."""
    shown = []
    monkeypatch.setattr(pytest_run, "progress", shown.append)
    monkeypatch.setattr(progress, "PATIENCE", 0)
    monkeypatch.setattr(progress, "_BETWEEN", 0)
    sweep(place.add)
    assert shown[:2] == [
        f"test_a_long_sweep_says_how_far_it_is: {number} failures tried, 0 not survived" for number in range(2)
    ]
    assert shown[-2:] == ["test_a_long_sweep_says_how_far_it_is: 9 failures tried, 2 not survived", ""]


def test_a_short_one_says_nothing(place, sweep, monkeypatch):
    shown = []
    monkeypatch.setattr(pytest_run, "progress", shown.append)
    sweep(place.versions)
    assert shown == []


@pytest.mark.parametrize("captured", [True, False])
def test_the_line_is_written_past_the_capture(captured):
    """By pytest's own reporter, on a line of its own."""
    said = []

    class Reporter:
        def ensure_newline(self):
            said.append("newline")

        def rewrite(self, text, erase):
            said.append((text, erase))

        def flush(self):
            said.append("flush")

    class Capture:
        def global_and_fixture_disabled(self):
            return nullcontext(said.append("uncaptured"))

    class Plugins:
        def getplugin(self, name):
            return Reporter() if name == "terminalreporter" else Capture() if captured else None

    class Config:
        pluginmanager = Plugins()

    pytest_layerperm.plugin._show_progress(Config(), "half")
    assert said == [*(["uncaptured"] if captured else []), "newline", ("half", True), "flush"]


def test_on_a_terminal(pytester):
    """The plugin shows it where pytest writes to one."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    pytester.makepyfile("""
import boto3
from pytest_layerperm.explore import progress

def test_it(layerperm):
    progress.PATIENCE = 0
    for run in layerperm.every_fault("Throttle"):
        with run:
            boto3.client("lambda").list_layers()
""")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_on_a_terminal.py"]
    done = subprocess.run(command, cwd=pytester.path, stdout=theirs, stderr=theirs, timeout=LIMIT, check=False)
    os.close(theirs)
    text = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0, text
    assert "test_it: 0 failures tried, 0 not survived" in text
