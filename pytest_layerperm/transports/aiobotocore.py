"""Every aiobotocore and aioboto3 client of this process, with each of its HTTP back ends: as in botocore, but awaited.

aiobotocore is never imported here before the code under test imports it: that costs more than a small test suite.
"""

from __future__ import annotations

import inspect
import io
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache, cached_property, partial
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse

from ..patches.environment import SECRET_KEY
from ..patches.imports import on_import
from ..patches.loopback import is_loopback
from ..patches.replacing import replaced
from ..patches.waiting import token_waits
from ..service.active import active_service, calling_service
from .translate import answer_botocore, bytes_of, count_gone_past, read_timeout_of

__tracebackhide__ = True


@contextmanager
def caught() -> Generator[None]:
    """Catches every aiobotocore client's requests for the service that is on, once aiobotocore is imported."""
    with ExitStack() as undo:

        def patch(seam: Callable[[Any], AbstractContextManager[None]], module: Any) -> None:
            undo.enter_context(seam(module))

        undo.enter_context(on_import({f"aiobotocore.{name}": partial(patch, seam) for name, seam in _SEAMS.items()}))
        yield


# --- the patched modules


def _aiohttp_session(module: Any) -> AbstractContextManager[None]:
    from asyncio import sleep

    return _caught_session(module.AIOHTTPSession, lambda session: session._timeout.sock_read, sleep)  # noqa: SLF001


def _httpx_session(module: Any) -> AbstractContextManager[None]:
    async def sleep(seconds: float) -> None:
        # httpx depends on anyio, which works under asyncio and trio.
        await import_module("anyio").sleep(seconds)

    return _caught_session(module.HttpxSession, lambda session: session._timeout.read, sleep)  # noqa: SLF001


def _caught_session(
    session_class: Any, timeout_of: Callable[[Any], Any], sleep: Callable[[float], Any]
) -> AbstractContextManager[None]:
    def catching(real_send: Callable[..., Any]) -> Callable[..., Any]:
        async def send(session: Any, request: Any) -> Any:
            url = urlsplit(str(request.url))
            service = calling_service()
            if service is not None and is_loopback(url):
                count_gone_past(service, request, url)
                return await real_send(session, request)
            if service is None:
                return await real_send(session, request)
            # Other tasks run while a request is under way: that is when they can overtake each other.
            await sleep(0)
            response = answer_botocore(service, request, url, read_timeout_of(timeout_of(session)))
            if response is not None:
                return _to_aiobotocore(request.url, response.status, service.headers_of(response), response.body)
            request.body = await _read(request.body)
            status, headers, body = service.answer_other_service(request, url)
            return _to_aiobotocore(request.url, status, headers, bytes_of(body))

        return send

    return replaced((session_class, "send", catching))


def _signers(module: Any) -> AbstractContextManager[None]:
    def signing(real_auth: Callable[..., Any]) -> Callable[..., Any]:
        async def get_auth_instance(signer: Any, *args: Any, **kwargs: Any) -> Any:
            service = active_service()
            # A client created on a machine without credentials signs as the default account.
            if service is not None and signer._credentials is None and kwargs.get("request_credentials") is None:  # noqa: SLF001
                credentials = import_module("aiobotocore.credentials").AioCredentials
                kwargs["request_credentials"] = credentials(service.account_id, SECRET_KEY)
            return await real_auth(signer, *args, **kwargs)

        return get_auth_instance

    return replaced((module.AioRequestSigner, "get_auth_instance", signing))


def _endpoint(module: Any) -> AbstractContextManager[None]:
    def answering(real_first: Callable[..., Any]) -> Callable[..., Any]:
        def first_answer(responses: Any, default: Any = None) -> Any:
            """What the handlers of an event return. The endpoint asks for two things: a response without sending,
            which moto's mock has for its own endpoints on this machine, and the seconds to wait before a retry.
            """
            found: Any = real_first(responses, default)
            service = active_service()
            if service is None:
                return found
            if type(found) is AWSResponse:
                sync: Any = found
                return _to_aiobotocore(sync.url, sync.status_code, sync.headers, bytes_of(sync.content))
            if isinstance(found, (int, float)) and not isinstance(found, bool):
                return service.virtual_time.begin_wait(found)
            return found

        return first_answer

    return replaced((module, "first_non_none_response", answering))


def _tokens(module: Any) -> AbstractContextManager[None]:
    return token_waits(module.AsyncTokenBucket)


_SEAMS: dict[str, Callable[[Any], AbstractContextManager[None]]] = {
    "httpsession": _aiohttp_session,
    "httpxsession": _httpx_session,
    "signers": _signers,
    "endpoint": _endpoint,
    "retries.bucket": _tokens,
}
"""Modules of aiobotocore, and what is replaced in each."""


# --- requests and responses


async def _read(body: Any) -> Any:
    """A request's body, with everything awaited."""
    if hasattr(body, "__aiter__"):
        return b"".join([bytes_of(part) async for part in body])
    if inspect.iscoroutinefunction(getattr(body, "read", None)):
        return await body.read()
    return body


def _to_aiobotocore(url: str, status: int, headers: Any, body: bytes) -> Any:
    """A response in aiobotocore's form."""
    return _response_class()(url, status, headers, _Raw(url, headers, body))


@cache
def _response_class() -> Any:
    return import_module("aiobotocore.awsrequest").AioAWSResponse


class _Raw:
    """The part of aiohttp's response that aiobotocore reads; it needs no event loop, and so works with httpx too."""

    def __init__(self, url: str, headers: Any, body: bytes) -> None:
        self.url = url
        self._headers = headers
        self._body = body

    async def read(self) -> bytes:
        return self._body

    @cached_property
    def content(self) -> _Stream:
        return _Stream(self._body)

    @property
    def raw_headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """Read by aiobotocore before 2.21."""
        return tuple([(name.encode(), str(value).encode()) for name, value in self._headers.items()])

    async def __aenter__(self) -> _Raw:
        return self

    async def __aexit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is open."""


class _Stream:
    """The part of aiohttp's stream that aiobotocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = io.BytesIO(body)

    async def read(self, size: int = -1) -> bytes:
        return self._body.read(size)

    def at_eof(self) -> bool:
        return self._body.tell() == len(self._body.getbuffer())

    async def iter_chunks(self) -> AsyncIterator[tuple[bytes, bool]]:
        yield self._body.read(), True
