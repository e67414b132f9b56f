"""Signals whose handlers raise, such as an alarm's: while a fake goes on or off, they wait until it is."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator, Iterable
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

_WAITING = {
    getattr(signal, name)
    for name in ("SIGALRM", "SIGHUP", "SIGINT", "SIGPROF", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGVTALRM")
    if hasattr(signal, name)
}
"""Those that programs handle."""

if hasattr(signal, "pthread_sigmask"):
    # The function itself: what it returns is made into an enumeration otherwise, which takes as long as all the rest.
    _mask: Callable[[int, Iterable[int]], AbstractSet[int]] = signal.pthread_sigmask.__wrapped__  # type: ignore[attr-defined]

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
