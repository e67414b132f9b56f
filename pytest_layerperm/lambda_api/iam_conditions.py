"""The conditions of identity policies: operators, set qualifiers, IfExists and Null.

Follows the IAM User Guide, "Condition operators", "Conditions with multiple context keys or values" and
"Single-valued vs. multivalued context keys". What the guide leaves open is marked "inferred".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from .iam_document import (
    UnsupportedPolicy,
    any_of,
    fail,
    items_at,
    kind,
    object_at,
    wildcards,
    without_variables,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONDITION_KEYS = ("aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "lambda:Layer")
"""The supported keys. ``lambda:Layer`` has a value for each layer of the function."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One key under one operator; several values in the policy are alternatives (if negated: a NOR)."""

    key: str
    pattern: re.Pattern[str]
    negated: bool
    if_exists: bool
    qualifier: str | None

    def holds(self, values: tuple[str, ...]) -> bool:
        """Whether the key's values in the request meet the condition; no values mean that the key is absent."""
        results = ((self.pattern.fullmatch(value) is None) == self.negated for value in values)
        if self.qualifier == "ForAllValues":
            return all(results)  # true without values
        if self.qualifier == "ForAnyValue":
            # False without values. Inferred: also with IfExists, which would be true without a qualifier.
            return any(results)
        if not values:
            return self.negated or self.if_exists
        if len(values) > 1:
            # Inferred: the guide requires a qualifier here, and does not say what happens without one. The
            # operator compares a single value, so several values match nothing.
            return self.negated
        return next(results)


@dataclass(frozen=True, slots=True)
class Null:
    """Whether a key is absent; ``accepted`` holds the values that the policy accepts."""

    key: str
    accepted: frozenset[bool]

    def holds(self, values: tuple[str, ...]) -> bool:
        """Whether the key's values in the request meet the condition; no values mean that the key is absent."""
        return (not values) in self.accepted


def _equal(text: str, place: str) -> str:
    return re.escape(without_variables(text, place))


def _like(text: str, place: str) -> str:
    return wildcards(without_variables(text, place))


def _arn_like(text: str, place: str) -> str:
    parts = without_variables(text, place).split(":", 5)
    if len(parts) < 6:
        # What IAM does with fewer parts is not known; each of the six is compared separately.
        raise UnsupportedPolicy(
            f'{place}: ARN pattern "{text}" is not supported; '
            "give all six parts, arn:partition:service:region:account:resource"
        )
    *before, resource = parts
    return ":".join([*(wildcards(part, "[^:]") for part in before), wildcards(resource)])


_IGNORE_CASE = re.IGNORECASE | re.ASCII
_OPERATORS: dict[str, tuple[Callable[[str, str], str], int, bool]] = {
    "StringEquals": (_equal, 0, False),
    "StringNotEquals": (_equal, 0, True),
    "StringEqualsIgnoreCase": (_equal, _IGNORE_CASE, False),
    "StringNotEqualsIgnoreCase": (_equal, _IGNORE_CASE, True),
    "StringLike": (_like, 0, False),
    "StringNotLike": (_like, 0, True),
    "ArnEquals": (_arn_like, 0, False),  # as ArnLike, says the guide
    "ArnNotEquals": (_arn_like, 0, True),
    "ArnLike": (_arn_like, 0, False),
    "ArnNotLike": (_arn_like, 0, True),
}


def _comparison(
    operator: str, qualifier: str | None, if_exists: bool, key: str, texts: list[tuple[str, str]]
) -> Comparison:
    translate, flags, negated = _OPERATORS[operator]
    return Comparison(key, any_of(texts, translate, flags), negated, if_exists, qualifier)


def _null(key: str, texts: list[tuple[str, str]]) -> Null:
    for place, text in texts:
        if text.lower() not in ("true", "false"):
            fail(place, f'must be "true" or "false", not "{text}"')
    return Null(key, frozenset(text.lower() == "true" for _, text in texts))


def _compiler(name: str, place: str) -> Callable[[str, list[tuple[str, str]]], Comparison | Null]:
    """The function that builds a condition from a key and its values, for the operator of that name."""
    if name == "Null":
        return _null
    parsed = re.fullmatch(r"(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?", name)
    if parsed is None or parsed[2] not in _OPERATORS:
        raise UnsupportedPolicy(
            f'{place}: operator "{name}" is not supported; supported are {", ".join(_OPERATORS)} '
            "(each also with IfExists, with ForAllValues: and with ForAnyValue:) and Null"
        )
    return partial(_comparison, parsed[2], parsed[1], parsed[3] is not None)


def _text(value: object, place: str) -> str:
    # The grammar allows numbers and booleans without quotation marks.
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (str, int)):
        fail(place, f"must be a string, not {kind(value)}")
    return str(value)


def conditions_at(value: object, place: str) -> Iterator[Comparison | Null]:
    """The conditions of a Condition element, each with ``key`` in lower case; all of them must hold.

    Raises ValueError, or its subclass UnsupportedPolicy for an operator, a key or a policy variable that is
    not supported.
    """
    supported = [key.lower() for key in CONDITION_KEYS]
    for operator, block in object_at(value, place).items():
        compiled = _compiler(operator, place)
        at = f"{place}.{operator}"
        seen: set[str] = set()
        for key, wanted in object_at(block, at).items():
            lower = key.lower()
            if lower not in supported:
                raise UnsupportedPolicy(
                    f'{at}: condition key "{key}" is not supported; supported are {", ".join(CONDITION_KEYS)}'
                )
            if lower in seen:
                fail(at, f'"{key}" is a duplicate key (keys are case-insensitive)')
            seen.add(lower)
            yield compiled(lower, [(spot, _text(item, spot)) for spot, item in items_at(wanted, f"{at}.{key}")])
