"""What a sweep is asked for, what it starts from, and what it has found so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..service.calls import LogState
    from ..service.service import LayerService, ServiceState
    from .calls import TracedCall
    from .points import Point, Step
    from .settings import Settings


@dataclass(frozen=True)
class Failure:
    """A point that the code under test does not survive."""

    point: Point
    verdict: str
    """What came of it, in a line."""
    where: str
    """The line of the user's code that says so."""
    error: BaseException
    traces: list[list[TracedCall]]
    """The calls of the run; where it was killed and run again, those of both."""
    log: LogState

    @property
    def step(self) -> Step:
        """The last thing that happened."""
        return self.point[len(self.point) - 1]


class Record:
    """All that the runs of one sweep have in common."""

    def __init__(self, service: LayerService, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self.calls: list[TracedCall] = []
        """Those of the block when nothing fails."""
        self.points = 0
        """How many were tried."""
        self.failures: list[Failure] = []
        self.runs = 0
        self.untried = 0
        """Pairs that the budget has no room for."""
        self.slept = 0.0
        """Seconds of ``time.sleep``."""
        self.limit = 10 * settings.budget
        """Attempts that a run may make."""
        self.left_as_it_is = False
        """Whether the test ends with a failure of its own, whose report shows how things are."""
        self.title = self.node = ""
        """The test's name, and its node id; empty outside pytest."""
        self.number = 0
        """From 1 up: which sweep of its test this is."""
        self.before: ServiceState

    def put_back(self) -> None:
        """Makes everything what it was before the first run."""
        self.service.put_back(self.before)
        for reset in self.settings.reset:
            reset()
