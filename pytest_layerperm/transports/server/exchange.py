"""What the live server receives and sends: a request's headers, responses with all of theirs, errors of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from email.utils import formatdate
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from ...lambda_api.wire import Response

if TYPE_CHECKING:
    from ...service.service import LayerService


class HttpResponse(NamedTuple):
    """A response with all its headers."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    latency: float = 0.0
    """Seconds to wait before it is sent."""


def http_response(response: Response, service: LayerService | None = None) -> HttpResponse:
    """The response as it is sent; without a service, dated by this process's clock."""
    headers = (
        response.wire_headers(str(uuid4()), formatdate(usegmt=True))
        if service is None
        else service.headers_of(response)
    )
    return HttpResponse(response.status, headers, response.body, response.latency)


def error_response(status: int, code: str, message: str) -> Response:
    """An error of the server itself, in the form of Lambda's own (fact `envelopes/header`)."""
    body = {"Type": "User" if status < 500 else "Service", "Message": message}
    return Response(status, json.dumps(body, separators=(",", ":")).encode(), code)


def no_fake_response() -> Response:
    """The response between tests."""
    return error_response(
        503,
        "ServiceUnavailableException",
        "pytest-layerperm: no fake is on. The live server responds while a test with the fixture layerperm_server "
        "runs; a program that outlives its test gets no more responses.",
    )


class WireHeaders:
    """A request's headers, found by names in any case; the last of repeated ones counts."""

    __slots__ = ("_headers",)

    def __init__(self, headers: Mapping[bytes, bytes]) -> None:
        self._headers = headers

    def get(self, name: str, /) -> str | None:
        value = self._headers.get(name.lower().encode("latin-1"))
        return None if value is None else value.decode("latin-1")

    def items(self) -> Iterator[tuple[str, str]]:
        """All of them, names in lower case."""
        return ((name.decode("latin-1"), value.decode("latin-1")) for name, value in self._headers.items())
