"""The calls of a run, and where each of them is: its coordinate, the same in every run and in every thread."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from ..assertions.tables import table_lines
from ..lambda_api.wire import Call

WRITES = ("AddLayerVersionPermission", "DeleteLayerVersion", "PublishLayerVersion", "RemoveLayerVersionPermission")


class Coordinate(NamedTuple):
    """Which call of a run one is."""

    operation: str
    account_id: str
    region_name: str
    resource: str
    """ARN of the layer version, or of the layer; empty for a list of layers."""
    statement_id: str
    occurrence: int
    """From 1 up, among the calls that are the same otherwise."""


@dataclass(eq=False)
class TracedCall:
    """One call of a run with all its attempts."""

    at: Coordinate
    call: Call
    """Its first attempt, as the fake has decoded it."""
    thread: int
    number: int = 0
    """Its place among the calls of the run, from 1 up."""
    outcomes: list[str] = field(default_factory=list[str])
    """What each attempt heard: status and error code."""
    error_code: str | None = None
    """What the last attempt heard: AWS's error code or how the connection broke; None for a success."""
    applied: bool = False
    """Whether it was carried out, whatever its caller heard."""
    faults: list[str] = field(default_factory=list[str])
    """What was done to its attempts."""

    @property
    def is_applied_write(self) -> bool:
        return self.applied and self.call.operation in WRITES

    def heard(self, status: int | None, error_code: str | None, attempt: Call) -> None:
        """Notes what an attempt has come to."""
        self.outcomes.append(" ".join([str(part) for part in (status, error_code) if part is not None]))
        self.error_code = error_code
        self.applied = self.applied or error_code is None or attempt.applied
        self.faults += [note for note in attempt.notes if note not in self.faults]


def coordinate_of(call: Call, occurrence: int) -> Coordinate:
    """The coordinate of a call; without its occurrence (0) it is what calls may have in common."""
    statement_id = call.given.get("StatementId")
    return Coordinate(
        call.operation,
        call.account_id,
        call.region_name,
        call.resource or "",
        "" if statement_id is None else str(statement_id),
        occurrence,
    )


def numbered(calls: Iterable[TracedCall]) -> list[TracedCall]:
    """The calls with their numbers, in their order.

    If threads beside the main one make calls, their order is a matter of luck; it is that of the coordinates then, so
    that a number means the same call in the next process.
    """
    ordered = list(calls)
    if any(call.thread != threading.main_thread().ident for call in ordered):
        ordered.sort(key=attrgetter("at"))
    for number, call in enumerate(ordered, 1):
        call.number = number
    return ordered


def call_lines(calls: Sequence[TracedCall], most: int) -> list[str]:
    """A table of the calls, a line for each: number, operation, layer, statement id, what came of it."""
    shown = calls[:most]
    if not shown:
        return ["  no call"]
    lines = table_lines([_row(call) for call in shown], width=_WIDE)
    left_out = len(calls) - len(shown)
    return [*lines, f"  and {left_out} more"] if left_out else lines


_WIDE = 400
"""Columns: a call is one line, however long."""


def _row(call: TracedCall) -> list[str]:
    resource = call.at.resource.partition(":layer:")[2] or call.at.region_name
    done = ", ".join([*[outcome.split()[0] for outcome in call.outcomes[:-1]], *call.outcomes[-1:]])
    faults = f" ({', '.join(call.faults)})" if call.faults else ""
    return [str(call.number), call.at.operation, resource, call.at.statement_id, f"{done}{faults}"]
