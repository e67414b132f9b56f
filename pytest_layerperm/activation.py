"""Which fake is on, and everything that is changed in the process while it is."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from . import environment
from .waiting import VirtualTime, botocore_waits

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from responses import RequestsMock

    from .fake import LayerPerm

_active: list[tuple[LayerPerm, ExitStack]] = []
"""The fakes that are on, innermost last."""


def active_fake() -> LayerPerm | None:
    """The innermost fake that is on; None where none is."""
    return _active[-1][0] if _active else None


def fakes_on() -> list[LayerPerm]:
    """The fakes that are on, innermost last."""
    return [fake for fake, _ in _active]


def switch_on(fake: LayerPerm, frozen_at: datetime | None = None) -> None:
    """Puts the fake under all clients of the process. Undone as a whole if any part of it fails."""
    from .children import children_kept_here
    from .sessions import cheap_sessions
    from .transports import aiobotocore
    from .transports.botocore import caught
    from .transports.moto import Elsewhere, joined
    from .transports.moto_identities import MotoIdentities

    with ExitStack() as undo:
        were = environment.change(environment.fake_environment(fake.default_access_key, fake.region_name))
        undo.callback(environment.change, were)
        undo.enter_context(children_kept_here(nested=bool(_active)))
        undo.enter_context(cheap_sessions())
        undo.enter_context(botocore_waits(_current_time))
        undo.enter_context(caught(_current))
        undo.enter_context(aiobotocore.caught(_current))
        undo.enter_context(joined(_current))
        if frozen_at is not None:
            _freeze(fake, undo, frozen_at)
        kept = undo.pop_all()
    fake.elsewhere, fake.callers.elsewhere = Elsewhere(fake, kept), MotoIdentities()
    _active.append((fake, kept))


def freeze(fake: LayerPerm, when: datetime) -> None:
    """Freezes the clock until the fake is switched off."""
    _freeze(fake, _undo_of(fake), when)


def serve_responses(fake: LayerPerm) -> tuple[RequestsMock, Callable[[], None]]:
    """A started ``RequestsMock`` that serves layer calls, and what stops it.

    Where a mock that was started inside it is still on, moto's that the fake started, stopping waits for the fake to
    be switched off: mocks of ``requests`` restore each other's patch in the right order only.
    """
    from .transports.responses import is_on_top, serving

    undo = ExitStack()
    mock = undo.enter_context(serving(_current))
    _undo_of(fake).callback(undo.close)

    def stop() -> None:
        if is_on_top(mock):
            undo.close()

    return mock, stop


def switch_off(fake: LayerPerm) -> None:
    """Restores what was there before.

    Fakes are left in the reverse of the order in which they were entered. Raises RuntimeError where they were not;
    those that were entered later are off then, too.
    """
    place = next((place for place, (other, _) in enumerate(_active) if other is fake), None)
    if place is None:
        raise RuntimeError("this LayerPerm was switched off already, with one that was entered before it")
    left_on = len(_active) - place - 1
    try:
        with ExitStack() as undo:
            for _, undo_one in _active[place:]:
                undo.push(undo_one)
    finally:
        del _active[place:]
    if left_on:
        raise RuntimeError(f"{left_on} LayerPerm entered after this one and never left; switched off now")


def _undo_of(fake: LayerPerm) -> ExitStack:
    if not _active or _active[-1][0] is not fake:
        raise RuntimeError("this LayerPerm is not the one that was entered last")
    return _active[-1][1]


def _freeze(fake: LayerPerm, undo: ExitStack, when: datetime) -> None:
    from freezegun import freeze_time

    # pytest's own stopwatch goes on: a frozen one makes nonsense of the durations that it reports. So does the event
    # loop's: one whose clock stands still wakes nobody up.
    fake.clock = undo.enter_context(freeze_time(when, ignore=["_pytest.timing"], real_asyncio=True))


def _current() -> LayerPerm:
    return _active[-1][0]


def _current_time() -> VirtualTime:
    return _active[-1][0].virtual_time
