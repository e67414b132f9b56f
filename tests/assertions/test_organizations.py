"""assert_layer_not_shared_with where a statement allows an organization: who is a member has to be known."""

import boto3
import pytest
from botocore.stub import Stubber

from pytest_layerperm import assert_layer_not_shared_with

PARTNER = "222222222222"
ORGANIZATION = "o-exampleorgid"
UNKNOWN = r"^shared-deps:1 may be shared with 222222222222: the members of an organization are not declared\n"


@pytest.fixture
def shared(layerperm, layerperm_layer):
    """A layer version that an organization may use."""
    layerperm_layer.grant("*", organization_id=ORGANIZATION, statement_id="org")
    return layerperm_layer


def test_an_organization_that_was_never_declared(shared):
    """Nobody has said whether the account is a member: the helper cannot be sure, and fails."""
    with pytest.raises(AssertionError, match=UNKNOWN):
        assert_layer_not_shared_with(PARTNER)


@pytest.mark.parametrize("accounts", [(), ["333333333333"]])
def test_no_member(layerperm, shared, accounts):
    """The organization is declared, without the account."""
    layerperm.organization(ORGANIZATION, accounts=accounts)
    assert_layer_not_shared_with(PARTNER)


def test_a_member_of_another_organization(layerperm, shared):
    """An account is in one organization at most."""
    layerperm.organization("o-anotherorgid", accounts=[PARTNER])
    assert_layer_not_shared_with(PARTNER)


def test_another_organization_is_declared(layerperm, shared):
    """That says nothing of the one that the statement allows."""
    layerperm.organization("o-anotherorgid", accounts=["333333333333"])
    with pytest.raises(AssertionError, match=UNKNOWN):
        assert_layer_not_shared_with(PARTNER)


def test_what_was_declared_is_forgotten(layerperm, layerperm_layer):
    """reset() forgets organizations, those without members too."""
    layerperm.organization(ORGANIZATION)
    layerperm.reset()
    layerperm.publish_layer().grant("*", organization_id=ORGANIZATION)
    with pytest.raises(AssertionError, match=UNKNOWN):
        assert_layer_not_shared_with(PARTNER)


def test_an_organization_of_moto(layerperm, layerperm_layer):
    """moto's Organizations knows its members."""
    organization = boto3.client("organizations").create_organization(FeatureSet="ALL")["Organization"]
    layerperm_layer.grant("*", organization_id=organization["Id"])
    assert_layer_not_shared_with(PARTNER)


def test_a_client_without_a_fake(monkeypatch):
    """Without a fake nothing is known of members."""
    monkeypatch.setenv("COLUMNS", "120")
    client = boto3.client("lambda", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    statement = (
        '{"Sid":"org","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion","Resource":"*",'
        '"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}}'
    )
    arn = "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1"
    with Stubber(client) as stubber:
        stubber.add_response("get_layer_version_policy", {"Policy": f'{{"Statement":[{statement}]}}'})
        with pytest.raises(AssertionError, match=UNKNOWN) as failed:
            assert_layer_not_shared_with(PARTNER, layer=arn, client=client)
    assert 'What to do: declare who is a member, with a fake on: layerperm.organization("' in str(failed.value)
