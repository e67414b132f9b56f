"""What the live server takes and sends: headers in, answers with all their headers out, errors of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.utils import formatdate
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from ...lambda_api.wire import Response, answer

if TYPE_CHECKING:
    from ...service.service import LayerService


class Reply(NamedTuple):
    """An answer with all its headers."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    latency: float = 0.0
    """Seconds that it takes to come."""


def reply_of(response: Response, service: LayerService | None = None) -> Reply:
    """The handler's answer as it is sent; without a service, at the time of this process."""
    headers = (
        response.wire_headers(str(uuid4()), formatdate(usegmt=True))
        if service is None
        else service.headers_of(response)
    )
    return Reply(response.status, headers, response.body, response.latency)


def refusal(status: int, code: str, message: str) -> Response:
    """An error of HTTP, or of this server itself, in the form in which SDKs read AWS's own (aws-facts 3.0)."""
    return answer(status, {"Type": "User" if status < 500 else "Service", "Message": message})._replace(error_code=code)


def no_fake_is_on() -> Response:
    """The response between tests."""
    return refusal(
        503,
        "ServiceUnavailableException",
        "pytest-layerperm: no fake is on. The live server answers while a test with the fixture layerperm_server runs; "
        "a program that outlives its test gets no more responses.",
    )


class WireHeaders:
    """A request's headers, found by names in any case; of repeated ones the last counts."""

    __slots__ = ("_headers",)

    def __init__(self, headers: Mapping[bytes, bytes]) -> None:
        self._headers = headers

    def get(self, name: str, /) -> str | None:
        value = self._headers.get(name.lower().encode("latin-1"))
        return None if value is None else value.decode("latin-1")

    def items(self) -> Iterator[tuple[str, str]]:
        """All of them, names in lower case."""
        return ((name.decode("latin-1"), value.decode("latin-1")) for name, value in self._headers.items())
