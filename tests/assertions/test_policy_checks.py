"""assert_layer_policy: in which forms the expected statements can be given, and what counts."""

import pytest

from pytest_layerperm import assert_layer_policy

PARTNER = "222222222222"
ROOT = "arn:aws:iam::222222222222:root"
ORGANIZATION = "o-exampleorgid"
IN_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}


@pytest.fixture
def layer(layerperm_layer):
    """A layer version shared with an account, an organization and everyone."""
    layerperm_layer.grant(PARTNER, statement_id="partner")
    layerperm_layer.grant("*", organization_id=ORGANIZATION, statement_id="org")
    layerperm_layer.grant("*", statement_id="all")
    return layerperm_layer


@pytest.mark.parametrize(
    "account",
    [
        PARTNER,
        ROOT,
        {"Principal": PARTNER},
        {"Principal": {"AWS": ROOT}},
        {"Sid": "another", "Effect": "Allow", "Principal": {"AWS": PARTNER}, "Resource": "another"},
        {"StatementId": "another", "Principal": PARTNER, "Action": "lambda:GetLayerVersion", "VersionNumber": 7},
    ],
)
@pytest.mark.parametrize(
    "organization",
    [
        ORGANIZATION,
        {"Principal": "*", "OrganizationId": ORGANIZATION},
        {"Principal": "*", "Condition": IN_ORGANIZATION},
        {"OrganizationId": ORGANIZATION, "Principal": "*", "RevisionId": "x", "LayerName": "another"},
    ],
)
def test_forms(layer, account, organization):
    """Accounts and organizations in every form; ids and order do not count."""
    assert_layer_policy(["*", organization, account])
    assert_layer_policy(iter([account, {"Principal": "*"}, organization]), order=False)


def test_a_whole_document(layer):
    """A policy document as GetLayerVersionPolicy returns it, ids and order too."""
    assert_layer_policy(layer.policy)
    assert_layer_policy(layer.policy, ids=True, order=True)
    assert_layer_policy(layer.policy["Statement"], ids=True, order=True)


@pytest.mark.parametrize("expected", [[], ["*"], ["*", ORGANIZATION], ["*", "*", ORGANIZATION, PARTNER]])
def test_each_statement_counts(layer, expected):
    """Neither fewer nor more."""
    with pytest.raises(AssertionError, match=r"^shared-deps:1 has another policy than expected: "):
        assert_layer_policy(expected)


def test_ids_without_order(layer):
    """With ids=True alone the order does not count."""
    given = [{"StatementId": "all", "Principal": "*"}, *layer.policy["Statement"][:2]]
    assert_layer_policy(given, ids=True)
    with pytest.raises(AssertionError, match=r"^shared-deps:1 has its statements in another order than expected\n"):
        assert_layer_policy(given, ids=True, order=True)
    with pytest.raises(AssertionError, match=r": partner is missing; all is not expected\n"):
        assert_layer_policy([*layer.policy["Statement"][:2], layer.policy["Statement"][0]], ids=True)


def test_other_partitions(layerperm):
    """An account id is an account of the layer's own partition."""
    layerperm.publish_layer(region_name="cn-north-1").grant(PARTNER)
    assert_layer_policy([PARTNER])
    assert_layer_policy(["arn:aws-cn:iam::222222222222:root"])
    with pytest.raises(AssertionError, match=r": arn:aws:iam::222222222222:root is missing; 222222222222 is not"):
        assert_layer_policy([ROOT])
