"""May this caller do this to that layer version, and if not, why not, in AWS's words (aws-facts 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .arn import root_arn
from .errors import AccessDeniedException, access_denied
from .model import ACTION, Policy, Statement

CROSS_ACCOUNT_OPERATIONS = frozenset({"GetLayerVersion", "GetLayerVersionByArn"})
"""What an account may do to another account's layer, given a statement that lets it (6.1)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed the request."""

    account_id: str
    organization_id: str | None = None
    """What ``aws:PrincipalOrgID`` is for the caller; None outside every organization (7.6)."""
    arn: str | None = None
    """The user or assumed role, as refusals name it; left out, the account's root."""

    def arn_in(self, partition: str) -> str:
        return self.arn or root_arn(self.account_id, partition)


def action_of(operation: str) -> str:
    """The IAM action that an operation needs; GetLayerVersionByArn is authorized as GetLayerVersion (7.5)."""
    return ACTION if operation in CROSS_ACCOUNT_OPERATIONS else f"lambda:{operation}"


def admitting_statements(policy: Policy | None, caller: Caller, partition: str) -> Sequence[Statement]:
    """The statements of a layer version's policy that let the caller in; none where there is no policy."""
    if policy is None:
        return ()
    root = root_arn(caller.account_id, partition)
    return [s for s in policy.statements if s.admits(root, caller.organization_id)]


def foreign_refusal(
    operation: str, caller: Caller, partition: str, resource: str, policy: Policy | None
) -> AccessDeniedException | None:
    """Why a caller may not touch another account's layer or layer version; None when it may.

    ``resource`` is the version ARN, or the layer ARN where the operation is on the layer (6.3).
    """
    if operation in CROSS_ACCOUNT_OPERATIONS and admitting_statements(policy, caller, partition):
        return None
    action = action_of(operation)
    return access_denied(
        caller.arn_in(partition),
        action,
        resource,
        f"because no resource-based policy allows the {action} action",
    )
