"""What the statements of a policy document grant, and whom they allow.

Read from the JSON that GetLayerVersionPolicy returns, so that it is the same through any client.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from ..lambda_api.model import ACTION

_ROOT_ARN = re.compile(r"arn:(?P<partition>aws[a-zA-Z-]*):iam::(?P<account_id>\d{12}):root", re.ASCII)
_STATEMENT_KEYS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


class UnreadablePolicy(ValueError):
    """A policy that no Lambda layer can have: whom it allows is not known."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement, for one principal."""

    sid: str
    principal: str
    """``"*"``, an account id (twelve digits) of the layer's partition, or the principal as it is written."""
    organization_id: str | None = None
    """What the statement requires ``aws:PrincipalOrgID`` to be; None if it has no such condition."""

    @property
    def public(self) -> bool:
        """Whether it allows everyone."""
        return self.principal == "*" and self.organization_id is None

    @property
    def way(self) -> str:
        """How it allows accounts, as ``via=`` names it."""
        if self.organization_id is not None:
            return "organization"
        return "public" if self.principal == "*" else "account"

    def allows(self, account_id: str, organization_id: str | None) -> bool:
        """Whether it allows that account, a member of that organization (None: of none)."""
        return self.principal in ("*", account_id) and self.organization_id in (None, organization_id)


def grants_of(document: object, partition: str) -> tuple[Grant, ...]:
    """All grants of a parsed policy document, in its order.

    Raises UnreadablePolicy for anything that Lambda never writes into a layer's policy.
    """
    statements = cast(dict[str, Any], document).get("Statement") if isinstance(document, dict) else None
    if not isinstance(statements, list):
        raise UnreadablePolicy(f"it has no list of statements: {document!r}")
    return tuple([grant for statement in cast(list[Any], statements) for grant in _grants(statement, partition)])


def _grants(statement: Any, partition: str) -> Iterator[Grant]:
    if (
        not isinstance(statement, dict)
        or statement.get("Effect") != "Allow"  # pyright: ignore[reportUnknownMemberType]
        or statement.get("Action") != ACTION  # pyright: ignore[reportUnknownMemberType]
        or not _STATEMENT_KEYS.issuperset(cast(dict[str, Any], statement))
    ):
        raise UnreadablePolicy(f"a statement that no layer has: {statement!r}")
    members = cast(dict[str, Any], statement)
    for principal in _principals(members):
        for organization_id in _organizations(members):
            yield Grant(str(members.get("Sid", "")), _named(principal, partition), organization_id)


def _principals(statement: dict[str, Any]) -> list[str]:
    principal = statement.get("Principal")
    if isinstance(principal, dict) and list(cast(dict[str, Any], principal)) == ["AWS"]:
        principal = cast(dict[str, Any], principal)["AWS"]
    return _texts(principal, statement)


def _organizations(statement: dict[str, Any]) -> list[str] | list[None]:
    condition = statement.get("Condition")
    if condition is None:
        return [None]
    match condition:
        case {"StringEquals": {"aws:PrincipalOrgID": wanted, **others}, **operators} if not others and not operators:
            return _texts(wanted, statement)
        case _:
            raise UnreadablePolicy(f"a condition that no layer has: {statement!r}")


def _texts(value: Any, statement: dict[str, Any]) -> list[str]:
    found = cast(list[Any], value) if isinstance(value, list) else [value]
    if not found or not all(isinstance(text, str) for text in found):
        raise UnreadablePolicy(f"a principal or condition that no layer has: {statement!r}")
    return found


def _named(principal: str, partition: str) -> str:
    """The account id, if the principal is the root of an account in the layer's own partition."""
    match = _ROOT_ARN.fullmatch(principal)
    return match["account_id"] if match and match["partition"] == partition else principal
