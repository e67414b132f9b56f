"""Settings of all tests, those of the examples included.

Where an optional package is not installed, the files that import it are skipped, and the report says why.

A test that hangs ends its process, which first prints where each of its threads is. Under pytest-xdist that is one
worker: the test has failed, and another worker goes on with the rest.
"""

from __future__ import annotations

import faulthandler
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

OPTIONAL = (
    "aiobotocore",
    "backoff",
    "hypothesis",
    "pytest_randomly",
    "pytest_rerunfailures",
    "stamina",
    "tenacity",
    "time_machine",
    "uvicorn",
    "xdist",
)
MISSING = [package for package in OPTIONAL if find_spec(package) is None]

LIMIT = 300
"""Seconds for one test, for the collection, and for threads left at the end. Waits have their own limits."""
STDERR = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    # While a test runs, pytest captures stderr.
    config.stash[STDERR] = os.dup(2)
    _end_on_alarm(config.stash[STDERR])


def pytest_unconfigure(config: pytest.Config) -> None:
    """A thread left by a test could keep the process from ending."""
    _end_on_alarm(2)
    os.close(config.stash[STDERR])
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    if not all(thread.daemon for thread in others):
        _set_alarm(LIMIT)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Iterator[None]:
    with _limited():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Iterator[None]:
    with _limited():
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_enter_pdb() -> None:
    _set_alarm(0)


@contextmanager
def _limited() -> Iterator[None]:
    _set_alarm(LIMIT)
    try:
        yield
    finally:
        _set_alarm(0)


def _set_alarm(seconds: float) -> None:
    if hasattr(signal, "SIGALRM"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _end_on_alarm(descriptor: int) -> None:
    """No Python code runs then, which could wait for a lock; after the tracebacks, the signal takes effect."""
    if hasattr(signal, "SIGALRM"):
        faulthandler.register(signal.SIGALRM, descriptor, all_threads=True, chain=True)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    text = module_path.read_text(encoding="utf-8")
    tested = module_path.with_name(module_path.name.removeprefix("test_"))
    if tested.is_file():
        text += tested.read_text(encoding="utf-8")
    for package in MISSING:
        if re.search(rf"^(from|import) {package}\b", text, re.MULTILINE):
            return _Skipped.from_parent(parent, path=module_path, package=package)
    return None


class _Skipped(pytest.Module):
    def __init__(self, *, package: str, **settings: object) -> None:
        super().__init__(**settings)  # pyright: ignore[reportArgumentType]
        self.package = package

    def collect(self) -> Iterator[pytest.Item]:
        pytest.skip(f"{self.package} is not installed")
