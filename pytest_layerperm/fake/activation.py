"""Puts a service under all clients of this process, and takes it off again."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from ..patches import environment
from ..service.active import Activation, activation_of, activations, current_service
from ..service.virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from responses import RequestsMock

    from ..service.service import LayerService

__tracebackhide__ = True


def switch_on(service: LayerService, frozen_at: datetime | None = None) -> None:
    """Puts the service under all clients of the process. Undone as a whole if any part of it fails.

    A service that is on already stays where it is, and has to be switched off once more.
    """
    already = activation_of(service)
    if already is not None:
        already.entered += 1
        return

    from ..patches.children import children_kept_here
    from ..patches.sessions import cheap_sessions
    from ..patches.waiting import botocore_waits
    from ..transports import aiobotocore, botocore
    from ..transports.moto.hooks import Moto, joined
    from ..transports.moto.identities import MotoIdentities

    with ExitStack() as undo:
        were = environment.change(environment.fake_environment(service.account_id, service.region_name))
        undo.callback(environment.change, were)
        undo.enter_context(children_kept_here(nested=bool(activations())))
        undo.enter_context(cheap_sessions())
        undo.enter_context(botocore_waits(_current_time))
        undo.enter_context(botocore.caught(current_service))
        undo.enter_context(aiobotocore.caught(current_service))
        undo.enter_context(joined(current_service))
        clock = None if frozen_at is None else _frozen(undo, frozen_at)
        kept = undo.pop_all()
    service.other_services, service.callers.identities = Moto(service, kept), MotoIdentities()
    activations().append(Activation(service, kept, clock=clock))


def freeze(service: LayerService, when: datetime) -> Any:
    """Freezes the clock until the service is switched off; returns freezegun's frozen clock."""
    activation = _innermost(service)
    activation.clock = _frozen(activation.undo, when)
    return activation.clock


def serve_responses(service: LayerService) -> tuple[RequestsMock, Callable[[], None]]:
    """A started ``RequestsMock`` that serves layer calls, and what stops it.

    If a mock that was started inside it is still on, moto's that the fake started, stopping waits for the service to
    be switched off: mocks of ``requests`` restore each other's patch in the right order only.
    """
    from ..transports.responses import is_on_top, serving

    undo = ExitStack()
    mock = undo.enter_context(serving(current_service))
    _innermost(service).undo.callback(undo.close)

    def stop() -> None:
        if is_on_top(mock):
            undo.close()

    return mock, stop


def switch_off(service: LayerService) -> None:
    """Restores what was there before, once the service was switched off as often as it was switched on.

    Services are switched off in the reverse of the order in which they were switched on. Raises RuntimeError if
    they were not; those that were switched on later are off then, too.
    """
    activation = activation_of(service)
    if activation is None:
        raise RuntimeError("this LayerPerm is not on: it was never started, or stopped with one entered before it")
    activation.entered -= 1
    if activation.entered:
        return
    place = activations().index(activation)
    left_on = len(activations()) - place - 1
    try:
        with ExitStack() as undo:
            for each in activations()[place:]:
                each.service.other_services = None
                undo.push(each.undo)
    finally:
        del activations()[place:]
    if left_on:
        raise RuntimeError(f"{left_on} LayerPerm entered after this one and never left; switched off now")


def _innermost(service: LayerService) -> Activation:
    found = activations()
    if not found or found[-1].service is not service:
        raise RuntimeError("this LayerPerm is not the one that was entered last")
    return found[-1]


def _frozen(undo: ExitStack, when: datetime) -> Any:
    from freezegun import freeze_time

    # pytest's own stopwatch goes on: a frozen one makes nonsense of the durations that it reports. So does the event
    # loop's: one whose clock stands still never wakes up a task.
    return undo.enter_context(freeze_time(when, ignore=["_pytest.timing"], real_asyncio=True))


def _current_time() -> VirtualTime:
    return current_service().virtual_time
