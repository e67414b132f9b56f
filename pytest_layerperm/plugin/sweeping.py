"""The marker ``layerperm_every_fault``: the whole body of a test is the block that is swept."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ..explore.runs import Run
    from ..fake.layerperm import LayerPerm


@contextmanager
def swept_body(item: pytest.Item, fake: LayerPerm, marker: pytest.Mark) -> Generator[None]:
    """While it is on, running the test runs its body once for each failure at each of its calls.

    Fails the test if that is not how it is run: a test that a plugin runs in its own way must not pass unswept.
    """
    body: Any = getattr(item, "obj", None)
    begun: list[str] = []
    swept = _swept(body, lambda: fake.every_fault(*marker.args, **marker.kwargs), begun)
    instance: Any = getattr(item, "instance", None)
    # unittest looks an async test method up itself.
    own_lookup = inspect.iscoroutinefunction(body) and hasattr(instance, "addCleanup")
    if own_lookup:
        setattr(instance, body.__name__, swept)
    item.obj = swept  # type: ignore[attr-defined]
    try:
        yield
    finally:
        item.obj = body  # type: ignore[attr-defined]
        if own_lookup:
            delattr(instance, body.__name__)
    if not begun:
        pytest.fail(
            f"@pytest.mark.{marker.name}: the body of this test was not swept\n"
            "What to do: write the loop inside it, `for run in layerperm.every_fault(): with run:`.",
            pytrace=False,
        )


def _swept(body: Callable[..., Any], sweep: Callable[[], Any], begun: list[str]) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(body):

        @functools.wraps(body)
        async def run_async(*args: Any, **kwargs: Any) -> None:
            __tracebackhide__ = True
            begun.append(body.__name__)
            failed: list[AssertionError] = []
            for run in _runs(sweep(), failed):
                with run:
                    await body(*args, **kwargs)
            _show(failed)

        return run_async

    @functools.wraps(body)
    def run_sync(*args: Any, **kwargs: Any) -> None:
        __tracebackhide__ = True
        begun.append(body.__name__)
        failed: list[AssertionError] = []
        for run in _runs(sweep(), failed):
            with run:
                body(*args, **kwargs)
        _show(failed)

    return run_sync


def _runs(sweep: Iterable[Run], failed: list[AssertionError]) -> Iterator[Run]:
    from ..explore.report import NotSurvived

    __tracebackhide__ = True
    try:
        yield from sweep
    except NotSurvived as report:
        failed.append(report)


def _show(failed: list[AssertionError]) -> None:
    """Fails with the report alone: the traceback would be the plugin's own. Of one point, shows where it failed."""
    from ..service import pytest_run

    __tracebackhide__ = True
    for report in failed:
        if pytest_run.only_point is not None:
            raise report
        pytest.fail(str(report), pytrace=False)


def show_progress(config: pytest.Config, text: str) -> None:
    """Shows a line on the terminal while output is captured; an empty one takes it away."""
    reporter: Any = config.pluginmanager.getplugin("terminalreporter")
    capture: Any = config.pluginmanager.getplugin("capturemanager")
    with nullcontext() if capture is None else capture.global_and_fixture_disabled():
        reporter.ensure_newline()
        reporter.rewrite(text, erase=True)
        reporter.flush()
