"""What the live server sends: answers with all their headers, and errors that no AWS operation knows."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from ..lambda_api.wire import Response, answer

if TYPE_CHECKING:
    from ..fake import LayerPerm


class Reply(NamedTuple):
    """An answer with all its headers."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    latency: float = 0.0
    """Seconds that it takes to come."""


def reply_of(response: Response, fake: LayerPerm | None = None) -> Reply:
    """The handler's answer as it is sent; without a fake, at the time of this process."""
    headers = (
        response.wire_headers(str(uuid4()), formatdate(usegmt=True)) if fake is None else fake.headers_of(response)
    )
    return Reply(response.status, headers, response.body, response.latency)


def refusal(status: int, code: str, message: str) -> Response:
    """An error of HTTP, or of this server itself, in the form in which SDKs read AWS's own (aws-facts 3.0)."""
    return answer(status, {"Type": "User" if status < 500 else "Service", "Message": message})._replace(error_code=code)
