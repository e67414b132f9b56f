"""Making the waits of share_by_loop instant."""

import pytest
from share_by_loop import share

pytestmark = pytest.mark.layerperm_throttle(times=4)


def test_time_sleep_moves_the_clock(layerperm, layerperm_layer, layerperm_clock, monkeypatch):
    """``time.sleep``, as the code under test knows it, moves the test's frozen clock instead."""
    monkeypatch.setattr("share_by_loop.time.sleep", layerperm_clock.tick)

    share("222222222222")

    assert [call.time.second for call in layerperm.calls] == [0, 1, 3, 7, 15]
