"""A small server of layer content on loopback: the target of ``Content.Location`` without the live server.

One per process, started with the first location that is returned. Until something is downloaded, it costs a socket
and a sleeping thread. Its thread does not run while the process forks, and the child starts its own.
"""

from __future__ import annotations

import atexit
import os
import selectors
import socket
import threading
from collections.abc import Callable
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from ..lambda_api.locations import located_at
from ..patches.signals import uninterrupted

if TYPE_CHECKING:
    from ..lambda_api.store import LayerStore

NO_SUCH_KEY = b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
"""S3's response if there is no archive."""
NOT_SERVED = "https://layer-content.invalid"
"""Where layer content is said to be if this process cannot listen: ``.invalid`` leads nowhere by definition."""
_IDLE = 10.0
"""Seconds that a connection may be silent."""


class ContentServer:
    """Serves the archives of every store passed to ``base``, as long as the store exists."""

    def __init__(self) -> None:
        self._stores: WeakValueDictionary[str, LayerStore] = WeakValueDictionary()
        self._tokens: WeakKeyDictionary[LayerStore, str] = WeakKeyDictionary()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.resume()

    def base(self, store: LayerStore) -> str:
        """The URL below which the store's archives are; it cannot be guessed."""
        token = self._tokens.get(store)
        if token is None:
            token = self._tokens[store] = token_hex(8)
            self._stores[token] = store
        return f"{self._url}/{token}"

    def archive(self, path: str) -> bytes | None:
        """The archive at a path of this server."""
        token, _, place = path[1:].partition("/")
        store, located = self._stores.get(token), located_at(f"/{place}")
        published = None if store is None or located is None else store.find(*located)
        return None if published is None else published.content.archive

    def resume(self) -> None:
        """Accepts connections, in a thread that does not keep the process alive."""
        self._wake, woken = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, args=(woken,), name="layerperm-content", daemon=True)
        with uninterrupted():
            self._thread.start()

    def pause(self) -> None:
        """Accepts no more connections; new ones wait."""
        self._wake.close()
        self._thread.join()

    def close(self) -> None:
        self.pause()
        self._listener.close()

    def forget(self) -> None:
        """In a child process: leaves the port to its parent."""
        self._listener.close()

    def _accept(self, woken: socket.socket) -> None:
        with woken, selectors.DefaultSelector() as ready:
            ready.register(self._listener, selectors.EVENT_READ)
            ready.register(woken, selectors.EVENT_READ)
            while all(key.fileobj is not woken for key, _ in ready.select()):
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(_IDLE)
            _respond(connection, self.archive)


def _respond(connection: socket.socket, archive_at: Callable[[str], bytes | None]) -> None:
    """Responds to the request on a connection: GET and HEAD, as S3 does."""
    from http.server import BaseHTTPRequestHandler  # Slow to import, and few tests download.

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            archive = archive_at(self.path.partition("?")[0])
            status, kind, body = 200, "application/zip", archive
            if body is None:
                status, kind, body = 404, "application/xml", NO_SUCH_KEY
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.send_header("connection", "close")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Logs nothing."""

    try:
        Handler(connection, connection.getsockname(), None)  # pyright: ignore[reportArgumentType]
    except OSError:
        return  # The client closed the connection.


_server: ContentServer | None = None
_starting = threading.Lock()


def content_base(store: LayerStore) -> str:
    """The URL below which the store's archives can be downloaded, as long as this process lives."""
    global _server
    server = _server
    if server is None:
        with _starting:
            try:
                server = _server = _server or ContentServer()
            except Exception:  # Whatever a plugin that forbids sockets raises.
                return NOT_SERVED
    return server.base(store)


def _each(name: str) -> Any:
    def call() -> None:
        global _server
        if _server is not None:
            getattr(_server, name)()
            if name in ("close", "forget"):
                _server = None

    return call


atexit.register(_each("close"))
# Not on Windows, where nothing forks.
getattr(os, "register_at_fork", dict)(
    before=_each("pause"), after_in_parent=_each("resume"), after_in_child=_each("forget")
)
