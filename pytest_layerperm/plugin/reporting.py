"""What the plugin adds to the report of a failed test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..assertions.tables import screen_width, table_lines
from ..service.calls import grouped_by_invocation, has_regions, named_layer, outcomes, short_name
from ..service.injection import unfinished_faults

if TYPE_CHECKING:
    import pytest

    from ..service.calls import LoggedCall
    from ..service.service import LayerService

SECTION = "layerperm calls"
"""The title of the section in a report."""
_SHORT = 20
"""Calls that the short table has at most."""
_ANY_WIDTH = 10_000
_HEAD = ["time", "operation", "region", "layer", "statement", "outcome"]


def add_service(report: pytest.TestReport, service: LayerService, *, whole: bool) -> None:
    """Adds the call log, and what else there is to know of it, as sections: they travel with the report."""
    judged = [f"{arn} by {source}" for arn, source in service.callers.judged.items()]
    if judged:  # Whose calls were checked against identity policies, and where these came from.
        report.sections.append(("layerperm identity policies", "\n".join(judged)))
    # A test that fails before a fault's turn need not hear of it; one that struck too seldom may be why it failed.
    faults = [line for line in unfinished_faults(service.injections) if not line.endswith(": never struck")]
    if faults:
        report.sections.append(("layerperm faults", "\n".join(faults)))
    table = call_table(service.calls, service.region_name, whole=whole, width=screen_width())
    if service.gone_past:
        table += f"\n{service.gone_past}, and not to the fake: remove endpoint_url from its client"
    report.sections.append((SECTION, table))


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


def call_table(calls: Iterable[LoggedCall], region_name: str, *, whole: bool, width: int) -> str:
    """The log as a table of that many columns: a call and its retries in one row, the last calls only.

    Or ``whole``: every attempt in one line, however long.

    The regions are a column if they are not all ``region_name``, the fake's own.
    Room is scarce in 80 columns, so the account is not a column: a line marks each change.
    """
    grouped = grouped_by_invocation(calls)
    if not grouped:
        return "no layer call reached the fake"
    shown = grouped if whole else grouped[-_SHORT:]
    regions = has_regions(shown, region_name)
    rows = [row for attempts in shown for row in (_whole_rows(attempts) if whole else [_short_row(attempts)])]
    if not regions:
        rows = [[*row[:2], "", *row[3:]] for row in rows]
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
        first.region_name,
        short_name(first),
        str(first.parameters.get("StatementId", "")),
        _outcome(outcomes(attempts), ", ".join(faults.values())),
    ]


def _whole_rows(attempts: Sequence[LoggedCall]) -> list[list[str]]:
    return [
        [
            call.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            call.operation if number == 0 else f"  retry {number}",
            call.region_name,
            named_layer(call),
            str(call.parameters.get("StatementId", "")),
            _outcome(call.outcome, call.fault),
        ]
        for number, call in enumerate(attempts)
    ]


def _outcome(outcome: str, fault: str | None) -> str:
    return f"{outcome} ({fault})" if fault else outcome
