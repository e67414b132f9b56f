"""One download from the content server. Imported with the first one: http.server takes its time."""

from __future__ import annotations

import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

_NO_SUCH_KEY = b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"


def answer(connection: socket.socket, archive_at: Callable[[str], bytes | None]) -> None:
    """Answers the request on a connection: GET and HEAD, as S3 does it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            archive = archive_at(self.path.partition("?")[0])
            status, kind, body = 200, "application/zip", archive
            if body is None:
                status, kind, body = 404, "application/xml", _NO_SUCH_KEY
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.send_header("connection", "close")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Says nothing."""

    try:
        Handler(connection, connection.getsockname(), None)  # pyright: ignore[reportArgumentType]
    except OSError:
        return  # The client went away.
