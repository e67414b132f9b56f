from share_layer import share


def test_the_partner_may_use_the_released_version(layerperm):
    layer = layerperm.publish_layer("shared-deps")

    share(layer.arn, "222222222222")

    partner = layerperm.client("222222222222")
    assert partner.get_layer_version_by_arn(Arn=layer.arn)["Version"] == 1
