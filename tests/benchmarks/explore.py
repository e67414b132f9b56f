"""Rows about explorations: what a run costs beside the bare block, and what it takes to put everything back."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

from pytest_layerperm import LayerPerm
from pytest_layerperm.fake import service_of

from .calls import ARCHIVE
from .rows import Row

ACCOUNTS = [f"{number:012}" for number in range(1, 6)]
PLACE = {"LayerName": "shared-deps", "VersionNumber": 1}
LIMIT = 1.6


def explorations(rounds: int) -> Iterator[Row]:
    """All of them."""
    yield run_beside_block(rounds)
    yield release(rounds)
    yield put_back(10, 0.01, 40 * rounds)
    yield put_back(10_000, 100, 2 * rounds)


def _add(client: Any, account_id: str) -> None:
    client.add_layer_version_permission(
        **PLACE, StatementId=account_id, Action="lambda:GetLayerVersion", Principal=account_id
    )


def run_beside_block(rounds: int) -> Row:
    """The median run of five adds, and the block alone, each from the same state."""
    ratios: list[float] = []
    for _ in range(rounds):
        with LayerPerm() as fake:
            fake.publish_layer()
            client, service = fake.client(), service_of(fake)
            state = service.save()
            bare = []
            for _ in range(40):
                service.put_back(state)
                began = time.process_time()
                for account_id in ACCOUNTS:
                    _add(client, account_id)
                bare.append(time.process_time() - began)
            service.put_back(state)
            runs = []
            began = time.process_time()
            for run in fake.every_fault(raises=Exception):
                with run:
                    for account_id in ACCOUNTS:
                        _add(client, account_id)
                ended = time.process_time()
                runs.append(ended - began)
                began = ended
            ratios.append(statistics.median(runs) / statistics.median(bare))
    found = statistics.median(ratios)
    return Row(
        "every_fault: a run of five adds", f"≤ {LIMIT} × the bare block", f"{found:.2f} × the block", found <= LIMIT
    )


def release(rounds: int) -> Row:
    """A release of four calls: 33 points, 42 runs."""
    seconds: list[float] = []
    runs = 0
    for _ in range(rounds):
        with LayerPerm() as fake:
            client = fake.client()
            began = time.perf_counter()
            runs = 0
            for run in fake.every_fault(raises=Exception):
                with run:
                    version = client.publish_layer_version(LayerName="shared-deps", Content={"ZipFile": ARCHIVE})
                    where = {"LayerName": "shared-deps", "VersionNumber": version["Version"]}
                    for account_id in ACCOUNTS[:2]:
                        client.add_layer_version_permission(
                            **where, StatementId=account_id, Action="lambda:GetLayerVersion", Principal=account_id
                        )
                    client.get_layer_version(**where)
                runs += 1
            seconds.append(time.perf_counter() - began)
    found = statistics.median(seconds)
    return Row("every_fault: a release of four calls, 33 points", "≤ 1 s", f"{found:.2f} s, {runs} runs", found <= 1)


def put_back(versions: int, limit: float, times: int) -> Row:
    """What happens before each run, with nothing to undo."""
    with LayerPerm() as fake:
        for _ in range(versions):
            fake.publish_layer().grant("*")
        service = service_of(fake)
        state = service.save()
        milliseconds = []
        for _ in range(times):
            began = time.process_time_ns()
            for _ in range(10):
                service.put_back(state)
            milliseconds.append((time.process_time_ns() - began) / 1e7)
    found = statistics.median(milliseconds)
    return Row(
        f"every_fault: state of {versions:,} layer versions put back", _time(limit), _time(found)[2:], found <= limit
    )


def _time(milliseconds: float) -> str:
    return f"≤ {milliseconds * 1000:.0f} µs" if milliseconds < 0.1 else f"≤ {milliseconds:.1f} ms"
