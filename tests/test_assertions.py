"""The assertion helpers decide right."""

import pytest

import pytest_layerperm
from pytest_layerperm import (
    assert_layer_not_public,
    assert_layer_not_shared_with,
    assert_layer_private,
    assert_layer_public,
    assert_layer_shared_with,
    assert_layer_shared_with_organization,
)

PARTNER = "222222222222"
ORGANIZATION = "o-exampleorgid"


def test_a_direct_statement_shares(layerperm, layerperm_layer):
    """A statement for the account shares with it, and with nobody else."""
    layerperm_layer.grant(PARTNER)
    assert_layer_shared_with(PARTNER)
    assert_layer_shared_with(PARTNER, via="account")
    assert_layer_not_shared_with("333333333333")
    assert_layer_not_public()
    with pytest.raises(AssertionError, match=r"\Ashared-deps:1 is not private\n"):
        assert_layer_private()


def test_an_organization_shares_with_declared_members(layerperm, layerperm_layer):
    """Membership is what LayerPerm.organization declares."""
    layerperm_layer.grant("*", organization_id=ORGANIZATION)
    assert_layer_shared_with_organization(ORGANIZATION)
    assert_layer_not_public()
    assert_layer_not_shared_with(PARTNER)
    layerperm.organization(ORGANIZATION, accounts=[PARTNER])
    assert_layer_shared_with(PARTNER, via="organization")


def test_a_public_layer_is_shared_with_everybody(layerperm, layerperm_layer):
    """A public layer is shared with each account, yet not with an organization."""
    assert_layer_private()
    layerperm_layer.grant("*")
    assert_layer_public()
    assert_layer_shared_with(PARTNER, via="public")
    with pytest.raises(AssertionError, match=r"\Ashared-deps:1 is not shared with organization o-exampleorgid\n"):
        assert_layer_shared_with_organization(ORGANIZATION)


def test_a_layer_name_means_every_version(layerperm):
    """The version that was published last, with no policy, is found."""
    layerperm.publish_layer().grant(PARTNER)
    layerperm.publish_layer()
    with pytest.raises(AssertionError, match=r"\Ashared-deps:2 is not shared with 222222222222\n"):
        assert_layer_shared_with(PARTNER, layer="shared-deps")


@pytest.mark.parametrize("name", [name for name in pytest_layerperm.__all__ if name.startswith("assert_")])
def test_each_helper_is_a_fixture(request, name):
    """Every helper is also a fixture of its own name."""
    assert request.getfixturevalue(name) is getattr(pytest_layerperm, name)
