"""Which services are on in this process: the innermost one gets the requests."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import late, pytest_run

if TYPE_CHECKING:
    from .service import LayerService


@dataclass
class Activation:
    """A service that is on, and what has to be undone when it is switched off."""

    service: LayerService
    undo: ExitStack
    entered: int = 1
    """How many times it was switched on; it is off once it was switched off as often."""
    clock: Any = None
    """freezegun's frozen clock; None if the clock runs."""
    profiles: Any = None
    """The files of its AWS profiles; None if it has none."""
    test: str = ""
    """What switched it on, for messages."""
    threads: frozenset[threading.Thread] = frozenset()
    """Those that were there before."""
    were: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    """Environment variables as they were before."""
    thread: int = 0
    """The one that switched it on."""

    def __post_init__(self) -> None:
        kept = pytest_run.services
        if kept is not None:
            # A test may switch on thousands, one after the other: the last one is the one that a failure is about.
            kept[:] = [*[service for service in kept if activation_of(service) is not None], self.service]


_activations: list[Activation] = []
"""Innermost last."""


def activations() -> list[Activation]:
    """Those in force, innermost last: the list itself, which ``fake.activation`` changes."""
    return _activations


def activation_of(service: LayerService) -> Activation | None:
    """The service's activation; None if it is off."""
    return next((found for found in _activations if found.service is service), None)


def active_service() -> LayerService | None:
    """The innermost service that is on; None if none is."""
    return _activations[-1].service if _activations else None


def current_service() -> LayerService:
    """The innermost service that is on, for code that only runs while one is."""
    return _activations[-1].service


def calling_service() -> LayerService | None:
    """The service that gets a request of this thread; None if none is on.

    Raises RequestRefused in a thread that outlives its test.
    """
    if late.jobs:
        late.check()
    return _activations[-1].service if _activations else None


def services_on() -> list[LayerService]:
    """The services that are on, innermost last."""
    return [activation.service for activation in _activations]
