"""The near misses in the sharing helpers' failures, and the remedies for them, to the letter."""

import pytest

from pytest_layerperm import (
    assert_layer_not_public,
    assert_layer_not_shared_with,
    assert_layer_policy,
    assert_layer_shared_with,
    assert_layer_shared_with_organization,
)

PARTNER = "222222222222"
ORGANIZATION = "o-exampleorgid"


def add(client, layer, sid, **whom):
    client.add_layer_version_permission(
        LayerName=layer.layer_arn,
        VersionNumber=layer.version,
        StatementId=sid,
        Action="lambda:GetLayerVersion",
        **whom,
    )


def test_two_accounts_are_near(layerperm, says):
    """If several accounts come near, none of them is called a typo."""
    layer = layerperm.publish_layer()
    layer.grant("222222222223", statement_id="one")
    layer.grant("222222222224", statement_id="two")
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          one  allows account 222222222223  another account
          two  allows account 222222222224  another account

        What to do: call add_layer_version_permission for version 1 with
          Principal="222222222222".
        """
    ):
        assert_layer_shared_with(PARTNER)


def test_the_near_account_makes_calls(layerperm, says):
    """An account that has a part in the test is no typo."""
    layer = layerperm.publish_layer()
    layer.grant("222222222223", statement_id="other")
    layerperm.client("222222222223").get_layer_version_by_arn(Arn=layer.arn)
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          other  allows account 222222222223  another account

        What to do: call add_layer_version_permission for version 1 with
          Principal="222222222222".
        """
    ):
        assert_layer_shared_with(PARTNER)


def test_the_near_account_is_a_member(layerperm, says):
    """Nor is one that is declared a member of an organization."""
    layerperm.organization(ORGANIZATION, accounts=["222222222223"])
    layerperm.publish_layer().grant("222222222223", statement_id="other")
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          other  allows account 222222222223  another account

        What to do: call add_layer_version_permission for version 1 with
          Principal="222222222222".
        """
    ):
        assert_layer_shared_with(PARTNER)


def test_at_most_three(layerperm, layerperm_client, says):
    """Three near misses, the nearest first: what was tried and failed, what was removed, the typo."""
    layerperm.publish_layer().grant(PARTNER)
    layer = layerperm.publish_layer()
    layer.grant("*", organization_id=ORGANIZATION, statement_id="org")
    layer.grant("222222222223", statement_id="typo")
    add(layerperm_client, layer, "partner", Principal=PARTNER)
    layerperm_client.remove_layer_version_permission(LayerName="shared-deps", VersionNumber=2, StatementId="partner")
    with pytest.raises(layerperm_client.exceptions.ResourceConflictException):
        add(layerperm_client, layer, "org", Principal=PARTNER)
    with says(
        """
        shared-deps:2 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:2
          org   allows organization o-exampleorgid  222222222222 is not declared a
                                                    member
          typo  allows account 222222222223         one digit differs

        Nearest: AddLayerVersionPermission for it failed: 409 ResourceConflictException.
        Nearest: statement partner allowed it, and was removed.
        Nearest: shared with 222222222223: one digit differs.

        What to do: have the code under test retry, or report the error that it got: 409
          ResourceConflictException.
        """
    ):
        assert_layer_shared_with(PARTNER, layer=layer)


def test_the_organization_is_left_out(layerperm, says):
    """A statement for everyone, where an organization is expected."""
    layerperm.publish_layer().grant("*", statement_id="org")
    with says(
        """
        shared-deps:1 is not shared with organization o-exampleorgid

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows everyone  not that organization alone

        Nearest: statement org allows everyone: the organization's accounts, and all
          others.

        What to do: add statement org with OrganizationId="o-exampleorgid" beside
          Principal="*": without it the statement allows everyone.
        """
    ):
        assert_layer_shared_with_organization(ORGANIZATION)


def test_the_organization_is_left_out_of_a_policy(layerperm, says):
    """The same, where a whole policy is expected."""
    layerperm.publish_layer().grant("*", statement_id="org")
    with says(
        """
        shared-deps:1 has another policy than expected: o-exampleorgid is missing; everyone is not expected

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          +  org  allows everyone
          -       allows organization o-exampleorgid

        What to do: lines with - are missing, lines with + are not expected: add
          statement org with OrganizationId="o-exampleorgid" beside Principal="*":
          without it the statement allows everyone.
        """
    ):
        assert_layer_policy([ORGANIZATION])


def test_the_organization_is_left_out_of_a_public_layer(layerperm, says):
    """The same, where an organization is declared."""
    layerperm.organization(ORGANIZATION)
    layerperm.publish_layer().grant("*", statement_id="org")
    with says(
        """
        shared-deps:1 is public

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows everyone  every AWS account may use it

        What to do: add statement org with OrganizationId="o-exampleorgid" beside
          Principal="*": without it the statement allows everyone; or remove it with
          remove_layer_version_permission.
        """
    ):
        assert_layer_not_public()


def test_an_organization_that_would_not_do(layerperm, says):
    """The account is a member of the organization that is declared."""
    layerperm.organization(ORGANIZATION, accounts=[PARTNER])
    layerperm.publish_layer().grant("*", statement_id="org")
    with says(
        """
        shared-deps:1 is shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows everyone  and so 222222222222

        What to do: do not add statement org, or remove it with
          remove_layer_version_permission.
        """
    ):
        assert_layer_not_shared_with(PARTNER)


def test_an_organization_that_would_do(layerperm, says):
    """The account is no member of the organization that is declared."""
    layerperm.organization(ORGANIZATION)
    layerperm.publish_layer().grant("*", statement_id="org")
    with says(
        """
        shared-deps:1 is shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows everyone  and so 222222222222

        What to do: add statement org with OrganizationId="o-exampleorgid" beside
          Principal="*": without it the statement allows everyone; or remove it with
          remove_layer_version_permission.
        """
    ):
        assert_layer_not_shared_with(PARTNER)


def test_not_through_its_organization_but_public(layerperm, says):
    """Access through the organization is demanded, and the statement allows everyone."""
    layerperm.organization(ORGANIZATION, accounts=[PARTNER])
    layerperm.publish_layer().grant("*", statement_id="org")
    with says(
        """
        shared-deps:1 is not shared with 222222222222 through its organization

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows everyone  allows it, as via='public'

        Nearest: statement org allows everyone.

        What to do: add statement org with OrganizationId="o-exampleorgid" beside
          Principal="*": without it the statement allows everyone.
        """
    ):
        assert_layer_shared_with(PARTNER, via="organization")


def test_a_mistyped_organization_of_an_account(layerperm, says):
    """The organization's id differs in one character from the account's own."""
    layerperm.organization(ORGANIZATION, accounts=[PARTNER])
    layerperm.publish_layer().grant("*", organization_id="o-exampleorgld", statement_id="org")
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows organization o-exampleorgld  222222222222 is declared a member of
                                                   o-exampleorgid

        Nearest: shared with o-exampleorgld, and 222222222222 is declared a member of
          o-exampleorgid: one character differs.

        What to do: correct the organization id in the code that shares it, or here: it
          shares with o-exampleorgld, and o-exampleorgid is expected.
        """
    ):
        assert_layer_shared_with(PARTNER)


def test_an_organization_that_is_meant(layerperm, says):
    """One that is declared is no typo."""
    layerperm.organization("o-exampleorgld")
    layerperm.publish_layer().grant("*", organization_id="o-exampleorgld", statement_id="org")
    with says(
        """
        shared-deps:1 is not shared with organization o-exampleorgid

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows organization o-exampleorgld  another organization

        What to do: call add_layer_version_permission for version 1 with Principal="*"
          and OrganizationId="o-exampleorgid".
        """
    ):
        assert_layer_shared_with_organization(ORGANIZATION)


def test_swapped_characters(layerperm, says):
    """Characters of an organization id are swapped; other ids are of another length."""
    layer = layerperm.publish_layer()
    layer.grant("*", organization_id="o-exampleogrid", statement_id="org")
    layer.grant("*", organization_id="o-exampleorganization", statement_id="other")
    with says(
        """
        shared-deps:1 is not shared with organization o-exampleorgid

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org    allows organization o-exampleogrid         another organization
          other  allows organization o-exampleorganization  another organization

        Nearest: shared with o-exampleogrid: two characters are swapped.

        What to do: correct the organization id in the code that shares it, or here: it
          shares with o-exampleogrid, and o-exampleorgid is expected.
        """
    ):
        assert_layer_shared_with_organization(ORGANIZATION)
