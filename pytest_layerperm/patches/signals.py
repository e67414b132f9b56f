"""Signals whose handlers raise, such as an alarm's: while a fake goes on or off, they wait until it is."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

_WAITING = {
    getattr(signal, name)
    for name in ("SIGALRM", "SIGHUP", "SIGINT", "SIGPROF", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGVTALRM")
    if hasattr(signal, name)
}
"""Those that programs handle."""

if hasattr(signal, "pthread_sigmask"):
    # Not signal's own function: to make an enumeration of what this one returns takes as long as all the rest.
    _mask: Any = import_module("_signal").pthread_sigmask

    @contextmanager
    def uninterrupted() -> Generator[None]:
        """Runs the block to its end; what a signal raises meanwhile is raised then.

        A thread that is started in the block never gets these signals.
        """
        before = _mask(signal.SIG_BLOCK, ())
        try:
            _mask(signal.SIG_BLOCK, _WAITING)
            yield
        finally:
            _mask(signal.SIG_UNBLOCK, _WAITING.difference(before))

else:  # pragma: no cover - Windows

    @contextmanager
    def uninterrupted() -> Generator[None]:
        """Windows has no signals that wait."""
        yield
