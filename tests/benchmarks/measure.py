"""Timing: runs of A and B take turns, and the two of one round are compared: other load on the machine, which comes
and goes, meets both alike. What is told is the median of all rounds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
KEYS = {
    "AWS_ACCESS_KEY_ID": "123456789012",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


class Cost(NamedTuple):
    """Seconds of one run."""

    cpu: float
    wall: float


def environment() -> dict[str, str]:
    """Of a child: no settings of this process's AWS, pytest or Python, but the keys that boto3 alone needs."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_", "PYTHON"))},
        **KEYS,
        "PYTHONPATH": str(ROOT),
    }


def pytest_run(folder: Path, *options: str) -> Cost:
    """A whole pytest process on a suite: user and system time of it and its children, and wall time."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "."]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} in {folder} failed:\n{output}")
    return Cost(usage.ru_utime + usage.ru_stime, wall)


Costs = Sequence[Cost]
"""Of each round."""


def take_turns(runs: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, Costs]:
    """The costs of each, after one round that does not count; every second round goes backwards."""
    taken: dict[str, list[Cost]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name in list(runs) if number % 2 else reversed(list(runs)):
            cost = runs[name]()
            if number:
                taken[name].append(cost)
    return dict(taken)


def ratio(costs: Costs, floors: Costs) -> Cost:
    """How much more the first takes than the second."""
    return _median(
        [Cost(cost.cpu / floor.cpu, cost.wall / floor.wall) for cost, floor in zip(costs, floors, strict=True)]
    )


def difference(costs: Costs, floors: Costs) -> Cost:
    """How many seconds more the first takes than the second."""
    return _median(
        [Cost(cost.cpu - floor.cpu, cost.wall - floor.wall) for cost, floor in zip(costs, floors, strict=True)]
    )


def _median(costs: Costs) -> Cost:
    return Cost(statistics.median([cost.cpu for cost in costs]), statistics.median([cost.wall for cost in costs]))


def repeated(action: Callable[[], object], times: int) -> Cost:
    """One run of an action, so many times over, in this process: seconds for each time."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(times):
        action()
    return Cost((time.process_time() - cpu) / times, (time.perf_counter() - wall) / times)
