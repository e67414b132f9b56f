"""Every single failure at every point: the runs of a block, and what it does not survive."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from ..service.active import activation_of
from .calls import numbered
from .points import Only, Point, Step, runs_of, steps_at
from .progress import Progress, real_time
from .record import Record
from .report import NotSurvived, no_points, not_the_same, report
from .runs import Run

if TYPE_CHECKING:
    from ..service.faults import Fault
    from ..service.service import LayerService
    from .calls import TracedCall
    from .settings import Settings

_TIMES_AS_MANY = 20
"""Attempts that a run may make for each one of the run in which nothing fails."""


class EveryFault(Record):
    """The runs of a block: twice without a failure, then once for each failure at each of its calls.

    Iterating ends with an AssertionError, the report, if the code under test does not survive all of them.
    """

    def __init__(self, service: LayerService, settings: Settings) -> None:
        super().__init__(service, settings)
        self._only = Only()
        self._struck: list[tuple[Fault, int]] = []
        """The test's own faults, and how often each has struck in a run in which nothing else fails."""

    def __iter__(self) -> Iterator[Run]:
        __tracebackhide__ = True
        service = self.service
        if service.surrounded:
            raise RuntimeError("every_fault() within a run of every_fault(): sweep one block at a time")
        if activation_of(service) is None:
            raise RuntimeError("this LayerPerm is not on: nothing reaches it that could fail")
        service.sweeps += 1
        self.number = service.sweeps
        self._only = Only.asked(self.number)
        self.title, self.node = _test_now()
        self.before = service.save()
        self._began = real_time()
        self._progress = Progress(self.title)
        over = False
        try:
            yield from self._without_failure()
            yield from self._with_failures()
            over = True
        finally:
            self._progress.end()
            # Of a loop that was left, later perhaps: the fake may be off by then, or another test's.
            in_place = activation_of(service) is not None and service.store is self.before.store
            if over or (in_place and not self.left_as_it_is):
                self.put_back()
                for fault, struck in self._struck:  # One that does its work is not one that was never triggered.
                    fault.struck = struck
            if self.failures and not over and not self.left_as_it_is:
                service.escaped.append(self._failed())
        if self.failures:
            service.calls.put_back(self.failures[0].log)
            raise self._failed() from (self.failures[0].error if self._only.names else None)

    def _failed(self) -> NotSurvived:
        return NotSurvived(report(self, real_time() - self._began))

    def _run(self, run: Run) -> Iterator[Run]:
        __tracebackhide__ = True
        yield run
        if not run.left:
            raise RuntimeError("every run of every_fault() must be entered: put `with run:` around the block")

    def _without_failure(self) -> Iterator[Run]:
        """Finds the calls, and out whether they are the same each time."""
        __tracebackhide__ = True
        first = Run(self, (), ())
        yield from self._run(first)
        self.calls = numbered(first.watch.calls)
        self._struck = [(fault, fault.struck) for fault, _ in self.before.faults]
        if not steps_at(self.calls, self.settings):
            raise NotSurvived(no_points(self.calls))
        attempts = sum([len(call.outcomes) for call in self.calls])
        self.limit = 50 + _TIMES_AS_MANY * attempts
        second = Run(self, (), (), quiet=True)
        yield from self._run(second)
        calls = numbered(second.watch.calls)
        if second.error is not None or Counter([call.at for call in calls]) != Counter(
            [call.at for call in self.calls]
        ):
            raise NotSurvived(not_the_same(self.calls, calls, second.error))

    def _with_failures(self) -> Iterator[Run]:
        __tracebackhide__ = True
        steps = self._only.chosen(steps_at(self.calls, self.settings))
        needed = 2 + len(steps) + sum([step.kills for step in steps])
        if needed > self.settings.budget:
            raise ValueError(
                f"budget={self.settings.budget} is too small: {len(self.calls)} calls have {len(steps)} points, "
                f"which take {needed} runs. Raise budget=, or say which operations= or kinds of failures to try."
            )
        survived: list[tuple[Step, list[TracedCall]]] = []
        failed: set[object] = set()
        for step in steps:
            last = yield from self._point((step,))
            if self.failures and self.failures[-1].point == (step,):
                failed.add(step.is_about)
            else:
                survived.append((step, last))
        if len(self._only.names) == 2 or (self.settings.pairs and not self._only.names):
            yield from self._pairs(survived, failed)

    def _pairs(self, survived: list[tuple[Step, list[TracedCall]]], failed: set[object]) -> Iterator[Run]:
        """Each failure that the block survives, and then each one that can happen after it."""
        for first, calls in survived:
            struck = [call.number for call in calls if call.at == first.call.at and not first.kills]
            after = [call for call in calls if call.number > max(struck, default=0)]
            steps = [step for step in steps_at(after, self.settings) if step.is_about not in failed]
            for second in self._only.chosen(steps, 1):
                point = (first, second)
                if self.runs + sum([1 for _ in runs_of(point)]) > self.settings.budget:
                    self.untried += 1
                else:
                    yield from self._point(point)

    def _point(self, point: Point) -> Generator[Run, None, list[TracedCall]]:
        """The runs of one point; returns the calls of the last one in which anything failed."""
        __tracebackhide__ = True
        self._progress.show(self.points, len(self.failures))
        self.points += 1
        run: Run | None = None
        calls: list[TracedCall] = []
        for struck in runs_of(point):
            run = Run(self, point, struck, run)
            yield from self._run(run)
            calls = numbered(run.watch.calls)
            if self.failures and self.failures[-1].point is point:
                break
        return calls


def _test_now() -> tuple[str, str]:
    """The name and the node id of the test that runs."""
    node = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
    name = node.rpartition("::")[2]
    return name or "the block", node
