"""What the helpers for whole policies say when they fail, to the letter."""

from pytest_layerperm import assert_layer_policy, assert_layer_policy_unchanged
from tests.helpers import add_permission, remove_permission

PARTNER = "222222222222"
ORGANIZATION = "o-exampleorgid"


def test_another_policy(layerperm, says):
    """Statements are missing and not expected; those that matched are shown as they are."""
    layer = layerperm.publish_layer()
    layer.grant(PARTNER, statement_id="partner")
    layer.grant("*", statement_id="all")
    with says(
        """
        shared-deps:1 has another policy than expected: o-exampleorgid is missing; everyone is not expected

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
             partner  allows account 222222222222
          +  all      allows everyone
          -           allows organization o-exampleorgid

        What to do: lines with - are missing, lines with + are not expected: add
          statement all with OrganizationId="o-exampleorgid" beside Principal="*":
          without it the statement allows everyone.
        """
    ):
        assert_layer_policy([PARTNER, ORGANIZATION])


def test_another_number(layerperm, says):
    """The same statement twice is not the same as once; many statements are counted, not named."""
    layer = layerperm.publish_layer()
    for number in range(5):
        layer.grant(PARTNER, statement_id=f"partner-{number}")
    with says(
        """
        shared-deps:1 has another policy than expected: 4 statements are not expected

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
             partner-0  allows account 222222222222
          +  partner-1  allows account 222222222222
          +  partner-2  allows account 222222222222
          +  partner-3  allows account 222222222222
          +  partner-4  allows account 222222222222

        What to do: lines with - are missing, lines with + are not expected: change the
          code, or what is expected.
        """
    ):
        assert_layer_policy([PARTNER])


def test_another_id(layerperm, says):
    """With ids=True the statement ids count."""
    layerperm.publish_layer().grant(PARTNER, statement_id="partner")
    with says(
        """
        shared-deps:1 has another policy than expected: partners is missing; partner is not expected

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          +  partner   allows account 222222222222
          -  partners  allows account 222222222222

        What to do: lines with - are missing, lines with + are not expected: change the
          code, or what is expected.
        """
    ):
        assert_layer_policy([{"StatementId": "partners", "Principal": PARTNER}], ids=True)


def test_another_order(layerperm, says):
    """With order=True the order counts."""
    layer = layerperm.publish_layer()
    layer.grant(PARTNER, statement_id="partner")
    layer.grant("*", organization_id=ORGANIZATION, statement_id="org")
    layer.grant("333333333333", statement_id="other")
    with says(
        """
        shared-deps:1 has its statements in another order than expected

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          1.  allows account 222222222222
          2.  allows organization o-exampleorgid  expected: 333333333333
          3.  allows account 333333333333         expected: o-exampleorgid

        What to do: leave out order=True unless the order matters; to AWS it does not.
        """
    ):
        assert_layer_policy([PARTNER, "333333333333", ORGANIZATION], order=True)


def test_several_policies(layerperm, says):
    """Some of several versions have another policy."""
    layerperm.publish_layer().grant(PARTNER)
    layerperm.publish_layer()
    layerperm.publish_layer()
    with says(
        """
        2 of 3 versions of shared-deps have another policy than expected: versions 3 and 2

          shared-deps:3  WRONG  no policy
          shared-deps:2  WRONG  no policy
          shared-deps:1  ok     shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:3
          no policy
          -  allows account 222222222222

        What to do: lines with - are missing, lines with + are not expected: change the
          code, or what is expected.
        """
    ):
        assert_layer_policy([PARTNER], layer="shared-deps")


def test_no_policy_as_expected(layerperm, says):
    """No version has the expected policy."""
    layerperm.publish_layer()
    layerperm.publish_layer().grant("*")
    with says(
        """
        no version of shared-deps has the expected policy

          shared-deps:2  WRONG  shared with everyone
          shared-deps:1  WRONG  no policy

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:2
          +  grant-1  allows everyone
          -           allows account 222222222222

        What to do: lines with - are missing, lines with + are not expected: change the
          code, or what is expected.
        """
    ):
        assert_layer_policy([PARTNER], layer="shared-deps")


def test_changed(layerperm, layerperm_client, says):
    """A statement is new, another is gone, one stays."""
    layer = layerperm.publish_layer()
    layer.grant(PARTNER, statement_id="partner")
    layer.grant("333333333333", statement_id="other")
    add_permission(layerperm_client, "before", "555555555555", layer=layer)
    with says(
        """
        the policy of shared-deps:1 changed: all (everyone) is new; other (333333333333) is gone

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
             partner  allows account 222222222222
          -  other    allows account 333333333333
             before   allows account 555555555555
          +  all      allows everyone

        Calls in the block:
          RemoveLayerVersionPermission  shared-deps:1  other  204
          AddLayerVersionPermission     shared-deps:1  all *  201

        What to do: a dry run or a failed call must leave policies as they are: find the
          call that wrote.
        """
    ):
        with assert_layer_policy_unchanged():
            remove_permission(layerperm_client, "other", layer=layer)
            add_permission(layerperm_client, "all", "*", layer=layer)


def test_written(layerperm, layerperm_client, says):
    """The same statements at a new revision were written too."""
    layer = layerperm.publish_layer()
    layer.grant(PARTNER, statement_id="partner")
    with says(
        """
        the policy of shared-deps:1 changed: it was written anew, with the same statements and a new revision id

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
             partner  allows account 222222222222

        Calls in the block:
          RemoveLayerVersionPermission  shared-deps:1  partner  204

        What to do: a dry run or a failed call must leave policies as they are: find the
          call that wrote.
        """
    ):
        with assert_layer_policy_unchanged():
            remove_permission(layerperm_client, "partner", layer=layer)
            layer.grant(PARTNER, statement_id="partner")


def test_deleted(layerperm, layerperm_client, says):
    """One version was deleted, and one shared."""
    layerperm.publish_layer().grant(PARTNER)
    layer = layerperm.publish_layer()
    with says(
        """
        the policies of shared-deps:2 and shared-deps:1 changed

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:2
          +  grant-1  allows everyone

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          no longer exists

        Calls in the block:
          DeleteLayerVersion  shared-deps:1  204

        What to do: a dry run or a failed call must leave policies as they are: find the
          call that wrote.
        """
    ):
        with assert_layer_policy_unchanged(layer="shared-deps"):
            layerperm_client.delete_layer_version(LayerName="shared-deps", VersionNumber=1)
            layer.grant("*")


def test_one_deleted(layerperm, layerperm_client, says):
    """The only version was deleted."""
    layerperm.publish_layer().grant(PARTNER)
    with says(
        """
        the policy of shared-deps:1 changed: the version was deleted

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          no longer exists

        Calls in the block:
          DeleteLayerVersion  shared-deps:1  204

        What to do: a dry run or a failed call must leave policies as they are: find the
          call that wrote.
        """
    ):
        with assert_layer_policy_unchanged():
            layerperm_client.delete_layer_version(LayerName="shared-deps", VersionNumber=1)
