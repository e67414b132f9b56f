"""LayerPerm.explain: why an account may or may not use a layer version."""

from textwrap import dedent

import pytest

from pytest_layerperm import LayerPerm
from pytest_layerperm.assertions.explanation import StatementVerdict

PARTNER = "222222222222"
ORGANIZATION = "o-exampleorgid"
ARN = "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps"


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """Text of 112 columns."""
    monkeypatch.setenv("COLUMNS", "120")


def printed(text):
    return dedent(text).strip()


def test_may_not(layerperm):
    """Each statement, and why it does not allow the account."""
    layerperm.organization("o-anotherorgid", accounts=["444444444444"])
    layer = layerperm.publish_layer()
    layer.grant("222222222223", statement_id="slip")
    layer.grant("987654321098", statement_id="other")
    layer.grant("*", organization_id=ORGANIZATION, statement_id="org")
    layer.grant("arn:aws-cn:iam::222222222222:root", statement_id="china")
    explained = layerperm.explain(PARTNER, layer)
    assert not explained
    assert str(explained) == printed(
        """
        222222222222 may not use arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          slip   allows account 222222222223                         no  one digit differs
          other  allows account 987654321098                         no  another account
          org    allows organization o-exampleorgid                  no  222222222222 is not declared a member
          china  allows principal arn:aws-cn:iam::222222222222:root  no  not an account in the layer's partition
        """
    )
    assert (
        layerperm.explain("444444444444").statements[2].reason == "444444444444 is declared a member of o-anotherorgid"
    )


def test_may(layerperm):
    """Each statement, and why it allows the account."""
    layerperm.organization(ORGANIZATION, accounts=[PARTNER])
    layer = layerperm.publish_layer()
    layer.grant(PARTNER, statement_id="partner")
    layer.grant("*", statement_id="all")
    layer.grant("*", organization_id=ORGANIZATION, statement_id="org")
    explained = layerperm.explain(PARTNER)
    assert explained
    assert str(explained) == printed(
        """
        222222222222 may use arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          partner  allows account 222222222222         yes  the account itself
          all      allows everyone                     yes  every account
          org      allows organization o-exampleorgid  yes  declared a member of o-exampleorgid
        """
    )


def test_the_value(layerperm, layerperm_layer):
    """The explanation is a value with all that it prints."""
    layerperm_layer.grant(PARTNER, statement_id="partner")
    explained = layerperm.explain(PARTNER, "shared-deps")
    assert (explained.account_id, explained.layer_version_arn, explained.allowed) == (PARTNER, f"{ARN}:1", True)
    assert explained.statements == (
        StatementVerdict("partner", "account 222222222222", matches=True, reason="the account itself"),
    )
    assert explained.remarks == ()


def test_the_shared_version_is_another(layerperm):
    """The version that is looked at is not the one that was shared."""
    layerperm.publish_layer().grant(PARTNER)
    layer = layerperm.publish_layer()
    assert str(layerperm.explain(PARTNER, layer)) == printed(
        """
        222222222222 may not use arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:2
          no policy
          version 1 is shared with it; this is version 2
        """
    )


def test_the_owner(layerperm, layerperm_layer, layerperm_client):
    """The owner needs no statement."""
    layerperm_layer.grant(PARTNER, statement_id="partner")
    layerperm_client.remove_layer_version_permission(LayerName="shared-deps", VersionNumber=1, StatementId="partner")
    assert str(layerperm.explain("123456789012")) == printed(
        """
        123456789012 may use arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          no statement: the last one was removed
          123456789012 owns the layer, and needs no statement
        """
    )


def test_what_it_says_is_what_happens(layerperm, layerperm_layer):
    """The account of which it says so may use the version, and no other one."""
    layerperm.organization(ORGANIZATION, accounts=[PARTNER])
    layerperm_layer.grant("*", organization_id=ORGANIZATION)
    layerperm_layer.grant("333333333333")
    for account_id in (PARTNER, "333333333333", "444444444444", "123456789012"):
        client = layerperm.client(account_id)
        try:
            client.get_layer_version_by_arn(Arn=layerperm_layer.arn)
            allowed = True
        except client.exceptions.ClientError:
            allowed = False
        assert layerperm.explain(account_id).allowed is allowed


def test_another_fake_is_on():
    """A fake explains its own layers, whatever fake is on, and also when it is off."""
    with LayerPerm() as outer:
        outer.publish_layer().grant(PARTNER)
        with LayerPerm() as inner:
            inner.publish_layer()
            assert outer.explain(PARTNER)
            assert not inner.explain(PARTNER)
    assert outer.explain(PARTNER)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["222"], "account_id must be twelve digits, not '222'"),
        ([PARTNER, "other"], f"layer: other does not exist; there is {ARN}:2 and {ARN}:1"),
        ([PARTNER, "shared-deps"], f"layer: give one of the versions {ARN}:2, {ARN}:1"),
        ([PARTNER], f"layer: which version? There is {ARN}:2, {ARN}:1"),
    ],
)
def test_bad_input(layerperm, arguments, message):
    """What is no account or no one version is a ValueError."""
    layerperm.publish_layer()
    layerperm.publish_layer()
    with pytest.raises(ValueError, match=r"^") as refused:
        layerperm.explain(*arguments)
    assert str(refused.value) == message


def test_no_layer(layerperm):
    """Without a layer there is nothing to explain."""
    with pytest.raises(ValueError, match=r"^layer: which version\? There is none$"):
        layerperm.explain(PARTNER)
