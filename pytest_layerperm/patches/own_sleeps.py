"""``time.sleep`` of the code under test: measured, or skipped in virtual time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from .replacing import replaced

_Skip = Callable[[float], object]
_measured: list[tuple[list[float], _Skip | None]] = []
"""For each block that is on, innermost last: the seconds that were slept in it, and what skips them."""
_lock = threading.Lock()


@contextmanager
def own_sleeps(skip: _Skip | None) -> Generator[list[float]]:
    """Yields the seconds of each ``time.sleep`` in the block. With ``skip`` nobody waits: it is called instead."""
    slept: list[float] = []
    measured = (slept, skip)
    with replaced((time, "sleep", _measuring)):
        _measured.append(measured)
        try:
            yield slept
        finally:
            _measured.remove(measured)


def _measuring(original: Callable[[float], None]) -> Callable[[float], None]:
    def sleep(seconds: float) -> None:
        skip = None
        with _lock:
            if _measured:
                slept, skip = _measured[-1]
                slept.append(seconds)
        if skip is None:
            original(seconds)
        else:
            skip(seconds)

    return sleep
