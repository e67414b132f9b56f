"""``python -m tests.benchmarks``: every row of the budget, measured in one run, as a table for the README."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import moto

from .measure import KEYS
from .rows import Row


def measured(rounds: int) -> Iterator[Row]:
    """The rows, one after the other."""
    from . import calls, explore, processes, server

    with tempfile.TemporaryDirectory() as folder:
        yield processes.start_up(Path(folder, "nothing"), rounds)
        yield from processes.suite(Path(folder, "many"), 100, rounds, with_moto=True)
        yield from processes.suite(Path(folder, "few"), 5, rounds, with_moto=False)
    yield calls.one_call(40 * rounds)
    yield calls.under_moto(rounds)
    yield calls.growth_of_state(rounds)
    yield calls.growth_of_log(rounds)
    yield calls.growth_of_policy(rounds)
    yield calls.memory()
    yield from explore.explorations(rounds)
    yield from server.server(rounds)


def machine() -> str:
    """What the numbers were measured on."""
    cpu = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return (
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} × {cpu}, Python {platform.python_version()}, "
        f"boto3 {boto3.__version__}, moto {moto.__version__}"
    )


def main() -> int:
    """Prints the table; the exit status is 1 if a row misses its budget."""
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
    rounds = parser.parse_args().rounds
    os.environ.update(KEYS)
    held = True
    print(f"Processor time, medians of ratios, {machine()}\n")
    print("| what | must be | is | holds |\n| --- | --- | --- | --- |")
    for row in measured(rounds):
        sign = "" if row.holds is None else "yes" if row.holds else "**no**"
        print(f"| {row.what} | {row.must} | {row.found} | {sign} |", flush=True)
        held = held and row.holds is not False
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
