"""Makes moto ask the current fake first: its mock's handlers are changed while a fake is on.

moto has a handler in every client that was created after its import. While a fake is on, the handler does nothing, and
all requests reach the patched HTTP session below it, where the fake is asked before moto: moto's layer operations are
never reached. So it makes no difference whether the test has a mock of its own, which of the two was started first, and
whether a client was created before moto was imported.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

from ...lambda_api.errors import LambdaError
from ...lambda_api.wire import Request
from ...patches.imports import on_import
from ...patches.loopback import is_loopback
from ...service.faults import ConnectionBroken
from ...service.service import LayerService
from ..translate import is_layer_call, request_of
from . import private
from .functions import without_empty_layers
from .services import MotoResponse, Rules, moto_of, rules_on, service_in

__tracebackhide__ = True


@contextmanager
def joined(current: Callable[[], LayerService]) -> Generator[None]:
    """Asks the current fake before moto, from moto's import until the block ends."""
    if rules_on:
        yield
        return
    with ExitStack() as undo:
        rules_on.append(Rules(current, undo))
        undo.callback(rules_on.clear)

        def silence(moto: object) -> None:
            undo.enter_context(private.silenced(_is_local, _for_requests(current)))

        undo.enter_context(on_import({private.CORE: silence}))
        yield


def _is_local(request: Any) -> bool:
    """Whether the endpoint may be one of moto's own."""
    return is_loopback(urlsplit(str(request.url)))


def _for_requests(current: Callable[[], LayerService]) -> Callable[[Any, Callable[[Any], Any]], Any]:
    """What is asked first when moto's mock has caught a request of the ``requests`` library."""

    def respond(request: Any, ask_moto: Callable[[Any], Any]) -> Any:
        service = current()
        url = urlsplit(str(request.url))
        if is_layer_call(url):
            return _http_response(*_layer_response(service, request_of(request, url)))
        moto = moto_of(service)
        own = moto.own_response(request, url)
        if own is not None:
            return _http_response(*own)
        try:
            found = moto.ask(request, url, ask_moto)
        except LambdaError as error:
            return _http_response(*moto.error_response(error))
        if found.status not in (400, 404) and service_in(url) != "lambda":
            return found
        body = found.read()
        if found.status in (400, 404) and moto.is_unknown(url, body):
            return _http_response(*moto.unknown(request, url))
        sent = without_empty_layers(url.path, body)
        headers = dict(found.headers)
        if sent is not body:
            headers = {name: value for name, value in headers.items() if name.lower() != "content-length"}
        return _http_response(found.status, headers, sent)

    return respond


def _layer_response(service: LayerService, request: Request) -> MotoResponse:
    """The response to a layer call that was made with ``requests``."""
    import requests

    try:
        response = service.handle(request)
    except ConnectionBroken as broken:
        kind = requests.ReadTimeout if broken.kind == "ReadTimeoutError" else requests.ConnectionError
        raise kind(f"{request.method} {request.path}: {broken.kind}") from None
    assert response is not None
    return response.status, service.headers_of(response), response.body


def _http_response(status: int, headers: dict[str, str], body: bytes) -> Any:
    """A response as moto's mocks return it to the ``requests`` library."""
    import io
    from http.client import responses as reasons

    from urllib3 import HTTPResponse

    return HTTPResponse(
        body=io.BytesIO(body),
        status=status,
        reason=reasons.get(status),
        headers=headers,
        preload_content=False,
        decode_content=False,
    )
