import my_tool
import pytest

from pytest_layerperm import assert_layer_not_public, assert_layer_shared_with


def test_release_shares_with_partner(layerperm):
    layer = layerperm.publish_layer("shared-deps")
    my_tool.share(layer.arn, "222222222222")
    assert_layer_shared_with("222222222222")
    assert_layer_not_public()


@pytest.mark.layerperm_throttle(times=2, operation="AddLayerVersionPermission")
def test_release_survives_throttling(layerperm):
    my_tool.share(layerperm.publish_layer().arn, "222222222222")
    assert_layer_shared_with("222222222222")
    assert layerperm.calls.attempts("AddLayerVersionPermission") == 3
    assert layerperm.sleeps  # botocore backed off, and the test did not wait for it


@pytest.mark.layerperm_every_fault
def test_release_survives_every_failure(layerperm_layer):
    my_tool.share(layerperm_layer.arn, "222222222222")
    assert_layer_shared_with("222222222222")


def test_the_first_draft_does_not(layerperm, layerperm_layer):
    with pytest.raises(AssertionError, match="does not survive 2 of 10 failures"):
        for run in layerperm.every_fault():
            with run:
                my_tool.share_first_draft(layerperm_layer.arn, "222222222222")
