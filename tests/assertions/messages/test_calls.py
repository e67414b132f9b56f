"""What assert_layer_calls says when it fails, to the letter."""

import pytest
from botocore.exceptions import ClientError

from pytest_layerperm import Throttle, assert_layer_calls
from tests.helpers import add_permission, remove_permission

PARTNER = "222222222222"


def test_other_calls(layerperm, layerperm_client, says):
    """A call is missing, another not expected; a retried call is one."""
    layer = layerperm.publish_layer()
    layerperm.inject(Throttle(1))
    layerperm_client.list_layers()
    add_permission(layerperm_client, "partner", PARTNER, layer=layer)
    with says(
        """
        the layer calls are not as expected: GetLayerVersionPolicy is missing; ListLayers is not expected

          -  GetLayerVersionPolicy                                           missing
          +  ListLayers                                                      429, 200
             AddLayerVersionPermission  shared-deps:1  partner 222222222222  201

        What to do: lines with - were expected and not made, lines with + were made and
          not expected.
        """
    ):
        assert_layer_calls(["GetLayerVersionPolicy", "AddLayerVersionPermission"])


def test_another_order_of_calls(layerperm, layerperm_client, says):
    """The expected calls in another order."""
    layerperm_client.list_layers()
    layerperm_client.list_layer_versions(LayerName="shared-deps")
    with says(
        """
        the layer calls came in another order than expected

          +  ListLayers                      200
             ListLayerVersions  shared-deps  200
          -  ListLayers                      missing

        What to do: lines with - were expected and not made, lines with + were made and
          not expected.
        """
    ):
        assert_layer_calls(["ListLayerVersions", "ListLayers"])


def test_many_calls(layerperm, layerperm_client, says):
    """Many kinds of calls are counted, not named."""
    layer = layerperm.publish_layer()
    layerperm_client.list_layers()
    layerperm_client.list_layer_versions(LayerName="shared-deps")
    layerperm_client.list_layer_versions(LayerName="shared-deps")
    layerperm_client.get_layer_version(LayerName="shared-deps", VersionNumber=1)
    add_permission(layerperm_client, "partner", PARTNER, layer=layer)
    with says(
        """
        the layer calls are not as expected: 5 calls are not expected

          +  ListLayers                                                      200
          +  ListLayerVersions          shared-deps                          200
          +  ListLayerVersions          shared-deps                          200
          +  GetLayerVersion            shared-deps:1                        200
          +  AddLayerVersionPermission  shared-deps:1  partner 222222222222  201

        What to do: lines with - were expected and not made, lines with + were made and
          not expected.
        """
    ):
        assert_layer_calls([])


def test_too_many_calls(layerperm, layerperm_client, says):
    """More calls than the budget has."""
    layerperm_client.list_layers()
    layerperm_client.list_layer_versions(LayerName="shared-deps")
    layerperm_client.list_layer_versions(LayerName="shared-deps")
    with says(
        """
        3 layer calls were made, and at most 2 are allowed

          ListLayerVersions  2
          ListLayers         1

        What to do: read once and keep what was read, or allow more calls;
          layerperm.calls has them all.
        """
    ):
        assert_layer_calls(at_most=2)


def test_too_many_of_one(layerperm, layerperm_client, says):
    """More calls of one operation than the budget has."""
    layerperm_client.list_layers()
    with says(
        """
        1 ListLayers call was made, and at most 0 are allowed

          ListLayers  1

        What to do: read once and keep what was read, or allow more calls;
          layerperm.calls has them all.
        """
    ):
        assert_layer_calls(at_most={"ListLayers": 0, "ListLayerVersions": 0})


def test_no_revision_id(layerperm, layerperm_client, says):
    """Writes to an existing policy without RevisionId; the first statement of a version needs none."""
    layer = layerperm.publish_layer()
    add_permission(layerperm_client, "partner", PARTNER, layer=layer)
    add_permission(layerperm_client, "all", "*", layer=layer)
    remove_permission(layerperm_client, "all", layer=layer, RevisionId=layer.revision_id)
    remove_permission(layerperm_client, "partner", layer=layer)
    with says(
        """
        2 calls changed a policy without RevisionId

          AddLayerVersionPermission     shared-deps:1  all *    201
          RemoveLayerVersionPermission  shared-deps:1  partner  204

        What to do: pass the RevisionId of the policy that the change is made for, as
          get_layer_version_policy returned it; without it another writer's change can
          be overwritten unnoticed.
        """
    ):
        assert_layer_calls(with_revision_id=True)


def test_a_page_twice(layerperm, layerperm_client, says):
    """The same page of a list was asked for again."""
    for _ in range(2):
        with pytest.raises(ClientError, match="Invalid pagination key"):
            layerperm_client.list_layer_versions(LayerName="shared-deps", Marker="3")
    layerperm_client.list_layer_versions(LayerName="shared-deps")
    layerperm_client.list_layers()
    layerperm_client.list_layers()
    with says(
        """
        2 list pages were asked for more than once

          ListLayerVersions  shared-deps  page after 3  2 times
          ListLayers                      first page    2 times

        What to do: keep what a list returned, and pass NextMarker as Marker for the
          next page.
        """
    ):
        assert_layer_calls(no_page_twice=True)


def test_two_budgets(layerperm, layerperm_client, says):
    """Two demands that fail are reported together."""
    layerperm_client.list_layers()
    layerperm_client.list_layers()
    with says(
        """
        2 layer calls were made, and at most 1 is allowed

          ListLayers  2

        What to do: read once and keep what was read, or allow more calls;
          layerperm.calls has them all.

        1 list page was asked for more than once

          ListLayers  first page  2 times

        What to do: keep what a list returned, and pass NextMarker as Marker for the
          next page.
        """
    ):
        assert_layer_calls(at_most=1, no_page_twice=True)
