"""What the statements of a policy grant."""

import pytest

from pytest_layerperm.assertions.typos import typo_between
from pytest_layerperm.service.grants import Grant, UnreadablePolicy, grants_of

ROOT = "arn:aws:iam::222222222222:root"


def statement(**members):
    return {"Sid": "s", "Effect": "Allow", "Action": "lambda:GetLayerVersion", "Resource": "*", **members}


def in_organization(*organizations):
    (value,) = organizations if len(organizations) == 1 else [list(organizations)]
    return {"StringEquals": {"aws:PrincipalOrgID": value}}


@pytest.mark.parametrize(
    ("members", "grants"),
    [
        ({"Principal": "*"}, [Grant("s", "*")]),
        ({"Principal": {"AWS": "*"}}, [Grant("s", "*")]),
        ({"Principal": {"AWS": ROOT}}, [Grant("s", "222222222222")]),
        ({"Principal": {"AWS": "222222222222"}}, [Grant("s", "222222222222")]),
        ({"Principal": {"AWS": [ROOT, "*"]}}, [Grant("s", "222222222222"), Grant("s", "*")]),
        (
            {"Principal": {"AWS": "arn:aws-cn:iam::222222222222:root"}},
            [Grant("s", "arn:aws-cn:iam::222222222222:root")],
        ),
        ({"Principal": "*", "Condition": in_organization("o-1")}, [Grant("s", "*", "o-1")]),
        (
            {"Principal": "*", "Condition": in_organization("o-1", "o-2")},
            [Grant("s", "*", "o-1"), Grant("s", "*", "o-2")],
        ),
    ],
)
def test_grants(members, grants):
    """Every form in which a layer's policy can name who is allowed."""
    assert grants_of({"Statement": [statement(**members)]}, "aws") == tuple(grants)


def test_no_policy_grants_nothing():
    """Without a policy nobody is allowed."""
    assert grants_of({"Statement": []}, "aws") == ()


@pytest.mark.parametrize(
    "members",
    [
        {"Principal": "*", "Effect": "Deny"},
        {"Principal": "*", "Action": "lambda:*"},
        {"Principal": "*", "NotAction": "lambda:GetLayerVersion"},
        {"Principal": {"Service": "lambda.amazonaws.com"}},
        {"Principal": {"AWS": []}},
        {"Principal": {"AWS": [1]}},
        {},
        {"Principal": "*", "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}},
        {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1", "aws:SourceIp": "::1"}}},
        {"Principal": "*", "Condition": {**in_organization("o-1"), "Bool": {}}},
        {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": 1}}},
    ],
)
def test_statements_that_no_layer_has(members):
    """What AWS never writes into a layer's policy is rejected: whom it allows would be a guess."""
    with pytest.raises(UnreadablePolicy, match=r"that no layer has: \{'Sid': 's'"):
        grants_of({"Statement": [statement(**members)]}, "aws")


@pytest.mark.parametrize("document", [{}, {"Statement": {}}, [], None])
def test_documents_without_statements(document):
    """A policy document has a list of statements."""
    with pytest.raises(UnreadablePolicy, match=r"^it has no list of statements: "):
        grants_of(document, "aws")


def test_a_statement_that_is_no_object():
    """A statement is a JSON object."""
    with pytest.raises(UnreadablePolicy, match=r"^a statement that no layer has: 'x'$"):
        grants_of({"Statement": ["x"]}, "aws")


@pytest.mark.parametrize(
    ("grant", "admitted"),
    [
        (Grant("s", "*"), {"of none", "of o-1", "another"}),
        (Grant("s", "222222222222"), {"of none", "of o-1"}),
        (Grant("s", "*", "o-1"), {"of o-1"}),
        (Grant("s", "*", "o-2"), {"another"}),
        (Grant("s", "333333333333", "o-1"), set()),
    ],
)
def test_whom_a_grant_allows(grant, admitted):
    """An organization counts for its members only."""
    callers = {
        "of none": ("222222222222", None),
        "of o-1": ("222222222222", "o-1"),
        "another": ("333333333333", "o-2"),
    }
    assert {name for name, caller in callers.items() if grant.allows(*caller)} == admitted


@pytest.mark.parametrize(
    ("other", "typo"),
    [
        ("123456789012", None),
        ("123456789013", "one digit differs"),
        ("023456789012", "one digit differs"),
        ("123456789021", "two digits are swapped"),
        ("213456789012", "two digits are swapped"),
        ("123456789033", "two digits differ"),
        ("323456789010", "two digits differ"),
        ("124456789033", None),
    ],
)
def test_typos(other, typo):
    """How one account id becomes another by a typo."""
    assert typo_between("123456789012", other) == typo
