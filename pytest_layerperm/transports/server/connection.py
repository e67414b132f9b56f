"""One client's connection to the live server: limits on what it sends, and how long; errors in AWS's form."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .exchange import HttpResponse, error_response, http_response

HEAD_LIMIT = 64 * 1024
"""Bytes that a request may have besides its body."""
_CHUNK_OVERHEAD = 8
"""Bytes of framing that each byte of a chunked body may come with."""
_PARSED_AT_ONCE = 16 * 1024
"""Bytes that are parsed before the server looks whether a request has to wait for the response to the one before."""

Receive = Callable[[], Awaitable[Any]]
"""ASGI's channel of what the client sends."""

logger = logging.getLogger("pytest_layerperm.server")
# What clients send wrong, they get an error for; it does not belong in the log of the test run.
logger.setLevel(logging.ERROR)


_UPGRADE = re.compile(rb"\r\n(upgrade)[ \t]*:", re.IGNORECASE)


def _without_upgrade(data: bytes) -> bytes:
    """Hides an offer of another protocol (h2c, from Java's client), for which the parser would drop the body."""
    head, end, rest = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(rb"\r\nx-declined-\1:", head) + end + rest


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class _Flow(FlowControl):
    """uvicorn's flow control, which reads on only if nothing is left to parse: a client cannot queue up requests."""

    def __init__(self, transport: asyncio.Transport, parse_rest: Callable[[], bool]) -> None:
        super().__init__(transport)
        self._parse_rest = parse_rest

    def resume_reading(self) -> None:
        if self._parse_rest():
            super().resume_reading()


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP connection, with limits. The application is called with the connection as first argument."""

    patience = 60.0
    """Seconds that a request may take to arrive, a response to be read, and a connection to be idle."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = self._run
        self.logger = logger
        self._running: Any = None
        """uvicorn's cycle of the request that the application handles, which may not be the latest one."""
        self._began: float | None = None
        """When the first byte of a request came whose last one is still to come."""
        self._active = 0.0
        """When anything was received or sent last."""
        self._unread_since: float | None = None
        """Since when the client has not read what was sent."""
        self._unparsed = b""
        self._received = 0
        self._body_received = 0
        self._silent = False
        self._watch: asyncio.TimerHandle

    async def _run(self, scope: Any, receive: Receive, send: Any) -> None:
        self._running = send.__self__
        application: Any = self.config.app
        with suppress(asyncio.CancelledError):  # The server stops; uvicorn would print a traceback.
            await application(self, scope, receive, send)

    async def cut(self, receive: Receive) -> None:
        """Closes the connection without a response."""
        self.transport.abort()
        await _gone(receive)

    async def fall_silent(self, receive: Receive) -> None:
        """Sends no response and waits until the client gives up; closes the connection if it does not."""
        self._silent = True
        try:
            await asyncio.wait_for(_gone(receive), self.patience)
        except asyncio.TimeoutError:
            await self.cut(receive)

    # --- uvicorn's protocol

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = _Flow(transport, self._parse_rest)
        self._active = self.loop.time()
        self._watch = self.loop.call_later(self.patience, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.cancel()
        self._unparsed = b""
        if self._running is not None:
            self._running.disconnected = True
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._began is None and b"pgrade" in data:
            data = _without_upgrade(data)
        self._active = self.loop.time()
        self._unparsed += data
        self._parse()

    def _parse(self) -> None:
        """Parses what has come until a request has to wait; the rest is parsed before anything more is read."""
        while self._unparsed and not self.pipeline:
            part, self._unparsed = self._unparsed[:_PARSED_AT_ONCE], self._unparsed[_PARSED_AT_ONCE:]
            self._received += len(part)
            super().data_received(part)
            if self._received - self._body_received * (1 + _CHUNK_OVERHEAD) > HEAD_LIMIT:
                self._reject(
                    431, "RequestHeaderFieldsTooLarge", f"The request has more than {HEAD_LIMIT} bytes of headers."
                )

    def _parse_rest(self) -> bool:
        """Whether everything that has come is parsed; if not, the rest is parsed as soon as its turn comes."""
        if self._unparsed and not self.pipeline:
            self.loop.call_soon(self._continue)
        return not self._unparsed and not self.pipeline

    def _continue(self) -> None:
        self._parse()
        self.flow.resume_reading()

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client that stops sending still gets the response to a complete request."""
        waits = self._responding and self._began is None and not self._silent
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

    def pause_writing(self) -> None:
        self._unread_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._unread_since = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """uvicorn's response to anything but an HTTP request."""
        self._reject(400, "BadRequest", "The request is not valid HTTP.")

    # --- limits

    def _look(self) -> None:
        """Closes a connection that has used up its time; looks again later otherwise."""
        now = self.loop.time()
        if self._unread_since is not None:
            due = self._unread_since + self.patience
            if due <= now:
                self.transport.abort()
                return
        elif self._began is not None:
            due = self._began + self.patience
            if due <= now:
                self._reject(408, "RequestTimeout", f"The request did not arrive within {self.patience:g} seconds.")
                return
        elif self._responding:
            due = now + self.patience
        else:
            due = self._active + self.patience
            if due <= now:
                self.transport.close()
                return
        self._watch = self.loop.call_at(due, self._look)

    def closes_after(self, scope: Any) -> bool:
        """Whether the connection ends with the response to this request."""
        return self.scope is scope and not self.cycle.keep_alive

    @property
    def _responding(self) -> bool:
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _reject(self, status: int, code: str, message: str) -> None:
        self._unparsed = b""
        transport = self.transport
        if transport.is_closing():
            return
        if self._responding and not self.cycle.more_body:
            # What is wrong comes after a complete request, which still gets its response.
            self.cycle.keep_alive = False
            transport.pause_reading()
            return
        begun = self._responding and self.cycle.response_started
        transport.write(b"" if begun else _bytes_of(http_response(error_response(status, code, message))))
        transport.close()


def _bytes_of(response: HttpResponse) -> bytes:
    """A response after which the connection is closed, as it is sent."""
    headers = {**response.headers, "connection": "close"}
    head = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    return f"HTTP/1.1 {response.status} {headers['x-amzn-errortype']}\r\n{head}\r\n".encode("latin-1") + response.body
