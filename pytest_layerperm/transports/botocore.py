"""Every botocore client of this process, whenever it was created: patched below signing, retries and parsing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import botocore.httpsession
import botocore.signers
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.credentials import Credentials

from ..patches.environment import SECRET_KEY
from ..patches.loopback import is_loopback
from ..patches.replacing import replaced
from ..service.active import active_service, calling_service
from .translate import answer_botocore, bytes_of, count_gone_past, read_timeout_of

__tracebackhide__ = True


def caught() -> replaced:
    """Catches every botocore client's requests for the service that is on."""
    return replaced(
        (botocore.httpsession.URLLib3Session, "send", _catching),
        (botocore.httpsession.ProxyConfiguration, "proxy_url_for", _without_proxy),
        (botocore.signers.RequestSigner, "get_auth_instance", _signing),
    )


def _catching(real_send: Callable[..., Any]) -> Callable[..., Any]:
    def send(session: Any, request: Any) -> Any:
        url = urlsplit(str(request.url))
        service = calling_service()
        if service is not None and is_loopback(url):
            count_gone_past(service, request, url)
            return real_send(session, request)
        if service is None:
            return real_send(session, request)
        response = answer_botocore(service, request, url, read_timeout_of(session._timeout))  # noqa: SLF001
        if response is not None:
            return _Response(request.url, response.status, service.headers_of(response), response.body)
        status, headers, body = service.answer_other_service(request, url)
        return to_botocore(request.url, status, headers, bytes_of(body))

    return send


def _signing(real_auth: Callable[..., Any]) -> Callable[..., Any]:
    def get_auth_instance(signer: Any, *args: Any, **kwargs: Any) -> Any:
        service = active_service()
        # A client created on a machine without credentials signs as the default account.
        if service is not None and signer._credentials is None and kwargs.get("request_credentials") is None:  # noqa: SLF001
            kwargs["request_credentials"] = Credentials(service.account_id, SECRET_KEY)
        return real_auth(signer, *args, **kwargs)

    return get_auth_instance


def _without_proxy(real_proxy: Callable[..., Any]) -> Callable[..., Any]:
    def proxy_url_for(configuration: Any, url: Any) -> Any:
        """Only requests to this machine are sent at all, and these go straight there."""
        return real_proxy(configuration, url) if active_service() is None else None

    return proxy_url_for


def to_botocore(url: str, status: int, headers: Any, body: bytes) -> Any:
    """A response in botocore's form."""
    return AWSResponse(url, status, headers, _Raw(body))  # pyright: ignore[reportArgumentType]


class _Response(AWSResponse):
    """Botocore's response with the fake's content, built without botocore's parsing: every call pays for it."""

    def __init__(self, url: str, status: int, headers: dict[str, str], body: bytes) -> None:
        self.url = url
        self.status_code = status
        self.headers = _Headers(headers)
        self._content = body

    @cached_property
    def raw(self) -> _Raw:
        return _Raw(self._content)


class _Headers(HeadersDict):
    """Botocore's headers for lower-case names, such as the fake's. Botocore looks up many and finds few."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._values = headers

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __setitem__(self, name: str, value: str) -> None:
        self._values[name.lower()] = value

    def __delitem__(self, name: str) -> None:
        del self._values[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def get(self, name: str, default: Any = None) -> Any:
        return self._values.get(name.lower(), default)

    def __iter__(self) -> Iterator[str]:  # pyright: ignore[reportIncompatibleMethodOverride] - theirs is a generator
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)


class _Raw(io.BytesIO):
    """The part of urllib3's response that botocore reads."""

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[bytes]:
        yield self.read()
