"""What the live server tells about itself under ``/_layerperm/``, and what can be done there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lambda_api.wire import Request
from .exchange import Reply, refusal, reply_of

if TYPE_CHECKING:
    from ..fake import LayerPerm

PREFIX = "/_layerperm/"


def answer(fake: LayerPerm, request: Request) -> Reply:
    return reply_of(refusal(404, "NotFound", "nothing here"), fake)
