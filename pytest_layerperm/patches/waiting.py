"""Botocore's own waits, for retries and for rate-limit tokens, on virtual time; nobody else's."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from ..service.virtual_time import VirtualTime

_SHORTEST = 0.001
"""Seconds: less might not move a clock of microseconds at all."""


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

    def sleep(seconds: float) -> None:
        current().sleep(seconds)

    def current_time(self: Any) -> float:
        return current().now()

    saved = (endpoint.time, clock.current_time)
    endpoint.time = _TimeModule(sleep)
    clock.current_time = current_time
    try:
        with token_waits(bucket.TokenBucket, current):
            yield
    finally:
        endpoint.time, clock.current_time = saved


@contextmanager
def token_waits(tokens: Any, current: Callable[[], VirtualTime]) -> Generator[None]:
    """Waits of a token bucket class, botocore's or aiobotocore's, on the current fake's time."""
    refilled: dict[int, Any] = {}
    original_sleep_amount, original_refill = tokens._sleep_amount, tokens._refill  # noqa: SLF001

    def sleep_amount(self: Any, amount: float) -> float:
        seconds: float = original_sleep_amount(self, amount)
        while seconds > 0 and not current().real_sleep:
            current().sleep(max(seconds, _SHORTEST))
            self._refill()
            seconds = original_sleep_amount(self, amount)
        return seconds

    def refill(self: Any) -> None:
        refilled[id(self)] = self
        if self._last_timestamp is not None and self._last_timestamp > self._clock.current_time():
            # Last refilled before the clock was set back: the difference would be owed.
            self._last_timestamp = None
        original_refill(self)

    tokens._sleep_amount, tokens._refill = sleep_amount, refill  # noqa: SLF001
    try:
        yield
    finally:
        tokens._sleep_amount, tokens._refill = original_sleep_amount, original_refill  # noqa: SLF001
        # A client that outlives the fake must not find its last refill in the future.
        for token_bucket in refilled.values():
            token_bucket._last_timestamp = None  # noqa: SLF001
