"""Faults that were injected: where that was, and how often each of them struck."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import pytest_run
from .calls import CallsGonePast, LoggedCall

if TYPE_CHECKING:
    from .faults import Fault

_SHOWN = 10
"""Faults that a failure names."""


class Injection:
    """Faults that were added; as a context manager it removes them again."""

    def __init__(self, service: Any, faults: tuple[Fault, ...], origin: str) -> None:
        self._service = weakref.proxy(service)
        self._faults = faults
        self.origin = origin
        """The line or the marker that they come from."""
        self._left: tuple[list[Fault], list[str]] | None = None
        """``overdue`` and ``unfinished`` as of their removal: faults may be injected again, and then count anew."""

    @property
    def overdue(self) -> list[Fault]:
        """Those that were to strike and never did."""
        return [fault for fault in self._faults if fault.overdue] if self._left is None else self._left[0]

    @property
    def unfinished(self) -> list[str]:
        """Those that struck fewer times than they were to, or never, each as a line of text."""
        if self._left is not None:
            return self._left[1]
        return [self._line(fault) for fault in self._faults if fault.times is not None and fault.struck < fault.times]

    def _line(self, fault: Fault) -> str:
        struck = f"struck {fault.struck} of {fault.times} times" if fault.struck else "never struck"
        return f"{fault!r} of {self.origin}: {struck}"

    def __enter__(self) -> tuple[Fault, ...]:
        return self._faults

    def __exit__(self, *raised: object) -> None:
        self._left = self.overdue, self.unfinished
        self._service.withdraw(self._faults)


def unfinished_faults(injections: Iterable[Injection]) -> list[str]:
    """All that struck fewer times than they were to, or never, each as a line of text."""
    return [line for injection in injections for line in injection.unfinished]


def never_struck(injections: Sequence[Injection], calls: Iterable[LoggedCall], gone_past: CallsGonePast) -> str:
    """The failure of a test whose faults never struck; empty if all did."""
    overdue = [fault for injection in injections for fault in injection.overdue]
    if not overdue:
        return ""
    verdict = "an injected fault was never triggered" if len(overdue) == 1 else "injected faults were never triggered"
    more = f" and {len(overdue) - _SHOWN} more" if len(overdue) > _SHOWN else ""
    names = ", ".join([fault.label for fault in overdue[:_SHOWN]])
    faults = "\n".join([f"  {line}" for line in unfinished_faults(injections)[:_SHOWN]])
    past = f"{gone_past}, and not to the fake: remove endpoint_url from its client\n" if gone_past else ""
    # Calls are listed once: within a test that pytest runs, by its report.
    received = "" if pytest_run.services is not None else f"calls received:\n{_call_lines(calls)}\n"
    return (
        f"{verdict}: {names}{more}\n{faults}\n{received}{past}"
        "What to do: have the code under test make such a call, or pass times=None for a fault that need not strike."
    )


def _call_lines(calls: Iterable[LoggedCall]) -> str:
    """One line for each call: account, operation, layer, outcome."""
    lines = [
        f"  {call.account_id} {call.operation} {call.layer or call.region_name} -> {call.outcome}" for call in calls
    ]
    return "\n".join(lines) or "  none"
