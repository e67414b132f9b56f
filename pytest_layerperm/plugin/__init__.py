"""The pytest plugin: hooks, ini options, markers. Importing it costs next to nothing; using it imports the rest."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from .fixtures import *  # noqa: F403 - a plugin's fixtures are found in its module
from .fixtures import FAKE
from .options import (
    MARKERS,
    SWEEP,
    add_exploration_options,
    add_facts_options,
    add_options,
    add_report_options,
    check_options,
    is_autouse,
    is_misspelt,
)

if TYPE_CHECKING:
    from ..fake.layerperm import LayerPerm
    from ..service.service import LayerService


STARTED = pytest.StashKey[list["LayerService"]]()
"""Services of fakes that the test itself switched on and did not switch off."""


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)
    add_facts_options(parser)
    add_report_options(parser)
    add_exploration_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    for text in MARKERS.values():
        config.addinivalue_line("markers", text)
    check_options(config)
    from ..service import pytest_run

    pytest_run.terminal_columns = shutil.get_terminal_size((pytest_run.terminal_columns, 24)).columns
    pytest_run.only_point = config.getoption("--layerperm-only")
    pytest_run.progress = partial(_show_progress, config) if sys.stdout.isatty() else None
    if config.getoption("layerperm_endpoint") is not None:
        from ..facts.suite import FactsSuite

        config.pluginmanager.register(FactsSuite(config), "layerperm-facts")
    if config.getoption("--layerperm-report") is not None or config.getoption("--layerperm-report-all"):
        from .report_file import watch_reports

        watch_reports(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    everywhere = is_autouse(config)
    for item in items:
        if everywhere or any(
            marker.name in MARKERS or is_misspelt(marker, item.config) for marker in item.iter_markers()
        ):
            names: list[str] | None = getattr(item, "fixturenames", None)
            if names is not None and "layerperm" not in names:
                at = _first_of_function_scope(item, names)
                # A list of its own: other parameters of the same function share the one that was there.
                item.fixturenames = [*names[:at], "layerperm", *names[at:]]  # type: ignore[attr-defined]


def _first_of_function_scope(item: pytest.Item, names: list[str]) -> int:
    """When the fake is switched on: after the fixtures that outlive the test, before those that may call AWS for it."""
    definitions: Any = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    for index, name in enumerate(names):
        found = definitions.get(name)
        if not found or found[-1].scope == "function":
            return index
    return len(names)


def _show_progress(config: pytest.Config, text: str) -> None:
    from .sweeping import show_progress

    show_progress(config, text)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Imports the fake before any fixture: one of them may replace the file system, and modules with it."""
    if "layerperm" in getattr(item, "fixturenames", ()):
        from ..fake.activation import prepare

        prepare()


def pytest_sessionfinish() -> None:
    activation = sys.modules.get("pytest_layerperm.fake.activation")
    if activation is not None:
        activation.put_back_all(session_is_over=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Keeps the services that the test switches on, by the fixture or by itself, until its reports are made."""
    from ..service import pytest_run

    outer, pytest_run.services = pytest_run.services, []
    try:
        return (yield)
    finally:
        pytest_run.services = outer


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fails a test that passed if a fault never struck or the code under test hid what must be seen.

    Not in the fixture's teardown: the test is then FAILED once, and keeps its own failure if it has one.
    """
    __tracebackhide__ = True
    before = _services_on()
    fake: LayerPerm | None = item.stash.get(FAKE, None)
    marker = item.get_closest_marker(SWEEP)
    try:
        if fake is not None and marker is not None:
            from .sweeping import swept_body

            with swept_body(item, fake, marker):
                yield
        else:
            yield
    finally:
        item.stash[STARTED] = [service for service in _services_on() if service not in before]
    verdict = ""
    if fake is not None:
        try:
            fake.verify()
        except AssertionError as failed:
            verdict = str(failed)
    if verdict:  # Outside the handler: else the report prints it twice, as raised during its own handling.
        _fail(verdict)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Switches off what the test left on: the next test must not find it."""
    __tracebackhide__ = True
    try:
        result = yield
    finally:
        left_on = [service for service in item.stash.get(STARTED, None) or () if service in _services_on()]
        for service in reversed([*_own_service(item), *left_on]):
            _switch_off(service)
        activation = sys.modules.get("pytest_layerperm.fake.activation")
        if activation is not None:
            activation.put_back_all()
        if FAKE in item.stash:
            del item.stash[FAKE]
        if STARTED in item.stash:
            del item.stash[STARTED]
    if left_on:
        named = ", ".join([f"<LayerPerm {service.summary}>" for service in left_on])
        _fail(
            f"this test started a fake and did not stop it: {named}\n"
            "It is off now. Use the fixture layerperm, or `with LayerPerm() as fake:`, which ends with the block."
        )
    return result


def _fail(text: str) -> None:
    # Not hidden, as the hooks are: of a traceback without any visible frame pytest says so, below the text.
    pytest.fail(text, pytrace=False)


def _services_on() -> list[LayerService]:
    active = sys.modules.get("pytest_layerperm.service.active")
    return [] if active is None else active.services_on()


def _own_service(item: pytest.Item) -> list[LayerService]:
    """The service of the test's fixture, which a signal may have kept from switching it off."""
    fake: LayerPerm | None = item.stash.get(FAKE, None)
    if fake is None:
        return []
    from ..fake import service_of

    return [service_of(fake)]


def _switch_off(service: LayerService) -> None:
    from ..fake.activation import switch_off

    while service in _services_on():
        switch_off(service)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Gives a failed test's report the calls that it made, and a helper's verdict as its one line in the summary."""
    report = yield
    from ..service import pytest_run

    services = pytest_run.services or []
    if services and report.failed:
        from .reporting import add_service, put_verdict_first

        for service in {id(each): each for each in services}.values():
            add_service(report, service, whole=item.config.get_verbosity() >= 2)
        put_verdict_first(report, call.excinfo)
    return report
