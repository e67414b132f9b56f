"""Clocks that are left in another order than they were frozen."""

import time

import freezegun.api
import pytest
from freezegun import freeze_time

from pytest_layerperm import LayerPerm

pytestmark = pytest.mark.usefixtures("_running_clock")


@pytest.fixture
def _running_clock():
    """The clock runs before and after."""
    assert not freezegun.api.freeze_factories
    yield
    assert not freezegun.api.freeze_factories
    assert time.time is freezegun.api.real_time


def test_the_first_is_left_first_and_two_others_stay():
    """The one that is stopped last puts back what the first had replaced."""
    fake = LayerPerm(frozen_at="2026-01-01")
    fake.start()
    second, third = freeze_time("2027-01-01"), freeze_time("2028-01-01")
    second.start()
    third.start()
    fake.stop()
    assert time.gmtime().tm_year == 2028
    third.stop()
    assert time.gmtime().tm_year == 2027
    second.stop()


def test_the_first_is_left_first_and_another_fake_comes_last():
    """freezegun takes the last clock off whoever stops."""
    first, last = LayerPerm(frozen_at="2026-01-01"), LayerPerm(frozen_at="2028-01-01")
    first.start()
    between = freeze_time("2027-01-01")
    between.start()
    first.stop()
    last.start()
    between.stop()
    last.stop()


def test_all_are_fakes():
    """Stopped in the order in which they were started."""
    first, second = LayerPerm(frozen_at="2026-01-01"), LayerPerm(frozen_at="2027-01-01")
    first.start()
    second.start()
    with pytest.raises(RuntimeError, match="never left"):
        first.stop()
