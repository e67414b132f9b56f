"""What is left after many tests in one process: nothing. ``python -m tests.isolation`` runs more of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_nothing_is_left_after_three_hundred_tests() -> None:
    """No state, thread, socket, variable, patched attribute or event handler, and memory stays flat."""
    command = [sys.executable, "-m", "tests.isolation", "--cycles", "300"]
    ran = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert "traces: none" in ran.stdout.splitlines(), ran.stdout
    assert ran.returncode == 0, ran.stdout
