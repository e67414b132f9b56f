"""Identifiers that AWS makes up: revisions and request ids."""

from __future__ import annotations

import os

_MANY = 64
"""How many are made at once: asking the system for random bytes costs more than making all of them."""
_ready: list[str] = []
if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows has no fork
    # A child must not give out what its parent gives out.
    os.register_at_fork(after_in_child=_ready.clear)


def new_id() -> str:
    """A random uuid of version 4; uuid.uuid4() takes several times as long, which every call would pay."""
    while True:
        try:
            return _ready.pop()
        except IndexError:  # noqa: PERF203 - another thread may take the last one
            digits = os.urandom(16 * _MANY).hex()
            _ready.extend([_uuid(digits[place : place + 32]) for place in range(0, len(digits), 32)])


def _uuid(digits: str) -> str:
    return (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{'89ab'[int(digits[16], 16) & 3]}{digits[17:20]}-{digits[20:]}"
    )
