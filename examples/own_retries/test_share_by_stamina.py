"""Making the waits of share_by_stamina instant."""

import pytest
import stamina
from adding import add_first_draft
from share_by_stamina import share

from pytest_layerperm import assert_layer_shared_with


@pytest.fixture(autouse=True)
def instant_retries():
    """stamina has a test mode, without waits."""
    stamina.set_testing(True, attempts=5)
    yield
    stamina.set_testing(False)


@pytest.mark.layerperm_throttle(times=4)
def test_stamina_waits_for_nothing(layerperm, layerperm_layer):
    share("222222222222")

    assert layerperm.calls.attempts("AddLayerVersionPermission") == 5


@pytest.mark.layerperm_every_fault(virtual_sleep=True)
def test_it_survives_every_failure(layerperm_layer):
    share("222222222222")

    assert_layer_shared_with("222222222222")


def test_the_first_draft_does_not(layerperm, layerperm_layer):
    with pytest.raises(AssertionError, match=r"does not survive \d of 10 failures"):
        for run in layerperm.every_fault(virtual_sleep=True):
            with run:
                share("222222222222", add_first_draft)
