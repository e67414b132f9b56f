"""A release that is fine on a good day, and the sweep that says what else may happen: it fails on purpose."""

import io
import zipfile

import boto3
import pytest

from pytest_layerperm import assert_layer_shared_with

PARTNERS = ["222222222222", "333333333333"]


def release(name, archive, accounts):
    client = boto3.client("lambda")
    version = client.publish_layer_version(LayerName=name, Content={"ZipFile": archive})["Version"]
    for account in accounts:
        client.add_layer_version_permission(
            LayerName=name,
            VersionNumber=version,
            StatementId=f"account-{account}",
            Action="lambda:GetLayerVersion",
            Principal=account,
        )


@pytest.fixture
def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("python/shared_deps.py", "VERSION = 2\n")
    return buffer.getvalue()


def test_release(layerperm, archive):
    for run in layerperm.every_fault():
        with run:
            release("shared-deps", archive, PARTNERS)

            assert len(layerperm.layers) == 1, "a version that nobody may use is left behind"
            for account in PARTNERS:
                assert_layer_shared_with(account)
