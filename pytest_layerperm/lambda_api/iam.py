"""Identity policies: the part of IAM that applies to layer calls.

Follows the IAM User Guide, "Grammar of the IAM JSON policy language" and "Policy evaluation logic"; the
conditions are in iam_conditions.py. What the guide leaves open is marked "inferred".

Nothing is ignored silently: a policy that IAM rejects, or that uses a part of IAM that is not supported
here, raises an error that names the place.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .iam_conditions import Comparison, Null, conditions_at
from .iam_document import (
    UnsupportedPolicy,
    any_of,
    decoded,
    fail,
    items_at,
    kind,
    object_at,
    shown,
    strings_at,
    wildcards,
    without_variables,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__tracebackhide__ = True

__all__ = ["Decision", "IdentityPolicy", "UnsupportedPolicy", "evaluate_all"]


class Decision(enum.Enum):
    """The decision of policies about a request."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit deny"
    IMPLICIT_DENY = "implicit deny"


@dataclass(frozen=True, slots=True)
class Statement:
    """A compiled statement. ``unsupported`` says why it cannot be evaluated for the actions it names."""

    deny: bool
    action: re.Pattern[str]
    not_action: bool
    resource: re.Pattern[str]
    not_resource: bool
    conditions: tuple[Comparison | Null, ...]
    unsupported: str | None

    def applies(self, action: str, resource: str, values: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether action, resource and every condition match; ``values`` has its keys in lower case."""
        if (self.action.fullmatch(action) is not None) == self.not_action:
            return False
        if self.unsupported is not None:
            raise UnsupportedPolicy(self.unsupported)
        if (self.resource.fullmatch(resource) is not None) == self.not_resource:
            return False
        return all(condition.holds(values.get(condition.key, ())) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class IdentityPolicy:
    """An IAM identity policy, checked and compiled."""

    statements: tuple[Statement, ...]

    @classmethod
    def parse(cls, document: str | Mapping[str, Any], *, argument: str = "identity_policy") -> IdentityPolicy:
        """Reads a policy document: JSON text, or what JSON text decodes to.

        Policy variables are rejected in any Version, even if IAM treats them as plain text. If a statement names
        actions of other services only (such as ``iam:PassRole``), its unsupported parts are reported only when
        such an action is evaluated, so that a whole role's policy can be used.

        Raises ValueError if the document is not an identity policy, and its subclass UnsupportedPolicy if it uses
        what is not supported here. The message starts with ``argument`` and the place, for example
        ``identity_policy: Statement[1].Condition``.
        """
        if not isinstance(document, (str, Mapping)):  # pyright: ignore[reportUnnecessaryIsInstance]
            fail(argument, f"must be a policy document, as a dict or as JSON text, not {kind(document)}")
        policy = object_at(decoded(document, argument) if isinstance(document, str) else document, argument)
        for name in policy:
            if name not in ("Version", "Statement"):
                fail(argument, f'"{name}" is not valid in an identity policy; valid are Version and Statement')
        version = policy.get("Version", "2008-10-17")
        if version not in ("2012-10-17", "2008-10-17"):
            fail(f"{argument}: Version", f'must be "2012-10-17" or "2008-10-17", not {shown(version)}')
        if "Statement" not in policy:
            fail(argument, "has no Statement")
        sids: set[str] = set()
        statements: list[Statement] = []
        for place, item in items_at(policy["Statement"], f"{argument}: Statement"):
            wanted = "an object" if place.endswith("]") else "an object or a list of objects"
            statements.append(_statement(object_at(item, place, wanted), place, sids))
        return cls(tuple(statements))


def evaluate_all(
    policies: Iterable[IdentityPolicy],
    action: str,
    resource: str,
    context: Mapping[str, tuple[str, ...] | str],
) -> Decision:
    """The decision of all of a caller's policies: a matching Deny wins, then a matching Allow; else an implicit deny.

    ``action`` is for example ``lambda:GetLayerVersion``; ``resource`` is an ARN, or ``*`` for an action that
    has no resource (ListLayers). ``context`` has the condition keys of the request, in any case, with one
    value or several; a key that the request does not have is omitted.

    Raises UnsupportedPolicy if a statement that names the action uses what is not supported here.
    """
    values = {key.lower(): _present(value) for key, value in context.items()}
    decision = Decision.IMPLICIT_DENY
    for policy in policies:
        for statement in policy.statements:
            if statement.applies(action, resource, values):
                if statement.deny:
                    return Decision.EXPLICIT_DENY
                decision = Decision.ALLOWED
    return decision


def _present(value: tuple[str, ...] | str) -> tuple[str, ...]:
    # The guide treats an empty string as an empty data set. Inferred: an empty data set is an absent key.
    return tuple(filter(None, (value,) if isinstance(value, str) else value))


_ELEMENTS = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")


def _statement(statement: Mapping[str, Any], place: str, sids: set[str]) -> Statement:
    for name in statement:
        if name not in _ELEMENTS:
            valid = ", ".join(_ELEMENTS)
            fail(place, f'"{name}" is not valid in a statement of an identity policy; valid are {valid}')
    _check_sid(statement.get("Sid", ""), f"{place}.Sid", sids)
    if "Effect" not in statement:
        fail(place, "has no Effect; valid are Allow and Deny")
    effect = statement["Effect"]
    if effect not in ("Allow", "Deny"):
        fail(f"{place}.Effect", f'must be "Allow" or "Deny", not {shown(effect)}')
    actions, not_action = _either(statement, "Action", place)
    resources, not_resource = _either(statement, "Resource", place)
    action = any_of(actions, _action, re.IGNORECASE | re.ASCII)
    resource = any_of(resources, _resource, 0)
    conditions: tuple[Comparison | Null, ...] = ()
    unsupported = None
    try:
        for at, text in resources:
            without_variables(text, at)
        if "Condition" in statement:
            conditions = tuple(conditions_at(statement["Condition"], f"{place}.Condition"))
    except UnsupportedPolicy as error:
        if not_action or any(_may_name_lambda(text) for _, text in actions):
            raise
        unsupported = str(error)
    return Statement(effect == "Deny", action, not_action, resource, not_resource, conditions, unsupported)


def _check_sid(sid: object, place: str, sids: set[str]) -> None:
    if not isinstance(sid, str) or not re.fullmatch("[0-9A-Za-z]*", sid):
        fail(place, f"must consist of letters and digits, not {shown(sid)}")
    if sid in sids:
        fail(place, f'"{sid}" is the Sid of an earlier statement')
    if sid:
        sids.add(sid)


def _either(statement: Mapping[str, Any], name: str, place: str) -> tuple[list[tuple[str, str]], bool]:
    """The strings of Action or NotAction, Resource or NotResource, and whether it is the negated element."""
    given = [element for element in (name, f"Not{name}") if element in statement]
    if len(given) != 1:
        fail(place, f"must have either {name} or Not{name}, {'not both' if given else 'and has neither'}")
    return strings_at(statement[given[0]], f"{place}.{given[0]}"), given[0] != name


def _action(text: str, place: str) -> str:
    if not re.fullmatch(r"\*|[^:]+:[^:]+", text):
        fail(place, f'"{text}" must be "*" or like "lambda:GetLayerVersion"')
    return wildcards(text)


def _resource(text: str, place: str) -> str:
    # IAM rejects wildcards for the service. In other parts they match colons too, unlike in ArnLike.
    if not re.fullmatch(r"\*|arn:[^:]+:[^:*?]+:.+", text):
        fail(place, f'"{text}" must be "*" or an ARN with no wildcard for the service')
    return wildcards(text)


def _may_name_lambda(action: str) -> bool:
    service = wildcards(action.partition(":")[0])
    return re.fullmatch(service, "lambda", re.IGNORECASE) is not None
