"""The rest of AWS: whatever is no layer call is moto's, started when the first such call comes.

moto has a handler in every client that was made after its import. While a fake is on, the handler is silent, and
all requests come to the seam below, where the fake is asked before moto: moto's layer operations are never reached.
So it makes no difference whether the test has a mock of its own, which of the two was started first, and whether a
client was made before moto was imported.
"""

from __future__ import annotations

import json
import math
import threading
import weakref
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

from ...lambda_api.errors import LambdaError
from ...lambda_api.hosts import is_aws_host
from ...lambda_api.wire import NO_OPERATION, Request, Response, call_of, refuse, region_of, signature_of
from ...patches.imports import on_import
from ...patches.loopback import is_loopback
from ...service.faults import ConnectionBroken
from ...service.lambda_model import is_operation
from ...service.service import LayerService
from ..translate import TextHeaders, bytes_of, is_layer_call
from . import private, private_stacks, private_state, stack_requests
from .cloudformation import Stacks
from .functions import FunctionLayers, check_function_call, without_empty_layers
from .own_answers import own_answer

__tracebackhide__ = True

ACCOUNT_HEADER = "x-moto-account-id"
"""moto takes the account from it, whatever the access key."""
_WITH_FUNCTIONS = ("lambda", "cloudformation")
"""Services that make functions."""
Answer = tuple[int, Any, Any]
"""Status, headers and body, as moto gives them."""


_METADATA = ("169.254.169.254", "fd00:ec2::254")


class Moto:
    """What one service has of moto: the ``OtherServices`` of a ``LayerService``."""

    def __init__(self, service: LayerService, undo: ExitStack) -> None:
        # Weakly: a service that nobody holds is freed at once, with all that happened in it.
        self._service: LayerService = weakref.proxy(service)
        self._undo = undo
        self._lock = threading.Lock()
        self.layers = FunctionLayers(self._service)
        self.stacks = Stacks(self._act)

    def answer(self, request: Any, url: SplitResult) -> Answer:
        """The response of AWS's other services to a prepared botocore request, by moto.

        Raises RequestRefused for an operation that moto does not have.
        """
        host = url.hostname or ""
        if host in _METADATA or not (is_aws_host(host) or private.mock_is_on()):
            self._service.refuse(request, url)
        own = self.own_answer(request, url)
        if own is not None:
            return own
        self.start()
        try:
            answer = self.ask(request, url, private.process)
        except LambdaError as refused:
            return self.refusal(refused)
        if answer is None or (answer[0] == 404 and self.is_unknown(url, bytes_of(answer[2]))):
            return self.unanswered(request, url)
        if _service_in(url) == "lambda":
            return answer[0], answer[1], without_empty_layers(url.path, bytes_of(answer[2]))
        return answer

    def own_answer(self, request: Any, url: SplitResult) -> Answer | None:
        """The response to what is neither a layer call nor moto's; None for all the rest."""
        response = own_answer(self._service, translated(request, url))
        return None if response is None else self._sent(response)

    def reset(self) -> None:
        """Empties moto, if a mock is on."""
        with self._lock:
            if private.mock_is_on():
                private_state.reset()

    def is_unknown(self, url: SplitResult, body: bytes) -> bool:
        """Whether that is how moto says that it does not know the operation."""
        # Of a Lambda path in another API version it says nothing.
        return body in private.NOT_KNOWN or (not body and _service_in(url) == "lambda")

    def unanswered(self, request: Any, url: SplitResult) -> Answer:
        """What AWS says of a path that is no operation of Lambda. Raises RequestRefused for any other request."""
        if _service_in(url) != "lambda" or is_operation(request.method, url.path):
            self._service.refuse(request, url)
        return self._sent(NO_OPERATION)

    def ask(self, request: Any, url: SplitResult, ask_moto: Callable[[Any], Any]) -> Any:
        """What moto makes of a request, in the name of its caller and by our rules for the layers of functions.

        Raises LambdaError where these refuse it, and RequestRefused where moto does not know the operation.
        """
        asked = translated(request, url)
        account_id = self._service.callers.account_of_request(asked)
        if ACCOUNT_HEADER not in request.headers:
            request.headers[ACCOUNT_HEADER] = account_id
        service = _service_in(url)
        try:
            return self._ask(service, asked, request, url, ask_moto)
        except ModuleNotFoundError as missing:
            raise ModuleNotFoundError(_without_extra(service, str(missing.name)), name=missing.name) from None

    def _ask(self, service: str, asked: Request, request: Any, url: SplitResult, ask_moto: Callable[[Any], Any]) -> Any:
        if service not in _WITH_FUNCTIONS:
            return self._known(request, url, ask_moto)
        _joints[0].rule(service)
        signature = signature_of(asked)
        caller = self._service.callers.signed_by(signature, self._service.callers.account_of_request(asked))
        with ExitStack() as judged, self.layers.called_by(caller, signature):
            if service == "lambda":
                called = asked._replace(body=bytes_of(request.body))
                region_name = region_of(asked, signature)
                if check_function_call(called, caller, region_name):
                    judged.enter_context(private.iam_not_enforced())
                self.layers.check_call(called, caller.account_id, region_name)
            else:
                stack_requests.mend(request, caller.account_id, region_of(asked, signature))
            return self._known(request, url, ask_moto)

    def _act(self, operation: str, account_id: str, region_name: str, given: dict[str, Any]) -> dict[str, Any]:
        """Carries out what a stack does with layers, in the name of whoever deploys it. Raises LambdaError."""
        signature = self.layers.signature_in(account_id)
        answer = self._service.carry_out(call_of(operation, account_id, region_name, given, signature))
        return json.loads(answer.body) if answer.body else {}

    def _known(self, request: Any, url: SplitResult, ask_moto: Callable[[Any], Any]) -> Any:
        with suppress(NotImplementedError):
            return ask_moto(request)
        return self._service.refuse(request, url)  # Out here, so that it is not told as what came of moto's error.

    def refusal(self, refused: LambdaError) -> Answer:
        own = isinstance(refused, stack_requests.ChangeSetNotFound)
        return self._sent(refused.response() if own else refuse(refused))

    def _sent(self, response: Response) -> Answer:
        return response.status, self._service.headers_of(response), response.body

    def start(self) -> None:
        """Starts moto's mock, until the fake is off, unless one is on."""
        with self._lock:
            if not private.mock_is_on():
                mock = private.new_mock()
                below = private.sender()
                mock.start()
                self._undo.callback(private.pass_on_to(below))
                self._undo.callback(_stop, mock, private.sender())


def _stop(mock: Any, ours: Any) -> None:
    """Stops moto's mock. A mock of ``requests`` that was started inside it and is still on stays on."""
    on_top = private.sender()
    mock.stop()
    if on_top is not ours:
        below = private.sender()
        private.set_sender(on_top)
        private.superseded_sender(ours, below)


def moto_of(service: LayerService) -> Moto:
    """What a service that is on has of moto."""
    return cast(Moto, service.other_services)


def _service_in(url: SplitResult) -> str:
    """The AWS service of a URL, by the first label of its host."""
    return (url.hostname or "").partition(".")[0]


def _without_extra(service: str, module: str) -> str:
    """Why moto cannot answer a call."""
    return (
        f"moto needs {module} to answer calls of {service}: install moto with the extra of that service, "
        f"such as moto[{'awslambda' if service == 'lambda' else service}]"
    )


class _Joint:
    """All that is changed in moto, for all fakes that are on."""

    def __init__(self, current: Callable[[], LayerService], undo: ExitStack) -> None:
        self._current = current
        self._undo = undo
        self._lock = threading.Lock()
        self._ruled: set[str] = set()

    def join(self, moto: object) -> None:
        """Comes before moto, which is there now."""
        self._undo.enter_context(private.silenced(_is_local, _for_requests(self._current)))

    def rule(self, service: str) -> None:
        """Lets moto's functions have what layers the current fake says, and its stacks what resources."""
        with self._lock:
            for ruled in ("lambda",) if service == "lambda" else ("lambda", "cloudformation"):
                if ruled not in self._ruled:
                    self._ruled.add(ruled)
                    self._undo.enter_context(_RULES[ruled](self._current))


_RULES: dict[str, Callable[[Callable[[], LayerService]], AbstractContextManager[None]]] = {
    "lambda": lambda current: private.function_layers(lambda: moto_of(current()).layers),
    "cloudformation": lambda current: private_stacks.stack_resources(lambda: moto_of(current()).stacks),
}
_joints: list[_Joint] = []
"""One while any fake is on, whichever was first."""


@contextmanager
def joined(current: Callable[[], LayerService]) -> Generator[None]:
    """Asks the current fake before moto, from the moment moto is there until the block ends."""
    if _joints:
        yield
        return
    with ExitStack() as undo:
        joint = _Joint(current, undo)
        _joints.append(joint)
        undo.callback(_joints.clear)
        undo.enter_context(on_import({private.CORE: joint.join}))
        yield


def _is_local(request: Any) -> bool:
    """Whether moto may have been told that this endpoint is its own."""
    return is_loopback(urlsplit(str(request.url)))


def translated(request: Any, url: SplitResult) -> Request:
    """A prepared request in our terms, without its body."""
    # How long the caller waits cannot be seen from here: long enough.
    return Request(
        request.method, url.netloc, url.path, url.query, TextHeaders(request.headers), b"", read_timeout=math.inf
    )


def _for_requests(current: Callable[[], LayerService]) -> Callable[[Any, Callable[[Any], Any]], Any]:
    """What is asked first when moto's mock has caught a request of the ``requests`` library."""

    def answer(request: Any, ask_moto: Callable[[Any], Any]) -> Any:
        service = current()
        url = urlsplit(str(request.url))
        if is_layer_call(url):
            asked = translated(request, url)._replace(body=bytes_of(request.body))
            return _http_response(*_layer_answer(service, asked))
        own = moto_of(service).own_answer(request, url)
        if own is not None:
            return _http_response(*own)
        try:
            found = moto_of(service).ask(request, url, ask_moto)
        except LambdaError as refused:
            return _http_response(*moto_of(service).refusal(refused))
        if found.status not in (400, 404) and _service_in(url) != "lambda":
            return found
        body = found.read()
        if found.status in (400, 404) and moto_of(service).is_unknown(url, body):
            return _http_response(*moto_of(service).unanswered(request, url))
        sent = without_empty_layers(url.path, body)
        headers = dict(found.headers)
        if sent is not body:
            headers = {name: value for name, value in headers.items() if name.lower() != "content-length"}
        return _http_response(found.status, headers, sent)

    return answer


def _layer_answer(service: LayerService, request: Request) -> Answer:
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
    """An answer as moto's mocks give it to the ``requests`` library."""
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
