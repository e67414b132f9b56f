"""Points: one failure at one call, or two; which there are, which are asked for, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..assertions.tables import paragraph
from ..service import pytest_run

if TYPE_CHECKING:
    from .calls import TracedCall
    from .kinds import Kind
    from .settings import Settings


class Step(NamedTuple):
    """One failure at one call."""

    call: TracedCall
    kind: Kind

    @property
    def name(self) -> str:
        return f"{self.kind.name}@{self.call.number}"

    @property
    def kills(self) -> bool:
        return self.kind.family == "kill"

    @property
    def is_about(self) -> tuple[object, str]:
        """The same for the same failure at the same call of another run."""
        return self.call.at, self.kind.name


Point = tuple[Step, ...]
"""One failure, or two of which the second happens after the first."""


def name_of(point: Point) -> str:
    """What a point is called in reports and on the command line."""
    return "+".join([step.name for step in point])


def steps_at(calls: Iterable[TracedCall], settings: Settings) -> list[Step]:
    """Every failure that can happen at these calls."""
    return [
        Step(call, kind)
        for call in calls
        if settings.operations is None or call.at.operation in settings.operations
        for kind in settings.kinds
        if kind.strikes(call)
    ]


def runs_of(point: Point) -> Iterator[Point]:
    """What of the point happens in each run: after a kill the block is run again from its start."""
    begun: list[Step] = []
    for step in point:
        begun.append(step)
        if step.kills:
            yield tuple(begun)
            begun = []
    yield tuple(begun)


class Only(NamedTuple):
    """What ``--layerperm-only`` asks a sweep for."""

    names: tuple[str, ...] = ()
    """Of the point's one or two steps; none if all points are to be tried."""
    elsewhere: bool = False
    """Whether the point is one of another sweep of the test."""

    @classmethod
    def asked(cls, sweep: int) -> Only:
        """For the sweep of that number within its test. A point of the second one is ``2:Throttle@1``."""
        text = pytest_run.only_point
        if text is None:
            return cls()
        number, _, name = text.rpartition(":")
        return cls(tuple(name.split("+")), number != ("" if sweep == 1 else str(sweep)))

    def chosen(self, steps: Sequence[Step], place: int = 0) -> list[Step]:
        """Those of the steps that are to be tried as the point's first or second one.

        Raises ValueError, saying which there are, if a step is asked for that does not exist.
        """
        if self.elsewhere:
            return []
        if len(self.names) <= place:
            return list(steps) if not self.names else []
        found = [step for step in steps if step.name == self.names[place]]
        if not found:
            names = " ".join([step.name for step in steps])
            raise ValueError(
                f"--layerperm-only: there is no point {'+'.join(self.names)}\n"
                f"{paragraph(f'There are {names}.' if names else 'There is none.', hanging='  ')}"
            )
        return found
