"""Reads a policy document: values with their place in it, and patterns with wildcards.

Every error is a ValueError that starts with the place, for example ``identity_policy: Statement[1].Action``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, cast

__tracebackhide__ = True

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class UnsupportedPolicy(ValueError):
    """A policy that uses a part of IAM that is not supported here; the message names the part."""


def fail(place: str, text: str) -> NoReturn:
    """Raises a ValueError about the value at ``place``."""
    raise ValueError(f"{place}: {text}")


def kind(value: object) -> str:
    """JSON's name for the type of a value, with an article."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, (list, tuple)):
        return "a list"
    names: dict[type, str] = {str: "a string", bool: "a boolean", int: "a number", float: "a decimal number"}
    return "null" if value is None else names.get(type(value), f"a Python {type(value).__name__}")


def shown(value: object) -> str:
    """A value as messages show it: text in quotes, anything else by its type."""
    return f'"{value}"' if isinstance(value, str) else kind(value)


def decoded(document: str, place: str) -> Any:
    """The value of a JSON text. A duplicate member of an object is rejected, as by IAM's grammar."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                # The json module would keep the last one, and so lose a Deny silently.
                fail(place, f'the member "{name}" is duplicated in one object')
            found[name] = value
        return found

    try:
        return json.loads(document, object_pairs_hook=members)
    except json.JSONDecodeError as error:
        raise ValueError(f"{place}: is not JSON: {error}") from None


def object_at(value: object, place: str, wanted: str = "an object") -> Mapping[str, Any]:
    """The object at a place, which must have members; ``wanted`` is what messages say is expected there."""
    if not isinstance(value, Mapping):
        fail(place, f"must be {wanted}, not {kind(value)}")
    for name in cast("Mapping[object, Any]", value):
        if not isinstance(name, str):
            fail(place, f"names of members must be strings, not {kind(name)}")
    if not value:
        fail(place, "is empty")
    return cast("Mapping[str, Any]", value)


def items_at(value: object, place: str) -> list[tuple[str, Any]]:
    """The items of a list, or the single value in place of a list, each with its own place."""
    if not isinstance(value, (list, tuple)):
        return [(place, value)]
    if not value:
        fail(place, "is empty")
    return [(f"{place}[{index}]", item) for index, item in enumerate(cast("Sequence[Any]", value))]


def strings_at(value: object, place: str) -> list[tuple[str, str]]:
    """The strings of a list, or the single string in place of a list, each with its own place."""
    items = items_at(value, place)
    for at, item in items:
        if not isinstance(item, str):
            wanted = "a string or a list of strings" if at == place else "a string"
            fail(at, f"must be {wanted}, not {kind(item)}")
    return items


def without_variables(text: str, place: str) -> str:
    """The text itself; raises UnsupportedPolicy if it has a policy variable."""
    variable = re.search(r"\$\{[^}]*\}?", text)
    if variable:
        raise UnsupportedPolicy(f'{place}: policy variable "{variable[0]}" is not supported; write its value')
    return text


def wildcards(text: str, anything: str = ".") -> str:
    """The regular expression for a text with ``*`` and ``?``; ``anything`` is the one for any character."""
    single = {"*": f"{anything}*", "?": anything}
    return "".join(single.get(character) or re.escape(character) for character in text)


def any_of(strings: Sequence[tuple[str, str]], translate: Callable[[str, str], str], flags: int) -> re.Pattern[str]:
    """One pattern for several alternatives; ``translate`` turns a text into a regular expression, or fails."""
    return re.compile("|".join(translate(text, place) for place, text in strings), re.DOTALL | flags)
