"""The rest of AWS: whatever is no layer call is moto's, started when the first such call comes.

Where moto's mock is on already, the test's own, our fake is asked before it: moto's layer operations are never
reached. It works the same whoever was started first, and for clients made before moto was imported, which do not
have moto's handler.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn, Protocol
from urllib.parse import SplitResult, urlsplit

from ..callers import Principal
from ..fault import ConnectionBroken
from ..lambda_api.wire import Request
from . import _translate
from . import moto_private as private
from ._translate import TextHeaders, bytes_of, is_layer_call

ACCOUNT_HEADER = "x-moto-account-id"
"""moto takes the account from it, whatever the access key."""
Answer = tuple[int, Any, Any]
"""Status, headers and body, as moto gives them."""


_METADATA = ("169.254.169.254", "fd00:ec2::254")
_AWS = (
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".aws",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".csp.hci.ic.gov",
    ".cloud.adc-e.uk",
)
"""The domains of AWS in all partitions."""


class Fake(_translate.Fake, Protocol):
    """What the joint needs of the active fake."""

    def account_of_request(self, request: Request) -> str: ...

    def refuse(self, request: Any, url: SplitResult) -> NoReturn: ...


class Elsewhere:
    """What one fake has of moto."""

    def __init__(self, fake: Fake, undo: ExitStack) -> None:
        self._fake = fake
        self._undo = undo
        self._starting = threading.Lock()

    def answer(self, request: Any, url: SplitResult) -> Answer:
        """moto's answer to a request that no mock has taken. Raises RequestRefused where there is none."""
        host = url.hostname or ""
        if host in _METADATA or not (host.endswith(_AWS) or private.mock_is_on()):
            self._fake.refuse(request, url)
        self.start()
        answer = private.process(request)
        if answer is None:
            self._fake.refuse(request, url)
        return answer

    def principal_of(self, access_key: str) -> Principal | None:
        """The user or role session that moto gave the access key to."""
        found = private.access_key(access_key)
        if found is None:
            return None
        account_id, backend = found
        role = private.assumed_role(account_id, access_key)
        if role is not None:
            return Principal(account_id, role.arn, role.role_arn)
        user = backend.get_user_from_access_key_id(access_key)
        return Principal(account_id, user.arn if user is not None else None)

    def organization_of(self, account_id: str) -> str | None:
        return private.organization_of(account_id)

    def start(self) -> None:
        """Starts moto's mock, until the fake is off, unless one is on."""
        with self._starting:
            if not private.mock_is_on():
                mock = private.new_mock()
                mock.start()
                self._undo.callback(mock.stop)


_joins: list[ExitStack] = []
"""Of the fakes that are on, the outermost one's: the others use it too."""


@contextmanager
def joined(current: Callable[[], Fake]) -> Generator[None]:
    """Asks the current fake before moto, from the moment moto is there until the block ends."""
    if _joins:
        yield
        return
    with ExitStack() as undo:
        _joins.append(undo)
        undo.callback(_joins.clear)

        def join() -> None:
            undo.enter_context(private.asked_first(_passes, _processor(current)))

        if private.is_imported():
            join()
        else:
            undo.enter_context(private.on_import(join))
        yield


def _passes(request: Any) -> bool:
    return is_layer_call(urlsplit(str(request.url)))


def _processor(current: Callable[[], Fake]) -> Callable[[Any, Callable[[Any], Answer | None]], Answer | None]:
    def process_request(request: Any, ask_moto: Callable[[Any], Answer | None]) -> Answer | None:
        fake = current()
        url = urlsplit(str(request.url))
        signed = Request(request.method, url.netloc, url.path, url.query, TextHeaders(request.headers), b"")
        if is_layer_call(url):
            # How long the caller waits cannot be seen from here: long enough.
            asked = signed._replace(body=bytes_of(request.body), read_timeout=math.inf)
            return _layer_answer(fake, asked) or fake.refuse(request, url)
        if ACCOUNT_HEADER not in request.headers:
            request.headers[ACCOUNT_HEADER] = fake.account_of_request(signed)
        try:
            answer = ask_moto(request)
        except NotImplementedError:
            answer = private.NOT_YET_IMPLEMENTED
        return fake.refuse(request, url) if answer == private.NOT_YET_IMPLEMENTED else answer

    return process_request


def _layer_answer(fake: Fake, request: Request) -> Answer | None:
    """The answer to a layer call that was made with ``requests``; None where it is none of the nine."""
    import requests

    try:
        response = fake.handle(request)
    except ConnectionBroken as broken:
        kind = requests.ReadTimeout if broken.kind == "ReadTimeoutError" else requests.ConnectionError
        raise kind(f"{request.method} {request.path}: {broken.kind}") from None
    return None if response is None else (response.status, fake.headers_of(response), response.body)
