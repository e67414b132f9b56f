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
