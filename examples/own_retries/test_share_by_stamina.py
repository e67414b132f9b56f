"""Making the waits of share_by_stamina instant."""

import pytest
import stamina
from share_by_stamina import share

pytestmark = pytest.mark.layerperm_throttle(times=4)


@pytest.fixture(autouse=True)
def instant_retries():
    """stamina has a test mode, without waits."""
    stamina.set_testing(True, attempts=5)
    yield
    stamina.set_testing(False)


def test_stamina_waits_for_nothing(layerperm, layerperm_layer):
    share("222222222222")

    assert layerperm.calls.attempts("AddLayerVersionPermission") == 5
