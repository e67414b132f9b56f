"""Whether a caller may call an operation on a layer version, and if not, why not, in AWS's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .arn import root_arn
from .errors import AccessDeniedException, access_denied
from .iam import Decision, IdentityPolicy, evaluate_all
from .model import ACTION, Policy, Statement

Context = Mapping[str, tuple[str, ...]]
"""Condition keys of a request, besides those of its caller."""

CROSS_ACCOUNT_OPERATIONS = frozenset({"GetLayerVersion", "GetLayerVersionByArn"})
"""The operations that a statement can allow another account (``access/account``)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed the request."""

    account_id: str
    organization_id: str | None = None
    """The caller's ``aws:PrincipalOrgID``; None if its account is in no organization."""
    arn: str | None = None
    """The user or role session, as denials name it; None for the account's root."""
    principal_arn: str | None = None
    """The caller's ``aws:PrincipalArn`` if it differs from ``arn``: of a role session, the role."""
    policies: tuple[IdentityPolicy, ...] | None = None
    """The identity policies that restrict the caller; None if nothing does."""
    session_policy: IdentityPolicy | None = None
    """The policy that restricts a role session beyond its role's policies."""

    @property
    def unrestricted(self) -> bool:
        """Whether the caller has no policy of its own: it may do everything with its account's layers."""
        return self.policies is None and self.session_policy is None

    def arn_in(self, partition: str) -> str:
        return self.arn or root_arn(self.account_id, partition)


def action_of(operation: str) -> str:
    """The IAM action that an operation needs; GetLayerVersionByArn needs ``lambda:GetLayerVersion``."""
    return ACTION if operation in CROSS_ACCOUNT_OPERATIONS else f"lambda:{operation}"


def admitting_statements(policy: Policy | None, caller: Caller, partition: str) -> Sequence[Statement]:
    """The statements of a layer version's policy that allow the caller; empty if there is no policy."""
    if policy is None:
        return ()
    root = root_arn(caller.account_id, partition)
    return [s for s in policy.statements if s.admits(root, caller.organization_id)]


def denial(
    operation: str,
    caller: Caller,
    partition: str,
    resource: str,
    *,
    owner_account_id: str,
    policy: Policy | None = None,
    context: Context | None = None,
) -> AccessDeniedException | None:
    """The error of a caller that may not call the operation on an account's resource; None if it may.

    ``resource`` is the layer version ARN, or the layer ARN if the operation is on the layer; ``policy`` is the layer
    version's. Another account's layer needs both that policy and the caller's own. A denial names one kind of
    policy; which one, if several deny the call, is inferred.
    """
    action = action_of(operation)
    kinds = [] if caller.policies is None else [("identity-based", caller.policies)]
    if caller.session_policy is not None:
        kinds.append(("session", (caller.session_policy,)))
    decisions = [
        (kind, evaluate_all(policies, action, resource, _context_of(caller, partition, context)))
        for kind, policies in kinds
    ]
    because = _because(action, decisions, _is_closed(operation, caller, partition, owner_account_id, policy))
    return None if because is None else access_denied(caller.arn_in(partition), action, resource, because)


def _is_closed(operation: str, caller: Caller, partition: str, owner_account_id: str, policy: Policy | None) -> bool:
    """Whether the resource's side denies the caller."""
    if caller.account_id == owner_account_id:
        return False
    return operation not in CROSS_ACCOUNT_OPERATIONS or not admitting_statements(policy, caller, partition)


def _because(action: str, decisions: Sequence[tuple[str, Decision]], closed: bool) -> str | None:
    for kind, decision in decisions:
        if decision is Decision.EXPLICIT_DENY:
            article = "an" if kind[0] == "i" else "a"
            return f"with an explicit deny in {article} {kind} policy"
    missing = ["resource-based"] if closed else []
    missing += [kind for kind, decision in decisions if decision is Decision.IMPLICIT_DENY]
    return f"because no {missing[0]} policy allows the {action} action" if missing else None


def _context_of(caller: Caller, partition: str, context: Context | None) -> dict[str, tuple[str, ...]]:
    """The condition keys of a request."""
    keys = {
        "aws:PrincipalAccount": (caller.account_id,),
        "aws:PrincipalArn": (caller.principal_arn or caller.arn_in(partition),),
        **(context or {}),
    }
    if caller.organization_id is not None:
        keys["aws:PrincipalOrgID"] = (caller.organization_id,)
    return keys
