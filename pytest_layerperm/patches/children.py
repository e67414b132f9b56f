"""Programs that the code under test starts: while a fake is on, no AWS call of theirs leaves this machine.

A forked child has the fake itself. A program that is started knows only its environment, where the AWS CLI and the
SDKs look for ``AWS_ENDPOINT_URL``. This process must not see that variable, or code that asks for it would not do what
it does on AWS; so it is set behind the back of ``os.environ``, and in the environments that are handed on explicitly.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from .environment import FIXED
from .loopback import is_loopback, no_proxy

NOWHERE = "http://127.0.0.1:1/use-the-layerperm_server-fixture"
"""An endpoint where nothing listens: port 1 is reserved. Clients show the URL that they could not reach."""
_ENDPOINT = "AWS_ENDPOINT_URL"
_POPEN_ENV = 10
"""Where ``subprocess.Popen`` takes ``env`` by position."""
_STARTERS = [name for name in ("execve", "posix_spawn", "posix_spawnp") if hasattr(os, name)]
"""Functions of ``os`` that take an environment, third; all others that take one come down to them."""


@contextmanager
def children_kept_here(*, nested: bool) -> Generator[None]:
    """Sends the AWS calls of programs started meanwhile nowhere, unless they are given an endpoint on this machine.

    Once more inside, ``nested``, it only makes good what a change of ``os.environ`` took away.
    """
    hidden = {_ENDPOINT: NOWHERE, **no_proxy(os.environ)}
    for name, value in hidden.items():
        os.putenv(name, value)
    if nested:
        yield
        return
    with ExitStack() as undo:
        undo.callback(_uncover, hidden)
        for name in _STARTERS:
            undo.callback(setattr, os, name, getattr(os, name))
            setattr(os, name, _guarding(getattr(os, name)))
        popen: Any = subprocess.Popen
        if isinstance(popen, type):  # and no mock of the code under test
            undo.callback(setattr, popen, "__init__", popen.__init__)
            popen.__init__ = _guarding_init(popen.__init__)
        undo.enter_context(_fork_server_of_its_own())
        yield


def guarded(environment: Mapping[Any, Any]) -> dict[str, str]:
    """The environment for a child: endpoints on this machine stay, for all others there is ``NOWHERE``."""
    given = {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()}
    endpoints = [name for name in given if name.startswith(_ENDPOINT)]
    for name in endpoints:
        if not is_loopback(urlsplit(given[name])):
            del given[name]
    given.pop("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", None)
    if _ENDPOINT not in given:
        given[_ENDPOINT] = NOWHERE
        if not any(name in given for name in endpoints):
            given.setdefault("AWS_MAX_ATTEMPTS", "1")  # Nothing comes of trying again.
    for name, value in FIXED.items():
        given.setdefault(name, value)
    return {**given, **no_proxy(given)}


def _uncover(hidden: Mapping[str, str]) -> None:
    """Makes what children inherit what ``os.environ`` says again."""
    for name in hidden:
        value = os.environ.get(name)
        if value is None:
            os.unsetenv(name)
        else:
            os.putenv(name, value)


@functools.lru_cache(maxsize=16)
def _guarding(start: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(start)
    def guarding(path: Any, argv: Any, env: Any, *args: Any, **kwargs: Any) -> Any:
        return start(path, argv, guarded(env), *args, **kwargs)

    return guarding


@functools.lru_cache(maxsize=16)
def _guarding_init(init: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(init)
    def guarding(popen: Any, *args: Any, **kwargs: Any) -> None:
        if len(args) > _POPEN_ENV:
            args = (*args[:_POPEN_ENV], _guarded_or_own(args[_POPEN_ENV]), *args[_POPEN_ENV + 1 :])
        else:
            kwargs["env"] = _guarded_or_own(kwargs.get("env"))
        init(popen, *args, **kwargs)

    return guarding


def _guarded_or_own(environment: Mapping[Any, Any] | None) -> dict[str, str]:
    return guarded(os.environ if environment is None else environment)


@contextmanager
def _fork_server_of_its_own() -> Generator[None]:
    """Has ``multiprocessing`` start another fork server: one from before would fork children without the guard."""
    before = _fork_server_state()
    _set_fork_server_state(dict.fromkeys(before))
    try:
        yield
    finally:
        if _fork_server_state().get("_forkserver_pid") is not None:
            with suppress(ChildProcessError):  # where a forked child gets here, it is its parent's to end
                _fork_server()._stop()  # noqa: SLF001
        _set_fork_server_state(dict.fromkeys(_fork_server_state()) | before)


def _fork_server() -> Any:
    module: Any = sys.modules.get("multiprocessing.forkserver")
    return None if module is None else module._forkserver  # noqa: SLF001


def _fork_server_state() -> dict[str, Any]:
    """Where the fork server can be reached: process, socket and pipe; empty where the module is not in use."""
    members: dict[str, Any] = getattr(_fork_server(), "__dict__", {})
    return {name: value for name, value in members.items() if name.startswith("_forkserver_")}


def _set_fork_server_state(state: Mapping[str, Any]) -> None:
    server = _fork_server()
    for name, value in state.items():
        setattr(server, name, value)
