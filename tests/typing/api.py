"""Uses of the public names, for the type checkers: never run. A line that must be refused says so."""

from __future__ import annotations

from collections.abc import Mapping

import pytest_layerperm
from pytest_layerperm import ConnectionLost, LayerPerm, LayerVersion, LoggedCall, Throttle


def in_a_test(layerperm: LayerPerm) -> None:
    layer: LayerVersion = layerperm.publish_layer("shared-deps", region_name="eu-central-1", Description="tools")
    layer = layerperm.publish_layer(content={"python/tools.py": "VERSION = 1\n", "python/data.bin": b"\0"})
    arn: str = layer.arn
    statement_id: str = layer.grant("222222222222")
    layer.grant("*", organization_id="o-exampleorgid", statement_id=statement_id + arn)
    revision_id: str | None = layer.revision_id
    policy: Mapping[str, object] | None = layer.policy
    assert policy, revision_id
    layerperm.client("222222222222", region_name="eu-central-1", config=None).list_layers()
    layerperm.organization(accounts=["222222222222"])
    attempts: int = layerperm.calls.attempts("AddLayerVersionPermission")
    calls: list[LoggedCall] = [call for call in layerperm.calls if call.seconds + attempts]
    last: LoggedCall | None = layerperm.calls.last
    sleeps: list[float] = layerperm.sleeps
    assert calls, (last, sleeps)


def as_a_context_manager() -> None:
    with LayerPerm("210987654321", "cn-north-1", frozen_at="2026-01-01") as fake:
        fake.inject(Throttle(2, operation="AddLayerVersionPermission"))
        with fake.inject(ConnectionLost(applied=True, error="ReadTimeoutError")) as faults:
            struck: int = faults[0].struck
            assert struck == 0


def as_a_sweep(layerperm: LayerPerm) -> None:
    for run in layerperm.every_fault(Throttle(times=None), "Killed", always=[print], raises=(OSError, ValueError)):
        with run:
            layerperm.client().list_layers()
        error: BaseException | None = run.error
        assert run.point or run.died or run.succeeded, error


@LayerPerm()
def as_a_decorator(text: str) -> int:
    return len(text)


length: int = as_a_decorator("x")


def must_be_refused(layer: LayerVersion) -> None:
    as_a_decorator(1)  # type: ignore[arg-type]
    LayerPerm(account_id=123456789012)  # type: ignore[arg-type]
    LayerPerm("123456789012", "us-east-1", True)  # type: ignore[call-arg]
    layer.grant(principal=222222222222)  # type: ignore[arg-type]
    layer.version = 2  # type: ignore[misc]
    ConnectionLost(error="TypeError")  # type: ignore[arg-type]
    layer_perm = LayerPerm()
    layer_perm.every_fault(429)  # type: ignore[arg-type]
    pytest_layerperm.Throtle()  # type: ignore[attr-defined]
