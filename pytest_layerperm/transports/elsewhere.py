"""Requests to the live server that are for no layer operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lambda_api.wire import Request, signature_of
from ..wording import not_a_lambda_path, not_answered_here
from .reply import Reply, refusal, reply_of

if TYPE_CHECKING:
    from ..fake import LayerPerm


def answer(fake: LayerPerm, request: Request) -> Reply:
    """What other AWS services answer, told by the signature; an error in AWS's form where nobody does."""
    signature = signature_of(request)
    service = None if signature is None else signature.service
    if service in (None, "lambda"):
        unknown = refusal(404, "UnknownOperationException", not_a_lambda_path(request.method, request.path))
        return reply_of(unknown, fake)
    return reply_of(refusal(501, "NotImplemented", not_answered_here(service)), fake)
