"""A ``responses.RequestsMock`` that serves code which calls the layer API with ``requests``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from http.client import RemoteDisconnected
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
import responses
from requests.adapters import HTTPAdapter
from urllib3 import exceptions
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from ..lambda_api.hosts import is_lambda_host
from ..lambda_api.wire import API_PATH
from ..service.faults import ConnectionBroken
from ..service.service import DEFAULT_READ_TIMEOUT, LayerService
from .translate import read_timeout_of, request_of


def is_layer_call(request: Any) -> bool:
    """Whether a prepared request is for the layer API of AWS Lambda, in any partition."""
    url = urlsplit(str(request.url))
    return url.path.startswith(API_PATH) and is_lambda_host(url.hostname or "")


@contextmanager
def serving(current: Callable[[], LayerService]) -> Generator[responses.RequestsMock]:
    """A started mock that serves layer calls from the current service, whichever mock of ``requests`` is on top.

    Leaving the block stops it, and raises AssertionError if a registration of the user's was never called.
    """
    mock_class: Any = responses.RequestsMock
    around: Any = HTTPAdapter.send
    mock = _LayerMock(current, around if around.__module__ == responses.__name__ else None)
    mine: Any = mock
    real_on_request = mock_class._on_request  # noqa: SLF001

    with ExitStack() as undo:

        def on_request(self: Any, adapter: HTTPAdapter, request: Any, **kwargs: Any) -> requests.Response:
            # A mock that was started inside this one, or around it: the test's own, or moto's.
            if not isinstance(self, _LayerMock) and not hasattr(request, _PASSED_ON):
                if is_layer_call(request):
                    return mine._on_request(adapter, request, **kwargs)  # noqa: SLF001
                # moto's mock passes on every URL that is not AWS's: this mock responds or raises.
                if "http" in self.passthru_prefixes and self._real_send is mine._real_send:  # noqa: SLF001
                    undo.callback(setattr, self, "_real_send", self._real_send)
                    self._real_send = pass_on
            return real_on_request(self, adapter, request, **kwargs)

        def pass_on(adapter: HTTPAdapter, request: Any, **kwargs: Any) -> requests.Response:
            to: Any = mine._real_send if hasattr(request, _PASSED_ON) else mine._on_request  # noqa: SLF001
            return to(adapter, request, **kwargs)

        mock.start()
        undo.callback(mock.__exit__, None, None, None)
        mock_class._on_request = on_request  # noqa: SLF001
        undo.callback(setattr, mock_class, "_on_request", real_on_request)
        yield mock


def is_on_top(mock: responses.RequestsMock) -> bool:
    """Whether no other mock was started inside this one and is still on."""
    inner: Any = mock
    patcher = inner._patcher  # noqa: SLF001
    return patcher is None or HTTPAdapter.send is patcher.new


_PASSED_ON = "layerperm_passed_on"
"""Marks a request that was passed on to the mock around this one."""
_FRESH = "layerperm_fresh"
"""Marks a broken connection that the adapter has not retried yet."""


class _NotRegistered(Exception):
    """This mock has no response to a request, and there is another mock around it."""


class _LayerMock(responses.RequestsMock):
    """Serves layer calls without a registration: ``reset()`` does not end it, and none can be left uncalled."""

    def __init__(self, current: Callable[[], LayerService], around: Callable[..., requests.Response] | None) -> None:
        super().__init__()
        self._current = current
        self._around = around

    def _find_match(self, request: Any) -> Any:
        if is_layer_call(request):
            # Without a content type of its own: the response has AWS's.
            return responses.CallbackResponse(request.method, request.url, self._respond, content_type=None), []
        match, reasons = super()._find_match(request)
        if match is None and self._around is not None and not self._passes_through(str(request.url)):
            raise _NotRegistered
        return match, reasons

    def _passes_through(self, url: str) -> bool:
        return any(
            prefix.match(url) if isinstance(prefix, re.Pattern) else url.startswith(prefix)
            for prefix in self.passthru_prefixes
        )

    def _on_request(
        self, adapter: HTTPAdapter, request: Any, *, retries: Any = None, **kwargs: Any
    ) -> requests.Response:
        try:
            return super()._on_request(adapter, request, retries=retries, **kwargs)
        except _NotRegistered:
            left = None
        except (requests.ConnectionError, requests.ReadTimeout) as broken:
            if not broken.__dict__.pop(_FRESH, False):
                raise
            left = _after_retry(retries or adapter.max_retries, request, broken)
        if left is not None:
            return self._on_request(adapter, request, retries=left, **kwargs)
        assert self._around is not None
        setattr(request, _PASSED_ON, True)
        try:
            return self._around(adapter, request, **kwargs)
        finally:
            delattr(request, _PASSED_ON)

    def _respond(self, request: Any) -> tuple[int, dict[str, str], bytes]:
        service = self._current()
        url = urlsplit(str(request.url))
        timeout = read_timeout_of(request.req_kwargs.get("timeout"))
        try:
            response = service.handle(request_of(request, url, timeout))
        except ConnectionBroken as broken:
            error = _requests_error(broken.kind, request, url, timeout)
            setattr(error, _FRESH, True)
            raise error from None
        assert response is not None
        return response.status, service.headers_of(response), response.body


def _after_retry(retries: Any, request: Any, broken: requests.RequestException) -> Any:
    """The remaining retries of the adapter after a broken connection, as urllib3 counts them; raises if none remain."""
    url = urlsplit(str(request.url))
    try:
        return retries.increment(request.method, request.path_url, error=broken.args[0], _pool=_pool(url))
    except exceptions.MaxRetryError as exhausted:
        raise requests.ConnectionError(exhausted, request=request) from None
    except exceptions.HTTPError:
        raise broken from None


def _requests_error(kind: str, request: Any, url: SplitResult, timeout: float) -> requests.RequestException:
    """The exception that ``requests`` raises for a broken connection, before retries."""
    pool: Any = _pool(url)
    if kind == "EndpointConnectionError":
        connection = pool.ConnectionCls(pool.host, port=pool.port)
        message = "Failed to establish a new connection: [Errno 111] Connection refused"
        return requests.ConnectionError(exceptions.NewConnectionError(connection, message), request=request)
    if kind == "ReadTimeoutError":
        seconds = DEFAULT_READ_TIMEOUT if math.isinf(timeout) else timeout
        message = f"Read timed out. (read timeout={seconds:g})"
        return requests.ReadTimeout(exceptions.ReadTimeoutError(pool, request.path_url, message), request=request)
    closed = RemoteDisconnected("Remote end closed connection without response")
    return requests.ConnectionError(exceptions.ProtocolError("Connection aborted.", closed), request=request)


def _pool(url: SplitResult) -> HTTPConnectionPool:
    """The pool that urllib3 names in its messages; it never connects."""
    if url.scheme == "http":
        return HTTPConnectionPool(str(url.hostname), port=url.port or 80)
    return HTTPSConnectionPool(str(url.hostname), port=url.port or 443)
