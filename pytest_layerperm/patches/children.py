"""Programs that the code under test starts: while a fake is on, no AWS call of theirs leaves this machine.

A program that is started knows only its environment, where the AWS CLI and the SDKs look for ``AWS_ENDPOINT_URL``.
This process must not see that variable, or code that asks for it would not do what it does on AWS; so it is set with
``os.putenv``, bypassing ``os.environ``, and in the environments that are passed explicitly.
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

from ..service.active import activations, active_service
from .environment import FIXED
from .loopback import is_loopback, no_proxy
from .replacing import replaced

NOWHERE = "http://127.0.0.1:1/use-the-layerperm_server-fixture"
"""An endpoint where nothing listens: port 1 is reserved. Clients show the URL that they could not reach."""
_ENDPOINT = "AWS_ENDPOINT_URL"
_POPEN_ENV = 10
"""Where ``subprocess.Popen`` takes ``env`` by position."""
_STARTERS = [name for name in ("execve", "posix_spawn", "posix_spawnp") if hasattr(os, name)]
"""Functions of ``os`` that take an environment as the third argument; the others call these."""


@contextmanager
def children_kept_here() -> Generator[None]:
    """Sends the AWS calls of programs started meanwhile nowhere, unless they are given an endpoint on this machine."""
    hidden = _hidden()
    with ExitStack() as undo:
        if not activations():
            undo.callback(_uncover, hidden)
        for name, value in hidden.items():
            os.putenv(name, value)
        undo.enter_context(replaced((os, "putenv", _putting), (os, "unsetenv", _unsetting)))
        undo.enter_context(replaced(*[(os, name, _guarding) for name in _STARTERS]))
        if isinstance(subprocess.Popen, type):  # pyright: ignore[reportUnnecessaryIsInstance] - or the test's mock
            undo.enter_context(replaced((subprocess.Popen, "__init__", _guarding_init)))
        if not activations():
            undo.enter_context(_fork_server_of_its_own())
        yield


def _hidden() -> dict[str, str]:
    """What children inherit and this process does not see."""
    return {_ENDPOINT: NOWHERE, **no_proxy(os.environ)}


def guarded(environment: Mapping[Any, Any]) -> dict[str, str]:
    """The environment for a child: endpoints on this machine stay, all others become ``NOWHERE``."""
    given = {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()}
    endpoints = [name for name in given if name.startswith(_ENDPOINT)]
    for name in endpoints:
        if not is_loopback(urlsplit(given[name])):
            del given[name]
    given.pop("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", None)
    if _ENDPOINT not in given:
        given[_ENDPOINT] = NOWHERE
        if not any(name in given for name in endpoints):
            given.setdefault("AWS_MAX_ATTEMPTS", "1")  # Retrying is pointless.
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


def _putting(put: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """os.putenv, which each change of ``os.environ`` calls."""

    def putenv(name: Any, value: Any) -> None:
        variable = os.fsdecode(name)
        if active_service() is not None and (variable.startswith(_ENDPOINT) or variable in ("NO_PROXY", "no_proxy")):
            value = guarded({variable: value})[variable if variable != "NO_PROXY" else "no_proxy"]
        put(name, value)

    return putenv


def _unsetting(unset: Callable[[Any], None]) -> Callable[[Any], None]:
    """os.unsetenv, which each removal from ``os.environ`` calls: what is hidden is there again."""

    def unsetenv(name: Any) -> None:
        unset(name)
        if active_service() is not None and os.fsdecode(name) in _hidden():
            os.putenv(name, _hidden()[os.fsdecode(name)])

    return unsetenv


def _guarding(start: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(start)
    def guarding(path: Any, argv: Any, env: Any, *args: Any, **kwargs: Any) -> Any:
        return start(path, argv, env if active_service() is None else guarded(env), *args, **kwargs)

    return guarding


def _guarding_init(init: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(init)
    def guarding(popen: Any, *args: Any, **kwargs: Any) -> None:
        if active_service() is None:
            return init(popen, *args, **kwargs)
        if len(args) > _POPEN_ENV:
            args = (*args[:_POPEN_ENV], _guarded_or_own(args[_POPEN_ENV]), *args[_POPEN_ENV + 1 :])
        else:
            kwargs["env"] = _guarded_or_own(kwargs.get("env"))
        return init(popen, *args, **kwargs)

    return guarding


def _guarded_or_own(environment: Mapping[Any, Any] | None) -> dict[str, str]:
    return guarded(os.environ if environment is None else environment)


def _in_forked_child() -> None:
    """Code that imported ``execve`` before the fake was on calls it past the replacement; an audit hook sees it.

    Hooks cannot be removed, so there is none in the process that forks.
    """
    if activations():  # pragma: no cover - a process that execve replaces measures nothing
        sys.addaudithook(_before_exec)


def _before_exec(event: str, arguments: tuple[Any, ...]) -> None:  # pragma: no cover - as above
    if event == "os.exec" and arguments[2] is not None:
        path, argv, env = arguments
        wanted = guarded(env)
        if wanted != {os.fsdecode(name): os.fsdecode(value) for name, value in env.items()}:
            os.execve(path, argv, wanted)  # noqa: S606


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows has no fork
    os.register_at_fork(after_in_child=_in_forked_child)


@contextmanager
def _fork_server_of_its_own() -> Generator[None]:
    """Has ``multiprocessing`` start another fork server: one started earlier would fork children without the guard."""
    before = _fork_server_state()
    _set_fork_server_state(dict.fromkeys(before))
    try:
        yield
    finally:
        if _fork_server_state().get("_forkserver_pid") is not None:
            with suppress(ChildProcessError):  # in a forked child it is its parent's to end
                _fork_server()._stop()  # noqa: SLF001
        _set_fork_server_state(dict.fromkeys(_fork_server_state()) | before)


def _fork_server() -> Any:
    module: Any = sys.modules.get("multiprocessing.forkserver")
    return None if module is None else module._forkserver  # noqa: SLF001


def _fork_server_state() -> dict[str, Any]:
    """Where the fork server can be reached: process, socket and pipe; empty if the module is not in use."""
    members: dict[str, Any] = getattr(_fork_server(), "__dict__", {})
    return {name: value for name, value in members.items() if name.startswith("_forkserver_")}


def _set_fork_server_state(state: Mapping[str, Any]) -> None:
    server = _fork_server()
    for name, value in state.items():
        setattr(server, name, value)
