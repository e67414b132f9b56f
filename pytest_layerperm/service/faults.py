"""What all faults are: which calls one takes, how often it strikes, and how they compose around the one handler."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..lambda_api.arn import is_layer_name, parse
from ..lambda_api.wire import Call, Response
from .arguments import check_account_id, check_operation, check_region_name

Proceed = Callable[[Call], Response]


class ConnectionBroken(Exception):
    """No response comes. ``kind`` is botocore's name for how."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class RequestRefused(Exception):
    """A request that the fake blocked: it would have left this machine. It fails the test in any case.

    The message names the request. A test that expects it removes it from ``LayerPerm.escaped``.

    >>> layerperm.client(endpoint_url="https://example.com").list_functions()
    Traceback (most recent call last):
        ...
    pytest_layerperm.RequestRefused: pytest-layerperm blocked a request: GET https://example.com/...
    >>> refused = layerperm.escaped.pop()
    """


RequestRefused.__module__ = "pytest_layerperm"  # People read the name that they import.


class Fault:
    """One fault: which calls it takes, how often it strikes, and how often it did. The others are made of it.

    ``times`` is how many calls it strikes, None for every one. The limits ``operation`` (an API operation name),
    ``account_id`` (the caller's, twelve digits), ``region_name`` and ``layer`` (a ``LayerVersion``, a version
    ARN, or a layer name or ARN, meaning every version) narrow down which calls count. ``after`` is how many of these
    it lets pass first.
    Raises TypeError or ValueError, naming the argument, for anything else.

    For a fault of your own, say in ``strike`` what it does to a call; ``inject`` it with ``LayerPerm.inject``.

    >>> class Watched(Fault):
    ...     def strike(self, call, proceed):
    ...         print(call.operation)
    ...         return proceed(call)
    >>> with layerperm.inject(Watched(operation="ListLayers")):
    ...     layers = layerperm_client.list_layers()
    ListLayers
    """

    def __init__(
        self,
        times: int | None = 1,
        *,
        operation: str | None = None,
        account_id: str | None = None,
        region_name: str | None = None,
        layer: object = None,
        after: int = 0,
    ) -> None:
        if times is not None and (isinstance(times, bool) or not isinstance(times, int)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"times must be a whole number or None, not {times!r}")
        if times is not None and times < 1:
            raise ValueError(f"times must be at least 1, or None for every call, not {times}")
        if isinstance(after, bool) or not isinstance(after, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"after must be a whole number, not {after!r}")
        if after < 0:
            raise ValueError(f"after must be a number of calls, 0 or more, not {after}")
        if operation is not None:
            check_operation("operation", operation)
        if account_id is not None:
            check_account_id(account_id)
        if region_name is not None:
            check_region_name(region_name)
        self.times = times
        self.operation = operation
        self.account_id = account_id
        self.region_name = region_name
        self.layer = None if layer is None else _layer_text(layer)
        self.after = after
        self.struck = 0
        """How many calls it has struck since it was injected."""
        self._passed = 0
        """How many matching calls it has let pass because of ``after``."""
        self._lock = threading.Lock()

    def takes(self, call: Call) -> bool:
        """Whether it strikes the call; if it does, that is counted."""
        return self._matches(call) and not self._is_early() and self._claim(call)

    def restart(self) -> None:
        """Starts counting anew, as when the fault is injected."""
        with self._lock:
            self.struck = 0
            self._passed = 0

    def strike(self, call: Call, proceed: Proceed) -> Response:
        """What the fault does to a call: responds to it, passes it on by ``proceed(call)``, or both. Subclasses say."""
        raise NotImplementedError

    @property
    def overdue(self) -> bool:
        """Whether it was to strike a number of times and never did."""
        return self.times is not None and self.struck == 0

    def _matches(self, call: Call) -> bool:
        if self.operation not in (None, call.operation):
            return False
        if self.account_id not in (None, call.account_id):
            return False
        if self.region_name not in (None, call.region_name):
            return False
        if self.layer is None:
            return True
        layer = call.layer
        return layer is not None and self.layer in (layer.name, layer.arn, call.resource)

    def _is_early(self) -> bool:
        """Whether a matching call is one of those that pass first."""
        with self._lock:
            if self._passed >= self.after:
                return False
            self._passed += 1
            return True

    def _claim(self, call: Call) -> bool:
        """Takes one of the times left, atomically."""
        with self._lock:
            if self.times is not None and self.struck >= self.times:
                return False
            self.struck += 1
            count = f" {self.struck} of {self.times}" if self.times is not None else f" {self.struck}"
            call.notes.append(self.label + count)
            return True

    @property
    def label(self) -> str:
        """The fault's name in the log and in failures."""
        return type(self).__name__

    def __repr__(self) -> str:
        """The call that makes it, defaults left out."""
        shown: list[str] = []
        for name, parameter in inspect.signature(type(self)).parameters.items():
            value = getattr(self, name, parameter.default)
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD or value != parameter.default:
                shown.append(f"{name}={getattr(value, '__qualname__', None) or repr(value)}")
        return f"{type(self).__name__}({', '.join(shown)})"


def compose(faults: Sequence[Fault], handler: Proceed) -> Proceed:
    """The handler with the faults around it, the first one outermost.

    Only a fault that strikes costs a frame of the stack, so there may be many.
    """
    if not faults:
        return handler

    def handle(call: Call, *, start: int = 0) -> Response:
        for place in range(start, len(faults)):
            fault = faults[place]
            if fault.takes(call):
                return fault.strike(call, partial(handle, start=place + 1))
        return handler(call)

    return handle


def matches(fault: Fault, call: Call) -> bool:
    """Whether the call is one of the fault's."""
    return fault._matches(call)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def fault_state(fault: Fault) -> dict[str, Any]:
    """All that a fault knows at a moment: how often it struck, and what its class adds."""
    return {name: _copied(value) for name, value in vars(fault).items()}


def put_fault_back(fault: Fault, state: dict[str, Any]) -> None:
    """Makes the fault what it was."""
    vars(fault).update({name: _copied(value) for name, value in state.items()})


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, (dict, list, set)) else value  # pyright: ignore[reportUnknownVariableType]


def note_lost(call: Call, response: Response) -> None:
    """Notes the response that the client does not get."""
    call.applied = call.applied or response.error_code is None
    call.lost = response
    outcome = " ".join([str(part) for part in (response.status, response.error_code) if part is not None])
    call.notes.append(f"answer {outcome} lost")


def _layer_text(layer: object) -> str:
    text = getattr(layer, "arn", layer)
    wanted = f"layer must be a LayerVersion, an ARN or a layer name, not {layer!r}"
    if not isinstance(text, str):
        raise TypeError(wanted)
    if not is_layer_name(text) and parse(text) == (None, None):
        raise ValueError(wanted)
    return text
