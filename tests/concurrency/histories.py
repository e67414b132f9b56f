"""Random histories by the hundred, of threads in this process and of processes on the live server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from pytest_layerperm import LayerPerm
from tests.concurrency.history import Event, as_event, explain, overlaps
from tests.concurrency.recording import record
from tests.limits import line_of

ROOT = Path(__file__).parents[2]


class Checked:
    """The results of a number of histories."""

    def __init__(self) -> None:
        self.histories = 0
        self.overlaps = 0
        self.outcomes: Counter[str] = Counter()
        self.unexplained: list[list[Event]] = []

    def check(self, events: list[Event]) -> None:
        self.histories += 1
        self.overlaps += overlaps(events)
        self.outcomes.update(f"{event.operation} {event.outcome}" for event in events)
        if explain(events) is None:
            self.unexplained.append(sorted(events, key=lambda event: event.began))

    def __str__(self) -> str:
        counts = ", ".join([f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items())])
        return (
            f"{self.histories} histories, {self.overlaps} pairs of simultaneous calls, "
            f"{len(self.unexplained)} unexplained\n  {counts}"
        )


def check_threads(count: int, first_seed: int = 0, callers: int = 4) -> Checked:
    """Histories of threads in this process."""
    checked = Checked()
    with LayerPerm() as fake:
        clients = [fake.client() for _ in range(callers)]
        for seed in range(first_seed, first_seed + count):
            fake.publish_layer(f"layer-{seed}")
            checked.check(record(clients, f"layer-{seed}", seed))
    return checked


def check_processes(url: str, environment: dict[str, str], fake: LayerPerm, count: int, workers: int = 2) -> Checked:
    """Histories of processes, of two threads each, on the live server at the URL, which serves the fake."""
    checked = Checked()
    with ExitStack() as undo:
        started = [undo.enter_context(_worker(url, environment)) for _ in range(workers)]
        for worker in started:
            assert line_of(worker) == "ready\n"
        for seed in range(count):
            name = f"served-{seed}"
            fake.publish_layer(name)
            for number, worker in enumerate(started):
                assert worker.stdin is not None
                worker.stdin.write(f"{name} {seed * workers + number}\n")
                worker.stdin.flush()
            checked.check([as_event(event) for worker in started for event in json.loads(line_of(worker))])
    return checked


def _worker(url: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-m", "tests.concurrency.worker", url],
        cwd=ROOT,
        env={**os.environ, **environment, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
