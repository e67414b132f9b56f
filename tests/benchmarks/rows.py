"""A line of the budget table."""

from __future__ import annotations

from typing import NamedTuple

from .measure import Costs, ratio


class Row(NamedTuple):
    """What was measured, what it must be, what it is, and whether that is within the budget."""

    what: str
    must: str
    found: str
    holds: bool | None = None
    """None if there is no budget, only a comparison."""


def ratio_row(what: str, costs: Costs, floors: Costs, limit: float | None, of: str = "floor") -> Row:
    """A row on processor time; wall time, which other load on the machine distorts, is shown beside it."""
    cpu, wall = ratio(costs, floors)
    found = f"{cpu:.2f} × {of} ({wall:.2f} by wall time)"
    if limit is None:
        return Row(what, "", found)
    return Row(what, f"≤ {limit:.2f} × {of}", found, cpu <= limit)
