"""The live server's application, a request's way through it: control, the service, downloads, other AWS services."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ...lambda_api.wire import API_PATH, REQUEST_SIZE_LIMIT, Request, Response
from ...service.faults import ConnectionBroken
from . import control, downloads, other_services
from .browsers import foreign_site
from .connection import Connection, Receive
from .exchange import (
    HttpResponse,
    WireHeaders,
    error_response,
    http_response,
    no_fake_response,
)
from .workers import Workers

if TYPE_CHECKING:
    from ...service.service import LayerService

_Service = TypeVar("_Service", bound="LayerService | None")
Send = Callable[[dict[str, Any]], Awaitable[None]]

READ_LIMIT = 256 * 1024 * 1024
"""Bytes of a body over Lambda's limit that are read, and not kept, so that the client sees the response."""
_PART = 64 * 1024
"""Bytes of a response that are sent before the client has to read them."""


class Application:
    """Hands each request to the service that ``current`` returns at that moment.

    ``switch_on`` is called before another AWS service is: only a fake that is on has these. ``any_host`` is for a
    server that other machines may reach by any name.
    """

    def __init__(
        self,
        current: Callable[[], LayerService | None],
        switch_on: Callable[[], object] | None = None,
        *,
        any_host: bool = False,
    ) -> None:
        self._current = current
        self._switch_on = switch_on
        self._any_host = any_host
        # For what may take long, or call this server again: an Interleave's action, other AWS services.
        self._workers = Workers(64)

    async def __call__(self, connection: Connection, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        headers = dict[bytes, bytes](scope["headers"])
        request = Request(
            method=scope["method"],
            host=headers.get(b"host", b"").decode("latin-1"),
            path=scope["raw_path"].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=WireHeaders(headers),
            body=b"",
        )
        rejection = self._rejection(request)
        whole = True
        if b"content-length" in headers or b"transfer-encoding" in headers:
            announced = int(headers.get(b"content-length", b"0"))
            try:
                body, whole = await _body(receive, keep=rejection is None and announced < REQUEST_SIZE_LIMIT)
            except ConnectionResetError:
                return
            if body is not None:
                request = request._replace(body=body)
            elif rejection is None and request.path.startswith(API_PATH):
                # The service rejects it, for its size alone: these bytes are never touched, and take no memory.
                request = request._replace(body=bytes(REQUEST_SIZE_LIMIT))
            elif rejection is None:
                rejection = _too_large(request)
        try:
            response = await self._response(request) if rejection is None else http_response(rejection)
        except ConnectionBroken as broken:
            await (connection.fall_silent if broken.kind == "ReadTimeoutError" else connection.cut)(receive)
            return
        if response.latency:
            await asyncio.sleep(response.latency)
        sent = dict(response.headers)
        if connection.closes_after(scope) or not whole:
            sent["connection"] = "close"
        encoded = [(name.encode(), value.encode()) for name, value in sent.items()]
        await send({"type": "http.response.start", "status": response.status, "headers": encoded})
        # In parts: what a client does not read is not buffered for it.
        for start in range(0, len(response.body) or 1, _PART):
            part = response.body[start : start + _PART]
            await send({"type": "http.response.body", "body": part, "more_body": start + _PART < len(response.body)})

    def _rejection(self, request: Request) -> Response | None:
        """The response to a web page of another site; None for a request that may pass."""
        if control.is_page(request):
            return None
        site = foreign_site(request, any_host=self._any_host)
        return None if site is None else error_response(403, "Forbidden", _foreign(site))

    async def _response(self, request: Request) -> HttpResponse:
        service = self._current()
        if control.is_control(request.path):
            return await self._in_thread(control.control_response, service, request)
        if service is None:
            return http_response(no_fake_response())
        if request.method == "GET" and not service.faults and request.path.startswith(API_PATH):
            return self._aws_response(service, request)
        return await self._in_thread(self._aws_response, service, request)

    async def _in_thread(
        self, respond: Callable[[_Service, Request], HttpResponse], service: _Service, request: Request
    ) -> HttpResponse:
        return await asyncio.get_running_loop().run_in_executor(self._workers, respond, service, request)

    def _aws_response(self, service: LayerService, request: Request) -> HttpResponse:
        try:
            response = service.handle(request)
        except ConnectionBroken:
            raise
        except Exception as raised:  # The service has kept it for the test.
            return http_response(error_response(500, "ServiceException", _raised_inside(raised)), service)
        if response is None:
            response = downloads.archive_response(service, request)
        if response is not None:
            return http_response(response, service)
        if self._switch_on is not None:
            self._switch_on()
        return other_services.other_service_response(service, request)


async def _body(receive: Receive, *, keep: bool) -> tuple[bytes | None, bool]:
    """A request's body, None if it is over the limit, and whether it was read to its end.

    ``keep`` is False if nothing of it is wanted. Raises ConnectionResetError if the client went away.
    """
    kept = bytearray()
    total = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        total += len(message["body"])
        keep = keep and total < REQUEST_SIZE_LIMIT
        if keep:
            kept += message["body"]
        else:
            kept.clear()
        if not message["more_body"] or total > READ_LIMIT:
            return bytes(kept) if keep else None, not message["more_body"]


# --- responses to wrong requests


def _foreign(site: str) -> str:
    return (
        f"pytest-layerperm: {site} is another site, and only the server's own page may send requests from a browser. "
        "A program has to use the server's URL, and send no Origin header."
    )


def _too_large(request: Request) -> Response:
    message = f"pytest-layerperm: a request must be smaller than {REQUEST_SIZE_LIMIT} bytes."
    return other_services.error_for(request, 413, "RequestEntityTooLargeException", message)


def _raised_inside(raised: Exception) -> str:
    """What code in process would see as an exception."""
    return f"pytest-layerperm: {type(raised).__name__} was raised while the call was handled: {raised}"
