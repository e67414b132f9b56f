"""Reads a call's parameters: converts their types, and checks the constraints of ``members``.

Violations are reported in the order of the members there; AWS's order is not known (``validation/several``).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, cast

from .errors import SerializationException, ValidationException
from .members import MEMBERS, Member

__tracebackhide__ = True

_LONG = 2**63
_SHORT = 512
"""The longest text, in characters, whose result is cached."""
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)


NewerValues = Callable[[str], Sequence[str]]
"""From the name of an enumeration in the API model to the values that AWS added since ``members`` was written."""


def no_newer_values(enum_name: str) -> Sequence[str]:
    return ()


def read(operation: str, given: Mapping[str, Any], newer_values: NewerValues = no_newer_values) -> dict[str, Any]:
    """The operation's parameters, typed and within their constraints.

    ``given`` holds path and query members as strings and body members as JSON values; members that the operation
    does not have are ignored. Raises SerializationException for a value of the wrong type, ValidationException with
    every violation in one message.
    """
    parameters: dict[str, Any] = {}
    for name, required, accepted in _TEXTS[operation]:
        value = given.get(name)
        if value is not None:
            value = accepted(value) if type(value) is str and len(value) <= _SHORT else None
        elif not required:
            continue
        if value is None:
            return _read_closely(MEMBERS[operation], given, newer_values)
        parameters[name] = value
    return parameters


def _read_closely(members: tuple[Member, ...], given: Mapping[str, Any], newer_values: NewerValues) -> dict[str, Any]:
    """The same for parameters that are not all texts, or not all valid."""
    parameters = _typed(members, given)
    violations = _violations(members, parameters, "", newer_values)
    if violations:
        raise validation_error(violations)
    return parameters


def validation_error(violations: list[str]) -> ValidationException:
    """AWS's message for any number of violations."""
    errors = "error" if len(violations) == 1 else "errors"
    return ValidationException(f"{len(violations)} validation {errors} detected: {'; '.join(violations)}")


def _typed(members: tuple[Member, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    for member in members:
        value = given.get(member.name)
        if value is None:
            continue
        if value != "" or member.kind != "integer":  # An empty MaxItems counts as none (reported by others).
            parameters[member.name] = _convert(member, value)
    return parameters


def _convert(member: Member, value: Any) -> Any:
    """The value in the member's type. Raises SerializationException, with inferred texts."""
    kind = member.kind
    if kind in ("long", "integer"):
        return _number(value, "Long" if kind == "long" else "Integer")
    if kind == "list":
        return text_list(value)
    if kind == "structure":
        if not isinstance(value, dict):
            raise SerializationException("Expected structure or null")
        return _typed(member.members, cast(dict[str, Any], value))
    text = _text(value)
    if kind == "string":
        return text
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SerializationException(f"The value of {member.label} is not valid base64.") from None


def text_list(value: Any) -> tuple[str, ...]:
    """A JSON list of strings. Raises SerializationException for anything else."""
    if not isinstance(value, list):
        raise SerializationException("Expected list or null")
    return tuple([_text(item) for item in cast(list[Any], value)])


def whole_number(text: str) -> int | None:
    """A 64-bit integer as Java reads it; None for anything else."""
    # int() rejects very long digit strings, so the length is checked first.
    return _read_number(text) if len(text) < 25 else None


@lru_cache(maxsize=1024)
def _read_number(text: str) -> int | None:
    if _INTEGER.fullmatch(text):
        number = int(text)
        if -_LONG <= number < _LONG:
            return number
    return None


def _number(value: str, java_type: str) -> int:
    number = whole_number(value)
    if number is None:
        raise SerializationException(f"'{value}' can not be converted to {java_type}")
    return number


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        raise SerializationException("Start of structure or map found where not expected.")
    if isinstance(value, list):
        raise SerializationException("Start of list found where not expected")
    if value is None:
        shown = "NULL_VALUE"
    elif isinstance(value, bool):
        shown = "TRUE_VALUE" if value else "FALSE_VALUE"
    else:
        shown = "NUMBER_VALUE"
    raise SerializationException(f"{shown} can not be converted to a String")


def _violations(
    members: tuple[Member, ...], parameters: Mapping[str, Any], prefix: str, newer_values: NewerValues
) -> list[str]:
    found: list[str] = []
    for member in members:
        value = parameters.get(member.name)
        if value is None:
            if member.required:
                found.append(_violation("null", prefix + member.label, "Member must not be null"))
        elif member.kind == "structure":
            found += _violations(member.members, value, f"{prefix}{member.label}.", newer_values)
        else:
            broken = _broken(member, value, newer_values)
            if broken:
                shown = f"'[{', '.join(value)}]'" if member.kind == "list" else f"'{value}'"
                found += [_violation(shown, prefix + member.label, constraint) for constraint in broken]
    return found


def _violation(shown: str, label: str, constraint: str) -> str:
    return f"Value {shown} at '{label}' failed to satisfy constraint: {constraint}"


def _fits(member: Member, text: str) -> bool:
    """Whether a text meets all of its constraints, determined quickly: most texts do."""
    if member.enum or len(text) < (member.minimum or 0):
        return False
    if member.maximum is not None and len(text) > member.maximum:
        return False
    return member.pattern is None or _compiled(member.pattern).fullmatch(text) is not None


def _broken(member: Member, value: Any, newer_values: NewerValues = no_newer_values) -> list[str]:
    """The constraints that the value violates, in AWS's words; length before pattern."""
    if member.kind == "blob":
        return []
    broken: list[str] = []
    number = member.kind in ("long", "integer")
    measure, must = (value, "have value") if number else (len(value), "have length")
    if member.maximum is not None and measure > member.maximum:
        broken.append(f"Member must {must} less than or equal to {member.maximum}")
    if member.minimum is not None and measure < member.minimum:
        broken.append(f"Member must {must} greater than or equal to {member.minimum}")
    if member.pattern is not None and not _compiled(member.pattern).fullmatch(value):
        shown = member.shown_pattern or member.pattern
        broken.append(f"Member must satisfy regular expression pattern: {shown}")
    if member.enum:
        allowed = _allowed(member, value if member.kind == "list" else (value,), newer_values)
        if allowed is not None:
            constraint = f"Member must satisfy enum value set: [{', '.join(allowed)}]"
            if member.kind == "list":
                constraint = f"Member must satisfy constraint: [{constraint}, Member must not be null]"
            broken.append(constraint)
    return broken


def _allowed(member: Member, values: Sequence[str], newer_values: NewerValues) -> Sequence[str] | None:
    """The values of the member's enumeration if any of ``values`` is not one of them; else None."""
    allowed = member.enum
    if all(value in allowed for value in values):
        return None
    if member.enum_name is not None:
        allowed = tuple(dict.fromkeys((*allowed, *newer_values(member.enum_name))))
        if all(value in allowed for value in values):
            return None
    return allowed


@cache
def _accepted(member: Member) -> Callable[[str], Any]:
    """The function that converts the member's texts; it returns None for one that needs a closer look.

    Results are cached: the calls of a test mostly name the same layers, accounts and statements.
    """

    @lru_cache(maxsize=1024)
    def accepted(text: str) -> Any:
        if member.kind == "string":
            return text if _fits(member, text) else None
        number = whole_number(text) if member.kind in ("long", "integer") else None
        return None if number is None or _broken(member, number) else number

    return accepted


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # The service runs Java's patterns, and Java's \d is ASCII only.
    return re.compile(pattern, re.ASCII)


_TEXTS = {
    operation: tuple([(member.name, member.required, _accepted(member)) for member in members])
    for operation, members in MEMBERS.items()
}
"""The members of each operation, and the functions that convert their texts, for ``read``'s fast path."""
