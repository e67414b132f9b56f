"""Threads that end with an exception which is no mistake: nothing is printed of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from .replacing import replaced

_silent: list[type[BaseException]] = []


@contextmanager
def silent_ends(*kinds: type[BaseException]) -> Generator[None]:
    """While it is on, a thread may end with one of these exceptions, as it may with SystemExit."""
    with replaced((threading, "excepthook", _passing_on)):
        _silent.extend(kinds)
        try:
            yield
        finally:
            del _silent[len(_silent) - len(kinds) :]


def _passing_on(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def excepthook(arguments: Any) -> None:
        if not issubclass(arguments.exc_type, tuple(_silent)):
            original(arguments)

    return excepthook
