"""How long a test waits for anything at most, so that none of them waits for ever."""

from __future__ import annotations

import subprocess
import threading

LIMIT = 60
"""Seconds, many times what is ever needed. What waits in spite of it is ended by the suite's own ``conftest.py``."""


def join(*threads: threading.Thread) -> None:
    """Waits until each of them has ended, and fails if one has not."""
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive(), f"{thread.name} has not ended within {LIMIT} seconds"


def start_and_join(*threads: threading.Thread) -> None:
    """Starts all of them, and waits for each."""
    for thread in threads:
        thread.start()
    join(*threads)


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line that a program prints. One that prints none is killed, and the test fails."""
    assert process.stdout is not None
    too_late = threading.Timer(LIMIT, process.kill)
    too_late.start()
    try:
        line = process.stdout.readline()
    finally:
        too_late.cancel()
        too_late.join(LIMIT)
    assert line, f"{process.args} has printed no line, within {LIMIT} seconds or before its end"
    return line
