"""What all clients in this process share: their requests and responses, translated to the service's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import SplitResult

import botocore.exceptions
from urllib3 import Timeout

from ..lambda_api.wire import API_PATH, Request, Response
from ..patches.loopback import is_loopback
from ..service.calls import UNLOGGED
from ..service.faults import ConnectionBroken

if TYPE_CHECKING:
    from ..service.service import LayerService

__tracebackhide__ = True

MOTO_RESET = "/moto-api/reset"
"""The path at which moto, or its server, is reset."""


def read_timeout_of(timeout: Any) -> float:
    """The read timeout, in seconds, of a client's timeout in any of its forms: a number, connect and read timeouts,
    urllib3's ``Timeout``, or None, which means forever.
    """
    if isinstance(timeout, Timeout):
        return _read_timeout_of_urllib3(timeout)
    if isinstance(timeout, (list, tuple)):
        timeout = cast(Sequence[Any], timeout)[1]
    return _seconds(timeout)


@lru_cache(maxsize=64)
def _read_timeout_of_urllib3(timeout: Timeout) -> float:
    if timeout.total is not None:
        # urllib3 computes the rest of a total timeout only if it knows when connecting began.
        timeout = timeout.clone()
        timeout.start_connect()
    return _seconds(timeout.read_timeout)


def _seconds(timeout: Any) -> float:
    return float(timeout) if isinstance(timeout, (int, float)) else math.inf


class TextHeaders:
    """A request's headers, whose values may be bytes, as signers set them."""

    __slots__ = ("_headers",)

    def __init__(self, headers: Any) -> None:
        self._headers = headers

    def get(self, name: str, /) -> str | None:
        try:
            value = self._headers[name]  # Faster than .get() of a mapping written in Python.
        except KeyError:
            return None
        return value.decode("latin-1") if isinstance(value, bytes) else value


def bytes_of(body: Any) -> bytes:
    """A request's body, which may be text, bytes, a file or an iterable of bytes."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if hasattr(body, "read"):
        return bytes_of(body.read())
    return b"".join([bytes_of(part) for part in body])


def is_layer_call(url: SplitResult) -> bool:
    """Whether the URL is one of AWS's for layers, in any region."""
    return url.path.startswith(API_PATH) and not is_loopback(url)


def request_of(request: Any, url: SplitResult, read_timeout: float = math.inf, *, body: bytes | None = None) -> Request:
    """A prepared request of botocore or ``requests``, as the service handles it.

    Without a ``read_timeout``, the client is taken to wait forever. A ``body`` replaces the request's own, which may
    be a stream and is not read then.
    """
    return Request(
        request.method,
        url.netloc,
        url.path,
        url.query,
        TextHeaders(request.headers),
        bytes_of(request.body) if body is None else body,
        read_timeout,
    )


# --- what botocore and aiobotocore share


def count_gone_past(service: LayerService, request: Any, url: SplitResult) -> None:
    """Counts a layer call to a server on this machine that is not the fake's own; helpers' look-ups are not counted."""
    address = f"{url.scheme}://{url.netloc}"
    if url.path.startswith(API_PATH) and address != service.content_url:
        invocation_id = TextHeaders(request.headers).get("amz-sdk-invocation-id")
        if invocation_id != UNLOGGED:
            service.gone_past.add(address, invocation_id)


def answer_botocore(service: LayerService, request: Any, url: SplitResult, read_timeout: float) -> Response | None:
    """The response to a prepared botocore request if it is a layer call. Raises botocore's exceptions.

    ``read_timeout`` (seconds, may be infinite) is the client's; botocore may set another for a single request.
    """
    if not is_layer_call(url):
        return None
    context: dict[str, Any] = getattr(request, "context", None) or {}
    try:
        return service.handle(request_of(request, url, context.get("read_timeout") or read_timeout))
    except ConnectionBroken as broken:
        raise _botocore_error(broken.kind, request) from None


def _botocore_error(kind: str, request: Any) -> Exception:
    url = request.url
    if kind == "EndpointConnectionError":
        return botocore.exceptions.EndpointConnectionError(endpoint_url=url, error="connection refused")
    if kind == "ReadTimeoutError":
        return botocore.exceptions.ReadTimeoutError(endpoint_url=url, error="read timed out")
    return botocore.exceptions.ConnectionClosedError(
        endpoint_url=url, request=request, error="connection closed before a response was received"
    )
