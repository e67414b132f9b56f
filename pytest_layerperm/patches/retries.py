"""What botocore's clients remember of their retries, fresh in each test.

A client of the standard mode has a quota of retries, and one of the adaptive mode a rate at which it sends. A client
that is made when a module is imported would carry both from one test into the next.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from .replacing import replaced

_used: list[dict[int, tuple[Any, dict[str, Any]]]] = []
"""For each fake that is on, innermost last: what was used in it, and its state before."""


@contextmanager
def fresh_retries() -> Generator[None]:
    """Has each client start with a whole quota and without a rate, and gives it back its own afterwards."""
    import botocore.retries.adaptive as adaptive
    import botocore.retries.bucket as bucket
    import botocore.retries.quota as quota

    used: dict[int, tuple[Any, dict[str, Any]]] = {}
    _used.append(used)
    try:
        with replaced(
            (quota.RetryQuota, "acquire", _with_quota),
            (quota.RetryQuota, "release", _with_quota),
            (adaptive.RateClocker, "record", _recording),
            (bucket.TokenBucket, "acquire", _acquiring),
        ):
            yield
    finally:
        _used.pop()
        for thing, state in used.values():
            thing.__dict__.update(state)


def _freshen(thing: Any, fresh: Callable[[Any], dict[str, Any]]) -> None:
    if _used and id(thing) not in _used[-1]:
        _used[-1][id(thing)] = thing, dict[str, Any](thing.__dict__)
        thing.__dict__.update(fresh(thing))


def _with_quota(original: Callable[..., Any]) -> Callable[..., Any]:
    def change(quota: Any, *args: Any, **kwargs: Any) -> Any:
        _freshen(quota, lambda quota: {"_available_capacity": quota._max_capacity})  # noqa: SLF001
        return original(quota, *args, **kwargs)

    return change


def _recording(original: Callable[..., Any]) -> Callable[..., Any]:
    def record(clocker: Any, *args: Any, **kwargs: Any) -> Any:
        limiter = _limiter_that_calls()
        return original(clocker if limiter is None else limiter._rate_clocker, *args, **kwargs)  # noqa: SLF001

    return record


def _acquiring(original: Callable[..., Any]) -> Callable[..., Any]:
    def acquire(tokens: Any, *args: Any, **kwargs: Any) -> Any:
        limiter = _limiter_that_calls()
        if limiter is not None and not limiter._enabled:  # noqa: SLF001
            return None  # A fresh one limits nothing before the first throttled call.
        return original(tokens, *args, **kwargs)

    return acquire


def _limiter_that_calls() -> Any:
    """The rate limiter of a client that uses one of its parts, fresh in this test; None if something else does.

    Clients hold its bound methods, which nothing can replace, and its parts do not know it.
    """
    import botocore.retries.adaptive as adaptive

    limiter = sys._getframe(2).f_locals.get("self")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    if not isinstance(limiter, adaptive.ClientRateLimiter):
        return None
    _freshen(limiter, _fresh_limiter)
    return limiter


def _fresh_limiter(limiter: Any) -> dict[str, Any]:
    """The parts that botocore makes for a new client."""
    import botocore.retries.adaptive as adaptive
    import botocore.retries.bucket as bucket
    import botocore.retries.throttling as throttling

    clock: Any = limiter._clock  # noqa: SLF001
    make: Any = throttling.CubicCalculator
    return {
        "_enabled": False,
        "_rate_adjustor": make(starting_max_rate=0, start_time=clock.current_time()),
        "_rate_clocker": adaptive.RateClocker(clock),
        "_token_bucket": bucket.TokenBucket(max_rate=1, clock=clock),
    }
