"""``python -m tests.isolation [--cycles 10000]``: runs the fixtures many times in one process.

Exits with 1 if anything is: a trace that the probe sees, or memory that grows from cycle to cycle.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

OPTIONS = "--assert=plain -p no:terminal -p no:cacheprovider -p pytest_layerperm.plugin".split()
OBJECTS = 500
BYTES = 8 * 2**20
"""What may be there in addition after any number of cycles: caches fill late, and heaps have gaps."""
BYTES_OF_A_NAME = 420
"""pytest puts each test's name into the environment three times, and the C library never frees what was there."""


class Verdicts:
    """In place of pytest's terminal report, which keeps every test's: those that are not as they should be."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        expected = report.when == "call" and report.nodeid.endswith("-failure]")
        if report.failed != expected:
            self.wrong.append(f"{report.nodeid} {report.outcome} ({report.when})\n{report.longreprtext}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.isolation")
    parser.add_argument("--cycles", type=int, default=10_000)
    parser.add_argument("--warm-up", type=int, default=200)
    arguments = parser.parse_args()
    cycles: int = arguments.cycles
    verdicts = Verdicts()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.json"
        os.environ |= {"LAYERPERM_WARM_UP": str(arguments.warm_up), "LAYERPERM_CYCLES": str(cycles)}
        os.environ["LAYERPERM_REPORT"] = str(report)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        pytest.main([*OPTIONS, str(Path(__file__).with_name("cycles.py"))], plugins=[verdicts])
        found = json.loads(report.read_text(encoding="utf-8")) if report.exists() else None
    for wrong in verdicts.wrong:
        print(wrong)
    if found is None:
        return 1
    objects, size = found["objects"], found["bytes"] - BYTES_OF_A_NAME * cycles
    print(f"cycles: {cycles} in {time.perf_counter() - began:.0f} s")
    print("traces:", "\n  ".join(["", *found["traces"]]) if found["traces"] else "none")
    print(f"objects: {objects:+d} (at most {OBJECTS:+d})")
    print(f"memory: {size / 2**20:+.1f} MiB (at most {BYTES / 2**20:+.1f} MiB)")
    return 1 if verdicts.wrong or found["traces"] or objects > OBJECTS or size > BYTES else 0


if __name__ == "__main__":
    sys.exit(main())
