"""Botocore's own waits, for retries and for rate-limit tokens, on virtual time; nobody else's."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from ..service.active import active_service
from ..service.virtual_time import VirtualTime
from .replacing import replaced

_SHORTEST = 0.001
"""Seconds: less might not move a clock of microseconds at all."""


class _TimeModule:
    """Stands where botocore.endpoint has ``time``: another ``sleep``, all else as it is."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self.sleep = sleep

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


@contextmanager
def botocore_waits() -> Generator[None]:
    """Botocore's own waiting, and nobody else's, on the current fake's time.

    The back-off of all retry modes sleeps in ``botocore.endpoint``; the adaptive mode also waits for tokens of its
    client-side rate limiter, on the clock of ``botocore.retries.bucket``.
    """
    import botocore.endpoint
    import botocore.retries.bucket as bucket

    with (
        replaced(
            (botocore.endpoint, "time", lambda _: _TimeModule(_sleep)),
            (bucket.Clock, "current_time", _on_virtual_time),
        ),
        token_waits(bucket.TokenBucket),
    ):
        yield


def _virtual_time() -> VirtualTime | None:
    service = active_service()
    return None if service is None else service.virtual_time


def _sleep(seconds: float) -> None:
    virtual_time = _virtual_time()
    (time.sleep if virtual_time is None else virtual_time.sleep)(seconds)


def _on_virtual_time(original: Callable[[Any], float]) -> Callable[[Any], float]:
    def current_time(clock: Any) -> float:
        virtual_time = _virtual_time()
        return original(clock) if virtual_time is None else virtual_time.now()

    return current_time


_refilled: dict[int, Any] = {}
"""Token buckets that were refilled on virtual time."""


@contextmanager
def token_waits(tokens: Any) -> Generator[None]:
    """Waits of a token bucket class, botocore's or aiobotocore's, on the current fake's time."""
    with replaced((tokens, "_sleep_amount", _waiting_virtually), (tokens, "_refill", _refilling)):
        try:
            yield
        finally:
            # A client that outlives the fake must not find its last refill in the future.
            while _refilled:
                _refilled.popitem()[1]._last_timestamp = None  # noqa: SLF001


def _waiting_virtually(original: Callable[[Any, float], float]) -> Callable[[Any, float], float]:
    def sleep_amount(tokens: Any, amount: float) -> float:
        seconds = original(tokens, amount)
        virtual_time = _virtual_time()
        while virtual_time is not None and seconds > 0 and not virtual_time.real_sleep:
            virtual_time.sleep(max(seconds, _SHORTEST))
            tokens._refill()  # noqa: SLF001
            seconds = original(tokens, amount)
        return seconds

    return sleep_amount


def _refilling(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def refill(tokens: Any) -> None:
        if active_service() is not None:
            _refilled[id(tokens)] = tokens
        if tokens._last_timestamp is not None and tokens._last_timestamp > tokens._clock.current_time():  # noqa: SLF001
            # Last refilled before the clock was set back: the difference would be owed.
            tokens._last_timestamp = None  # noqa: SLF001
        original(tokens)

    return refill
