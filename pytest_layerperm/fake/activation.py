"""Puts a service under all clients of this process, and takes it off again."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..patches import environment
from ..patches.replacing import put_back
from ..patches.signals import uninterrupted
from ..service import forks, late
from ..service.active import Activation, activation_of, activations, current_service

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from responses import RequestsMock

    from ..service.service import LayerService

__tracebackhide__ = True
__all__ = ["forks", "freeze", "keep_environment", "put_back_all", "serve_responses", "switch_off", "switch_on"]

_switching = threading.RLock()
"""One thread at a time changes which services are on."""
_late_guard = ExitStack()
"""What stays replaced for threads that outlive their test."""


def switch_on(service: LayerService, frozen_at: datetime | None = None) -> None:
    """Puts the service under all clients of the process. Undone as a whole if any part of it fails.

    A service that is on already stays where it is, and has to be switched off once more. Raises RuntimeError if
    another thread has switched one on: there is one environment and one clock for all threads.
    """
    entered = _entered(service)
    try:
        with uninterrupted(), _switching:
            _switch_on(service, frozen_at)
    except BaseException:
        if _entered(service) > entered:  # A signal: the caller will not leave what it has not entered.
            switch_off(service)
        raise


@cache
def prepare() -> None:
    """Imports what ``switch_on`` needs: in a test, another file system may be in force by then."""
    import_module("boto3")
    for name in (
        *("patches.children", "patches.network", "patches.retries", "patches.sessions", "patches.waiting"),
        *("transports.aiobotocore", "transports.botocore", "transports.moto.hooks", "transports.moto.identities"),
    ):
        import_module(f"pytest_layerperm.{name}")


def _switch_on(service: LayerService, frozen_at: datetime | None) -> None:
    already = activation_of(service)
    if already is not None:
        already.entered += 1
        return
    _check_thread()

    from ..patches.children import children_kept_here
    from ..patches.network import no_aws_names
    from ..patches.retries import fresh_retries
    from ..patches.sessions import cheap_sessions
    from ..patches.waiting import botocore_waits
    from ..transports import aiobotocore, botocore
    from ..transports.moto.hooks import joined
    from ..transports.moto.identities import MotoIdentities
    from ..transports.moto.services import Moto

    with ExitStack() as undo:
        activation = Activation(service, undo)
        activation.test = _test_name()
        activation.threads = frozenset(threading.enumerate())
        activation.thread = threading.get_ident()
        activation.were = environment.change(environment.fake_environment(service.account_id, service.region_name))
        undo.callback(environment.change, activation.were)
        undo.enter_context(children_kept_here())
        undo.enter_context(cheap_sessions())
        undo.enter_context(botocore_waits())
        undo.enter_context(fresh_retries())
        undo.enter_context(botocore.caught())
        undo.enter_context(aiobotocore.caught())
        undo.enter_context(no_aws_names())
        undo.enter_context(joined(current_service))
        if frozen_at is not None:
            from ..patches.clock import frozen

            activation.clock = undo.enter_context(frozen(frozen_at))
        activation.undo = undo.pop_all()
    service.other_services, service.callers.identities = Moto(service, activation.undo), MotoIdentities()
    activations().append(activation)


def freeze(service: LayerService, when: datetime) -> Any:
    """Freezes the clock until the service is switched off; returns freezegun's frozen clock."""
    from ..patches.clock import frozen

    activation = _innermost(service)
    activation.clock = activation.undo.enter_context(frozen(when))
    return activation.clock


def add_profile(service: LayerService, name: str, access_key: str, region_name: str) -> None:
    """Has code that names an AWS profile sign in with that key, until the service is switched off."""
    from ..patches.profiles import Profiles

    activation = _innermost(service)
    if activation.profiles is None:
        profiles = activation.profiles = Profiles(service.account_id, service.region_name)
        activation.undo.callback(profiles.remove)
        activation.undo.callback(service.profile_files.clear)
        service.profile_files.update(profiles.files)
        # What they were before is restored with the rest of the environment.
        environment.change(profiles.environment)
    activation.profiles.add(name, access_key, region_name)


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


def keep_environment(service: LayerService, patch: environment.Patch) -> None:
    """Has the variables outlast an ``undo`` of a ``monkeypatch`` that is undone after the service is switched off."""
    wanted = environment.fake_environment(service.account_id, service.region_name)
    environment.remember(wanted, patch)

    def again() -> None:
        activation = activation_of(service)
        if activation is not None:
            environment.remember(wanted, patch)
            activation.were.update(environment.change({**activation.were, **wanted}))
            if activation.profiles is not None:
                environment.change(activation.profiles.environment)

    environment.survive(patch, again)


def switch_off(service: LayerService) -> None:
    """Restores what was there before, once the service was switched off as often as it was switched on.

    Services are switched off in the reverse of the order in which they were switched on. Raises RuntimeError if
    they were not; those that were switched on later are off then, too.
    """
    entered = _entered(service)
    try:
        with uninterrupted(), _switching:
            _switch_off(service)
    except BaseException:
        if entered and _entered(service) == entered:  # A signal that came before anything else.
            with uninterrupted(), _switching:
                _switch_off(service)
        raise


def _switch_off(service: LayerService) -> None:
    activation = activation_of(service)
    if activation is None:
        raise RuntimeError("this LayerPerm is not on: it was never started, or stopped with one entered before it")
    activation.entered -= 1
    if activation.entered:
        return
    place = activations().index(activation)
    leaving = activations()[place:]
    late.end(activation.test, activation.threads)
    del activations()[place:]
    with ExitStack() as undo:
        undo.callback(_guard_late_threads)
        for each in leaving:
            each.service.other_services = None
            undo.push(each.undo)
    if len(leaving) > 1:
        raise RuntimeError(f"{len(leaving) - 1} LayerPerm entered after this one and never left; switched off now")


def put_back_all(*, session_is_over: bool = False) -> None:
    """Removes our patches that someone else's undo has restored, and those that are no longer needed."""
    if session_is_over:
        late.jobs.clear()
    _guard_late_threads()
    put_back()


def _guard_late_threads() -> None:
    """Keeps the threads of finished tests from AWS, for as long as they run."""
    if late.jobs:
        late.forget_ended()
    _late_guard.close()
    if late.jobs:
        from ..patches.network import no_aws_names
        from ..transports import botocore

        _late_guard.enter_context(botocore.caught())
        _late_guard.enter_context(no_aws_names())


def _check_thread() -> None:
    found = activations()
    if found and found[-1].thread != threading.get_ident():
        raise RuntimeError(
            f"another thread has a LayerPerm on, started by {found[-1].test}: it is the fake of all threads of this "
            "process. Use that one, with .client(account_id) for another account, or start this one in its thread."
        )


def _entered(service: LayerService) -> int:
    activation = activation_of(service)
    return 0 if activation is None else activation.entered


def _test_name() -> str:
    """The test that pytest runs at this moment, without the name of its phase."""
    return os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0] or "a LayerPerm"


def _innermost(service: LayerService) -> Activation:
    found = activations()
    if not found or found[-1].service is not service:
        raise RuntimeError("this LayerPerm is not the one that was entered last")
    return found[-1]
