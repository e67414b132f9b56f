"""Which requests change what another AWS service holds.

moto's state is not put back between the runs of an exploration. Copying a small backend takes a quarter of a
millisecond, but backends hold each other's objects, and threads; a copy is not what the others go on with.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..translate import bytes_of

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_READS = re.compile(r"(AssumeRole|BatchGet|Describe|Get|Head|List|Lookup|Query|Scan|Search|Validate)")
"""How the names of operations begin that change nothing that anyone sees."""
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")


def change_of(request: Any, url: SplitResult) -> str | None:
    """What a prepared request changes, in a word or two; None if it only reads."""
    service = (url.hostname or "").partition(".")[0]
    target = request.headers.get("X-Amz-Target")
    text = target.decode() if isinstance(target, bytes) else target
    found = None if text or request.method != "POST" else _ACTION.search(_sent(request.body))
    operation = text.rpartition(".")[2] if text else found[1].decode() if found else None
    if operation is None:
        return None if request.method in ("GET", "HEAD") else f"{service} {request.method} {url.path}"
    return None if _READS.match(operation) else f"{service} {operation}"


def _sent(body: Any) -> bytes:
    return bytes_of(body) if isinstance(body, (str, bytes, bytearray)) else b""
