"""Virtual time: retry waits that are skipped, and how they move a frozen clock."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import formatdate
from typing import Any, NamedTuple

TimeState = tuple[list[float], float, "float | None"]
"""The waits, their sum, and the time of a frozen clock."""


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
        self._date = (0, "")
        self._created = (0, "")
        self._lock = threading.Lock()

    def now(self) -> float:
        """Seconds since the epoch."""
        frozen = _frozen_clock()
        return time.time() + self._skipped if frozen is None else frozen.now()

    def timestamp(self) -> str:
        """This moment in the form of ``CreatedDate`` (``versions/created-date``)."""
        second, milliseconds = divmod(round(self.now() * 1000), 1000)
        known, text = self._created
        if known != second:
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._created = (second, text)
        return f"{text}.{milliseconds:03}+0000"

    def http_date(self) -> str:
        """This moment in the form of the header ``Date``."""
        second = int(self.now())
        known, text = self._date
        if known != second:
            text = formatdate(second, usegmt=True)
            self._date = (second, text)
        return text

    def sleep(self, seconds: float) -> None:
        """A retry wait: recorded, and skipped unless waiting is real."""
        if self.begin_wait(seconds):
            time.sleep(seconds)

    def begin_wait(self, seconds: float) -> float:
        """A retry wait of a caller that waits itself: returns the seconds that are left to wait for real.

        Waits of tasks and threads that run at the same time add up.
        """
        self.sleeps.append(seconds)
        if self.real_sleep:
            return seconds
        self.pass_by(seconds)
        return 0

    def pass_by(self, seconds: float) -> None:
        """Lets time pass without waiting."""
        with self._lock:
            frozen = _frozen_clock()
            if frozen is None:
                self._skipped += seconds
            else:
                frozen.move_on(seconds)

    def save(self) -> TimeState:
        """The waits so far, and the time of a frozen clock."""
        frozen = _frozen_clock()
        return self.sleeps.copy(), self._skipped, None if frozen is None else frozen.now()

    def put_back(self, state: TimeState) -> None:
        """Makes it what it was when it was saved. A clock that was not frozen then stays as it is."""
        sleeps, self._skipped, moment = state
        self.sleeps[:] = sleeps
        frozen = None if moment is None else _frozen_clock()
        if frozen is not None and moment is not None and frozen.now() != moment:
            frozen.move_to(datetime.fromtimestamp(moment, timezone.utc))

    def reset(self) -> None:
        self.sleeps.clear()
        self._skipped = 0.0


class _FrozenClock(NamedTuple):
    now: Callable[[], float]
    move_on: Callable[[float], object]
    move_to: Callable[[datetime], object]


def _frozen_clock() -> _FrozenClock | None:
    """The clock that someone froze; None if none is frozen."""
    freezegun = sys.modules.get("freezegun.api")
    if freezegun is not None and freezegun.freeze_factories:
        return _frozen_by_freezegun(freezegun.freeze_factories[-1])
    time_machine = sys.modules.get("time_machine")
    if time_machine is not None:
        # Called coordinates_stack before time-machine 3.
        travellers = getattr(time_machine, "traveller_stack", None) or getattr(time_machine, "coordinates_stack", ())
        if travellers:
            return _FrozenClock(time.time, travellers[-1].shift, travellers[-1].move_to)
    return None


def _frozen_by_freezegun(factory: Any) -> _FrozenClock:
    """Asks freezegun itself: its ``time.time`` gives modules on its ignore list, and all they call, the real time."""

    def now() -> float:
        return factory().replace(tzinfo=timezone.utc).timestamp()

    def move_on(seconds: float) -> None:
        passed = timedelta(seconds=seconds)
        if hasattr(factory, "start"):
            # A clock that runs on: its own tick() would forget how far it has run.
            factory.move_to(factory() + passed)
        else:
            factory.tick(passed)

    def move_to(moment: datetime) -> None:
        factory.move_to(moment.replace(tzinfo=None))

    return _FrozenClock(now, move_on, move_to)
