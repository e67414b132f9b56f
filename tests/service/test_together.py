"""Many threads at once: the log is in order of effect, and what is one step for a user is one step for the fake."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pytest_layerperm import Interleave, LayerPerm, RateLimit, ServiceFailure, Slow, Throttle
from pytest_layerperm.fake import service_of
from pytest_layerperm.lambda_api.wire import Call
from pytest_layerperm.service.calls import CallLog, LoggedCall
from pytest_layerperm.service.layers import zip_of
from pytest_layerperm.service.virtual_time import VirtualTime
from tests.limits import LIMIT

THREADS = 16


def in_threads(action: Callable[[int], Any]) -> list[Any]:
    """What the action returns in each of sixteen threads that start at the same moment."""
    together = threading.Barrier(THREADS)

    def run(number: int) -> Any:
        together.wait(LIMIT)
        return action(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_the_log_is_in_order_of_effect(layerperm: LayerPerm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that is held up between its effect and the log has its line where it belongs."""
    client, store, add = layerperm.client(), service_of(layerperm).store, CallLog.add
    publish = store.publish
    published: list[Any] = []

    def noted(*args: Any) -> Any:
        version = publish(*args)
        published.append(version.details.description)
        return version

    def held_up(log: CallLog, call: LoggedCall, *order: Any) -> None:
        # The earlier its effect, the later its line.
        time.sleep(0.01 * (THREADS - published.index(call.parameters["Description"])))
        add(log, call, *order)

    monkeypatch.setattr(store, "publish", noted)
    monkeypatch.setattr(CallLog, "add", held_up)
    archive = {"ZipFile": zip_of({"a.py": ""})}
    in_threads(lambda number: client.publish_layer_version(LayerName="one", Content=archive, Description=str(number)))
    assert [call.parameters["Description"] for call in layerperm.calls] == published


def test_a_rate_limit_takes_the_time_at_which_it_decides() -> None:
    """A call that came in earlier and gets there later finds the tokens that have come meanwhile."""
    limit = RateLimit(1, burst=1)
    times = iter([100.0, 101.0])

    def call(came_in: float) -> Call:
        return Call("ListLayers", "123456789012", "us-east-1", {}, time=came_in, now=lambda: next(times))

    assert not limit.takes(call(100.0))
    assert not limit.takes(call(99.0))


def test_grants_of_many_threads_get_statement_ids_of_their_own(layerperm: LayerPerm) -> None:
    """None is an error, and none is lost."""
    layer = layerperm.publish_layer()
    made = in_threads(lambda number: [layer.grant("222222222222") for _ in range(5)])
    ids = [statement_id for some in made for statement_id in some]
    assert len(set(ids)) == THREADS * 5
    assert layer.policy is not None
    assert {statement["Sid"] for statement in layer.policy["Statement"]} == set(ids)


def test_callers_that_sign_in_at_once_are_not_mixed_up(layerperm: LayerPerm) -> None:
    """Each has an access key of its own."""
    callers = service_of(layerperm).callers
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    keys = in_threads(lambda number: [callers.sign_in("222222222222", "aws", policy) for _ in range(20)])
    assert len({key for some in keys for key in some}) == THREADS * 20


def test_faults_that_are_injected_at_once_are_all_on(layerperm: LayerPerm) -> None:
    """None is lost, whichever thread comes first."""
    in_threads(lambda number: [layerperm.inject(Throttle(times=None, operation="ListLayers")) for _ in range(20)])
    assert len(layerperm.faults) == THREADS * 20


def test_an_account_declared_twice_at_once_is_in_one_organization(layerperm: LayerPerm) -> None:
    """The second one is an error."""

    def declare(number: int) -> bool:
        try:
            layerperm.organization(f"o-exampleorg{number:02}", accounts=["222222222222"])
        except ValueError:
            return False
        return True

    assert sum(in_threads(declare)) == 1


def test_a_thousand_faults_at_once() -> None:
    """They strike in order, those that are not of a call cost little, and a failure names the first few."""
    fake = LayerPerm()
    kinds: list[Any] = [Throttle, ServiceFailure, lambda **limits: Slow(1, **limits)]
    faults = [kinds[number % 3](operation="DeleteLayerVersion") for number in range(1000)]
    fake.start()
    try:
        client = fake.client()
        fake.inject(*faults)
        client.list_layers()
        for _ in range(20):
            with suppress(ClientError):
                client.delete_layer_version(LayerName="none", VersionNumber=1)
    finally:
        fake.stop()
    assert [fault.struck for fault in faults[:40]] == [1] * 40
    with pytest.raises(AssertionError, match=r"and \d{3} more\n  Slow"):
        fake.verify()


def test_many_faults_that_strike_one_call(layerperm: LayerPerm) -> None:
    """Hundreds of writers just before it."""
    came: list[int] = []
    rivals = [Interleave(lambda number=number: came.append(number), before="ListLayers") for number in range(300)]  # type: ignore[misc]
    with layerperm.inject(*rivals):
        layerperm.client().list_layers()
    assert came == list(range(300))


def test_waits_of_many_threads_are_all_counted() -> None:
    """Virtual time loses none."""
    virtual_time = VirtualTime()
    before = virtual_time.now()
    in_threads(lambda number: [virtual_time.sleep(10) for _ in range(100)])
    assert len(virtual_time.sleeps) == THREADS * 100
    assert virtual_time.now() - before == pytest.approx(THREADS * 1000, abs=60)
