"""Virtual time: retry waits that nobody waits for, and where they meet a frozen clock."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

_SHORTEST = 0.001
"""Seconds: less might not move a clock of microseconds at all."""


class VirtualTime:
    """The time of one fake: the clock that code sees, plus the waits that were skipped.

    A clock frozen by freezegun or time-machine is moved on by each wait and is the time. With none frozen, it is
    the real clock plus all waits so far.
    """

    def __init__(self, *, real_sleep: bool = False) -> None:
        self.sleeps: list[float] = []
        """Seconds of each retry wait, in order."""
        self.real_sleep = real_sleep
        self._skipped = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() if _frozen_clock() else time.time() + self._skipped

    def sleep(self, seconds: float) -> None:
        """A retry wait: recorded, and skipped unless waiting is real."""
        self.sleeps.append(seconds)
        if self.real_sleep:
            time.sleep(seconds)
        else:
            self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        """Lets time pass without waiting."""
        with self._lock:
            move_on = _frozen_clock()
            if move_on is None:
                self._skipped += seconds
            else:
                move_on(seconds)

    def reset(self) -> None:
        self.sleeps.clear()
        self._skipped = 0.0


def _frozen_clock() -> Callable[[float], object] | None:
    """What moves on the clock that somebody froze; None where none is frozen."""
    freezegun = sys.modules.get("freezegun.api")
    if freezegun is not None and freezegun.freeze_factories:
        return freezegun.freeze_factories[-1].tick
    time_machine = sys.modules.get("time_machine")
    if time_machine is not None:
        # Called coordinates_stack before time-machine 3.
        travellers = getattr(time_machine, "traveller_stack", None) or getattr(time_machine, "coordinates_stack", ())
        if travellers:
            return travellers[-1].shift
    return None


class _TimeModule:
    """Stands where botocore.endpoint has ``time``: another ``sleep``, all else as it is."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self.sleep = sleep

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


@contextmanager
def botocore_waits(current: Callable[[], VirtualTime]) -> Generator[None]:
    """Botocore's own waiting, and nobody else's, on the current fake's time.

    The back-off of all retry modes sleeps in ``botocore.endpoint``; the adaptive mode also waits for tokens of its
    client-side rate limiter, on the clock of ``botocore.retries.bucket``.
    """
    import botocore.endpoint
    import botocore.retries.bucket as bucket

    endpoint: Any = botocore.endpoint
    clock: Any = bucket.Clock
    tokens: Any = bucket.TokenBucket
    # A client that outlives the fake must not find its last refill in the future.
    waited: dict[int, Any] = {}
    original_sleep_amount = tokens._sleep_amount  # noqa: SLF001

    def sleep(seconds: float) -> None:
        current().sleep(seconds)

    def sleep_amount(self: Any, amount: float) -> float:
        seconds: float = original_sleep_amount(self, amount)
        while seconds > 0 and not current().real_sleep:
            waited[id(self)] = self
            current().sleep(max(seconds, _SHORTEST))
            self._refill()
            seconds = original_sleep_amount(self, amount)
        return seconds

    def bucket_sleep(self: Any, seconds: float) -> None:
        sleep(seconds)

    def bucket_time(self: Any) -> float:
        return current().now()

    saved = (endpoint.time, clock.sleep, clock.current_time)
    endpoint.time = _TimeModule(sleep)
    clock.sleep = bucket_sleep
    clock.current_time = bucket_time
    tokens._sleep_amount = sleep_amount  # noqa: SLF001
    try:
        yield
    finally:
        endpoint.time, clock.sleep, clock.current_time = saved
        tokens._sleep_amount = original_sleep_amount  # noqa: SLF001
        for token_bucket in waited.values():
            token_bucket._last_timestamp = None  # noqa: SLF001
