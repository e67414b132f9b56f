"""Making the waits of share_by_backoff instant."""

import pytest
from share_by_backoff import share

pytestmark = pytest.mark.layerperm_throttle(times=4)


def test_backoff_moves_the_clock(layerperm, layerperm_layer, layerperm_clock, monkeypatch):
    """backoff sleeps with ``time.sleep`` itself."""
    monkeypatch.setattr("time.sleep", layerperm_clock.tick)

    share("222222222222")

    assert [call.time.second for call in layerperm.calls] == [0, 1, 3, 7, 15]
