"""freezegun's clock for a fake, which may be left in another order than it was entered.

freezegun keeps frozen clocks on a stack, takes the last one off whoever stops, and has the one that was started first
undo its patches when the stack is empty.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from .replacing import replaced

_PATCHED = ("undo_changes", "modules_at_start", "fake_names", "reals")
"""What the clock that was started first knows, and needs to undo its patches."""


@contextmanager
def frozen(when: datetime) -> Generator[Any]:
    """Freezes the clock; yields freezegun's. A clock that was frozen inside and is still on stays in force."""
    from asyncio import BaseEventLoop

    import freezegun.api as freezegun

    # pytest's own stopwatch goes on: a frozen one makes nonsense of the durations that it reports. So does the event
    # loop's: one whose clock is frozen never wakes up a task. freezegun would make a loop to learn its class, and
    # with it a socket.
    freezer: Any = freezegun.freeze_time(when, ignore=["_pytest.timing"])
    clock = freezer.start()
    try:
        with replaced((BaseEventLoop, "time", lambda _: lambda loop: freezegun.real_monotonic())):  # pyright: ignore[reportUnknownLambdaType]
            yield clock
    finally:
        _leave(freezegun, freezer, clock)


def _leave(freezegun: Any, freezer: Any, clock: Any) -> None:
    stacks = (freezegun.freeze_factories, freezegun.ignore_lists, freezegun.tick_flags, freezegun.tz_offsets)
    factories = stacks[0]
    if clock in factories:
        place = factories.index(clock)
        if len(factories) > 1 and hasattr(freezer, _PATCHED[-1]):
            for stack in stacks:
                del stack[place]
            _hand_over(type(freezer), freezer, factories)
            return
        for stack in stacks:
            stack.append(stack.pop(place))
    if len(factories) == 1 and not hasattr(freezer, _PATCHED[-1]):
        first = next(other for other in gc.get_objects() if type(other) is type(freezer) and hasattr(other, "reals"))
        _give(first, freezer)
    freezer.stop()


def _give(first: Any, last: Any) -> None:
    for name in _PATCHED:
        setattr(last, name, getattr(first, name))
        delattr(first, name)
    first.undo_changes, first.modules_at_start = [], set()


def _hand_over(kind: Any, first: Any, factories: list[Any]) -> None:
    """Has the clock that is stopped last undo the patches of the first."""
    stop: Callable[[Any], None] = kind.stop

    def stop_last(freezer: Any) -> None:
        if len(factories) == 1:
            kind.stop = stop
            if not hasattr(freezer, _PATCHED[-1]):
                _give(first, freezer)
        stop(freezer)

    kind.stop = stop_last
