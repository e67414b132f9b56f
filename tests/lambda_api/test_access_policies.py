"""What a caller's own policies allow, and which kind of policy a denial names."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_layerperm.lambda_api.access import Caller, denial
from pytest_layerperm.lambda_api.arn import layer_id
from pytest_layerperm.lambda_api.iam import IdentityPolicy
from pytest_layerperm.lambda_api.model import ACTION, make_policy, make_statement

OWNER, OTHER = "123456789012", "210987654321"
LAYER = layer_id("shared-deps", OWNER, "us-east-1")
ARN = LAYER.version_arn(1)
PUBLIC = make_policy("r", (make_statement(LAYER, 1, "public", ACTION, "*", None),))


def policy(effect: str = "Allow", **statement: Any) -> IdentityPolicy:
    statement = {"Action": "*", "Resource": "*", **statement}
    return IdentityPolicy.parse({"Version": "2012-10-17", "Statement": [{"Effect": effect, **statement}]})


def because(caller: Caller, partition: str = "aws", *, owner: str = OWNER, **more: Any) -> str | None:
    """Why GetLayerVersion is denied; None if it is not."""
    denied = denial("GetLayerVersion", caller, partition, ARN, owner_account_id=owner, **more)
    if denied is None:
        return None
    start = f"User: {caller.arn_in(partition)} is not authorized to perform: {ACTION} on resource: {ARN} "
    assert str(denied).startswith(start)
    return str(denied).removeprefix(start)


def missing(kind: str) -> str:
    return f"because no {kind} policy allows the {ACTION} action"


@pytest.mark.parametrize(
    ("identity", "session", "text"),
    [
        (None, None, None),
        ((policy(),), None, None),
        ((policy(),), policy(), None),
        ((), None, missing("identity-based")),
        ((), policy(), missing("identity-based")),
        ((policy(Action="s3:*"),), None, missing("identity-based")),
        ((policy(Resource=LAYER.version_arn(2)),), None, missing("identity-based")),
        ((policy(Resource=ARN),), None, None),
        ((policy(),), policy(Action="s3:*"), missing("session")),
        (None, policy(Action="s3:*"), missing("session")),
        (None, policy(), None),
        ((policy(), policy("Deny")), None, "with an explicit deny in an identity-based policy"),
        ((policy(),), policy("Deny"), "with an explicit deny in a session policy"),
        ((), policy("Deny"), "with an explicit deny in a session policy"),
    ],
)
def test_callers_of_the_owners_account(
    identity: tuple[IdentityPolicy, ...] | None, session: IdentityPolicy | None, text: str | None
) -> None:
    """All kinds of policies must allow it; an explicit deny is reported before a missing allow."""
    assert because(Caller(OWNER, policies=identity, session_policy=session)) == text


def test_another_accounts_layer_needs_both_sides() -> None:
    """The layer's policy and the caller's own; if both deny, the layer's is named."""
    assert because(Caller(OTHER, policies=(policy(),)), policy=PUBLIC) is None
    assert because(Caller(OTHER, policies=()), policy=PUBLIC) == missing("identity-based")
    assert because(Caller(OTHER, policies=(policy(),))) == missing("resource-based")
    assert because(Caller(OTHER, policies=())) == missing("resource-based")
    assert because(Caller(OTHER, policies=(policy("Deny"),))) == "with an explicit deny in an identity-based policy"


CALLER = Caller(
    OWNER,
    "o-exampleorgid",
    arn=f"arn:aws:sts::{OWNER}:assumed-role/deploy/session",
    principal_arn=f"arn:aws:iam::{OWNER}:role/deploy",
)
ROOT = Caller(OWNER)


@pytest.mark.parametrize(
    ("caller", "key", "value"),
    [
        (CALLER, "aws:PrincipalAccount", OWNER),
        (CALLER, "aws:PrincipalArn", f"arn:aws:iam::{OWNER}:role/deploy"),
        (CALLER, "aws:PrincipalOrgID", "o-exampleorgid"),
        (CALLER, "lambda:Layer", ARN),
        (ROOT, "aws:PrincipalArn", f"arn:aws-cn:iam::{OWNER}:root"),
        (Caller(OWNER, arn=f"arn:aws:iam::{OWNER}:user/dev"), "aws:PrincipalArn", f"arn:aws:iam::{OWNER}:user/dev"),
    ],
)
def test_conditions_are_judged_by_what_the_caller_is(caller: Caller, key: str, value: str) -> None:
    """Account, principal, organization, and the keys of the request."""
    for wanted, text in ((value, None), ("another", missing("identity-based"))):
        condition = {"ForAnyValue:StringEquals" if key == "lambda:Layer" else "StringEquals": {key: wanted}}
        restricted = Caller(
            caller.account_id,
            caller.organization_id,
            caller.arn,
            caller.principal_arn,
            policies=(policy(Condition=condition),),
        )
        assert because(restricted, "aws-cn", context={"lambda:Layer": (ARN,)}) == text


def test_outside_every_organization_there_is_no_such_key() -> None:
    """So that a condition on its absence holds."""
    absent = policy(Condition={"Null": {"aws:PrincipalOrgID": "true"}})
    assert because(Caller(OWNER, policies=(absent,))) is None
    assert because(Caller(OWNER, "o-exampleorgid", policies=(absent,))) == missing("identity-based")
