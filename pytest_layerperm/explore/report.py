"""What a sweep says: one readable block, however much fails."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..assertions.tables import joined, paragraph
from .calls import call_lines
from .judgment import shown
from .points import name_of

if TYPE_CHECKING:
    from .calls import TracedCall
    from .record import Failure, Record

LONGEST = 60
"""Lines."""
_MOST_CALLS = 12
_MOST_POINTS = 12
_MOST_LINES = 6
"""Of the failing run's own error."""


class NotSurvived(AssertionError):
    """The code under test does not survive every failure; the text is the report."""


# That is what people read.
NotSurvived.__name__ = NotSurvived.__qualname__ = "AssertionError"
NotSurvived.__module__ = "builtins"


def report(sweep: Record, seconds: float) -> str:
    """What the code under test does not survive, with one run call by call."""
    failing = list(dict.fromkeys([failure.point for failure in sweep.failures]))
    head = [
        f"{sweep.title} does not survive {len(failing)} of {sweep.points} failures",
        "",
        "Its calls, when nothing fails:",
        *call_lines(sweep.calls, _MOST_CALLS),
        "",
    ]
    tail = ["", *_one_run(sweep.failures[0]), *_notes(sweep, seconds), "", *_alone(sweep)]
    return "\n".join([*head, *_fitting(_groups(sweep.failures), LONGEST - len(head) - len(tail)), *tail])


def _groups(failures: Sequence[Failure]) -> list[list[Failure]]:
    """Those that fail alike together, in the order of the first one of each: minimal ones come first."""
    groups: dict[object, list[Failure]] = {}
    for failure in failures:
        operation = failure.step.call.at.operation
        alike = (len(failure.point), operation, re.sub(r"\d+", "#", failure.verdict), failure.where)
        groups.setdefault(alike, []).append(failure)
    return list(groups.values())


def _fitting(groups: Sequence[Sequence[Failure]], room: int) -> list[str]:
    lines: list[str] = []
    for place, group in enumerate(groups):
        block = _group_lines(group)
        last = place == len(groups) - 1
        if len(lines) + len(block) + (0 if last else 1) > room and lines:
            left = [failure.point for others in groups[place:] for failure in others]
            return [*lines, f"And {len(groups) - place} more such groups, {len(left)} points."]
        lines += block
    return lines


def _group_lines(group: Sequence[Failure]) -> list[str]:
    steps = [failure.step for failure in group]
    numbers = list(dict.fromkeys([str(step.call.number) for step in steps]))
    kinds = dict.fromkeys([step.kind.says for step in steps])
    first = group[0]
    where = f" [{first.where}]" if first.where else ""
    alike = len({failure.verdict for failure in group}) - 1
    more = f" (and {alike} more like it)" if alike else ""
    before = dict.fromkeys(
        [f"after {failure.point[0].kind.says} at call {failure.point[0].call.number}" for failure in group]
        if len(first.point) > 1
        else []
    )
    return [
        f"At call{'s' if len(numbers) > 1 else ''} {joined(numbers)}, {first.step.call.at.operation}:",
        *[f"  - {kind}" for kind in kinds],
        *[f"    {text}" for text in _first(list(before), 3)],
        *paragraph(f"{first.verdict}{more}{where}", indent="    ", hanging="      ").splitlines(),
        *paragraph(
            " ".join(_first(list(dict.fromkeys([name_of(failure.point) for failure in group])), _MOST_POINTS)),
            indent="    ",
        ).splitlines(),
    ]


def _first(texts: list[str], most: int) -> list[str]:
    return texts if len(texts) <= most else [*texts[: most - 1], f"and {len(texts) - most + 1} more"]


def _one_run(failure: Failure) -> list[str]:
    lines = [f"{name_of(failure.point)}, call by call:", *call_lines(failure.traces[0], _MOST_CALLS)]
    for trace in failure.traces[1:]:
        lines += ["  run again:", *call_lines(trace, _MOST_CALLS)]
    text = str(failure.error).rstrip().splitlines()
    return [*lines, "", *[f"  {line}".rstrip() for line in _first(text, _MOST_LINES)]]


def _notes(sweep: Record, seconds: float) -> list[str]:
    notes: list[str] = []
    if sweep.untried:
        notes.append(f"{sweep.untried} pairs were not tried: budget={sweep.settings.budget} has no room for them.")
    if not sweep.settings.virtual_sleep and sweep.slept > seconds / 2:
        notes.append(f"time.sleep took {sweep.slept:.1f} of {seconds:.1f} seconds: virtual_sleep=True skips it.")
    return ["", *notes] if notes else []


def _alone(sweep: Record) -> list[str]:
    point = name_of(sweep.failures[0].point)
    name = point if sweep.number == 1 else f"{sweep.number}:{point}"
    node = f"{shlex.quote(sweep.node)} " if sweep.node else ""
    return ["That one alone:", f"  pytest {node}--layerperm-only={shlex.quote(name)}"]


def no_points(calls: Sequence[TracedCall]) -> str:
    """Nothing can fail."""
    if not calls:
        return (
            "no layer call reached the fake, so there is nothing to sweep\n"
            "What to do: make the calls inside `with run:`, with this fake on."
        )
    made = joined(list(dict.fromkeys([call.at.operation for call in calls])))
    return (
        f"none of the failures asked for can happen to the block's calls, {made}\n"
        "What to do: leave operations= out, or name other kinds of failures."
    )


def not_the_same(first: Sequence[TracedCall], second: Sequence[TracedCall], error: BaseException | None) -> str:
    """The block does something else when it is run once more, with nothing made to fail."""
    raised: Iterable[str] = [f"The second one raised {shown(error)}.", ""] if error is not None else []
    return "\n".join(
        [
            "two runs in which nothing fails are not the same",
            "",
            *raised,
            "The first one:",
            *call_lines(first, _MOST_CALLS),
            "The second one:",
            *call_lines(second, _MOST_CALLS),
            "",
            "What to do: something is kept from one run to the next, such as a module's variable, a file, or what",
            "  another AWS service holds. Make it anew inside the block, or pass reset=, which puts it back.",
        ]
    )


def not_put_back(changes: Sequence[str]) -> str:
    """The block changes what moto holds, which stays as it is from one run to the next."""
    made = joined(_first(list(dict.fromkeys(changes)), 3))
    return (
        f"the block changes other AWS services ({made}), whose state every_fault() does not put back\n"
        "What to do: make these calls before the loop, or pass reset=, a function that undoes them before each run."
    )
