"""Signals whose handlers raise, such as an alarm's: while a fake goes on or off, they wait until it is."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager

_WAITING = {
    getattr(signal, name)
    for name in ("SIGALRM", "SIGHUP", "SIGINT", "SIGPROF", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGVTALRM")
    if hasattr(signal, name)
}
"""Those that programs handle."""

if hasattr(signal, "pthread_sigmask"):

    @contextmanager
    def uninterrupted() -> Generator[None]:
        """Runs the block to its end; what a signal raises meanwhile is raised then.

        A thread that is started in the block never gets these signals.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        try:
            signal.pthread_sigmask(signal.SIG_BLOCK, _WAITING)
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _WAITING.difference(before))

else:  # pragma: no cover - Windows

    @contextmanager
    def uninterrupted() -> Generator[None]:
        """Windows has no signals that wait."""
        yield
