"""What the sharing helpers say when they fail, to the letter."""

import pytest
from botocore.exceptions import ClientError

from pytest_layerperm import (
    Throttle,
    assert_layer_not_public,
    assert_layer_not_shared_with,
    assert_layer_private,
    assert_layer_public,
    assert_layer_shared_with,
    assert_layer_shared_with_organization,
)
from tests.helpers import add_permission, remove_permission

PARTNER = "222222222222"
ORGANIZATION = "o-exampleorgid"


def test_never_shared(layerperm, says):
    """Published, with no policy."""
    layerperm.publish_layer()
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          no policy

        What to do: call add_layer_version_permission for version 1 with
          Principal="222222222222"; every new version starts with no policy.
        """
    ):
        assert_layer_shared_with(PARTNER)


def test_the_next_version(layerperm, layerperm_client, says):
    """The version published last has no policy, the one before it is shared."""
    add_permission(layerperm_client, "partner", PARTNER, layer=layerperm.publish_layer())
    layerperm.publish_layer()
    with says(
        """
        shared-deps:2 is not shared with 222222222222

          shared-deps:2  WRONG  no policy
          shared-deps:1  ok     shared with 222222222222

        Nearest: version 1 is shared with it; version 2 was published after it, and has
          no policy.

        What to do: call add_layer_version_permission for version 2 with
          Principal="222222222222"; every new version starts with no policy.
        """
    ):
        assert_layer_shared_with(PARTNER, layer="shared-deps")


def test_several_versions(layerperm, says):
    """Of several wrong versions the newest is looked at closely."""
    layerperm.publish_layer().grant("*", organization_id=ORGANIZATION)
    layerperm.publish_layer().grant(PARTNER)
    layerperm.publish_layer().grant("222222222232", statement_id="partner")
    with says(
        """
        2 of 3 versions of shared-deps are not shared with 222222222222: versions 3 and 1

          shared-deps:3  WRONG  shared with 222222222232
          shared-deps:2  ok     shared with 222222222222
          shared-deps:1  WRONG  shared with o-exampleorgid

        Nearest for shared-deps:3: shared with 222222222232: one digit differs.
        Nearest for shared-deps:3: version 2 is shared with it; version 3 was published
          after it, and has a policy of its own.

        What to do: correct the account id in the code that shares it, or here: it
          shares with 222222222232, and 222222222222 is expected.
        """
    ):
        assert_layer_shared_with(PARTNER, layer="shared-deps")


def test_an_older_version(layerperm, says):
    """The version that was meant is older than the shared one."""
    layer = layerperm.publish_layer()
    layerperm.publish_layer().grant(PARTNER)
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          no policy

        Nearest: version 2 is shared with it; version 1 is older, and has no policy.

        What to do: call add_layer_version_permission for version 1 with
          Principal="222222222222"; every new version starts with no policy.
        """
    ):
        assert_layer_shared_with(PARTNER, layer=layer)


def test_one_digit_differs(layerperm, layerperm_client, says):
    """Shared with an account whose id differs in one digit."""
    add_permission(layerperm_client, "partner", "222222222223", layer=layerperm.publish_layer())
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          partner  allows account 222222222223  one digit differs

        Nearest: shared with 222222222223: one digit differs.

        What to do: correct the account id in the code that shares it, or here: it
          shares with 222222222223, and 222222222222 is expected.
        """
    ):
        assert_layer_shared_with(PARTNER)


def test_digits_are_swapped(layerperm, says):
    """Shared with an account whose id has two digits swapped; others are far from it."""
    layer = layerperm.publish_layer()
    layer.grant("123456789021", statement_id="partner")
    layer.grant("987654321098", statement_id="other")
    with says(
        """
        shared-deps:1 is not shared with 123456789012

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          partner  allows account 123456789021  two digits are swapped
          other    allows account 987654321098  another account

        Nearest: shared with 123456789021: two digits are swapped.
        Nearest: 123456789012 owns the layer, and needs no statement.

        What to do: correct the account id in the code that shares it, or here: it
          shares with 123456789021, and 123456789012 is expected.
        """
    ):
        assert_layer_shared_with("123456789012")


def test_not_a_member(layerperm, says):
    """Shared with an organization that the account is in none of."""
    layerperm.publish_layer().grant("*", organization_id=ORGANIZATION, statement_id="org")
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows organization o-exampleorgid  222222222222 is not declared a member

        Nearest: shared with o-exampleorgid, and 222222222222 is not declared a member.

        What to do: if 222222222222 is a member of o-exampleorgid, declare it:
          layerperm.organization("o-exampleorgid", accounts=["222222222222"]).
        """
    ):
        assert_layer_shared_with(PARTNER)


def test_member_of_another(layerperm, says):
    """Shared with an organization; the account is declared in another one."""
    layerperm.organization("o-anotherorgid", accounts=[PARTNER])
    layerperm.publish_layer().grant("*", organization_id=ORGANIZATION, statement_id="org")
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows organization o-exampleorgid  222222222222 is declared a member of
                                                   o-anotherorgid

        Nearest: shared with o-exampleorgid, and 222222222222 is declared a member of
          o-anotherorgid.

        What to do: call add_layer_version_permission for version 1 with
          Principal="222222222222".
        """
    ):
        assert_layer_shared_with(PARTNER)


def test_another_way(layerperm, says):
    """The account has access, in another way than demanded."""
    layerperm.publish_layer().grant("*", statement_id="all")
    with says(
        """
        shared-deps:1 is not shared with 222222222222 by a statement of its own

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          all  allows everyone  allows it, as via='public'

        Nearest: statement all allows everyone.

        What to do: call add_layer_version_permission for version 1 with
          Principal="222222222222".
        """
    ):
        assert_layer_shared_with(PARTNER, via="account")


def test_not_through_its_organization(layerperm, says):
    """Access through the organization is demanded, and nobody shares with it."""
    layerperm.organization(ORGANIZATION, accounts=[PARTNER])
    layerperm.publish_layer().grant(PARTNER, statement_id="partner")
    with says(
        """
        shared-deps:1 is not shared with 222222222222 through its organization

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          partner  allows account 222222222222  allows it, as via='account'

        Nearest: statement partner allows account 222222222222.

        What to do: call add_layer_version_permission for version 1 with Principal="*"
          and OrganizationId="o-exampleorgid".
        """
    ):
        assert_layer_shared_with(PARTNER, via="organization")


def test_not_by_being_public(layerperm, says):
    """Public access is demanded."""
    layerperm.publish_layer()
    with says(
        """
        shared-deps:1 is not shared with 222222222222 by being public

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          no policy

        What to do: call add_layer_version_permission for version 1 with Principal="*";
          every new version starts with no policy.
        """
    ):
        assert_layer_shared_with(PARTNER, via="public")


def test_removed_again(layerperm, layerperm_client, says):
    """A statement allowed the account, and was removed."""
    layer = layerperm.publish_layer()
    add_permission(layerperm_client, "partner", PARTNER, layer=layer)
    remove_permission(layerperm_client, "partner", layer=layer)
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          no statement: the last one was removed

        Nearest: statement partner allowed it, and was removed.

        What to do: call add_layer_version_permission for version 1 with
          Principal="222222222222".
        """
    ):
        assert_layer_shared_with(PARTNER)


def test_refused(layerperm, layerperm_client, says):
    """The call that was to share was throttled, then rejected."""
    layer = layerperm.publish_layer()
    layer.grant("333333333333", statement_id="partner")
    layerperm.inject(Throttle(2))
    with pytest.raises(ClientError):
        add_permission(layerperm_client, "partner", PARTNER, layer=layer)
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          partner  allows account 333333333333  another account

        Nearest: AddLayerVersionPermission for it failed: 409 ResourceConflictException.

        What to do: have the code under test retry, or report the error that it got: 409
          ResourceConflictException.
        """
    ):
        assert_layer_shared_with(PARTNER)


def test_in_another_region(layerperm, says):
    """The layer of the same name in another region is shared."""
    layer = layerperm.publish_layer()
    layerperm.publish_layer(region_name="eu-west-1").grant(PARTNER)
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          no policy

        Nearest: shared-deps:1 in eu-west-1 is shared with it.

        What to do: call add_layer_version_permission for version 1 with
          Principal="222222222222"; every new version starts with no policy.
        """
    ):
        assert_layer_shared_with(PARTNER, layer=layer)


def test_of_another_account(layerperm, says):
    """The layer of another account is shared."""
    layer = layerperm.publish_layer()
    layerperm.publish_layer("tools", account_id="444444444444", region_name="eu-west-1").grant(PARTNER)
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          no policy

        Nearest: tools:1 in eu-west-1 of account 444444444444 is shared with it.

        What to do: call add_layer_version_permission for version 1 with
          Principal="222222222222"; every new version starts with no policy.
        """
    ):
        assert_layer_shared_with(PARTNER, layer=layer)


def test_another_partition(layerperm, says):
    """A root ARN of another partition is no account here."""
    layerperm.publish_layer().grant("arn:aws-cn:iam::222222222222:root", statement_id="partner")
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          partner  allows principal arn:aws-cn:iam::222222222222:root  not an account in
                                                                       the layer's
                                                                       partition

        What to do: call add_layer_version_permission for version 1 with
          Principal="222222222222".
        """
    ):
        assert_layer_shared_with(PARTNER)


def test_shared_directly(layerperm, says):
    """The account must not have access."""
    layer = layerperm.publish_layer()
    layer.grant("333333333333", statement_id="other")
    layer.grant(PARTNER, statement_id="partner")
    with says(
        """
        shared-deps:1 is shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          other    allows account 333333333333
          partner  allows account 222222222222  and so 222222222222

        What to do: do not add statement partner, or remove it with
          remove_layer_version_permission.
        """
    ):
        assert_layer_not_shared_with(PARTNER)


def test_shared_as_a_member(layerperm, says):
    """The account must not have access, and has it twice."""
    layerperm.organization(ORGANIZATION, accounts=[PARTNER])
    layer = layerperm.publish_layer()
    layer.grant("*", organization_id=ORGANIZATION, statement_id="org")
    layer.grant("*", statement_id="all")
    with says(
        """
        shared-deps:1 is shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows organization o-exampleorgid  and so 222222222222, a declared
                                                   member
          all  allows everyone                     and so 222222222222

        What to do: do not add statements org and all, or remove them with
          remove_layer_version_permission.
        """
    ):
        assert_layer_not_shared_with(PARTNER)


def test_everyone_is_no_organization(layerperm, says):
    """Everyone may use the layer: that is not the organization alone."""
    layer = layerperm.publish_layer()
    layer.grant("*", statement_id="org")
    layer.grant(PARTNER, statement_id="partner")
    with says(
        """
        shared-deps:1 is not shared with organization o-exampleorgid

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org      allows everyone              not that organization alone
          partner  allows account 222222222222  no organization

        Nearest: statement org allows everyone: the organization's accounts, and all
          others.

        What to do: add statement org with OrganizationId="o-exampleorgid" beside
          Principal="*": without it the statement allows everyone.
        """
    ):
        assert_layer_shared_with_organization(ORGANIZATION)


def test_another_organization(layerperm, says):
    """An organization whose id differs in one character."""
    layerperm.publish_layer().grant("*", organization_id="o-exampleorgld", statement_id="org")
    with says(
        """
        shared-deps:1 is not shared with organization o-exampleorgid

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows organization o-exampleorgld  another organization

        Nearest: shared with o-exampleorgld: one character differs.

        What to do: correct the organization id in the code that shares it, or here: it
          shares with o-exampleorgld, and o-exampleorgid is expected.
        """
    ):
        assert_layer_shared_with_organization(ORGANIZATION)


def test_not_public(layerperm, says):
    """Only an organization has access."""
    layerperm.publish_layer().grant("*", organization_id=ORGANIZATION, statement_id="org")
    with says(
        """
        shared-deps:1 is not public

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows organization o-exampleorgid

        Nearest: statement org allows only the accounts of o-exampleorgid.

        What to do: call add_layer_version_permission for version 1 with Principal="*".
        """
    ):
        assert_layer_public()


def test_no_version_is_public(layerperm, says):
    """None of several versions is public; another layer is."""
    layerperm.publish_layer()
    layerperm.publish_layer()
    layerperm.publish_layer("tools").grant("*")
    with says(
        """
        no version of shared-deps is public

          shared-deps:2  WRONG  no policy
          shared-deps:1  WRONG  no policy

        Nearest for shared-deps:2: tools:1 is public.

        What to do: call add_layer_version_permission for version 2 with Principal="*";
          every new version starts with no policy.
        """
    ):
        assert_layer_public(layer="shared-deps")


def test_public(layerperm, layerperm_client, says):
    """Everyone has access."""
    add_permission(layerperm_client, "all", "*", layer=layerperm.publish_layer())
    with says(
        """
        shared-deps:1 is public

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          all  allows everyone  every AWS account may use it

        What to do: do not add statement all, or remove it with
          remove_layer_version_permission.
        """
    ):
        assert_layer_not_public()


def test_every_version_is_public(layerperm, says):
    """Every version is public."""
    layerperm.publish_layer().grant("*")
    layerperm.publish_layer().grant("*")
    with says(
        """
        every version of shared-deps is public

          shared-deps:2  WRONG  shared with everyone
          shared-deps:1  WRONG  shared with everyone

        What to do: do not add statement grant-1, or remove it with
          remove_layer_version_permission.
        """
    ):
        assert_layer_not_public(layer="shared-deps")


def test_not_private(layerperm, layerperm_client, says):
    """Many have access; the last calls stand for all."""
    layer = layerperm.publish_layer()
    for number in range(12):
        add_permission(layerperm_client, f"partner-{number}", f"{number:012}", layer=layer)
    with says(
        """
        shared-deps:1 is not private

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

        What to do: do not add statements partner-0 to partner-11, or remove them with
          remove_layer_version_permission.
        """
    ):
        assert_layer_private()


def test_the_owner(layerperm, says):
    """The account that is looked at owns the layer."""
    layerperm.publish_layer()
    with says(
        """
        shared-deps:1 is not shared with 123456789012

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          no policy

        Nearest: 123456789012 owns the layer, and needs no statement.

        What to do: name another account: 123456789012 may use its own layers without a
          statement.
        """
    ):
        assert_layer_shared_with("123456789012")


def test_a_client_knows_no_members(layerperm, layerperm_client, says):
    """With the fake on, membership is declared to it, whatever client is looked through."""
    layerperm.publish_layer().grant("*", organization_id=ORGANIZATION, statement_id="org")
    with says(
        """
        shared-deps:1 is not shared with 222222222222

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          org  allows organization o-exampleorgid  222222222222 is not declared a member

        Nearest: shared with o-exampleorgid, and 222222222222 is not declared a member.

        What to do: if 222222222222 is a member of o-exampleorgid, declare it:
          layerperm.organization("o-exampleorgid", accounts=["222222222222"]).
        """
    ):
        assert_layer_shared_with(PARTNER, client=layerperm_client)


def test_every_version_is_shared(layerperm, says):
    """Every version is shared with an account that must not have it."""
    layerperm.publish_layer().grant(PARTNER)
    layerperm.publish_layer().grant("*")
    with says(
        """
        every version of shared-deps is shared with 222222222222

          shared-deps:2  WRONG  shared with everyone
          shared-deps:1  WRONG  shared with 222222222222

        What to do: do not add statement grant-1, or remove it with
          remove_layer_version_permission.
        """
    ):
        assert_layer_not_shared_with(PARTNER, layer="shared-deps")


def test_no_version_is_shared_with_the_organization(layerperm, says):
    """No version is shared with the organization; neither is another layer."""
    layerperm.publish_layer().grant(PARTNER)
    layerperm.publish_layer()
    layerperm.publish_layer("tools")
    with says(
        """
        no version of shared-deps is shared with organization o-exampleorgid

          shared-deps:2  WRONG  no policy
          shared-deps:1  WRONG  shared with 222222222222

        What to do: call add_layer_version_permission for version 2 with Principal="*"
          and OrganizationId="o-exampleorgid"; every new version starts with no policy.
        """
    ):
        assert_layer_shared_with_organization(ORGANIZATION, layer="shared-deps")


def test_not_public_but_shared(layerperm, says):
    """Accounts are no step on the way to everyone."""
    layerperm.publish_layer().grant(PARTNER, statement_id="partner")
    with says(
        """
        shared-deps:1 is not public

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          partner  allows account 222222222222

        What to do: call add_layer_version_permission for version 1 with Principal="*".
        """
    ):
        assert_layer_public()


def test_perhaps_a_member(layerperm, says):
    """A statement allows an organization whose members nobody has declared: the account may be one of them."""
    layer = layerperm.publish_layer()
    layer.grant("333333333333", statement_id="other")
    layer.grant("*", organization_id=ORGANIZATION, statement_id="org")
    with says(
        """
        shared-deps:1 may be shared with 222222222222: the members of an organization are not declared

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          other  allows account 333333333333
          org    allows organization o-exampleorgid  its members are not declared

        What to do: declare who is a member: layerperm.organization("o-exampleorgid",
          accounts=[…]), with 222222222222 among them only if it is one.
        """
    ):
        assert_layer_not_shared_with(PARTNER)


def test_perhaps_a_member_of_several_versions(layerperm, says):
    """The same of several versions."""
    for _ in range(2):
        layerperm.publish_layer().grant("*", organization_id=ORGANIZATION, statement_id="org")
    with says(
        """
        every version of shared-deps may be shared with 222222222222: the members of an organization are not declared

          shared-deps:2  WRONG  shared with o-exampleorgid
          shared-deps:1  WRONG  shared with o-exampleorgid

        What to do: declare who is a member: layerperm.organization("o-exampleorgid",
          accounts=[…]), with 222222222222 among them only if it is one.
        """
    ):
        assert_layer_not_shared_with(PARTNER, layer="shared-deps")
