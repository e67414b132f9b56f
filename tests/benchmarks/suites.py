"""The test suites that are timed: the same tests on boto3 alone, on this fake and on moto.

The floor is boto3 itself with a canned answer where the fake answers, in a pytest without the plugin: nothing that
is still boto3 is faster.
"""

from __future__ import annotations

from pathlib import Path

TEST = """
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_shares_and_revokes(layer_client, number):
    published = layer_client.publish_layer_version(LayerName="shared-deps", Content={{"ZipFile": ARCHIVE}})
    where = {{"LayerName": published["LayerArn"], "VersionNumber": published["Version"]}}
    for account_id in ("111111111111", "222222222222", "333333333333"):
        layer_client.add_layer_version_permission(
            **where, StatementId="to-" + account_id, Action="lambda:GetLayerVersion", Principal=account_id
        )
    assert layer_client.get_layer_version_policy(**where)["RevisionId"]
    assert layer_client.get_layer_version_policy(**where)["Policy"]
    layer_client.remove_layer_version_permission(**where, StatementId="to-222222222222")

ARCHIVE = bytes.fromhex("{archive}")
"""

FLOOR = """
import boto3
import botocore.httpsession
import pytest
from tests.benchmarks.canned import send

botocore.httpsession.URLLib3Session.send = send

@pytest.fixture
def layer_client():
    return {client}
"""

LAYERPERM = """
import boto3
import pytest

@pytest.fixture
def layer_client(layerperm):
    return {client}
"""

MOTO = """
import boto3
import pytest
from moto import mock_aws

@pytest.fixture
def layer_client():
    with mock_aws():
        yield {client}
"""

CLIENTS = {
    "boto3.client()": 'boto3.client("lambda")',
    "boto3.Session().client()": 'boto3.Session().client("lambda")',
    "layerperm.client()": "layerperm.client()",
}
"""How a test comes by its client."""


def write(folder: Path, conftest: str, client: str, tests: int) -> Path:
    """A suite of that many tests in a folder of its own."""
    from pytest_layerperm.service.layers import zip_of

    folder.mkdir(parents=True)
    archive = zip_of({"python/shared_deps.py": "VERSION = 1\n"})
    (folder / "conftest.py").write_text(conftest.format(client=CLIENTS[client]))
    (folder / "test_layers.py").write_text(TEST.format(tests=tests, archive=archive.hex()))
    (folder / "pytest.ini").write_text("[pytest]\n")
    return folder
