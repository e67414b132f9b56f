"""Identifiers that AWS makes up: revisions and request ids."""

from __future__ import annotations

import os
from random import Random

_VERSION_4 = 4 << 76 | 2 << 62
"""The bits that say of a uuid which version and variant it is (RFC 9562)."""
_FREE = ~(15 << 76 | 3 << 62)
_random = Random()  # noqa: S311 - nobody's own: a test that seeds `random` must not repeat revisions
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_random.seed)


def new_id() -> str:
    """A random uuid of version 4; uuid.uuid4() asks the system for its bits, which every call would pay."""
    digits = f"{_random.getrandbits(128) & _FREE | _VERSION_4:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
