"""Threads that outlive their test: their calls reach neither AWS nor the next test's fake."""

from __future__ import annotations

import sys
import threading
from types import FrameType
from typing import NamedTuple, NoReturn

from .faults import RequestRefused

_POOLS = ("concurrent.futures.thread", "multiprocessing.pool", "anyio._backends._asyncio")
"""Modules whose threads work for one test after the other."""
_WAITS = ("threading", "queue")


class _Job(NamedTuple):
    """What a thread was doing when its test ended."""

    thread: threading.Thread
    frame: FrameType
    """Of the function that it ran: while it runs on, the thread is that test's."""
    test: str


jobs: dict[int, _Job] = {}
"""By the thread's identifier."""


def forget_ended() -> None:
    """Forgets the jobs of threads that are over."""
    for identifier, job in tuple(jobs.items()):
        if not job.thread.is_alive():
            del jobs[identifier]


def end(test: str, before: frozenset[threading.Thread]) -> None:
    """Notes what the threads that were started since ``before`` are doing at the end of a test."""
    started = [thread for thread in threading.enumerate() if thread not in before]
    if not started:
        return
    frames = sys._current_frames()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    for thread in started:
        frame = _job_of(frames.get(thread.ident or 0))
        if frame is not None and not thread.name.startswith("layerperm-"):
            jobs[thread.ident or 0] = _Job(thread, frame, test)


def check() -> None:
    """Raises RequestRefused in a thread that still does what a finished test had it do."""
    identifier = threading.get_ident()
    job = jobs.get(identifier)
    if job is None:
        return
    frame: FrameType | None = sys._getframe()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    while frame is not None:
        if frame is job.frame:
            _refuse(job)
        frame = frame.f_back
    del jobs[identifier]


def _refuse(job: _Job) -> NoReturn:
    raise RequestRefused(
        f"pytest-layerperm blocked a request of the thread {job.thread.name!r}: it was started by {job.test}, which is "
        "over, and with it the fake. Have the code under test wait for its threads before it returns."
    )


def _job_of(frame: FrameType | None) -> FrameType | None:
    """The outermost frame of what a thread was given to do; None if it waits for work in a pool."""
    outermost: FrameType | None = None
    job: FrameType | None = None
    pooled = False
    while frame is not None:
        module = frame.f_globals.get("__name__")
        if module in _POOLS:
            pooled = True
        elif module not in _WAITS:
            job = frame
        outermost, frame = frame, frame.f_back
    return job if pooled or job is not None else outermost
