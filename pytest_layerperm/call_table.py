"""The call log as people read it in the report of a failed test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .tables import table_lines

if TYPE_CHECKING:
    from .calls import LoggedCall

SECTION = "layerperm calls"
"""The title of the section in a report."""
_SHORT = 20
"""Calls that the short table has at most."""
_ANY_WIDTH = 10_000
_HEAD = ["time", "operation", "layer", "statement", "outcome"]


def call_table(calls: Iterable[LoggedCall], *, whole: bool, width: int) -> str:
    """The log as a table of that many columns: a call and its retries in one row, the last calls only.

    Or ``whole``: every attempt in one line, however long.

    Room is scarce in 80 columns, so the account is not a column: it is told where it changes.
    """
    grouped = grouped_by_invocation(calls)
    if not grouped:
        return "no layer call reached the fake"
    shown = grouped if whole else grouped[-_SHORT:]
    rows = [row for attempts in shown for row in (_whole_rows(attempts) if whole else [_short_row(attempts)])]
    callers = [call.account_id for attempts in shown for call in (attempts if whole else attempts[:1])]
    head = [title if any(cells) else "" for title, cells in zip(_HEAD, zip(*rows, strict=True), strict=True)]
    lines = table_lines([head, *rows], indent="", width=_ANY_WIDTH if whole else width)
    text = [f"the last {_SHORT} of {len(grouped)} calls; -vv shows all, and every attempt"] if shown != grouped else []
    text.append(lines[0])
    for before, caller, line in zip(["", *callers], callers, lines[1:], strict=False):
        if caller != before:
            text.append(f"account {caller}")
        text.append(line)
    return "\n".join(text)


def grouped_by_invocation(calls: Iterable[LoggedCall]) -> list[list[LoggedCall]]:
    """The attempts of each call, retries together, in the order of the first attempts."""
    groups: list[list[LoggedCall]] = []
    of_invocation: dict[str, list[LoggedCall]] = {}
    for call in calls:
        known = None if call.invocation_id is None else of_invocation.get(call.invocation_id)
        if known is not None:
            known.append(call)
            continue
        groups.append([call])
        if call.invocation_id is not None:
            of_invocation[call.invocation_id] = groups[-1]
    return groups


def outcomes(attempts: Sequence[LoggedCall]) -> str:
    """What came of a call's attempts: ``429, 429, 201``; the last one with its error code."""
    earlier = [str(call.status or call.error_code) for call in attempts[:-1]]
    return ", ".join([*earlier, attempts[-1].outcome])


def short_name(call: LoggedCall) -> str:
    """The layer version as ``name:version``; the region for a call that is about no layer."""
    return call.region_name if call.layer is None else call.layer.partition(":layer:")[2]


def _short_row(attempts: Sequence[LoggedCall]) -> list[str]:
    first = attempts[0]
    # A fault counts how often it struck, so its last word says it all.
    faults = {call.fault.partition(" ")[0]: call.fault for call in attempts if call.fault}
    return [
        f"{first.time:%H:%M:%S}.{first.time.microsecond // 1000:03}",
        first.operation,
        short_name(first),
        str(first.parameters.get("StatementId", "")),
        _outcome(outcomes(attempts), ", ".join(faults.values())),
    ]


def _whole_rows(attempts: Sequence[LoggedCall]) -> list[list[str]]:
    return [
        [
            call.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            call.operation if number == 0 else f"  retry {number}",
            call.layer or call.region_name,
            str(call.parameters.get("StatementId", "")),
            _outcome(call.outcome, call.fault),
        ]
        for number, call in enumerate(attempts)
    ]


def _outcome(outcome: str, fault: str | None) -> str:
    return f"{outcome} ({fault})" if fault else outcome
