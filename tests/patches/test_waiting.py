"""Waiting that nobody waits for, and the clock: what is frozen, moved on, and left alone."""

import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import boto3
import botocore.endpoint
import botocore.retries.bucket
import freezegun
import pytest
import time_machine
from botocore.config import Config

from pytest_layerperm import LayerPerm, RateLimit, Throttle
from pytest_layerperm.fake import service_of
from pytest_layerperm.service.layers import zip_of
from tests.limits import start_and_join

NEW_YEAR = datetime(2026, 1, 1, tzinfo=timezone.utc)
LEAP_DAY = datetime(2024, 2, 29, 12, 30, tzinfo=timezone.utc)
ARCHIVE = zip_of({"python/deps.py": ""})
EARLY_SESSION = boto3.Session(region_name="us-east-1")


def publish(client):
    return client.publish_layer_version(LayerName="clocked", Content={"ZipFile": ARCHIVE})


def parsed(created_date):
    return datetime.strptime(created_date, "%Y-%m-%dT%H:%M:%S.%f%z")


def assert_all_clocks_agree(fake, start):
    """A throttled call under a clock frozen at ``start``: everything that tells time tells the same."""
    assert time.time() == pytest.approx(start.timestamp(), abs=0.01)
    waited_before = sum(fake.sleeps)
    fake.inject(Throttle(2))
    created = parsed(publish(fake.client())["CreatedDate"])
    waited = sum(fake.sleeps[-2:])
    assert sum(fake.sleeps) == pytest.approx(waited_before + waited)
    now = start + timedelta(seconds=waited)
    assert time.time() == pytest.approx(now.timestamp(), abs=0.01)
    assert datetime.now(timezone.utc).timestamp() == pytest.approx(now.timestamp(), abs=0.01)
    assert created.timestamp() == pytest.approx(now.timestamp(), abs=0.01)
    last = fake.calls.last
    assert last.time.tzinfo is timezone.utc
    assert last.time.timestamp() == pytest.approx(now.timestamp(), abs=0.01)
    attempts = [call.time for call in list(fake.calls)[-3:]]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(attempts)]
    assert gaps == pytest.approx(fake.sleeps[-2:], abs=0.01)


# --- every way to freeze a clock


def test_layerperm_clock(layerperm, layerperm_clock):
    """The fixture freezes at the start of 2026, can be moved, and is moved on by waits."""
    assert_all_clocks_agree(layerperm, NEW_YEAR)
    layerperm_clock.move_to(LEAP_DAY)
    assert_all_clocks_agree(layerperm, LEAP_DAY)
    before = time.time()
    layerperm_clock.tick(90)
    assert time.time() == before + 90


def test_layerperm_clock_holds_for_what_fixtures_make(layerperm, layerperm_layer, layerperm_clock):
    """The clock is frozen from the start of the fake, whatever the order of the fixtures."""
    answer = layerperm.client().get_layer_version_by_arn(Arn=layerperm_layer.arn)
    assert answer["CreatedDate"] == "2026-01-01T00:00:00.000+0000"
    assert answer["ResponseMetadata"]["HTTPHeaders"]["date"] == "Thu, 01 Jan 2026 00:00:00 GMT"


def test_layerperm_clock_asked_for_in_the_test(layerperm, request):
    """Asked for late, it freezes late."""
    assert abs(time.time() - NEW_YEAR.timestamp()) > 1
    request.getfixturevalue("layerperm_clock")
    assert_all_clocks_agree(layerperm, NEW_YEAR)


@pytest.mark.layerperm(frozen_at="2024-02-29T12:30:00Z")
def test_frozen_at(layerperm):
    """The marker freezes the clock."""
    assert_all_clocks_agree(layerperm, LEAP_DAY)
    assert layerperm.clock is not None


@pytest.mark.layerperm(frozen_at=LEAP_DAY.date())
def test_frozen_at_a_date(layerperm):
    """A date is its midnight in UTC."""
    assert_all_clocks_agree(layerperm, LEAP_DAY.replace(hour=0, minute=0))


@pytest.mark.layerperm(frozen_at=LEAP_DAY)
def test_frozen_at_and_layerperm_clock(layerperm, layerperm_clock):
    """The marker says what the fixture freezes at; a datetime will do."""
    assert layerperm_clock is layerperm.clock
    assert_all_clocks_agree(layerperm, LEAP_DAY)


@freezegun.freeze_time(LEAP_DAY)
def test_freezegun_decorator(layerperm):
    """The user's own decorator, which freezes after the fixtures."""
    assert_all_clocks_agree(layerperm, LEAP_DAY)


def test_freezegun_context_manager(layerperm):
    """The user's own context manager within the fake; outside of it the clock runs."""
    with freezegun.freeze_time(LEAP_DAY) as clock:
        assert_all_clocks_agree(layerperm, LEAP_DAY)
        clock.move_to(NEW_YEAR)
        assert_all_clocks_agree(layerperm, NEW_YEAR)
    assert abs(time.time() - LEAP_DAY.timestamp()) > 3600 * 24


@freezegun.freeze_time(LEAP_DAY)
def test_fake_within_freezegun():
    """The clock is frozen already when the fake comes on, and still when it is off again."""
    with LayerPerm() as fake:
        assert_all_clocks_agree(fake, LEAP_DAY)
    assert datetime.now(timezone.utc).year == 2024


def test_fake_within_freezegun_within_fake(layerperm):
    """An inner fake's own clock goes before the user's, and leaves it where it was."""
    with freezegun.freeze_time(LEAP_DAY), LayerPerm(frozen_at=NEW_YEAR) as inner:
        assert_all_clocks_agree(inner, NEW_YEAR)
    with freezegun.freeze_time(LEAP_DAY):
        assert_all_clocks_agree(layerperm, LEAP_DAY)


@pytest.fixture
def frozen_by_user():
    with freezegun.freeze_time(LEAP_DAY, ignore=["_pytest.timing"]) as clock:
        yield clock


def test_freezegun_fixture_before_ours(frozen_by_user, layerperm):
    """A fixture of the user's that froze the clock before the fake came on."""
    assert_all_clocks_agree(layerperm, LEAP_DAY)


def test_freezegun_fixture_after_ours(layerperm, frozen_by_user):
    """The same one, after."""
    assert_all_clocks_agree(layerperm, LEAP_DAY)


def test_freezegun_that_ignores_botocore(layerperm):
    """Freezegun gives the modules on its list the real time; the fake keeps to the frozen one throughout."""
    with freezegun.freeze_time(LEAP_DAY, ignore=["botocore", "pytest_layerperm"]):
        assert_all_clocks_agree(layerperm, LEAP_DAY)


def test_freezegun_in_a_thread(layerperm):
    """Freezegun gives code right below ``threading`` the real time; the fake keeps to the frozen one."""
    with freezegun.freeze_time(LEAP_DAY):
        thread = threading.Thread(target=layerperm.publish_layer, args=("threaded",))
        start_and_join(thread)
        created = layerperm.client().get_layer_version(LayerName="threaded", VersionNumber=1)["CreatedDate"]
    assert parsed(created) == LEAP_DAY


@pytest.mark.parametrize("settings", [{"tick": True}, {"auto_tick_seconds": 0.0001}], ids=["ticking", "stepping"])
def test_freezegun_clocks_that_move_by_themselves(layerperm, settings):
    """A started clock is moved on by waits like a standing one."""
    with freezegun.freeze_time(LEAP_DAY, **settings):
        layerperm.inject(Throttle(2))
        publish(layerperm.client())
        assert time.time() == pytest.approx(LEAP_DAY.timestamp() + sum(layerperm.sleeps), abs=5)
        assert layerperm.calls.last.seconds == pytest.approx(time.time(), abs=5)


@time_machine.travel(LEAP_DAY, tick=False)
def test_time_machine_decorator(layerperm):
    """time-machine's decorator."""
    assert_all_clocks_agree(layerperm, LEAP_DAY)


def test_time_machine_context_manager(layerperm):
    """time-machine's context manager, moved by the test."""
    with time_machine.travel(LEAP_DAY, tick=False) as traveller:
        assert_all_clocks_agree(layerperm, LEAP_DAY)
        traveller.move_to(NEW_YEAR)
        assert_all_clocks_agree(layerperm, NEW_YEAR)


@time_machine.travel(LEAP_DAY, tick=False)
def test_fake_within_time_machine():
    """time-machine, before the fake comes on."""
    with LayerPerm() as fake:
        assert_all_clocks_agree(fake, LEAP_DAY)
    assert datetime.now(timezone.utc).year == 2024


def test_running_clock(layerperm):
    """Where no clock is frozen, the user's clock is left alone, and the fake's is ahead by the waits."""
    before = time.time()
    layerperm.inject(Throttle(4, retry_after=1))
    client = layerperm.client(config=Config(retries={"mode": "standard", "max_attempts": 5}))
    created = parsed(publish(client)["CreatedDate"]).timestamp()
    waited = sum(layerperm.sleeps)
    after = time.time()
    assert before + waited <= layerperm.calls.last.seconds <= after + waited
    assert before + waited - 0.001 <= created <= after + waited + 0.001


def test_running_clock_refills_the_quota(layerperm):
    """Rate limits run on the same time: what was waited refills them."""
    layerperm.inject(RateLimit(1, burst=1))
    client = layerperm.client(config=Config(retries={"max_attempts": 20}))
    for _ in range(10):
        client.list_layers()
    assert sum(layerperm.sleeps) >= 8.9
    assert layerperm.calls[-1].seconds - layerperm.calls[0].seconds >= 8.9


def test_fake_entered_again_starts_anew():
    """Waits of an earlier run are forgotten."""
    fake = LayerPerm()
    for _ in range(2):
        with fake:
            fake.inject(Throttle(1))
            fake.client().list_layers()
            assert len(fake.sleeps) == 1
            assert service_of(fake).virtual_time.now() == pytest.approx(time.time() + sum(fake.sleeps), abs=5)


# --- what is replaced, and for how long


def test_only_botocore_waits_virtually(layerperm):
    """``time.sleep`` is nobody's but Python's, here and in the user's own retries."""
    assert time.sleep is sys.modules["time"].sleep
    assert type(time.sleep).__name__ == "builtin_function_or_method"
    assert botocore.endpoint.time is not time
    assert botocore.endpoint.time.time is time.time  # everything else of the module is as it is


def test_waiting_is_restored():
    """Botocore waits by itself when the fake is off."""

    def replaced():
        tokens, clock = botocore.retries.bucket.TokenBucket, botocore.retries.bucket.Clock
        return (botocore.endpoint.time, tokens._sleep_amount, tokens._refill, clock.current_time, clock.sleep)

    before = replaced()
    with LayerPerm(), LayerPerm():
        assert replaced() != before
    assert replaced() == before
    assert botocore.endpoint.time is time


def test_real_sleep(monkeypatch):
    """With real_sleep=True retries really wait, and the time they waited is recorded all the same."""
    waited = []
    monkeypatch.setattr(time, "sleep", waited.append)
    with LayerPerm(real_sleep=True) as fake:
        fake.inject(Throttle(2))
        fake.client().list_layers()
        assert waited == fake.sleeps
        assert len(waited) == 2
        assert fake.calls.last.seconds == pytest.approx(time.time(), abs=5)  # and not ahead by the waits


@pytest.mark.layerperm(real_sleep=True)
def test_real_sleep_by_marker(layerperm, monkeypatch):
    """The marker sets it."""
    waited = []
    monkeypatch.setattr(time, "sleep", waited.append)
    layerperm.inject(Throttle(1))
    layerperm.client().list_layers()
    assert waited == layerperm.sleeps
    assert len(waited) == 1


# --- the adaptive mode's own rate limiter

ADAPTIVE = Config(retries={"mode": "adaptive", "max_attempts": 8})


def test_adaptive_mode_waits_for_its_tokens_in_virtual_time(layerperm):
    """After a throttle the client paces itself; these waits are virtual and recorded too."""
    client = layerperm.client(config=ADAPTIVE)
    layerperm.inject(Throttle(1))
    for _ in range(5):
        client.list_layers()
    assert len(layerperm.sleeps) >= 5
    assert sum(layerperm.sleeps) > 1
    assert layerperm.calls[-1].seconds - layerperm.calls[0].seconds == pytest.approx(sum(layerperm.sleeps), abs=5)


@pytest.mark.parametrize("frozen_at", [None, LEAP_DAY, "2050-01-01"])
def test_adaptive_client_of_another_time(frozen_at):
    """A client that was made on the real clock paces itself alike under a clock frozen in its past or future."""
    client = EARLY_SESSION.client("lambda", config=ADAPTIVE)
    for _ in range(2):
        with LayerPerm(frozen_at=frozen_at) as fake:
            fake.inject(Throttle(2))
            for _ in range(3):
                client.list_layers()
            assert 0 < sum(fake.sleeps) < 60


def test_adaptive_client_after_the_fake():
    """A client that outlives the fake finds its last refill in no future."""
    client = EARLY_SESSION.client("lambda", config=ADAPTIVE)
    buckets = []
    real_acquire = botocore.retries.bucket.TokenBucket.acquire

    def acquire(self, *args, **kwargs):
        buckets.append(self)
        return real_acquire(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch, LayerPerm(frozen_at="2050-01-01") as fake:
        patch.setattr(botocore.retries.bucket.TokenBucket, "acquire", acquire)
        fake.inject(Throttle(2))
        client.list_layers()
    assert buckets
    assert all(bucket._last_timestamp is None for bucket in buckets)


@pytest.mark.layerperm(real_sleep=True)
def test_adaptive_mode_with_real_sleep(layerperm, monkeypatch):
    """With real_sleep=True the client really waits for its tokens, on its own condition."""
    waited = []

    def wait(condition, timeout):
        waited.append(timeout)
        service_of(layerperm).virtual_time.pass_by(timeout)

    client = layerperm.client(config=ADAPTIVE)
    layerperm.inject(Throttle(1))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setattr(threading.Condition, "wait", wait)
    client.list_layers()
    assert [seconds > 0 for seconds in waited] == [True]
    assert len(layerperm.sleeps) == 1
