"""Rows about single calls, in this process: on boto3 alone, on the fake, and under moto's mock; and about memory."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.httpsession
from moto import mock_aws

from pytest_layerperm import LayerPerm
from pytest_layerperm.lambda_api.wire import Request
from pytest_layerperm.service.layers import zip_of

from .canned import send
from .measure import Cost, difference, ratio, repeated, take_turns
from .rows import Row, ratio_row

ARCHIVE = zip_of({"python/shared_deps.py": "VERSION = 1\n"})
Action = Callable[[], object]
VERSIONS = CALLS = 100_000
STATEMENTS = 120


@contextmanager
def _floor() -> Generator[None]:
    session_class: Any = botocore.httpsession.URLLib3Session
    real = session_class.send
    session_class.send = send
    try:
        yield
    finally:
        session_class.send = real


def _mix(client: Any) -> Action:
    """The calls of a test in the suites: publish, three adds, two gets, a remove."""

    def calls() -> None:
        published = client.publish_layer_version(LayerName="shared-deps", Content={"ZipFile": ARCHIVE})
        where = {"LayerName": published["LayerArn"], "VersionNumber": published["Version"]}
        for account_id in ("111111111111", "222222222222", "333333333333"):
            _add(client, where, account_id)
        client.get_layer_version_policy(**where)
        client.get_layer_version_policy(**where)
        client.remove_layer_version_permission(**where, StatementId="to-222222222222")

    return calls


def _add(client: Any, where: dict[str, Any], account_id: str) -> None:
    client.add_layer_version_permission(
        **where, StatementId="to-" + account_id, Action="lambda:GetLayerVersion", Principal=account_id
    )


def _where(layer: Any) -> dict[str, Any]:
    return {"LayerName": layer.layer_arn, "VersionNumber": layer.version}


def one_call(rounds: int, times: int = 10) -> Row:
    """The same client, on a canned response and on the fake."""
    client = boto3.client("lambda")

    def on_the_floor() -> Cost:
        with _floor():
            return repeated(_mix(client), times)

    def on_the_fake() -> Cost:
        with LayerPerm():
            return repeated(_mix(client), times)

    costs = take_turns({"floor": on_the_floor, "fake": on_the_fake}, rounds)
    row = ratio_row("one call, in process (mean of a test's seven)", costs["fake"], costs["floor"], 1.15)
    more = difference(costs["fake"], costs["floor"]).cpu / 7
    return row._replace(found=f"{row.found}, {1e6 * more:.0f} µs more")


def under_moto(rounds: int, times: int = 20) -> Row:
    """The same calls while moto's mock is on: with the fake, and with moto alone."""

    def moto_alone() -> Cost:
        with mock_aws():
            return repeated(_mix(boto3.client("lambda")), times)

    def the_fake() -> Cost:
        with mock_aws(), LayerPerm():
            return repeated(_mix(boto3.client("lambda")), times)

    costs = take_turns({"moto": moto_alone, "fake": the_fake}, rounds)
    return ratio_row("the same call under moto's mock", costs["fake"], costs["moto"], 0.5, of="moto")


def growth_of_state(rounds: int, times: int = 100) -> Row:
    """A call on one layer version among many, against a call on the only one."""
    small, large = LayerPerm(), LayerPerm()
    with large:
        for number in range(VERSIONS):
            layer = large.publish_layer(f"layer-{number % 1000}")
        where = _where(layer)
        layer.grant("222222222222")
    with small:
        layer = small.publish_layer()
        layer.grant("222222222222")

    def calls(client: Any, where: dict[str, Any]) -> Action:
        def one_of_each() -> None:
            _add(client, where, "333333333333")
            client.get_layer_version_policy(**where)
            client.get_layer_version(**where)
            client.list_layer_versions(LayerName=where["LayerName"], MaxItems=1)
            client.list_layers(MaxItems=1)
            client.remove_layer_version_permission(**where, StatementId="to-333333333333")

        return one_of_each

    gc.freeze()
    try:
        costs = take_turns(
            {
                "small": lambda: _resumed(small, lambda client: repeated(calls(client, _where(layer)), times)),
                "large": lambda: _resumed(large, lambda client: repeated(calls(client, where), times)),
            },
            rounds,
        )
    finally:
        gc.unfreeze()
    row = ratio_row(f"call cost, from 1 to {VERSIONS:,} layer versions", costs["large"], costs["small"], 1.1, of="at 1")
    return row._replace(must="flat (≤ 1.10 × at 1)")


def growth_of_log(rounds: int, times: int = 200) -> Row:
    """A call with many in the log already, against a call with few."""
    signed = {
        "authorization": "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/lambda/aws4_request, Signature=0"
    }
    list_layers = Request("GET", "lambda.us-east-1.amazonaws.com", "/2018-10-31/layers", "", Lowered(signed), b"")
    few, many = LayerPerm(), LayerPerm()
    for _ in range(CALLS):
        many.handle(list_layers)

    def calls(client: Any) -> Cost:
        return repeated(client.list_layers, times)

    gc.freeze()
    try:
        costs = take_turns({"few": lambda: _resumed(few, calls), "many": lambda: _resumed(many, calls)}, rounds)
    finally:
        gc.unfreeze()
    row = ratio_row(f"call cost, from 1 to {CALLS:,} calls in the log", costs["many"], costs["few"], 1.1, of="at 1")
    return row._replace(must="flat (≤ 1.10 × at 1)")


class Lowered(dict[str, str]):
    """Headers whose names are in lower case, looked up in any."""

    def get(self, name: str, default: Any = None, /) -> Any:
        return super().get(name.lower(), default)


def _resumed(fake: LayerPerm, run: Callable[[Any], Cost]) -> Cost:
    """Turns a fake on again with the state that it had; entering it would start it empty."""
    from pytest_layerperm.fake.activation import switch_off, switch_on

    switch_on(fake)
    fake._depth = 1
    try:
        return run(fake.client())
    finally:
        fake._depth = 0
        switch_off(fake)


def growth_of_policy(rounds: int, times: int = 100) -> Row:
    """Adding, reading and removing beside few and beside many statements: the second half costs as the first does."""
    sizes = (1, STATEMENTS // 2, STATEMENTS - 1)
    client = boto3.client("lambda")

    def on_the_fake(statements: int) -> Cost:
        with LayerPerm() as fake:
            layer = fake.publish_layer("deps")
            for number in range(statements):
                layer.grant("*", statement_id=f"s{number}")  # Short, for so many to fit.
            where = _where(layer)

            def calls() -> None:
                _add(client, where, "222222222222")
                client.get_layer_version_policy(**where)
                client.remove_layer_version_permission(**where, StatementId="to-222222222222")

            return repeated(calls, times)

    costs = take_turns({str(size): lambda size=size: on_the_fake(size) for size in sizes}, 2 * rounds)
    one, half, whole = [costs[str(size)] for size in sizes]
    bend = difference(whole, half).cpu / difference(half, one).cpu
    return Row(
        f"call cost, from 1 to {STATEMENTS} statements",
        "linear only in the policy's own bytes",
        f"{ratio(whole, one).cpu:.2f} × at 1; the second half of them costs {bend:.2f} × the first",
        bend <= 1.3,
    )


def memory(versions: int = 20_000) -> Row:
    """Bytes that a layer version with one statement takes, its content aside."""
    fake = LayerPerm()
    with fake:
        fake.publish_layer().grant("222222222222")
        gc.collect()
        tracemalloc.start()
        try:
            for number in range(versions):
                fake.publish_layer(f"layer-{number % 1000}").grant("222222222222")
            gc.collect()
            taken = tracemalloc.get_traced_memory()[0] / versions
        finally:
            tracemalloc.stop()
    return Row("memory of a layer version with one statement", "≤ 2 KiB", f"{taken / 1024:.2f} KiB", taken <= 2048)
