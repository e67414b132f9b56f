"""The rest of AWS for one service: moto responds, started when the first call that is not a layer call comes."""

from __future__ import annotations

import json
import threading
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from typing import Any, cast
from urllib.parse import SplitResult

from ...lambda_api.errors import LambdaError
from ...lambda_api.hosts import is_aws_host
from ...lambda_api.wire import NO_OPERATION, Request, Response, call_of, error_response, region_of, signature_of
from ...patches.signals import uninterrupted
from ...service.lambda_model import is_operation
from ...service.service import LayerService
from ..translate import bytes_of, request_of
from . import private, private_stacks, private_state, stack_requests
from .changes import change_of
from .cloudformation import Stacks
from .functions import FunctionLayers, check_function_call, without_empty_layers
from .own_responses import own_response

__tracebackhide__ = True

ACCOUNT_HEADER = "x-moto-account-id"
"""moto takes the account from it, whatever the access key."""
_WITH_FUNCTIONS = ("lambda", "cloudformation")
"""Services that create functions."""
MotoResponse = tuple[int, Any, Any]
"""Status, headers and body, as moto returns them."""


_METADATA = ("169.254.169.254", "fd00:ec2::254")


class Moto:
    """What one service has of moto: the ``OtherServices`` of a ``LayerService``."""

    def __init__(self, service: LayerService, undo: ExitStack) -> None:
        # Weakly: an unused service is freed at once, with all that happened in it.
        self._service: LayerService = weakref.proxy(service)
        self._undo = undo
        self._lock = threading.Lock()
        self.layers = FunctionLayers(self._service)
        self.stacks = Stacks(self._act)

    def answer(self, request: Any, url: SplitResult) -> MotoResponse:
        """The response of AWS's other services to a prepared botocore request, by moto.

        Raises RequestRefused for an operation that moto does not have.
        """
        host = url.hostname or ""
        if host in _METADATA or not (is_aws_host(host) or private.mock_is_on()):
            self._service.refuse(request, url)
        own = self.own_response(request, url)
        if own is not None:
            return own
        self.start()
        try:
            response = self.ask(request, url, private.process)
        except LambdaError as error:
            return self.error_response(error)
        if response is None or (response[0] == 404 and self.is_unknown(url, bytes_of(response[2]))):
            return self.unknown(request, url)
        if service_in(url) == "lambda":
            return response[0], response[1], without_empty_layers(url.path, bytes_of(response[2]))
        return response

    def own_response(self, request: Any, url: SplitResult) -> MotoResponse | None:
        """The response to what is neither a layer call nor for moto; None for any other request."""
        response = own_response(self._service, request_of(request, url, body=_small_body(request)))
        return None if response is None else self._sent(response)

    def reset(self) -> None:
        """Empties moto, if a mock is on."""
        with self._lock:
            if private.mock_is_on():
                private_state.reset()

    def is_unknown(self, url: SplitResult, body: bytes) -> bool:
        """Whether moto responds in this way to an operation that it does not have."""
        # To a Lambda path of another API version, its response is empty.
        return body in private.NOT_KNOWN or (not body and service_in(url) == "lambda")

    def unknown(self, request: Any, url: SplitResult) -> MotoResponse:
        """AWS's response to a path that is not an operation of Lambda. Raises RequestRefused for any other request."""
        if service_in(url) != "lambda" or is_operation(request.method, url.path):
            self._service.refuse(request, url)
        return self._sent(NO_OPERATION)

    def ask(self, request: Any, url: SplitResult, ask_moto: Callable[[Any], Any]) -> Any:
        """moto's response to a request, as its caller, and with our rules for the layers of functions.

        Raises LambdaError if these rules reject it, and RequestRefused if moto does not have the operation.
        """
        change = change_of(request, url)
        if change is not None:
            self._service.other_changes.append(change)
        head = request_of(request, url, body=b"")
        account_id = self._service.callers.account_of_request(head)
        if ACCOUNT_HEADER not in request.headers:
            request.headers[ACCOUNT_HEADER] = account_id
        try:
            return self._ask(account_id, head, request, url, ask_moto)
        except ModuleNotFoundError as missing:
            raise ModuleNotFoundError(_without_extra(service_in(url), str(missing.name)), name=missing.name) from None

    def _ask(
        self, account_id: str, head: Request, request: Any, url: SplitResult, ask_moto: Callable[[Any], Any]
    ) -> Any:
        service = service_in(url)
        if service not in _WITH_FUNCTIONS:
            return self._known(request, url, ask_moto)
        rules_on[0].apply_to(service)
        signature = signature_of(head)
        caller = self._service.callers.signed_by(signature, account_id)
        with ExitStack() as authorized, self.layers.called_by(caller, signature):
            if service == "lambda":
                called = head._replace(body=bytes_of(request.body))
                region_name = region_of(head, signature)
                if check_function_call(called, caller, region_name):
                    authorized.enter_context(private.iam_not_enforced())
                self.layers.check_call(called, caller.account_id, region_name)
            else:
                stack_requests.mend(request, caller.account_id, region_of(head, signature))
            return self._known(request, url, ask_moto)

    def _act(self, operation: str, account_id: str, region_name: str, given: dict[str, Any]) -> dict[str, Any]:
        """Carries out a stack's layer operation, as the caller who deploys the stack. Raises LambdaError."""
        signature = self.layers.signature_in(account_id)
        response = self._service.carry_out(call_of(operation, account_id, region_name, given, signature))
        return json.loads(response.body) if response.body else {}

    def _known(self, request: Any, url: SplitResult, ask_moto: Callable[[Any], Any]) -> Any:
        with suppress(NotImplementedError):
            return ask_moto(request)
        return self._service.refuse(request, url)  # Out here, so that moto's error is not shown as its context.

    def error_response(self, error: LambdaError) -> MotoResponse:
        own = isinstance(error, stack_requests.ChangeSetNotFound)
        return self._sent(error.response() if own else error_response(error))

    def _sent(self, response: Response) -> MotoResponse:
        return response.status, self._service.headers_of(response), response.body

    def start(self) -> None:
        """Starts moto's mock, until the fake is off, unless one is on."""
        if private.mock_is_on():
            return
        with uninterrupted(), self._lock:
            if not private.mock_is_on():  # pragma: no branch - another thread may have started it meanwhile
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


def service_in(url: SplitResult) -> str:
    """The AWS service of a URL, by the first label of its host."""
    return (url.hostname or "").partition(".")[0]


def _small_body(request: Any) -> bytes:
    """The body if it is at hand: a file stays unread, for whoever responds."""
    return bytes_of(request.body) if isinstance(request.body, (str, bytes)) else b""


def _without_extra(service: str, module: str) -> str:
    """Why moto cannot respond to a call."""
    return (
        f"moto needs {module} for calls of {service}: install moto with the extra of that service, "
        f"such as moto[{'awslambda' if service == 'lambda' else service}]"
    )


class Rules:
    """Our rules for the layers of moto's functions and stacks, in force once a call needs them."""

    def __init__(self, current: Callable[[], LayerService], undo: ExitStack) -> None:
        self._current = current
        self._undo = undo
        self._lock = threading.Lock()
        self._applied: set[str] = set()

    def apply_to(self, service: str) -> None:
        """Makes moto's functions take their layers from the current fake, and its stacks their resources."""
        with self._lock:
            for name in ("lambda",) if service == "lambda" else ("lambda", "cloudformation"):
                if name not in self._applied:
                    self._applied.add(name)
                    self._undo.enter_context(_RULES[name](self._current))


_RULES: dict[str, Callable[[Callable[[], LayerService]], AbstractContextManager[None]]] = {
    "lambda": lambda current: private.function_layers(lambda: moto_of(current()).layers),
    "cloudformation": lambda current: private_stacks.stack_resources(lambda: moto_of(current()).stacks),
}
rules_on: list[Rules] = []
"""One while any fake is on, whichever was first."""
