"""uvicorn's server, which stops in time and in silence, whatever responses are pending."""

from __future__ import annotations

import asyncio
import socket

import uvicorn

GRACE = 1.0
"""Seconds that pending responses have when the server stops."""


class Server(uvicorn.Server):
    """Closes the connections of pending responses before it cancels these: uvicorn reports each as an error."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().call_later(GRACE, self._close_connections)
        await super().shutdown(sockets)

    def _close_connections(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in list(self.server_state.tasks):
            task.cancel()
