"""Every botocore client of this process, whenever it was made: the seam below signing, retries and parsing."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn, Protocol, cast
from urllib.parse import SplitResult, urlsplit

import botocore.awsrequest
import botocore.exceptions
import botocore.httpsession
import botocore.signers
from botocore.credentials import Credentials

from ..environment import SECRET_KEY
from ..faults import ActionFailed, ConnectionBroken
from ..lambda_api.wire import Request, Response

_LOOPBACK = ("127.", "[::1]", "localhost")
DEFAULT_READ_TIMEOUT = 60.0


class Fake(Protocol):
    """What the seam needs of the active fake."""

    @property
    def default_access_key(self) -> str: ...

    def handle(self, request: Request) -> Response | None: ...

    def headers_of(self, response: Response) -> dict[str, str]: ...

    def pass_by(self, seconds: float) -> None: ...

    def answer_elsewhere(self, request: Any, url: SplitResult) -> Any: ...


@contextmanager
def caught(current: Callable[[], Fake]) -> Generator[None]:
    """Catches every botocore client's requests for the current fake."""
    session_class: Any = botocore.httpsession.URLLib3Session
    signer_class: Any = botocore.signers.RequestSigner
    real_send = session_class.send
    real_auth = signer_class.get_auth_instance

    def send(session: Any, request: Any) -> Any:
        url = urlsplit(str(request.url))
        response = _answer(current(), session, request, url)
        if response is not None:
            return response
        if is_loopback(url):
            return real_send(session, request)
        return current().answer_elsewhere(request, url)

    def get_auth_instance(signer: Any, *args: Any, **kwargs: Any) -> Any:
        # A client made on a machine without credentials signs as the default account.
        if signer._credentials is None and kwargs.get("request_credentials") is None:  # noqa: SLF001
            kwargs["request_credentials"] = Credentials(current().default_access_key, SECRET_KEY)
        return real_auth(signer, *args, **kwargs)

    session_class.send = send
    signer_class.get_auth_instance = get_auth_instance
    try:
        yield
    finally:
        session_class.send = real_send
        signer_class.get_auth_instance = real_auth


def is_loopback(url: SplitResult) -> bool:
    """Whether the URL leads to this machine: a server that the test runs itself."""
    host = url.netloc.rpartition("@")[2]
    return host.startswith(_LOOPBACK[0]) or host.rpartition(":")[0] in _LOOPBACK or host in _LOOPBACK


def _answer(fake: Fake, session: Any, request: Any, url: SplitResult) -> Any:
    """The fake's answer to a layer call; None for every other request."""
    if not url.path.startswith("/2018-10-31/layers") or is_loopback(url):
        return None
    try:
        response = fake.handle(
            Request(request.method, url.netloc, url.path, url.query, _Headers(request.headers), _body_of(request))
        )
    except ConnectionBroken as broken:
        _break(fake, session, request, broken.kind)
    except ActionFailed as failed:
        raise failed.raised from None
    if response is None:
        return None
    if response.latency:
        timeout = _read_timeout(session)
        fake.pass_by(min(response.latency, timeout))
        if response.latency > timeout:
            raise botocore.exceptions.ReadTimeoutError(endpoint_url=request.url, error="read timed out")
    return to_botocore(request.url, response.status, fake.headers_of(response), response.body)


def to_botocore(url: str, status: int, headers: Any, body: bytes) -> Any:
    """An answer in botocore's form."""
    return botocore.awsrequest.AWSResponse(url, status, headers, _Raw(body))  # pyright: ignore[reportArgumentType]


class _Raw(io.BytesIO):
    """The part of urllib3's response that botocore reads."""

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[bytes]:
        yield self.read()


class _Headers:
    """A signed request's headers, whose values botocore keeps as bytes."""

    __slots__ = ("_headers",)

    def __init__(self, headers: Any) -> None:
        self._headers = headers

    def get(self, name: str, /) -> str | None:
        value = self._headers.get(name)
        return value.decode("latin-1") if isinstance(value, bytes) else value


def _body_of(request: Any) -> bytes:
    body: Any = request.body
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    return body.read()


def _read_timeout(session: Any) -> float:
    """The read timeout of the client's Config, in seconds; infinite where it waits for ever."""
    timeout: Any = getattr(session, "_timeout", DEFAULT_READ_TIMEOUT)
    if isinstance(timeout, (list, tuple)):
        timeout = cast(Sequence[Any], timeout)[1]
    return math.inf if timeout is None else float(timeout)


def _break(fake: Fake, session: Any, request: Any, kind: str) -> NoReturn:
    url = request.url
    if kind == "EndpointConnectionError":
        raise botocore.exceptions.EndpointConnectionError(endpoint_url=url, error="connection refused")
    if kind == "ReadTimeoutError":
        timeout = _read_timeout(session)
        # A client that waits for ever is given the time that it would wait by default.
        fake.pass_by(DEFAULT_READ_TIMEOUT if math.isinf(timeout) else timeout)
        raise botocore.exceptions.ReadTimeoutError(endpoint_url=url, error="read timed out")
    raise botocore.exceptions.ConnectionClosedError(
        endpoint_url=url, request=request, error="connection closed before an answer came"
    )
