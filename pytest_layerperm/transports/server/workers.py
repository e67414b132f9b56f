"""Threads for what may take long, which the end of the process does not wait for.

Python joins the threads of a ``ThreadPoolExecutor`` before it ends: an action that hangs would keep pytest from ending.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import Any

from ...patches.signals import uninterrupted

_Work = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...]]


class Workers(Executor):
    """At most ``most`` threads, started when all others are busy."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._started = 0
        self._idle = threading.Semaphore(0)
        self._work: SimpleQueue[_Work] = SimpleQueue()

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Future[Any]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride] - the event loop passes no keywords
        """Called by the event loop's thread only."""
        future: Future[Any] = Future()
        self._work.put((future, fn, args))
        if not self._idle.acquire(blocking=False) and self._started < self._most:
            self._started += 1
            name = f"layerperm-server-{self._started}"
            with uninterrupted():
                threading.Thread(target=self._run, name=name, daemon=True).start()
        return future

    def _run(self) -> None:
        while True:
            future, function, arguments = self._work.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(function(*arguments))
                except BaseException as raised:
                    future.set_exception(raised)
            self._idle.release()
