"""Why an account may or may not use a layer version, statement by statement."""

from __future__ import annotations

from dataclasses import dataclass

from ..lambda_api.arn import is_account_id
from ..service.grants import Grant
from .lookup import View
from .readers import Seen
from .tables import table
from .typos import mistyped_account, typo_between


@dataclass(frozen=True, slots=True)
class StatementVerdict:
    """What one statement means for the account: one line of an ``Explanation``."""

    statement_id: str
    allows: str
    """Whom it allows, in words."""
    matches: bool
    """Whether that includes the account."""
    reason: str
    """Why it does or does not, in words."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an account may or may not use a layer version. True if it may; prints as a small table.

    ``LayerPerm.explain`` returns it. Whom a statement allows follows
    https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html

    >>> explanation = layerperm.explain("222222222222", layerperm_layer)
    >>> explanation.allowed, explanation.statements
    (False, ())
    >>> print(explanation)
    222222222222 may not use arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
      no policy
    """

    account_id: str
    """Twelve digits."""
    layer_version_arn: str
    allowed: bool
    """Whether the account may use the version: by a statement, or as its owner."""
    statements: tuple[StatementVerdict, ...]
    """In the order of the policy; none if there is no policy."""
    remarks: tuple[str, ...] = ()
    """What else there is to know: that the account owns the layer, or may use another version of it."""

    def __bool__(self) -> bool:
        return self.allowed

    def __str__(self) -> str:
        verb = "may" if self.allowed else "may not"
        lines = [f"{self.account_id} {verb} use {self.layer_version_arn}"]
        if self.statements:
            rows = [
                [one.statement_id, f"allows {one.allows}", "yes" if one.matches else "no", one.reason]
                for one in self.statements
            ]
            lines.append(table(rows))
        lines += [f"  {remark}" for remark in self.remarks]
        return "\n".join(lines)


def explain(view: View, account_id: str) -> Explanation:
    """The explanation for the one version of a view. Raises ValueError if it has several."""
    seen, *others = view.asked
    if others:
        raise ValueError(f"layer: give one of the versions {', '.join([one.arn for one in view.asked])}")
    organization_id = view.organization_of(account_id)
    mistyped = mistyped_account(view, account_id)
    statements = tuple([_verdict(grant, account_id, organization_id, mistyped) for grant in seen.grants])
    shared = any(statement.matches for statement in statements)
    owns = seen.layer.account_id == account_id
    remarks: list[str] = []
    if not seen.grants:
        remarks.append(no_policy(seen))
    if owns:
        remarks.append(f"{account_id} owns the layer, and needs no statement")
    elif not shared:
        others = [
            other.version
            for other in view.siblings(seen)
            if any(grant.allows(account_id, organization_id) for grant in other.grants)
        ]
        remarks += [f"version {version} is shared with it; this is version {seen.version}" for version in others[:1]]
    return Explanation(account_id, seen.arn, shared or owns, statements, tuple(remarks))


def _verdict(grant: Grant, account_id: str, organization_id: str | None, mistyped: str | None) -> StatementVerdict:
    matches = grant.allows(account_id, organization_id)
    reason = why(grant, organization_id) if matches else why_not(grant, account_id, organization_id, mistyped)
    return StatementVerdict(grant.sid, allowed_by(grant), matches, reason)


def no_policy(seen: Seen) -> str:
    """AWS has two responses for it (facts ``errors/get-no-policy`` and ``errors/get-emptied-policy``)."""
    return "no policy" if seen.state == "never" else "no statement: the last one was removed"


def allowed_by(grant: Grant, *, short: bool = False) -> str:
    """Whom a statement allows."""
    if grant.public:
        return "everyone"
    who = grant.principal
    if who == "*":
        return f"{grant.organization_id}" if short else f"organization {grant.organization_id}"
    if not short:
        who = f"account {who}" if is_account_id(who) else f"principal {who}"
    return who if grant.organization_id is None else f"{who} in {grant.organization_id}"


def why(grant: Grant, organization_id: str | None) -> str:
    """Why a statement allows the account."""
    if grant.organization_id is not None:
        return f"declared a member of {organization_id}"
    return "the account itself" if grant.principal != "*" else "every account"


def why_not(grant: Grant, account_id: str, organization_id: str | None, mistyped: str | None) -> str:
    """Why a statement does not allow the account; ``mistyped`` is the account that is allowed by a typo."""
    if grant.principal in ("*", account_id):
        return membership(account_id, organization_id)
    if not is_account_id(grant.principal):
        return "not an account in the layer's partition"
    typo = typo_between(grant.principal, account_id) if grant.principal == mistyped else None
    return typo or "another account"


def membership(account_id: str, organization_id: str | None) -> str:
    """What is declared of an account that is not a member of the required organization."""
    if organization_id is None:
        return f"{account_id} is not declared a member"
    return f"{account_id} is declared a member of {organization_id}"
