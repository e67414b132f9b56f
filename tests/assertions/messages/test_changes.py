"""The calls in a helper's failure: listed where no report of a test lists them, to the letter."""

import pytest

from pytest_layerperm import Throttle, assert_layer_policy, assert_layer_public, assert_layer_shared_with
from pytest_layerperm.service import pytest_run
from tests.helpers import add_permission

PARTNER = "222222222222"


@pytest.fixture(autouse=True)
def apart(monkeypatch):
    """As in a script, without the plugin's report."""
    monkeypatch.setattr(pytest_run, "services", None)


def test_a_retried_call(layerperm, layerperm_client, says):
    """A call and its retries are one row."""
    layer = layerperm.publish_layer()
    layerperm.inject(Throttle(2))
    add_permission(layerperm_client, "partner", "222222222223", layer=layer)
    layerperm_client.remove_layer_version_permission(LayerName="shared-deps", VersionNumber=1, StatementId="partner")
    layerperm_client.list_layers()
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          no statement: the last one was removed

        Calls that led here:
          AddLayerVersionPermission     shared-deps:1  partner 222222222223
              429, 429, 201
          RemoveLayerVersionPermission  shared-deps:1  partner               204

        What to do: call add_layer_version_permission for version 1 with
          Principal="222222222222".
        """
    ):
        assert_layer_shared_with(PARTNER)


def test_many_calls(layerperm, layerperm_client, says):
    """Of many calls the last ten are listed."""
    layer = layerperm.publish_layer()
    for number in range(12):
        add_permission(layerperm_client, f"partner-{number}", f"{number:012}", layer=layer)
    with says(
        """
        shared-deps:1 is not public

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          partner-0   allows account 000000000000
          partner-1   allows account 000000000001
          partner-2   allows account 000000000002
          partner-3   allows account 000000000003
          partner-4   allows account 000000000004
          partner-5   allows account 000000000005
          partner-6   allows account 000000000006
          partner-7   allows account 000000000007
          partner-8   allows account 000000000008
          partner-9   allows account 000000000009
          partner-10  allows account 000000000010
          partner-11  allows account 000000000011

        Calls that led here, the last 10 of 12:
          AddLayerVersionPermission  shared-deps:1  partner-2 000000000002   201
          AddLayerVersionPermission  shared-deps:1  partner-3 000000000003   201
          AddLayerVersionPermission  shared-deps:1  partner-4 000000000004   201
          AddLayerVersionPermission  shared-deps:1  partner-5 000000000005   201
          AddLayerVersionPermission  shared-deps:1  partner-6 000000000006   201
          AddLayerVersionPermission  shared-deps:1  partner-7 000000000007   201
          AddLayerVersionPermission  shared-deps:1  partner-8 000000000008   201
          AddLayerVersionPermission  shared-deps:1  partner-9 000000000009   201
          AddLayerVersionPermission  shared-deps:1  partner-10 000000000010  201
          AddLayerVersionPermission  shared-deps:1  partner-11 000000000011  201

        What to do: call add_layer_version_permission for version 1 with Principal="*".
        """
    ):
        assert_layer_public()


def test_another_region(layerperm, says):
    """Calls in another region than the default one are listed with it."""
    layer = layerperm.publish_layer(region_name="eu-west-1")
    add_permission(layerperm.client(region_name="eu-west-1"), "partner", PARTNER, layer=layer)
    with says(
        """
        shared-deps:1 has another policy than expected: everyone is missing; 222222222222 is not expected

        arn:aws:lambda:eu-west-1:123456789012:layer:shared-deps:1
          +  partner  allows account 222222222222
          -           allows everyone

        Calls that led here:
          AddLayerVersionPermission  eu-west-1  shared-deps:1  partner 222222222222  201

        What to do: lines with - are missing, lines with + are not expected: change the
          code, or what is expected.
        """
    ):
        assert_layer_policy(["*"])


def test_no_calls(layerperm, layerperm_layer, says):
    """Without calls there is no list of them."""
    with says(
        """
        shared-deps:1 is not public

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          no policy

        What to do: call add_layer_version_permission for version 1 with Principal="*";
          every new version starts with no policy.
        """
    ):
        assert_layer_public()
