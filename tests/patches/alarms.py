"""Alarms at random moments of entering and leaving a fake: ``python -m tests.patches.alarms 2000``.

In a process of its own, and not measured: what measures coverage stops when an alarm's exception comes out of it.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from typing import Any

import boto3
import botocore.httpsession

from pytest_layerperm import LayerPerm
from pytest_layerperm.service.active import services_on


class Alarm(Exception):
    """What the handler raises, as that of a time-out does."""


def ring(number: int, frame: Any) -> None:
    raise Alarm


def state() -> Any:
    return (
        services_on(),
        dict(os.environ),
        vars(botocore.httpsession.URLLib3Session)["send"],
        boto3.DEFAULT_SESSION,
        time.time,
        signal.pthread_sigmask(signal.SIG_BLOCK, []),
    )


def unseen(alarm: Alarm) -> bool:
    """Whether it was raised before the first line of ``__exit__``.

    No context manager can see that (CPython's issue 74174): pytest's teardown switches off what it leaves on.
    """
    raised = traceback.extract_tb(alarm.__traceback__)[-2]
    return raised.name == "__exit__" and raised.lineno == LayerPerm.__exit__.__code__.co_firstlineno


def duration() -> float:
    """Seconds that entering and leaving takes, once all is imported."""
    with LayerPerm(frozen_at="2026-01-01"):
        pass
    began = time.perf_counter()
    for _ in range(20):
        with LayerPerm():
            pass
    return (time.perf_counter() - began) / 20


def main(alarms: int) -> None:
    """Each alarm is raised or comes too late, and all is as before. Prints how many were raised."""
    lasts = duration()
    chance, before, rang = random.Random(1), state(), 0
    signal.signal(signal.SIGALRM, ring)
    for number in range(alarms):
        fake = LayerPerm(frozen_at="2026-01-01" if number % 2 else None)
        try:
            signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-6, lasts))
            with fake:
                pass
            signal.setitimer(signal.ITIMER_REAL, 0)
        except Alarm as alarm:
            rang += 1
            if unseen(alarm):
                fake.stop()
        assert state() == before, f"alarm {number} has left {state()}, and not {before}"
    print(rang)


if __name__ == "__main__":
    main(int(sys.argv[1]))
