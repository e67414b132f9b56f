"""What the plugin does to the report of a failed test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .call_table import SECTION, call_table
from .tables import screen_width
from .wording import identity_policies

if TYPE_CHECKING:
    import pytest

    from .calls import LoggedCall


def add_calls(report: pytest.TestReport, calls: Iterable[LoggedCall], *, whole: bool) -> None:
    """Adds the call log as a section: it travels with the report, also from one process to another."""
    report.sections.append((SECTION, call_table(calls, whole=whole, width=screen_width())))


def add_identity_policies(report: pytest.TestReport, judged: Mapping[str, str]) -> None:
    """Says whose calls identity policies have judged: ARN -> where the policies came from. Nothing where none has."""
    if judged:
        report.sections.append(("layerperm identity policies", identity_policies(judged)))


def put_verdict_first(report: pytest.TestReport, excinfo: pytest.ExceptionInfo[BaseException] | None) -> None:
    """Leaves only the verdict of a failed helper for the short summary, where there is room for one line.

    pytest does the same for plain asserts: it leaves out the ``AssertionError:`` before them.
    """
    crash: Any = getattr(report.longrepr, "reprcrash", None)
    if crash is None or excinfo is None or not isinstance(excinfo.value, AssertionError):
        return
    raised_in = str(excinfo.traceback[-1].frame.f_globals.get("__name__", ""))
    if raised_in.startswith(f"{__package__}."):
        crash.message = str(excinfo.value).partition("\n")[0]
