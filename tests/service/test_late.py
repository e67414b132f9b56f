"""Threads that outlive their test: their calls reach neither AWS nor the next test's fake."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from typing import Any

import boto3
import botocore.httpsession
import pytest

from pytest_layerperm import LayerPerm, RequestRefused
from pytest_layerperm.fake.activation import put_back_all
from pytest_layerperm.service import late
from tests.limits import LIMIT

REFUSED = "it was started by tests/service/test_late.py::test_[a-z_]+, which is over, and with it the fake"


class Waiting:
    """A thread that calls a function each time it is told to, until it is told to end."""

    def __init__(self) -> None:
        self.asked: queue.Queue[Callable[[], Any] | None] = queue.Queue()
        self.came: queue.Queue[Any] = queue.Queue()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        while (action := self.asked.get(timeout=LIMIT)) is not None:
            try:
                self.came.put(action())
            except Exception as error:
                self.came.put(error)

    def __call__(self, action: Callable[[], Any]) -> Any:
        self.asked.put(action)
        return self.came.get(timeout=60)

    def end(self) -> None:
        self.asked.put(None)
        self.thread.join(LIMIT)
        put_back_all()


def test_a_thread_of_a_finished_test_reaches_nobody() -> None:
    """Neither with no fake on, nor in the next one; the error names its test."""
    with LayerPerm() as fake:
        waiting = Waiting()
        client = fake.client()
        assert waiting(client.list_layers)["Layers"] == []
    try:
        assert isinstance(waiting(client.list_layers), RequestRefused)
        error = waiting(lambda: socket.getaddrinfo("lambda.us-east-1.amazonaws.com", 443))
        with pytest.raises(RequestRefused, match=REFUSED):
            raise error
        assert waiting(lambda: socket.gethostbyname("localhost")) == "127.0.0.1"
        with LayerPerm() as following:
            error = waiting(client.list_layers)
            with pytest.raises(RequestRefused, match=REFUSED):
                raise error
            assert len(following.calls) == 0
            boto3.client("lambda").list_layers()
            assert len(following.calls) == 1
    finally:
        waiting.end()


def test_nothing_stays_replaced_when_the_thread_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """And meanwhile other threads are left alone."""
    session: Any = botocore.httpsession.URLLib3Session
    send = session.send
    with LayerPerm():
        waiting = Waiting()
    assert session.send is not send
    waiting.end()
    assert session.send is send
    assert late.jobs == {}


def test_what_was_on_its_way_is_late(layerperm: LayerPerm) -> None:
    """A timer that was set in the test, and code in the middle of a call's retries."""
    came: queue.Queue[Any] = queue.Queue()

    def call() -> None:
        try:
            came.put(boto3.client("lambda", "us-east-1").list_layers())
        except Exception as error:
            came.put(error)

    with LayerPerm():
        timer = threading.Timer(0.2, call)
        timer.start()
    error = came.get(timeout=60)
    timer.join(LIMIT)
    with pytest.raises(RequestRefused, match=REFUSED):
        raise error


@pytest.mark.parametrize("make", [ThreadPoolExecutor, ThreadPool])
def test_a_pool_that_outlives_a_test_serves_the_next(make: Callable[[int], Any]) -> None:
    """Its threads wait for work, whoever started them."""

    def call(pool: Any) -> Any:
        return list(pool.map(lambda number: boto3.client("lambda").list_layers(), [1]))

    with LayerPerm() as fake:
        pool = make(1)
        call(pool)
        assert len(fake.calls) == 1
    with LayerPerm() as fake:
        call(pool)
        assert len(fake.calls) == 1
    getattr(pool, "shutdown", getattr(pool, "terminate", None))()


def test_a_pool_s_thread_that_was_busy_is_free_again() -> None:
    """What it did for the test that is over is late, and what it does next is not."""
    begun, go_on = threading.Event(), threading.Event()

    def busy(client: Any) -> Any:
        begun.set()
        go_on.wait(LIMIT)
        return client.list_layers()

    pool = ThreadPoolExecutor(1)
    with LayerPerm() as fake:
        client = fake.client()
        running = pool.submit(busy, client)
        begun.wait(LIMIT)
    with LayerPerm() as fake:
        go_on.set()
        with pytest.raises(RequestRefused, match=REFUSED):
            running.result(LIMIT)
        assert pool.submit(client.list_layers).result(LIMIT)["Layers"] == []
        assert len(fake.calls) == 1
    pool.shutdown()
    put_back_all()


def test_a_thread_from_before_the_test_is_not_its_own() -> None:
    """A server that a fixture of the session has started, for one."""
    waiting = Waiting()
    try:
        for _ in range(2):
            with LayerPerm() as fake:
                waiting(fake.client().list_layers)
                assert len(fake.calls) == 1
        assert late.jobs == {}
    finally:
        waiting.end()


def test_when_the_session_is_over_nothing_is_kept() -> None:
    """Whatever still runs."""
    with LayerPerm():
        waiting = Waiting()
    assert late.jobs
    put_back_all(session_is_over=True)
    assert late.jobs == {}
    waiting.end()


def test_several_fakes_in_several_threads(layerperm: LayerPerm) -> None:
    """Refused, and the one that is on goes on as before."""
    errors: list[str] = []

    def start() -> None:
        try:
            LayerPerm("222222222222").start()
        except RuntimeError as error:
            errors.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join(LIMIT)
    name = "tests/service/test_late.py::test_several_fakes_in_several_threads"
    assert errors == [
        f"another thread has a LayerPerm on, started by {name}: it is the fake of all threads of this process. "
        "Use that one, with .client(account_id) for another account, or start this one in its thread."
    ]
    boto3.client("lambda").list_layers()
    assert len(layerperm.calls) == 1
