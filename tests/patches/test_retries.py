"""What a client remembers of its retries does not reach another test."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_layerperm import LayerPerm, Throttle


def module_level_client(mode: Any) -> Any:
    """Made before any fake is on, as when a module is imported."""
    config = Config(retries={"mode": mode, "total_max_attempts": 3}, region_name="us-east-1")
    keys = {"aws_access_key_id": "123456789012", "aws_secret_access_key": "none"}
    return boto3.client("lambda", config=config, **keys)


def throttled(client: Any, fake: LayerPerm) -> int:
    """Attempts of a call that is throttled each time."""
    before = fake.calls.attempts("ListLayers")
    with fake.inject(Throttle(times=None)), pytest.raises(ClientError):
        client.list_layers()
    return fake.calls.attempts("ListLayers") - before


def test_a_module_level_client_has_its_whole_quota_in_each_test() -> None:
    """500 retries' worth, of which each test may use up all."""
    client = module_level_client("standard")
    for _ in range(3):
        with LayerPerm() as fake:
            attempts = [throttled(client, fake) for _ in range(60)]
        assert (attempts[0], attempts[-1]) == (3, 1)


def test_a_nested_fake_leaves_the_outer_one_its_own() -> None:
    """The quota is what it was, and back to what it was."""
    client = module_level_client("standard")
    with LayerPerm() as outer:
        while throttled(client, outer) > 1:
            pass
        with LayerPerm() as inner:
            assert throttled(client, inner) == 3
        assert throttled(client, outer) == 1


def test_a_module_level_client_of_the_adaptive_mode_starts_unlimited_in_each_test() -> None:
    """What one test has throttled does not slow down the next."""
    client = module_level_client("adaptive")
    waits = []
    for _ in range(2):
        with LayerPerm(frozen_at="2026-01-01T00:00:00Z") as fake:
            client.list_layers()
            assert fake.sleeps == []
            throttled(client, fake)
            client.list_layers()
            waits.append(len(fake.sleeps))
    assert waits[0] == waits[1] > 2


def test_the_first_response_in_a_test_may_be_the_throttled_one() -> None:
    """Then the limiter is fresh from there on."""
    client = module_level_client("adaptive")
    for _ in range(2):
        with LayerPerm(frozen_at="2026-01-01T00:00:00Z") as fake:
            assert throttled(client, fake) == 3


def test_a_nested_fake_is_not_slowed_down_by_the_outer_ones_throttling() -> None:
    """A client of the adaptive mode that is limited in the outer one is not in the inner one."""
    client = module_level_client("adaptive")
    with LayerPerm(frozen_at="2026-01-01T00:00:00Z") as outer:
        throttled(client, outer)
        with LayerPerm() as inner:
            client.list_layers()
            assert inner.sleeps == []
