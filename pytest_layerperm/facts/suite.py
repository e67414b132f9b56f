"""The pytest side of ``pytest --pyargs pytest_layerperm.facts``: options, the plan, the table, JSON."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from . import Fact
from .endpoints import AWS, Settings, new_prefix
from .reporting import Result, differences, plan, table
from .running import Outcome

PROPERTY = "layerperm_fact"
_EXAMPLE_NAMES = {
    "account": "123456789012",
    "region": "us-east-1",
    "layer": "layerperm-facts-01234567-000",
    "layer_arn": "arn:aws:lambda:us-east-1:123456789012:layer:layerperm-facts-01234567-000",
    "version_arn": "arn:aws:lambda:us-east-1:123456789012:layer:layerperm-facts-01234567-000:1",
}


def settings_of(config: pytest.Config) -> Settings:
    """What the options say. Raises UsageError, naming the option and what is valid."""
    endpoint = str(config.getoption("layerperm_endpoint"))
    if endpoint != AWS:
        url = urlsplit(endpoint)
        if url.scheme not in ("http", "https") or not url.netloc or url.path not in ("", "/") or url.query:
            raise pytest.UsageError(
                f"--layerperm-endpoint must be a URL such as http://127.0.0.1:5000, or aws, not {endpoint!r}"
            )
    elif config.getoption("numprocesses", None):
        raise pytest.UsageError("--layerperm-endpoint=aws keeps to a quota of calls: run it without -n")
    path = config.getoption("layerperm_facts_json")
    if path is not None and not Path(path).absolute().parent.is_dir():
        raise pytest.UsageError(f"--layerperm-facts-json must be a file in a directory that exists, not {path!r}")
    settings = Settings(
        endpoint,
        cast("str | None", config.getoption("layerperm_profile")),
        cast("str | None", config.getoption("layerperm_other_profile")),
        cast("str | None", config.getoption("layerperm_other_organization")),
    )
    if settings.is_aws and not config.getoption("layerperm_yes_use_my_account"):
        raise pytest.UsageError(
            "--layerperm-endpoint=aws publishes layers in your account, some of them public for a moment, and deletes "
            "them again. Pass --layerperm-yes-use-my-account if that is what you want"
        )
    return settings


class FactsSuite:
    """The state of a run: its settings, its layer names, and on the controller the results."""

    def __init__(self, config: pytest.Config) -> None:
        self.settings = settings_of(config)
        self.prefix = new_prefix()
        self.results: list[Result] = []
        self._json: str | None = cast("str | None", config.getoption("layerperm_facts_json"))
        self._is_worker = hasattr(config, "workerinput")

    def layer_for(self, number: int) -> str:
        """The layer name of a fact. All have the same length, since the size of policies is limited."""
        return f"{self.prefix}-{number:03}"

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Prints the plan before anything is done."""
        facts = [item.callspec.params["fact"] for item in cast(list[Any], session.items) if _is_fact(item)]
        reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
        if facts and reporter is not None and not self._is_worker:
            calls = sum([len(fact.steps_for(_EXAMPLE_NAMES)) + 2 for fact in facts])
            reporter.write_line(plan(facts, calls, self.settings.endpoint, self.prefix, aws=self.settings.is_aws))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.results += [Result.from_json(value) for name, value in report.user_properties if name == PROPERTY]  # type: ignore[arg-type]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The table, and each difference as fact, expected, got."""
        if self.results:
            terminalreporter.section(f"facts on {self.settings.endpoint}")
            for line in [*table(self.results), *differences(self.results)]:
                terminalreporter.write_line(line)

    def pytest_sessionfinish(self) -> None:
        if self._json is not None and not self._is_worker:
            found = {"endpoint": self.settings.endpoint, "facts": [asdict(result) for result in self.results]}
            Path(self._json).write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _is_fact(item: Any) -> bool:
    return isinstance(getattr(getattr(item, "callspec", None), "params", {}).get("fact"), Fact)


def property_of(outcome: Outcome) -> tuple[str, dict[str, Any]]:
    """An outcome as a report carries it, also from a worker."""
    return PROPERTY, asdict(Result.of(outcome))


@contextmanager
def terminated_as_interrupted() -> Generator[None]:
    """Treats SIGTERM as Ctrl-C, so that what was published is deleted.

    Only the main thread can change this; in any other, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
