"""What is left after many tests in one process: nothing. ``python -m tests.isolation`` runs thousands of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_nothing_is_left_after_sixty_tests() -> None:
    """No state, thread, socket, variable, patched attribute or event handler, and memory stays flat.

    Sixty are one round, in which each kind of test comes; a round before it warms up.
    """
    command = [sys.executable, "-m", "tests.isolation", "--cycles=60", "--warm-up=60"]
    # What measures coverage makes objects of its own in each cycle.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    root = Path(__file__).parents[2]
    ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=240)
    assert ran.stderr == ""
    assert "traces: none" in ran.stdout.splitlines(), ran.stdout
    assert ran.returncode == 0, ran.stdout
