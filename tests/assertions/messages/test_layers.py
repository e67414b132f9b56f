"""What the helpers say when it is not clear which layer is meant."""

from pytest_layerperm import assert_layer_public, assert_layer_shared_with

PARTNER = "222222222222"


def test_in_regions(layerperm, says):
    """A layer in several regions is named with its region."""
    layerperm.publish_layer(region_name="eu-west-1").grant(PARTNER)
    layerperm.publish_layer(region_name="eu-west-2")
    layerperm.publish_layer(region_name="cn-north-1")
    with says(
        """
        2 of 3 versions of shared-deps are not shared with 222222222222: 1 in eu-west-2 and 1 in cn-north-1

          shared-deps:1 in eu-west-1   ok     shared with 222222222222
          shared-deps:1 in eu-west-2   WRONG  no policy
          shared-deps:1 in cn-north-1  WRONG  no policy

        What to do: call add_layer_version_permission for version 1 in eu-west-2 with
          Principal="222222222222"; every new version starts with no policy.
        """
    ):
        assert_layer_shared_with(PARTNER, layer="shared-deps", regions=["eu-west-1", "eu-west-2", "cn-north-1"])


def test_missing_regions(layerperm, says):
    """Regions without the layer."""
    layerperm.publish_layer(region_name="eu-west-1").grant(PARTNER)
    with says(
        """
        shared-deps does not exist in eu-west-2 and us-east-2

          shared-deps:1 in eu-west-1  shared with 222222222222

        What to do: publish it there too, or leave the region out of regions=.
        """
    ):
        assert_layer_shared_with(PARTNER, layer="shared-deps", regions=["eu-west-1", "eu-west-2", "us-east-2"])


def test_no_layer(layerperm, says):
    """No layer version exists."""
    with says(
        """
        no layer version exists, so there is none to check

        What to do: publish one first, or pass layer=.
        """
    ):
        assert_layer_public()


def test_no_layer_in_a_region(layerperm, says):
    """No layer version exists in that region."""
    layerperm.publish_layer()
    with says(
        """
        no layer version exists in eu-west-1, so there is none to check

        What to do: publish one first, or pass layer=.
        """
    ):
        assert_layer_public(regions=["us-east-1", "eu-west-1"])


def test_several_layers(layerperm, says):
    """Which of several versions is meant is not clear."""
    layerperm.publish_layer()
    layerperm.publish_layer()
    layerperm.publish_layer("tools")
    with says(
        """
        3 layer versions exist, and layer= does not say which is meant

          arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:2
          arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          arn:aws:lambda:us-east-1:123456789012:layer:tools:1

        What to do: pass layer=: a LayerVersion or a version ARN for one, a layer's name
          or ARN for every version of it.
        """
    ):
        assert_layer_public()


def test_several_layers_of_a_name(layerperm, says):
    """A bare name that stands for layers elsewhere only."""
    layerperm.publish_layer(region_name="eu-west-1")
    layerperm.publish_layer(region_name="eu-west-2")
    with says(
        """
        shared-deps is the name of several layers

          arn:aws:lambda:eu-west-1:123456789012:layer:shared-deps:1
          arn:aws:lambda:eu-west-2:123456789012:layer:shared-deps:1

        What to do: pass layer=: a LayerVersion or a version ARN for one, a layer's name
          or ARN for every version of it.
        """
    ):
        assert_layer_public(layer="shared-deps")
