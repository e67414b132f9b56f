"""Making the waits of share_by_tenacity instant."""

import pytest
from share_by_tenacity import share

pytestmark = pytest.mark.layerperm_throttle(times=4)


def test_tenacity_moves_the_clock(layerperm, layerperm_layer, layerperm_clock, monkeypatch):
    """A function that tenacity decorates has its retries as an attribute; their sleep function can be set."""
    monkeypatch.setattr(share.retry, "sleep", layerperm_clock.tick)

    share("222222222222")

    assert [call.time.second for call in layerperm.calls] == [0, 1, 3, 7, 15]
