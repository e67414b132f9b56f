"""The probe that the other tests here rely on sees each kind of trace."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import botocore.endpoint
import botocore.handlers
import botocore.httpsession
import pytest
import requests.adapters

from pytest_layerperm import LayerPerm
from tests.isolation.probe import CONTAINERS, differences, snapshot
from tests.limits import join


@contextmanager
def _variable() -> Iterator[None]:
    os.environ["LEFT"] = "behind"
    yield
    del os.environ["LEFT"]


@contextmanager
def _inherited_variable() -> Iterator[None]:
    os.putenv("LEFT", "behind")
    yield
    os.unsetenv("LEFT")


@contextmanager
def _thread() -> Iterator[None]:
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="left", daemon=True)
    thread.start()
    yield
    done.set()
    join(thread)


@contextmanager
def _socket() -> Iterator[None]:
    with socket.socket():
        yield


@contextmanager
def _attribute(owner: Any, name: str) -> Iterator[None]:
    was = getattr(owner, name)
    setattr(owner, name, object())
    yield
    setattr(owner, name, was)


@contextmanager
def _item(container: list[Any]) -> Iterator[None]:
    container.append("left")
    yield
    container.pop()


@contextmanager
def _signal_handler() -> Iterator[None]:
    was = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGUSR1, was)


@contextmanager
def _log_handler() -> Iterator[None]:
    handler = logging.NullHandler()
    logging.getLogger("botocore").addHandler(handler)
    yield
    logging.getLogger("botocore").removeHandler(handler)


@contextmanager
def _directory() -> Iterator[None]:
    was = Path.cwd()
    os.chdir("/")
    yield
    os.chdir(was)


@contextmanager
def _living_fake() -> Iterator[None]:
    fake = LayerPerm()
    yield
    del fake


@contextmanager
def _fake_that_is_on() -> Iterator[None]:
    with LayerPerm():
        yield


@contextmanager
def _rules_of_moto() -> Iterator[None]:
    from pytest_layerperm.transports.moto import services

    with _item(services.rules_on):
        yield


TRACES: dict[str, tuple[Callable[[], Any], str]] = {
    "variable": (_variable, "new: os.environ[LEFT] = 'behind'"),
    "inherited variable": (_inherited_variable, "new: inherited variable LEFT = 'behind'"),
    "thread": (_thread, "new: thread left = True"),
    "socket": (_socket, "new: file descriptor "),
    "default session": (lambda: _attribute(boto3, "DEFAULT_SESSION"), "changed: boto3:DEFAULT_SESSION: "),
    "method": (
        lambda: _attribute(botocore.httpsession.URLLib3Session, "send"),
        "changed: botocore.httpsession:URLLib3Session.send: ",
    ),
    "module": (lambda: _attribute(botocore.endpoint, "time"), "changed: botocore.endpoint:time: "),
    "adapter": (
        lambda: _attribute(requests.adapters.HTTPAdapter, "send"),
        "changed: requests.adapters:HTTPAdapter.send: ",
    ),
    "starting programs": (lambda: _attribute(subprocess.Popen, "__init__"), "changed: subprocess:Popen.__init__: "),
    "event handler": (
        lambda: _item(botocore.handlers.BUILTIN_HANDLERS),
        "changed: items of botocore.handlers.BUILTIN_HANDLERS: ",
    ),
    "import hook": (lambda: _item(sys.meta_path), "changed: items of sys.meta_path: "),
    "rules of moto": (_rules_of_moto, "changed: items of pytest_layerperm.transports.moto.services.rules_on: "),
    "signal handler": (_signal_handler, f"changed: handler of signal {int(signal.SIGUSR1)}: "),
    "log handler": (_log_handler, "changed: logger botocore: "),
    "working directory": (_directory, "changed: working directory: "),
    "fake": (_living_fake, "changed: living fakes: "),
    "fake that is on": (_fake_that_is_on, "changed: items of pytest_layerperm.service.active._activations: [] -> ["),
}


@pytest.mark.parametrize("path", CONTAINERS)
def test_every_list_that_is_watched_exists(path: str) -> None:
    """Under the name that the probe has for it: a list that it does not find would never have a trace."""
    module, _, name = path.rpartition(".")
    assert isinstance(getattr(importlib.import_module(module), name), list)


@pytest.mark.parametrize("name", TRACES)
def test_the_probe_sees(name: str) -> None:
    """One line for one trace; a variable is seen by Python and by children, and a fake that is on is many traces."""
    leave, line = TRACES[name]
    with LayerPerm():
        """So that everything is imported."""
    before = snapshot()
    with leave():
        seen = differences(before, snapshot())
    assert [seen_line for seen_line in seen if seen_line.startswith(line)], seen
    assert len(seen) == {"variable": 2, "fake that is on": len(seen)}.get(name, 1), seen
