"""The limit of a policy's size: 20,480 bytes, at the exact boundary.

How many statements fit depends on how long the layer's ARN is, so these facts compute their steps.
"""

from __future__ import annotations

from string import Template
from typing import Any

from ..model import Expected, Fact, Names, Step
from .steps import SUCCESS, add, computed, error, get_policy, policy, publish, remove, statement

LIMIT = 20_480


def _size(names: Names, statement_ids: list[str]) -> int:
    """Bytes of the policy with these statements for everyone."""
    return len(Template(policy(*[statement(statement_id) for statement_id in statement_ids])).substitute(names))


def filling(names: Names) -> list[str]:
    """Statement ids of at most 99 characters whose policy for everyone has exactly the size of the limit."""
    count = 1
    while (characters := LIMIT - _size(names, [""] * count)) > 99 * count:
        count += 1
    share, left = divmod(characters, count)
    return [f"full-{number}".ljust(share + (number <= left), "x") for number in range(1, count + 1)]


def _too_long(size: int) -> Expected:
    return error(
        400,
        "PolicyLengthExceededException",
        f"The final policy size ({size}) is bigger than the limit ({LIMIT}).",
    )


def _filled(names: Names) -> list[Step]:
    return [publish(), *[add(statement_id) for statement_id in filling(names)]]


def overflowing(names: Names, statement_id: str, expected: Expected, **members: Any) -> list[Step]:
    """A full policy, and one statement more."""
    return [*_filled(names), add(statement_id, expected=expected, **members)]


def _last_byte(names: Names) -> list[Step]:
    ids = filling(names)
    whole = policy(*[statement(statement_id) for statement_id in ids])
    steps = [publish(), *[add(statement_id) for statement_id in ids[:-1]]]
    return [*steps, add(ids[-1], expected=Expected(SUCCESS)), get_policy(Expected(SUCCESS, body={"Policy": whole}))]


def _one_byte_more(names: Names) -> list[Step]:
    ids = filling(names)
    last = ids[-1] + "y"
    return [
        publish(),
        *[add(statement_id) for statement_id in ids[:-1]],
        add(last, expected=_too_long(LIMIT + 1)),
        add(ids[-1], expected=Expected(SUCCESS)),
    ]


def _room_again(names: Names) -> list[Step]:
    ids = filling(names)
    return [*_filled(names), remove(ids[-1]), add(ids[-1], expected=Expected(SUCCESS))]


def _size_in_message(names: Names) -> list[Step]:
    size = _size(names, [*filling(names), "one-more"])
    return overflowing(names, "one-more", _too_long(size))


FACTS: tuple[Fact, ...] = (
    computed(
        "size/limit",
        "A policy may have 20,480 bytes of compact JSON.",
        "inferred",
        "DECISION",
        _last_byte,
    ),
    computed(
        "size/beyond",
        "One byte more: 400 PolicyLengthExceededException, and nothing changes.",
        "inferred",
        "DECISION",
        _one_byte_more,
    ),
    computed(
        "size/in-message",
        "The message gives the size that the policy would have had.",
        "inferred",
        "HELIX:of functions",
        _size_in_message,
    ),
    computed(
        "size/room-again",
        "Removing a statement makes room for another.",
        "inferred",
        "DECISION",
        _room_again,
    ),
)
