"""The live server: the fake behind a real HTTP port, for clients in other processes.

A process has one at most, on a thread of its own, and its tests share it one after the other.
A ``Slow`` response really takes its time: the client is another process, with a timeout of its own.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ...patches.environment import fake_environment
from ...patches.loopback import is_loopback_host, no_proxy
from ...patches.profiles import HIDING
from ...patches.signals import uninterrupted
from ...service.active import active_service
from ...service.arguments import check_account_id, check_region_name

if TYPE_CHECKING:
    from ...service.service import LayerService

START_TIMEOUT = 5.0
"""Seconds after which a server that is not ready counts as failed."""

# freezegun does not freeze this clock; a frozen one would stop the server's timers.
_now = (
    partial(time.clock_gettime, time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime") else partial(time.perf_counter)
)


class ServerFailed(RuntimeError):
    """The live server could not be started; the message says why and what to do."""


class LiveServer:
    """A running server. ``current`` returns the service that handles requests at each moment, or None.

    ``switch_on`` is called before another AWS service is, if the fake may not be on yet.

    Raises ServerFailed if it cannot start: the extra ``server`` is not installed, no such address, no free port.
    """

    def __init__(
        self,
        current: Callable[[], LayerService | None],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        switch_on: Callable[[], object] | None = None,
    ) -> None:
        try:
            import uvicorn

            from .asgi import Application
            from .connection import Connection
            from .stopping import Server
        except ModuleNotFoundError as missing:
            raise ServerFailed(_extra_missing(missing.name)) from missing
        self._socket = _listen(host, port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        config = uvicorn.Config(
            Application(current, switch_on, any_host=not is_loopback_host(host)),  # pyright: ignore[reportArgumentType]
            http=Connection,
            loop="asyncio",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            date_header=False,
            server_header=False,
        )
        self._server = Server(config)
        self._raised: BaseException | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="layerperm-server", daemon=True)
        with uninterrupted():
            self._thread.start()
        if not self._ready.wait(START_TIMEOUT) or self._raised is not None:
            self._server.should_exit = True
            self._socket.close()
            raise ServerFailed(_did_not_start(self.url, self._raised)) from self._raised

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """Stops the server. Pending responses have a second to be sent; after that their connections are closed."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        loop = _Loop()
        try:
            loop.run_until_complete(self._serve())
        except BaseException as raised:
            self._raised = raised
        finally:
            loop.close()
            self._ready.set()

    async def _serve(self) -> None:
        serving = asyncio.ensure_future(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.001)
        if self._server.started:
            self._ready.set()
        await serving


class _Loop(asyncio.SelectorEventLoop):
    """An event loop on a clock that freezegun does not freeze."""

    def time(self) -> float:
        return _now()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as failed:
        raise ServerFailed(_did_not_start(f"{host}:{port}", failed)) from failed
    # The connections inherit it: small responses are sent at once.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _extra_missing(module: str | None) -> str:
    return f"the live server needs {module}, which is not installed: pip install 'pytest-layerperm[server]'"


def _did_not_start(where: str, reason: BaseException | None) -> str:
    if reason is None:
        return f"the live server on {where} was not ready in time"
    return f"the live server could not start on {where}: {reason}"


_shared: tuple[int, LiveServer] | None = None
_starting = threading.Lock()


def shared_server() -> LiveServer:
    """The server of this process, for whatever fake is on; started when it is first needed."""
    global _shared
    with _starting:
        # A forked child has its parent's variables, but not its parent's threads.
        if _shared is None or _shared[0] != os.getpid() or not _shared[1].running:
            _shared = (os.getpid(), LiveServer(active_service))
        return _shared[1]


class ServerAddress:
    """The URL of a fake's live server, and the environment that a subprocess needs to use it.

    The fixture ``layerperm_server`` returns it::

        def test_the_script_publishes(layerperm, layerperm_server):
            partner = layerperm_server.env_for("222222222222", "eu-west-1")
            subprocess.run(["./publish.sh"], env={**os.environ, **partner}, check=True)
            assert layerperm.layers[0].account_id == "222222222222"
    """

    def __init__(self, url: str, service: LayerService) -> None:
        self.url = url
        """Such as ``http://127.0.0.1:49152``: the endpoint of all services, without a slash at the end."""
        self._service = service

    @property
    def env(self) -> dict[str, str]:
        """Environment variables for a program that signs in as the default account.

        ``subprocess.run(…, env={**os.environ, **layerperm_server.env})`` is enough while the fake is on.
        """
        found = self.env_for(self._service.account_id)
        if self._service.profile_files:  # By the profile "default", unless AWS_PROFILE names another.
            found = {name: value for name, value in found.items() if name not in HIDING}
        return found

    def env_for(self, account_id: str, region_name: str | None = None) -> dict[str, str]:
        """The same for another account (twelve digits) or another region; the region is the fake's own by default.

        Raises ValueError for an invalid account ID or region.
        """
        region_name = self._service.region_name if region_name is None else region_name
        check_account_id(account_id)
        check_region_name(region_name)
        wanted = fake_environment(account_id, region_name)
        return {name: value for name, value in wanted.items() if value is not None} | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_PAGER": "",
            "AWS_CLI_AUTO_PROMPT": "off",
            "AWS_DEFAULT_OUTPUT": "json",
            # The default of newer SDKs, for all of them.
            "AWS_RETRY_MODE": "standard",
            "AWS_MAX_ATTEMPTS": "3",
            **no_proxy(os.environ),
            **self._service.profile_files,
        }

    def __repr__(self) -> str:
        return f"<ServerAddress {self.url}>"
