"""Micro benchmarks, for looking into a row that does not hold: ``pytest tests/benchmarks/bench_calls.py``."""

from __future__ import annotations

import pytest

from pytest_layerperm import LayerPerm
from tests.benchmarks.calls import ARCHIVE

pytest.importorskip("pytest_benchmark")


@pytest.fixture
def where(layerperm_layer):
    layerperm_layer.grant("222222222222")
    return {"LayerName": layerperm_layer.layer_arn, "VersionNumber": layerperm_layer.version}


def test_get_policy(benchmark, layerperm_client, where):
    """GetLayerVersionPolicy through boto3."""
    assert benchmark(layerperm_client.get_layer_version_policy, **where)["RevisionId"]


def test_get_version(benchmark, layerperm_client, where):
    """GetLayerVersion through boto3."""
    assert benchmark(layerperm_client.get_layer_version, **where)["Version"] == 1


def test_add_and_remove(benchmark, layerperm_client, where):
    """A statement added and removed through boto3."""

    def add_and_remove():
        layerperm_client.add_layer_version_permission(
            **where, StatementId="partner", Action="lambda:GetLayerVersion", Principal="333333333333"
        )
        return layerperm_client.remove_layer_version_permission(**where, StatementId="partner")

    assert benchmark(add_and_remove)["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_publish(benchmark, layerperm_client):
    """PublishLayerVersion of a small archive through boto3."""
    content = {"ZipFile": ARCHIVE}
    assert benchmark(layerperm_client.publish_layer_version, LayerName="shared-deps", Content=content)["Version"]


def test_publish_without_a_call(benchmark, layerperm):
    """publish_layer(), as tests prepare what they need."""
    assert benchmark(layerperm.publish_layer).version


def test_on_and_off(benchmark):
    """Turning a fake on and off."""

    def on_and_off():
        with LayerPerm() as fake:
            return fake

    assert not benchmark(on_and_off).active


def test_client(benchmark, layerperm):
    """A client of the fake's own."""
    assert benchmark(layerperm.client).meta.region_name == "us-east-1"
