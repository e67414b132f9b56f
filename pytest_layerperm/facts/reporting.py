"""What a run prints: its plan, and its results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .model import CONFIDENCES, Fact
from .running import Outcome


@dataclass(frozen=True)
class Result:
    """An outcome as it is sent from worker to controller, and written to JSON."""

    id: str
    group: str
    sentence: str
    confidence: str
    source: str
    verdict: str
    """``held``, ``differs`` or ``not shown``."""
    differences: tuple[tuple[str, str, str], ...] = ()
    """Where, expected, got."""
    reason: str | None = None
    """Why it was not checked."""

    @classmethod
    def of(cls, outcome: Outcome) -> Result:
        fact = outcome.fact
        return cls(
            fact.id,
            fact.group,
            fact.sentence,
            fact.confidence,
            fact.source,
            outcome.verdict,
            tuple([(one.where, one.expected, one.got) for one in outcome.differences]),
            outcome.not_shown,
        )

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Result:
        members: dict[str, Any] = {**given, "differences": tuple([tuple(one) for one in given["differences"]])}
        return cls(**members)


def plan(facts: Sequence[Fact], calls: int, where: str, prefix: str, *, aws: bool) -> str:
    """What a run will do, printed before it starts."""
    counts = ", ".join([f"{sum(fact.confidence == one for fact in facts)} {one}" for one in CONFIDENCES])
    lines = [
        f"layerperm facts: {len(facts)} facts ({counts}) on {where}",
        f"  about {calls} calls; every layer is named {prefix}-…, and is deleted again; no other layer is changed",
    ]
    if aws:
        lines += [
            "  at most 12 calls a second; some of these layers, of a few hundred bytes, are public for a moment",
            "  the account's layers are listed, but never read",
        ]
    return "\n".join(lines)


def table(results: Sequence[Result]) -> list[str]:
    """Per group and confidence, how many of the checked facts held; then which were not checked, and why."""
    groups = list(dict.fromkeys([result.group for result in results]))
    rows = [
        ["", *CONFIDENCES],
        *[[group, *_cells([result for result in results if result.group == group])] for group in groups],
        ["all", *_cells(results)],
    ]
    widths = [max([len(row[column]) for row in rows]) for column in range(len(rows[0]))]
    lines = ["  ".join([cell.ljust(width) for cell, width in zip(row, widths, strict=True)]).rstrip() for row in rows]
    reasons: dict[str, int] = {}
    for result in results:
        if result.reason is not None:
            reasons[result.reason] = reasons.get(result.reason, 0) + 1
    return [*lines, *[f"not shown: {count}, {reason}" for reason, count in sorted(reasons.items())]]


def _cells(results: Iterable[Result]) -> list[str]:
    shown = [result for result in results if result.verdict != "not shown"]
    cells: list[str] = []
    for confidence in CONFIDENCES:
        of_these = [result for result in shown if result.confidence == confidence]
        held = sum([result.verdict == "held" for result in of_these])
        cells.append(f"{held} of {len(of_these)}" if of_these else "-")
    return cells


def differences(results: Iterable[Result]) -> list[str]:
    """Each difference as fact, expected, got; the inferred ones separately, since AWS may differ from them too."""
    differing = [result for result in results if result.verdict == "differs"]
    known = [result for result in differing if result.confidence != "inferred"]
    inferred = [result for result in differing if result.confidence == "inferred"]
    lines: list[str] = []
    for heading, listed in (
        ("differs from what is known about AWS:", known),
        ("differs from what was inferred about AWS:", inferred),
    ):
        if listed:
            lines.append(heading)
            for result in listed:
                lines += difference_lines(result)
    return lines


def difference_lines(result: Result) -> list[str]:
    lines = [f"  {result.id} ({result.confidence}, {result.source}): {result.sentence}"]
    for where, expected, got in result.differences:
        lines += [f"    {where}", f"      expected: {expected}", f"      got:      {got}"]
    return lines
