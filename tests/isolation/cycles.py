"""The fixtures again and again in one process: what ``python -m tests.isolation`` runs.

The first cycles warm up, for what is made once in a process; then comes a snapshot, and one at the end.
"""

from __future__ import annotations

import gc
import json
import os
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_layerperm import ConnectionLost, Interleave, LayerPerm, Throttle
from tests.isolation import probe
from tests.limits import start_and_join

WARM_UP, CYCLES = int(os.environ["LAYERPERM_WARM_UP"]), int(os.environ["LAYERPERM_CYCLES"])
REPORT = Path(os.environ["LAYERPERM_REPORT"])
KEY: dict[str, Any] = {"LayerName": "shared-deps", "VersionNumber": 1}
GRANT: dict[str, Any] = {**KEY, "StatementId": "grant", "Action": "lambda:GetLayerVersion", "Principal": "222222222222"}

Fixture = Callable[[str], Any]


def share(client: Any) -> None:
    """What code under test does: grant, look, take back, and meet an error."""
    client.add_layer_version_permission(**GRANT)
    assert len(json.loads(client.get_layer_version_policy(**KEY)["Policy"])["Statement"]) == 1
    client.remove_layer_version_permission(**KEY, StatementId="grant")
    with pytest.raises(ClientError):
        client.get_layer_version_policy(**KEY)


def plain(fixture: Fixture) -> None:
    fake: LayerPerm = fixture("layerperm")
    assert fake.layers == ()
    fake.publish_layer()
    share(boto3.client("lambda"))
    assert len(fake.calls) == 4


def faults(fixture: Fixture) -> None:
    fake: LayerPerm = fixture("layerperm")
    fake.publish_layer()
    fake.inject(Throttle(2), ConnectionLost(applied=True, operation="RemoveLayerVersionPermission"))
    fake.inject(Interleave(lambda: fake.layers[0].grant("*"), before="RemoveLayerVersionPermission"))
    client = fake.client()
    client.add_layer_version_permission(**GRANT)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.remove_layer_version_permission(**KEY, StatementId="grant")
    assert fake.sleeps


def nested(fixture: Fixture) -> None:
    fixture("layerperm_layer")
    with LayerPerm("222222222222", "eu-west-1") as inner:
        inner.publish_layer()
        share(boto3.client("lambda"))
    share(fixture("layerperm_client"))


def default_session(fixture: Fixture) -> None:
    """The test's own settings and event handlers."""
    fixture("layerperm_layer")
    boto3.setup_default_session()
    session: Any = boto3.DEFAULT_SESSION
    session.events.register("before-call", lambda **_: None)
    share(boto3.client("lambda"))


def threads(fixture: Fixture) -> None:
    fixture("layerperm_layer")
    start_and_join(*[threading.Thread(target=boto3.client("lambda").list_layers) for _ in range(3)])
    assert len(fixture("layerperm").calls) == 3


def failure(fixture: Fixture) -> None:
    """No layer was published: this must fail, with clients and responses in its traceback."""
    share(fixture("layerperm_client"))


def clock(fixture: Fixture) -> None:
    clock = fixture("layerperm_clock")
    clock.tick(60)
    fixture("layerperm_layer")
    share(boto3.client("lambda"))


def responses(fixture: Fixture) -> None:
    fixture("layerperm_responses").get("https://example.com/", body="theirs")
    with urllib.request.urlopen(f"{fixture('layerperm_server').url}/_layerperm/health", timeout=60) as response:
        assert response.status == 200


def server(fixture: Fixture) -> None:
    fixture("layerperm_layer")
    client = boto3.client("lambda", endpoint_url=fixture("layerperm_server").url)
    share(client)
    client.close()


def other_services(fixture: Fixture) -> None:
    fake: LayerPerm = fixture("layerperm")
    assert boto3.client("sts").get_caller_identity()["Account"] == fake.account_id
    boto3.client("s3").create_bucket(Bucket="artifacts")


OFTEN = [plain, faults, nested, default_session, threads, failure]
SELDOM = [other_services, server, clock]
"""These cost much more, whatever this plugin does: freezegun looks through all modules, moto resets all services.

The clock is the last, so that freezegun knows moto's modules too once the first round is over.
"""


def _cycles(first: int, last: int) -> list[Any]:
    chosen = [
        SELDOM[number // 20 % len(SELDOM)] if number % 20 == 0 else OFTEN[number % len(OFTEN)]
        for number in range(first, last)
    ]
    return [pytest.param(scenario, id=f"{number}-{scenario.__name__}") for number, scenario in enumerate(chosen, first)]


def _held() -> dict[str, int]:
    """What the process holds at this moment."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return {"objects": len(gc.get_objects()), "bytes": pages * os.sysconf("SC_PAGESIZE")}


before: list[Any] = []


@pytest.mark.parametrize("scenario", _cycles(0, WARM_UP))
def test_warm_up(scenario: Callable[[Fixture], None], request: pytest.FixtureRequest) -> None:
    scenario(request.getfixturevalue)


def test_before() -> None:
    before.append(probe.snapshot())
    # The snapshot is held until the end: only now it counts on both sides.
    before.append(_held())


@pytest.mark.parametrize("scenario", _cycles(WARM_UP, WARM_UP + CYCLES))
def test_cycle(scenario: Callable[[Fixture], None], request: pytest.FixtureRequest) -> None:
    scenario(request.getfixturevalue)


def test_after() -> None:
    now = _held()
    snapshot, held = before
    traces = probe.differences(snapshot, probe.snapshot())
    growth = {name: now[name] - held[name] for name in held}
    REPORT.write_text(json.dumps({"traces": traces, **growth}), encoding="utf-8")
