import pytest
from botocore.exceptions import ClientError
from share_layer import (
    share_first_draft,
    share_with_account,
    share_with_everyone,
    share_with_organization,
    statements_of,
    stop_sharing,
)

from pytest_layerperm import (
    assert_layer_not_public,
    assert_layer_not_shared_with,
    assert_layer_private,
    assert_layer_public,
    assert_layer_shared_with,
    assert_layer_shared_with_organization,
)

PARTNER = "222222222222"
STRANGER = "999999999999"


def test_shared_with_one_account(layerperm_layer):
    share_with_account(layerperm_layer.arn, PARTNER)

    assert_layer_shared_with(PARTNER)
    assert_layer_not_shared_with(STRANGER)
    assert_layer_not_public()


def test_the_account_can_really_use_it(layerperm, layerperm_layer):
    partner = layerperm.client(PARTNER)
    with pytest.raises(ClientError, match="is not authorized to perform: lambda:GetLayerVersion"):
        partner.get_layer_version_by_arn(Arn=layerperm_layer.arn)

    share_with_account(layerperm_layer.arn, PARTNER)

    assert partner.get_layer_version_by_arn(Arn=layerperm_layer.arn)["Version"] == 1


def test_shared_with_everyone(layerperm_layer):
    share_with_everyone(layerperm_layer.arn)

    assert_layer_public()
    assert_layer_shared_with(STRANGER)


def test_shared_with_an_organization(layerperm, layerperm_layer):
    layerperm.organization("o-exampleorgid", accounts=[PARTNER])

    share_with_organization(layerperm_layer.arn, "o-exampleorgid")

    assert_layer_shared_with_organization("o-exampleorgid")
    assert_layer_shared_with(PARTNER, via="organization")
    assert_layer_not_shared_with(STRANGER)
    assert_layer_not_public()


def test_a_statement_is_removed(layerperm_layer):
    share_with_account(layerperm_layer.arn, PARTNER)
    everyone = share_with_everyone(layerperm_layer.arn)

    stop_sharing(layerperm_layer.arn, everyone)

    assert_layer_shared_with(PARTNER)
    assert_layer_not_public()


def test_the_last_statement_is_removed(layerperm_layer):
    stop_sharing(layerperm_layer.arn, share_with_account(layerperm_layer.arn, PARTNER))

    assert_layer_private()


def test_the_policy_is_viewed(layerperm_layer):
    assert statements_of(layerperm_layer.arn) == {}

    share_with_account(layerperm_layer.arn, PARTNER)
    share_with_everyone(layerperm_layer.arn)

    assert statements_of(layerperm_layer.arn) == {
        "account-222222222222": {"AWS": "arn:aws:iam::222222222222:root"},
        "everyone": "*",
    }


def test_a_new_version_starts_unshared(layerperm):
    """The classic mistake: the layer is released, but nobody may use it."""
    old = layerperm.publish_layer("shared-deps")
    share_with_account(old.arn, PARTNER)

    new = layerperm.publish_layer("shared-deps")

    assert_layer_shared_with(PARTNER, layer=old)
    assert_layer_private(layer=new)


@pytest.mark.layerperm_every_fault
def test_sharing_survives_every_failure(layerperm_layer):
    share_with_account(layerperm_layer.arn, PARTNER)
    share_with_organization(layerperm_layer.arn, "o-exampleorgid")

    assert_layer_shared_with(PARTNER, via="account")
    assert_layer_shared_with_organization("o-exampleorgid")


@pytest.mark.layerperm_every_fault
def test_stopping_survives_every_failure(layerperm_layer):
    stop_sharing(layerperm_layer.arn, share_with_account(layerperm_layer.arn, PARTNER))

    assert_layer_not_shared_with(PARTNER)


def test_the_first_draft_takes_its_own_statement_for_a_conflict(layerperm, layerperm_layer):
    with pytest.raises(AssertionError, match="does not survive 2 of 10 failures"):
        for run in layerperm.every_fault():
            with run:
                share_first_draft(layerperm_layer.arn, "partner", Principal=PARTNER)
