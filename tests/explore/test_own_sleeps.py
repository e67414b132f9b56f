"""``time.sleep`` of the code under test: really slept, or skipped in virtual time."""

import threading
import time

import pytest

from pytest_layerperm import LayerPerm


def patient(place):
    for attempt in range(3):
        try:
            place.add()
        except place.client.exceptions.TooManyRequestsException:
            if attempt == 2:
                raise
            time.sleep(600)
        else:
            return


def test_own_waits_are_skipped(layerperm, layerperm_clock, place, sweep):
    """The frozen clock moves on by them, and is put back."""
    before = time.sleep
    moments = []

    def block():
        try:
            patient(place)
        finally:
            moments.append(layerperm_clock().minute)

    assert sweep(block, "Throttle", virtual_sleep=True).text == ""
    assert moments == [0, 0, 10]
    assert layerperm_clock().minute == 0
    assert time.sleep is before


def test_own_waits_are_real_unless_the_test_says_otherwise(layerperm, place):
    began = time.perf_counter()
    for run in layerperm.every_fault("Outage"):
        with run:
            time.sleep(0.05)
            place.versions()
    assert time.perf_counter() - began >= 0.15


def test_real_waits_of_retries_are_skipped_too():
    """A fake whose retries really wait, in a block whose waits are skipped."""
    with LayerPerm(real_sleep=True) as fake:
        client = fake.client()
        began = time.perf_counter()
        for run in fake.every_fault("Throttle", virtual_sleep=True):
            with run:
                client.list_layers()
        assert time.perf_counter() - began < 30


def test_who_replaces_it_meanwhile_keeps_it(layerperm, place, monkeypatch):
    """The block's own patch is left alone."""
    ours = []
    for run in layerperm.every_fault("Outage"):
        with run:
            place.versions()
            monkeypatch.setattr(time, "sleep", ours.append)
    assert time.sleep == ours.append


@pytest.mark.parametrize("virtual", [True, False])
def test_it_is_as_before_after_a_failure(layerperm, place, virtual):
    before = time.sleep
    with pytest.raises(ZeroDivisionError):
        for run in layerperm.every_fault(virtual_sleep=virtual):
            with run:
                raise ZeroDivisionError
    assert time.sleep is before


def test_who_hears_of_threads_meanwhile_goes_on(layerperm, place, monkeypatch):
    """The same for what is told of threads that end with an exception."""
    ours = []
    for run in layerperm.every_fault("Outage"):
        with run:
            place.versions()
            monkeypatch.setattr(threading, "excepthook", ours.append)
    assert threading.excepthook == ours.append
