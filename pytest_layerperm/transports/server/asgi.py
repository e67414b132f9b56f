"""The live server's application: HTTP in, the one handler, HTTP out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from ...lambda_api.wire import API_PATH, REQUEST_SIZE_LIMIT, Request
from ...service.faults import ConnectionBroken
from . import control, downloads, other_services
from .connection import Connection, Receive
from .exchange import Reply, WireHeaders, no_fake_is_on, refusal, reply_of

if TYPE_CHECKING:
    from ...service.service import LayerService

_Service = TypeVar("_Service", bound="LayerService | None")
Send = Callable[[dict[str, Any]], Awaitable[None]]

BODY_LIMIT = 256 * 1024 * 1024
"""Bytes of a request to a service other than Lambda. More than that is not even read."""


class Application:
    """Answers each request with the fake that is on at that moment, which ``current`` tells.

    ``switch_on`` is called before another AWS service is: only a fake that is on has these.
    """

    def __init__(
        self, current: Callable[[], LayerService | None], switch_on: Callable[[], object] | None = None
    ) -> None:
        self._current = current
        self._switch_on = switch_on
        # For what may take long, or call this server again: an Interleave's action, other AWS services.
        self._workers = ThreadPoolExecutor(max_workers=64, thread_name_prefix="layerperm-server")

    async def __call__(self, connection: Connection, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        headers = dict[bytes, bytes](scope["headers"])
        path: str = scope["raw_path"].decode("latin-1")
        body, whole = b"", True
        is_layer_call = path.startswith(API_PATH)
        # A body that is kept only in part is still too large for the one handler, which says so.
        limit = REQUEST_SIZE_LIMIT if is_layer_call else BODY_LIMIT
        if b"content-length" in headers or b"transfer-encoding" in headers:
            try:
                body, whole = await _body(receive, limit)
            except ConnectionResetError:
                return
        if len(body) > limit and not is_layer_call:
            reply = reply_of(
                refusal(413, "RequestEntityTooLargeException", f"Request must be smaller than {limit} bytes.")
            )
        else:
            request = Request(
                method=scope["method"],
                host=headers.get(b"host", b"").decode("latin-1"),
                path=path,
                query=scope["query_string"].decode("latin-1"),
                headers=WireHeaders(headers),
                body=body,
            )
            try:
                reply = await self._reply(request)
            except ConnectionBroken as broken:
                await (connection.fall_silent if broken.kind == "ReadTimeoutError" else connection.cut)(receive)
                return
        if reply.latency:
            await asyncio.sleep(reply.latency)
        sent = dict(reply.headers)
        if connection.closes_after(scope) or not whole:
            sent["connection"] = "close"
        encoded = [(name.encode(), value.encode()) for name, value in sent.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
        await send({"type": "http.response.body", "body": reply.body})

    async def _reply(self, request: Request) -> Reply:
        service = self._current()
        if control.is_control(request.path):
            return await self._in_thread(control.answer, service, request)
        if service is None:
            return reply_of(no_fake_is_on())
        if request.method == "GET" and not service.faults and request.path.startswith(API_PATH):
            return self._answer(service, request)
        return await self._in_thread(self._answer, service, request)

    async def _in_thread(
        self, answer: Callable[[_Service, Request], Reply], service: _Service, request: Request
    ) -> Reply:
        return await asyncio.get_running_loop().run_in_executor(self._workers, answer, service, request)

    def _answer(self, service: LayerService, request: Request) -> Reply:
        try:
            response = service.handle(request)
        except ConnectionBroken:
            raise
        except Exception as raised:  # The fake has kept it for the test.
            return reply_of(refusal(500, "ServiceException", _raised_inside(raised)), service)
        if response is not None:
            return reply_of(response, service)
        archive = downloads.answer(service, request)
        if archive is not None:
            return archive
        if self._switch_on is not None:
            self._switch_on()
        return other_services.answer(service, request)


def _raised_inside(raised: Exception) -> str:
    """What is said of an exception that in-process code would get to see."""
    return f"pytest-layerperm: {type(raised).__name__} was raised while the call was handled: {raised}"


async def _body(receive: Receive, limit: int) -> tuple[bytes, bool]:
    """A request's body, and whether it was read to its end. Of one over the limit only a part is kept.

    What is over the limit is read and thrown away, so that the client gets to see the answer. Raises
    ConnectionResetError when the client went away.
    """
    kept = bytearray()
    total = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        total += len(message["body"])
        if len(kept) <= limit:
            kept += message["body"]
        if not message["more_body"] or total > max(limit, BODY_LIMIT):
            return bytes(kept), not message["more_body"]
