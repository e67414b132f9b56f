"""What the plugin adds to the report of a failed test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..assertions.tables import screen_width, table_lines
from ..service.calls import grouped_by_invocation, outcomes, short_name

if TYPE_CHECKING:
    import pytest

    from ..service.calls import LoggedCall

SECTION = "layerperm calls"
"""The title of the section in a report."""
_SHORT = 20
"""Calls that the short table has at most."""
_ANY_WIDTH = 10_000
_HEAD = ["time", "operation", "layer", "statement", "outcome"]


def add_calls(report: pytest.TestReport, calls: Iterable[LoggedCall], *, whole: bool) -> None:
    """Adds the call log as a section: it travels with the report, also from one process to another."""
    report.sections.append((SECTION, call_table(calls, whole=whole, width=screen_width())))


def add_identity_policies(report: pytest.TestReport, judged: Mapping[str, str]) -> None:
    """Lists whose calls were checked against identity policies: ARN -> where the policies came from."""
    if judged:
        lines = [f"{arn} by {source}" for arn, source in judged.items()]
        report.sections.append(("layerperm identity policies", "\n".join(lines)))


def put_verdict_first(report: pytest.TestReport, excinfo: pytest.ExceptionInfo[BaseException] | None) -> None:
    """Leaves only the verdict of a failed helper for the short summary, which has room for one line.

    pytest does the same for plain asserts: it leaves out the ``AssertionError:``.
    """
    crash: Any = getattr(report.longrepr, "reprcrash", None)
    if crash is None or excinfo is None or not isinstance(excinfo.value, AssertionError):
        return
    raised_in = str(excinfo.traceback[-1].frame.f_globals.get("__name__", ""))
    if raised_in.startswith("pytest_layerperm."):
        crash.message = str(excinfo.value).partition("\n")[0]


def call_table(calls: Iterable[LoggedCall], *, whole: bool, width: int) -> str:
    """The log as a table of that many columns: a call and its retries in one row, the last calls only.

    Or ``whole``: every attempt in one line, however long.

    Room is scarce in 80 columns, so the account is not a column: a line marks each change.
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


def _short_row(attempts: Sequence[LoggedCall]) -> list[str]:
    first = attempts[0]
    # A fault counts how often it struck, so the last note is enough.
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
