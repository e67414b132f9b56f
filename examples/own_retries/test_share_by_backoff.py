"""Making the waits of share_by_backoff instant."""

import pytest
from adding import add_first_draft
from share_by_backoff import share

from pytest_layerperm import assert_layer_shared_with


@pytest.mark.layerperm_throttle(times=4)
def test_backoff_moves_the_clock(layerperm, layerperm_layer, layerperm_clock, monkeypatch):
    """backoff sleeps with ``time.sleep`` itself."""
    monkeypatch.setattr("time.sleep", layerperm_clock.tick)

    share("222222222222")

    assert [call.time.second for call in layerperm.calls] == [0, 1, 3, 7, 15]


@pytest.mark.layerperm_every_fault(virtual_sleep=True)
def test_it_survives_every_failure(layerperm_layer):
    share("222222222222")

    assert_layer_shared_with("222222222222")


def test_the_first_draft_does_not(layerperm, layerperm_layer):
    with pytest.raises(AssertionError, match=r"does not survive \d of 10 failures"):
        for run in layerperm.every_fault(virtual_sleep=True):
            with run:
                share("222222222222", add_first_draft)
