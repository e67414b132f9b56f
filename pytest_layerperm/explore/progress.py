"""The line on a terminal that says how far a long sweep is."""

from __future__ import annotations

import os

from ..service import pytest_run

PATIENCE = 2.0
"""Seconds after which people want to know."""
_BETWEEN = 0.2


def real_time() -> float:
    """Seconds of a clock that nobody freezes."""
    return os.times().elapsed


class Progress:
    """Shown from some seconds on, and gone at the end."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._next = real_time() + PATIENCE
        self._shown = False

    def show(self, tried: int, failed: int) -> None:
        """How many failures were tried so far, and how many of them were not survived."""
        show = pytest_run.progress
        if show is not None and real_time() >= self._next:
            self._next = real_time() + _BETWEEN
            self._shown = True
            show(f"{self._title}: {tried} failures tried, {failed} not survived")

    def end(self) -> None:
        show = pytest_run.progress
        if show is not None and self._shown:
            show("")
