"""Faults: callables ``(call, proceed) -> response`` that compose around the one handler.

A fault sees the decoded call and answers it, passes it on, or both. Where the connection is to break it raises
``ConnectionBroken``, which each transport turns into what its clients really see.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Literal

from .lambda_api.arn import is_account_id, is_region_name
from .lambda_api.constraints import MEMBERS
from .lambda_api.errors import ThrottlingException, TooManyRequestsException, internal_error
from .lambda_api.wire import Call, Response, refuse

Proceed = Callable[[Call], Response]
OPERATIONS = tuple(sorted(MEMBERS))
THROTTLING_CODES = ("TooManyRequestsException", "ThrottlingException")
BROKEN_CONNECTIONS = ("ConnectionClosedError", "EndpointConnectionError", "ReadTimeoutError")
"""What botocore calls the ways in which a connection breaks."""

BrokenConnection = Literal["ConnectionClosedError", "EndpointConnectionError", "ReadTimeoutError"]


class ConnectionBroken(Exception):
    """No answer comes. ``kind`` is botocore's name for how."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Fault:
    """One fault: which calls it takes, how often it strikes, and how often it did.

    ``times`` is how many calls it strikes, None for every one. The limits ``operation`` (an API operation name),
    ``account_id`` (the caller's, twelve digits), ``region_name`` and ``layer`` (a ``LayerVersion``, a version
    ARN, or a layer name or ARN, meaning every version) narrow down which calls count.
    Raises TypeError or ValueError, naming the argument, for anything else.
    """

    def __init__(
        self,
        times: int | None = 1,
        *,
        operation: str | None = None,
        account_id: str | None = None,
        region_name: str | None = None,
        layer: object = None,
    ) -> None:
        if times is not None and (isinstance(times, bool) or not isinstance(times, int)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"times must be a whole number or None, not {times!r}")
        if times is not None and times < 1:
            raise ValueError(f"times must be at least 1, or None for every call, not {times}")
        _check_operation("operation", operation)
        if account_id is not None and not is_account_id(account_id):
            raise ValueError(f"account_id must be twelve digits, not {account_id!r}")
        if region_name is not None and not is_region_name(region_name):
            raise ValueError(f"region_name must be a region such as 'us-east-1', not {region_name!r}")
        self.times = times
        self.operation = operation
        self.account_id = account_id
        self.region_name = region_name
        self.layer = None if layer is None else _layer_text(layer)
        self.struck = 0
        """How many calls it has struck."""
        self._lock = threading.Lock()

    def __call__(self, call: Call, proceed: Proceed) -> Response:
        """Strikes the call if it is one of the fault's, else passes it on."""
        if not self._matches(call) or not self._claim(call):
            return proceed(call)
        return self.strike(call, proceed)

    def strike(self, call: Call, proceed: Proceed) -> Response:
        """What the fault does to a call. Subclasses say."""
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
        limits = [
            f"{name}={value!r}"
            for name in ("times", "operation", "account_id", "region_name", "layer")
            if (value := getattr(self, name)) is not None or name == "times"
        ]
        return f"{type(self).__name__}({', '.join(limits)})"


class Throttle(Fault):
    """Answers 429 TooManyRequestsException, or with ``code="ThrottlingException"`` HTTP 400 (aws-facts 3.14).

    ``retry_after`` (seconds) adds a Retry-After header, which botocore ignores and other SDKs may not.
    """

    def __init__(
        self,
        times: int | None = 1,
        *,
        operation: str | None = None,
        account_id: str | None = None,
        region_name: str | None = None,
        layer: object = None,
        code: str = "TooManyRequestsException",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(times, operation=operation, account_id=account_id, region_name=region_name, layer=layer)
        if code not in THROTTLING_CODES:
            raise ValueError(f"code must be {' or '.join(THROTTLING_CODES)}, not {code!r}")
        if retry_after is not None and not _is_positive(retry_after):
            raise ValueError(f"retry_after must be a number of seconds above 0, not {retry_after!r}")
        self.code = code
        self.retry_after = retry_after

    def strike(self, call: Call, proceed: Proceed) -> Response:
        return _throttled(self.code, self.retry_after)


class ServiceFailure(Fault):
    """Answers 500 ServiceException. With ``applied=True`` the call was carried out and only its answer is lost."""

    def __init__(
        self,
        times: int | None = 1,
        *,
        operation: str | None = None,
        account_id: str | None = None,
        region_name: str | None = None,
        layer: object = None,
        applied: bool = False,
    ) -> None:
        super().__init__(times, operation=operation, account_id=account_id, region_name=region_name, layer=layer)
        self.applied = applied

    def strike(self, call: Call, proceed: Proceed) -> Response:
        if self.applied:
            _note_lost(call, proceed(call))
        return refuse(internal_error())


class ConnectionLost(Fault):
    """Breaks the connection: before the call is carried out, or with ``applied=True`` after it.

    ``error`` is what botocore makes of it: "ConnectionClosedError", "EndpointConnectionError" (never reached the
    service, so not with ``applied=True``) or "ReadTimeoutError" (after the client's whole read timeout).
    """

    def __init__(
        self,
        times: int | None = 1,
        *,
        operation: str | None = None,
        account_id: str | None = None,
        region_name: str | None = None,
        layer: object = None,
        applied: bool = False,
        error: BrokenConnection = "ConnectionClosedError",
    ) -> None:
        super().__init__(times, operation=operation, account_id=account_id, region_name=region_name, layer=layer)
        if error not in BROKEN_CONNECTIONS:
            raise ValueError(f"error must be one of {', '.join(BROKEN_CONNECTIONS)}, not {error!r}")
        if applied and error == "EndpointConnectionError":
            raise ValueError(
                "applied=True does not go with error='EndpointConnectionError': nothing reached the service"
            )
        self.applied = applied
        self.error = error

    def strike(self, call: Call, proceed: Proceed) -> Response:
        if self.applied:
            _note_lost(call, proceed(call))
        raise ConnectionBroken(self.error)


class Slow(Fault):
    """Makes the answer take ``seconds`` of virtual time; beyond the client's read timeout it is a timeout.

    The call is carried out either way, as on a slow service.
    """

    def __init__(
        self,
        seconds: float,
        times: int | None = 1,
        *,
        operation: str | None = None,
        account_id: str | None = None,
        region_name: str | None = None,
        layer: object = None,
    ) -> None:
        super().__init__(times, operation=operation, account_id=account_id, region_name=region_name, layer=layer)
        if not _is_positive(seconds):
            raise ValueError(f"seconds must be a number above 0, not {seconds!r}")
        self.seconds = seconds

    @property
    def label(self) -> str:
        return f"Slow({self.seconds:g} s)"

    def strike(self, call: Call, proceed: Proceed) -> Response:
        response = proceed(call)
        return response._replace(latency=response.latency + self.seconds)


class RateLimit(Fault):
    """AWS's quota: a token bucket for each account and region, shared by all layer calls (aws-facts 9.1).

    ``per_second`` tokens come in each second of virtual time, up to ``burst`` (one second's worth unless given;
    AWS's own burst is not known). A call without a token is answered 429. ``times`` limits how many are.
    """

    def __init__(
        self,
        per_second: float = 15,
        *,
        burst: float | None = None,
        times: int | None = None,
        operation: str | None = None,
        account_id: str | None = None,
        region_name: str | None = None,
        layer: object = None,
    ) -> None:
        super().__init__(times, operation=operation, account_id=account_id, region_name=region_name, layer=layer)
        if not _is_positive(per_second):
            raise ValueError(f"per_second must be a number above 0, not {per_second!r}")
        if burst is not None and (not _is_positive(burst) or burst < 1):
            raise ValueError(f"burst must be a number of calls, at least 1, not {burst!r}")
        self.per_second = per_second
        self.burst = max(per_second, 1) if burst is None else burst
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}
        """(account, region) -> (tokens, when they were counted)."""

    def __call__(self, call: Call, proceed: Proceed) -> Response:
        if not self._matches(call) or self._take_token(call) or not self._claim(call):
            return proceed(call)
        return self.strike(call, proceed)

    def strike(self, call: Call, proceed: Proceed) -> Response:
        return _throttled("TooManyRequestsException", None)

    def _take_token(self, call: Call) -> bool:
        key = (call.account_id, call.region_name)
        with self._lock:
            tokens, counted = self._buckets.get(key, (self.burst, call.time))
            # A clock that was moved back gives nothing and takes nothing.
            tokens = min(self.burst, tokens + max(call.time - counted, 0) * self.per_second)
            enough = tokens >= 1
            self._buckets[key] = (tokens - 1 if enough else tokens, call.time)
            return enough


class Interleave(Fault):
    """Runs ``action``, another writer, just before a matching call, which then proceeds.

    Calls that the action makes itself are not interleaved again. What the action raises is raised to the caller
    and fails the test, even where the code under test swallows it.
    """

    def __init__(
        self,
        action: Callable[[], object],
        *,
        before: str = "AddLayerVersionPermission",
        times: int | None = 1,
        account_id: str | None = None,
        region_name: str | None = None,
        layer: object = None,
    ) -> None:
        if not callable(action):
            raise TypeError(f"action must be callable without arguments, not {action!r}")
        _check_operation("before", before)
        super().__init__(times, operation=before, account_id=account_id, region_name=region_name, layer=layer)
        self.action = action
        self._running = threading.local()

    def _matches(self, call: Call) -> bool:
        return not getattr(self._running, "now", False) and super()._matches(call)

    def strike(self, call: Call, proceed: Proceed) -> Response:
        self._running.now = True
        try:
            self.action()
        except Exception as raised:
            raise ActionFailed(raised) from raised
        finally:
            self._running.now = False
        return proceed(call)


class ActionFailed(Exception):
    """Carries what an ``Interleave`` action raised past the handler; ``raised`` is what the caller gets to see."""

    def __init__(self, raised: Exception) -> None:
        super().__init__(raised)
        self.raised = raised


def compose(faults: list[Fault], handler: Proceed) -> Proceed:
    """The handler with the faults around it, the first one outermost."""
    for fault in reversed(faults):
        handler = _around(fault, handler)
    return handler


def _around(fault: Fault, proceed: Proceed) -> Proceed:
    return lambda call: fault(call, proceed)


def _throttled(code: str, retry_after: float | None) -> Response:
    error = TooManyRequestsException() if code == "TooManyRequestsException" else ThrottlingException()
    return refuse(error, {"Retry-After": f"{retry_after:g}"} if retry_after is not None else None)


def _note_lost(call: Call, response: Response) -> None:
    call.notes.append(f"answer {response.status} lost")


def _check_operation(argument: str, operation: Any) -> None:
    if operation is not None and operation not in OPERATIONS:
        raise ValueError(f"{argument} must be one of {', '.join(OPERATIONS)}, not {operation!r}")


def _is_positive(value: object) -> bool:
    # Not `value > 0` alone: that is an error for text, and false for NaN only by luck.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < float("inf")


def _layer_text(layer: object) -> str:
    arn = getattr(layer, "arn", layer)
    if not isinstance(arn, str) or not arn:
        raise TypeError(f"layer must be a LayerVersion, an ARN or a layer name, not {layer!r}")
    return arn
