"""What the helpers say when it is not clear which layer is meant."""

import pytest

from pytest_layerperm import assert_layer_not_public, assert_layer_public, assert_layer_shared_with

PARTNER = "222222222222"


def test_in_regions(layerperm, says):
    """A layer in several regions is named with its region."""
    layerperm.publish_layer(region_name="eu-west-1").grant(PARTNER)
    layerperm.publish_layer(region_name="eu-west-2")
    layerperm.publish_layer(region_name="cn-north-1")
    with says(
        """
        2 of 3 versions of shared-deps are not shared with 222222222222: version 1 in eu-west-2 and version 1 in cn-north-1

          shared-deps:1 in eu-west-1   ok     shared with 222222222222
          shared-deps:1 in eu-west-2   WRONG  no policy
          shared-deps:1 in cn-north-1  WRONG  no policy

        What to do: call add_layer_version_permission for version 1 in eu-west-2 with
          Principal="222222222222"; every new version starts with no policy.
        """  # noqa: E501 - a verdict is one line
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


def test_a_name_in_several_regions_and_accounts(layerperm, says):
    """A layer name means the layers of that name in all regions and accounts; each is named with both."""
    layerperm.publish_layer()
    layerperm.publish_layer(region_name="eu-west-1").grant("*", statement_id="all")
    layerperm.publish_layer(account_id="444444444444", region_name="eu-west-1")
    with says(
        """
        shared-deps:1 in eu-west-1 of account 123456789012 is public

          shared-deps:1 in us-east-1 of account 123456789012  ok     no policy
          shared-deps:1 in eu-west-1 of account 123456789012  WRONG  shared with
                                                                     everyone
          shared-deps:1 in eu-west-1 of account 444444444444  ok     no policy

        arn:aws:lambda:eu-west-1:123456789012:layer:shared-deps:1
          all  allows everyone  every AWS account may use it

        What to do: do not add statement all, or remove it with
          remove_layer_version_permission.
        """
    ):
        assert_layer_not_public(layer="shared-deps")


def test_a_name_in_two_accounts(layerperm, says):
    """If only the accounts differ, only they are named."""
    layerperm.publish_layer().grant("*")
    layerperm.publish_layer(account_id="444444444444").grant("*")
    layerperm.publish_layer(account_id="555555555555")
    with says(
        """
        2 of 3 versions of shared-deps are public: version 1 of account 123456789012 and version 1 of account 444444444444

          shared-deps:1 of account 123456789012  WRONG  shared with everyone
          shared-deps:1 of account 444444444444  WRONG  shared with everyone
          shared-deps:1 of account 555555555555  ok     no policy

        What to do: do not add statement grant-1, or remove it with
          remove_layer_version_permission.
        """  # noqa: E501 - a verdict is one line
    ):
        assert_layer_not_public(layer="shared-deps")


def test_a_region_that_was_not_asked_for(layerperm, says):
    """The layer is in a region that regions= leaves out."""
    layerperm.publish_layer(region_name="eu-west-1")
    layerperm.publish_layer(region_name="us-west-2")
    with says(
        """
        shared-deps does not exist in eu-west-2

          shared-deps:1 in eu-west-1  no policy

        shared-deps exists in us-west-2 too, which regions= does not name.

        What to do: publish it there too, or leave the region out of regions=.
        """
    ):
        assert_layer_public(layer="shared-deps", regions=["eu-west-1", "eu-west-2"])


def test_many_versions_of_a_name(layerperm, says):
    """Of many versions a verdict names ten, and the table has the wrong ones first."""
    for number in range(60):
        layer = layerperm.publish_layer()
        if number < 12:
            layer.grant("*")
    with says(
        """
        12 of 60 versions of shared-deps are public: versions 12, 11, 10, 9, 8, 7, 6, 5, 4, 3 and 2 others

          shared-deps:12  WRONG  shared with everyone
          shared-deps:11  WRONG  shared with everyone
          shared-deps:10  WRONG  shared with everyone
          shared-deps:9   WRONG  shared with everyone
          shared-deps:8   WRONG  shared with everyone
          shared-deps:7   WRONG  shared with everyone
          shared-deps:6   WRONG  shared with everyone
          shared-deps:5   WRONG  shared with everyone
          shared-deps:4   WRONG  shared with everyone
          shared-deps:3   WRONG  shared with everyone
          shared-deps:2   WRONG  shared with everyone
          shared-deps:1   WRONG  shared with everyone
          shared-deps:60  ok     no policy
          shared-deps:59  ok     no policy
          shared-deps:58  ok     no policy
          shared-deps:57  ok     no policy
          shared-deps:56  ok     no policy
          shared-deps:55  ok     no policy
          shared-deps:54  ok     no policy
          shared-deps:53  ok     no policy
          shared-deps:52  ok     no policy
          shared-deps:51  ok     no policy
          shared-deps:50  ok     no policy
          shared-deps:49  ok     no policy
          shared-deps:48  ok     no policy
          shared-deps:47  ok     no policy
          shared-deps:46  ok     no policy
          shared-deps:45  ok     no policy
          shared-deps:44  ok     no policy
          shared-deps:43  ok     no policy
          shared-deps:42  ok     no policy
          shared-deps:41  ok     no policy
          shared-deps:40  ok     no policy
          shared-deps:39  ok     no policy
          shared-deps:38  ok     no policy
          shared-deps:37  ok     no policy
          shared-deps:36  ok     no policy
          shared-deps:35  ok     no policy
          shared-deps:34  ok     no policy
          shared-deps:33  ok     no policy
          and 20 others

        What to do: do not add statement grant-1, or remove it with
          remove_layer_version_permission.
        """
    ):
        assert_layer_not_public(layer="shared-deps")


def test_many_layers(layerperm):
    """Of many versions the failure without layer= prints the first ones, and how many others there are."""
    for number in range(3_000):
        layerperm.publish_layer(f"tools-{number}")
    with pytest.raises(AssertionError) as failed:
        assert_layer_public()
    lines = str(failed.value).split("\n")
    assert lines[0] == "3,000 layer versions exist, and layer= does not say which is meant"
    assert "  and 2,960 others" in lines
    assert len(lines) < 50
