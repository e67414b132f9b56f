"""Whether a caller may, and why not."""

from __future__ import annotations

import pytest

from pytest_layerperm.lambda_api.access import (
    CROSS_ACCOUNT_OPERATIONS,
    Caller,
    action_of,
    admitting_statements,
    denial,
)
from pytest_layerperm.lambda_api.arn import layer_id
from pytest_layerperm.lambda_api.errors import AccessDeniedException
from pytest_layerperm.lambda_api.members import MEMBERS
from pytest_layerperm.lambda_api.model import ACTION, Policy, make_policy, make_statement

LAYER = layer_id("shared-deps", "123456789012", "us-east-1")
PUBLIC = make_statement(LAYER, 1, "public", ACTION, "*", None)
PARTNER = make_statement(LAYER, 1, "partner", ACTION, "210987654321", None)
OURS = make_statement(LAYER, 1, "ours", ACTION, "*", "o-exampleorgid")
POLICY = make_policy("r", (PARTNER, PUBLIC, OURS))
CALLER = Caller("210987654321")


def foreign(operation: str, policy: Policy) -> AccessDeniedException | None:
    """The denial of another account's caller."""
    return denial(operation, CALLER, "aws", "arn:v", owner_account_id="123456789012", policy=policy)


def test_caller_is_named_in_full() -> None:
    """The account's root in the partition of the call, or the user or role that is known."""
    assert CALLER.arn_in("aws-cn") == "arn:aws-cn:iam::210987654321:root"
    assert Caller("1" * 12, arn="arn:aws:iam::111111111111:user/dev").arn_in("aws").endswith(":user/dev")


def test_admitting_statements_are_all_that_match() -> None:
    """In order; none if there is no policy."""
    member = Caller("333333333333", "o-exampleorgid")
    assert list(admitting_statements(POLICY, CALLER, "aws")) == [PARTNER, PUBLIC]
    assert list(admitting_statements(POLICY, member, "aws")) == [PUBLIC, OURS]
    assert list(admitting_statements(POLICY, CALLER, "aws-cn")) == [PUBLIC]
    assert list(admitting_statements(None, CALLER, "aws")) == []


def test_by_arn_is_authorized_as_get_layer_version() -> None:
    """Every other operation has an action of its own name."""
    assert action_of("GetLayerVersionByArn") == action_of("GetLayerVersion") == "lambda:GetLayerVersion"
    assert action_of("ListLayerVersions") == "lambda:ListLayerVersions"


@pytest.mark.parametrize("operation", sorted(CROSS_ACCOUNT_OPERATIONS))
def test_reading_another_accounts_version(operation: str) -> None:
    """With a statement, and not without."""
    assert foreign(operation, POLICY) is None
    denied = foreign(operation, make_policy("r", (OURS,)))
    assert str(denied) == (
        "User: arn:aws:iam::210987654321:root is not authorized to perform: lambda:GetLayerVersion "
        "on resource: arn:v because no resource-based policy allows the lambda:GetLayerVersion action"
    )


@pytest.mark.parametrize("operation", sorted(set(MEMBERS) - CROSS_ACCOUNT_OPERATIONS))
def test_other_operations_are_denied_to_other_accounts(operation: str) -> None:
    """However public the version is."""
    assert str(foreign(operation, POLICY)) == (
        f"User: arn:aws:iam::210987654321:root is not authorized to perform: lambda:{operation} "
        f"on resource: arn:v because no resource-based policy allows the lambda:{operation} action"
    )
