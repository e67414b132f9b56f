"""Tests that end in the middle: what ``test_killed.py`` runs, one at a time, in one process."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from pytest_layerperm import LayerPerm, Throttle
from tests.limits import start_and_join

CALLS = 500
"""As many as are made at most before an alarm."""

KEY: dict[str, Any] = {"LayerName": "shared-deps", "VersionNumber": 1}


@pytest.fixture
def begun(layerperm: LayerPerm) -> LayerPerm:
    """A fake in use: something in it, faults pending, a client whose handlers were changed."""
    layerperm.publish_layer().grant("*")
    layerperm.inject(Throttle(3, operation="ListLayers"))
    boto3.setup_default_session(region_name="eu-west-1")
    boto3.DEFAULT_SESSION.events.register("before-call", lambda **_: None)  # type: ignore[attr-defined]
    assert boto3.client("lambda", "us-east-1").get_layer_version_policy(**KEY)
    return layerperm


def test_clean(layerperm: LayerPerm) -> None:
    assert layerperm.layers == ()
    assert len(layerperm.calls) == 0
    layerperm.publish_layer().grant("*")
    assert boto3.client("lambda").get_layer_version_policy(**KEY)
    assert layerperm.sleeps == []


def test_another_service(layerperm: LayerPerm) -> None:
    assert boto3.client("sts").get_caller_identity()


def test_a_wait(layerperm: LayerPerm, layerperm_clock: Any) -> None:
    layerperm.inject(Throttle(2))
    assert layerperm.client().list_layers()["Layers"] == []


def test_assertion(begun: LayerPerm) -> None:
    raise AssertionError


def test_exit(begun: LayerPerm) -> None:
    pytest.exit("enough")


def test_system_exit(begun: LayerPerm) -> None:
    sys.exit(3)


def test_interrupt(begun: LayerPerm) -> None:
    signal.raise_signal(signal.SIGINT)


@pytest.fixture
def alarm() -> Iterator[None]:
    """As a time-out: an exception out of nowhere, in the middle of something."""

    def ring(number: int, frame: Any) -> None:
        raise TimeoutError

    was = signal.signal(signal.SIGALRM, ring)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, was)


@pytest.mark.usefixtures("alarm")
def test_alarm_in_calls(begun: LayerPerm) -> None:
    client = begun.client()
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    for _ in range(CALLS):
        client.get_layer_version_policy(**KEY)
    raise TimeoutError  # Where something swallowed the alarm's.


@pytest.mark.usefixtures("alarm")
def test_alarm_in_another_service(begun: LayerPerm) -> None:
    client = boto3.client("sts")
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    for _ in range(CALLS):
        client.get_caller_identity()
    raise TimeoutError  # Where something swallowed the alarm's.


@pytest.mark.usefixtures("alarm")
def test_alarm_in_nested_fakes(begun: LayerPerm) -> None:
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    for _ in range(CALLS):
        with LayerPerm("222222222222") as inner:
            inner.client().list_layers()
    raise TimeoutError  # Where something swallowed the alarm's.


def test_alarm_in_a_wait(begun: LayerPerm, alarm: None, layerperm_clock: Any) -> None:
    """Retries on a frozen clock, without end."""
    client = begun.client()
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    for _ in range(CALLS):
        with begun.inject(Throttle(3)):
            client.get_layer_version_policy(**KEY)
    raise TimeoutError  # Where something swallowed the alarm's.


def test_inside_mocks(begun: LayerPerm, layerperm_responses: Any, layerperm_server: Any) -> None:
    layerperm_responses.get("https://example.com/", body="never asked for")
    client = begun.client(endpoint_url=layerperm_server.url)
    client.get_layer_version_policy(**KEY)
    raise KeyboardInterrupt


@pytest.fixture
def _later_setup(begun: LayerPerm) -> None:
    raise RuntimeError("a fixture after the fake's")


@pytest.mark.usefixtures("_later_setup")
def test_later_setup(begun: LayerPerm) -> None: ...


@pytest.fixture
def _later_teardown(begun: LayerPerm) -> Iterator[None]:
    yield
    raise RuntimeError("a fixture after the fake's")


@pytest.mark.usefixtures("_later_teardown")
def test_later_teardown() -> None: ...


@pytest.fixture
def _earlier_teardown() -> Iterator[None]:
    yield
    raise KeyboardInterrupt


@pytest.mark.usefixtures("_earlier_teardown", "begun")
def test_earlier_teardown() -> None: ...


def test_thread(begun: LayerPerm) -> None:
    """An exception in a thread, noticed by pytest."""
    thread = threading.Thread(target=sys.exit, name="left")
    thread.run = lambda: boto3.client("lambda").get_layer_version(LayerName="none", VersionNumber=1)  # type: ignore[method-assign]
    start_and_join(thread)


def test_a_fake_left_on(begun: LayerPerm) -> None:
    """Started by the test, which then fails before it can stop it."""
    LayerPerm("222222222222").start()
    raise AssertionError


def test_started_once_more(begun: LayerPerm) -> None:
    begun.start()
    raise AssertionError


def test_a_fake_left_on_without_the_fixture() -> None:
    fake = LayerPerm()
    fake.start()
    fake.publish_layer()
    raise AssertionError
