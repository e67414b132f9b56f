"""One client's connection to the live server: what it may send, for how long, and refusals in AWS's form."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .exchange import Reply, refusal, reply_of

HEAD_LIMIT = 64 * 1024
"""Bytes that a request may have beside its body."""
_CHUNK_OVERHEAD = 8
"""Bytes of framing that each byte of a chunked body may come with."""

Receive = Callable[[], Awaitable[Any]]
"""ASGI's channel of what the client sends."""

logger = logging.getLogger("pytest_layerperm.server")
# What clients send wrong is answered to them; it is no news for the log of the test run.
logger.setLevel(logging.ERROR)


_UPGRADE = re.compile(rb"\r\n(upgrade)[ \t]*:", re.IGNORECASE)


def _without_upgrade(data: bytes) -> bytes:
    """Hides an offer of another protocol (h2c, as Java's client makes it), for which the parser drops the body."""
    head, end, rest = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(rb"\r\nx-declined-\1:", head) + end + rest


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP connection, with bounds. The application is called with the connection as first argument."""

    patience = 60.0
    """Seconds that a request may take to arrive, and that a connection may stay idle."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        application: Any = self.config.app
        self.app = partial(application, self)
        self.logger = logger
        self._began: float | None = None
        """When the first byte of a request came whose last one has not come yet."""
        self._active = 0.0
        """When anything came or was answered last."""
        self._received = 0
        self._body_received = 0
        self._silent = False
        self._watch: asyncio.TimerHandle

    async def cut(self, receive: Receive) -> None:
        """Closes the connection without an answer."""
        self.transport.abort()
        await _gone(receive)

    async def fall_silent(self, receive: Receive) -> None:
        """Gives no answer and waits until the client gives up; closes the connection when it does not."""
        self._silent = True
        try:
            await asyncio.wait_for(_gone(receive), self.patience)
        except asyncio.TimeoutError:
            await self.cut(receive)

    # --- uvicorn's protocol

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._active = self.loop.time()
        self._watch = self.loop.call_later(self.patience, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._began is None and b"pgrade" in data:
            data = _without_upgrade(data)
        self._active = self.loop.time()
        self._received += len(data)
        super().data_received(data)
        if self._received - self._body_received * (1 + _CHUNK_OVERHEAD) > HEAD_LIMIT:
            self._refuse(
                431, "RequestHeaderFieldsTooLarge", f"The request has more than {HEAD_LIMIT} bytes of headers."
            )

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client that has said all it will say still gets the answer to a whole request."""
        waits = self._answering and self._began is None and not self._silent
        if waits:
            self.cycle.keep_alive = False
        return waits

    def on_message_begin(self) -> None:
        self._began = self._active
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        # Older versions of uvicorn do not look at what the client wants.
        parser: Any = self.parser
        self.cycle.keep_alive = self.cycle.keep_alive and parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        self._body_received += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._began = None
        self._received = self._body_received = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """uvicorn's answer to what is no HTTP request."""
        self._refuse(400, "BadRequest", "The request is not valid HTTP.")

    # --- bounds

    def _look(self) -> None:
        """Closes a connection that has been waited for long enough; looks again later otherwise."""
        now = self.loop.time()
        if self._began is not None:
            due = self._began + self.patience
            if due <= now:
                self._refuse(408, "RequestTimeout", f"The request did not arrive within {self.patience:g} seconds.")
                return
        elif self._answering:
            due = now + self.patience
        else:
            due = self._active + self.patience
            if due <= now:
                self.transport.close()
                return
        self._watch = self.loop.call_at(due, self._look)

    def closes_after(self, scope: Any) -> bool:
        """Whether the connection ends with the answer to this request."""
        return self.scope is scope and not self.cycle.keep_alive

    @property
    def _answering(self) -> bool:
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _refuse(self, status: int, code: str, message: str) -> None:
        transport = self.transport
        if transport.is_closing():
            return
        if self._answering and not self.cycle.more_body:
            # What is wrong comes after a whole request, which is answered still.
            self.cycle.keep_alive = False
            transport.pause_reading()
            return
        begun = self._answering and self.cycle.response_started
        transport.write(b"" if begun else _bytes_of(reply_of(refusal(status, code, message))))
        transport.close()


def _bytes_of(reply: Reply) -> bytes:
    """An answer after which the connection is closed, as it goes over the wire."""
    headers = {**reply.headers, "connection": "close"}
    head = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    return f"HTTP/1.1 {reply.status} {headers['x-amzn-errortype']}\r\n{head}\r\n".encode("latin-1") + reply.body
