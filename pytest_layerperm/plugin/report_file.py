"""``--layerperm-report=PATH``: the live server's page as a file, for the tests of a run that failed, or for all."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .fixtures import FAKE

if TYPE_CHECKING:
    from ..fake.layerperm import LayerPerm

_ATTRIBUTE = "layerperm_page"
"""Of a test report: what the page shows, as JSON text. Reports travel, also from one process to another."""


def watch_reports(config: pytest.Config) -> None:
    """Collects for the page. Raises UsageError for a path that cannot be written, or without one."""
    given: str | None = config.getoption("--layerperm-report")
    everything = bool(config.getoption("--layerperm-report-all"))
    if given is None:
        raise pytest.UsageError("--layerperm-report-all goes with --layerperm-report=PATH")
    path = Path(config.invocation_params.dir, given)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as failed:
        raise pytest.UsageError(f"--layerperm-report: {failed}") from None
    if path.is_dir():
        raise pytest.UsageError(f"--layerperm-report must be the path of a file, and {given} is a directory")
    config.pluginmanager.register(ReportFile(path, given, everything=everything), "layerperm-report")


class ReportFile:
    """The plugin that collects what the page shows and writes it when the run ends."""

    def __init__(self, path: Path, given: str, *, everything: bool) -> None:
        self._path = path
        self._given = given
        self._everything = everything
        self._tests: dict[str, dict[str, Any]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Puts the state of the test's fake into its report."""
        report = yield
        fake: LayerPerm | None = item.stash.get(FAKE, None)
        if fake is not None and (report.when == "call" or report.failed):
            from ..fake import service_of
            from ..service.snapshot import snapshot

            failure = None
            if report.failed and call.excinfo is not None:
                failure = str(call.excinfo.value) or call.excinfo.typename
            setattr(report, _ATTRIBUTE, json.dumps({"state": snapshot(service_of(fake)), "failure": failure}))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        text: str | None = getattr(report, _ATTRIBUTE, None)
        if text is not None:
            self._tests[report.nodeid] = {
                **json.loads(text),
                "name": report.nodeid,
                "outcome": report.outcome,
                "details": report.longreprtext if report.failed else None,
            }
        elif report.failed and report.nodeid in self._tests:
            # In teardown, when the fake is already gone.
            crash: Any = getattr(report.longrepr, "reprcrash", None)
            self._tests[report.nodeid].update(
                outcome=report.outcome,
                failure=None if crash is None else crash.message,
                details=report.longreprtext,
            )

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Writes the page. In a run on several processes only the one that reports to people has a terminal."""
        from ..transports.server.page import report_page

        tests = [test for test in self._tests.values() if self._everything or test["outcome"] == "failed"]
        self._path.write_text(report_page(tests), "utf-8")
        count = f"{len(tests)} test{'' if len(tests) == 1 else 's'}"
        terminalreporter.write_line(f"layerperm report of {count}: {self._given}")
