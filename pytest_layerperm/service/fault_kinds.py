"""The faults: callables ``(call, proceed) -> response`` that compose around the one handler.

A fault sees the decoded call and responds to it, passes it on, or both. If the connection is to break, it raises
``ConnectionBroken``, which each transport turns into what its clients really see.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from typing import Literal

from ..lambda_api.errors import ThrottlingException, TooManyRequestsException, internal_error
from ..lambda_api.wire import Call, Response, error_response
from . import faults
from .arguments import check_flag, check_operation, is_positive
from .faults import ConnectionBroken, Fault, Proceed, note_lost

THROTTLING_CODES = ("TooManyRequestsException", "ThrottlingException")
BROKEN_CONNECTIONS = ("ConnectionClosedError", "EndpointConnectionError", "ReadTimeoutError")
"""What botocore calls the ways in which a connection breaks."""

BrokenConnection = Literal["ConnectionClosedError", "EndpointConnectionError", "ReadTimeoutError"]


_ALMOST = 0.001
"""Of a token."""


class Throttle(Fault):
    """Responds with 429 TooManyRequestsException, or HTTP 400 with ``code="ThrottlingException"``.

    ``retry_after`` (seconds above 0) adds a Retry-After header, which botocore ignores and other SDKs may not.
    ``times`` and the limits are those of ``Fault``. Raises TypeError or ValueError, naming the argument, for
    anything else. https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html names the error.

    >>> with layerperm.inject(Throttle(times=2, operation="ListLayers")):
    ...     layers = layerperm_client.list_layers()  # botocore tries again, and waits in virtual time.
    >>> layerperm.calls.attempts("ListLayers"), len(layerperm.sleeps)
    (3, 2)
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
        after: int = 0,
    ) -> None:
        super().__init__(
            times, operation=operation, account_id=account_id, region_name=region_name, layer=layer, after=after
        )
        if code not in THROTTLING_CODES:
            raise ValueError(f"code must be {' or '.join(THROTTLING_CODES)}, not {code!r}")
        if retry_after is not None and not is_positive(retry_after):
            raise ValueError(f"retry_after must be a number of seconds above 0, not {retry_after!r}")
        self.code = code
        self.retry_after = retry_after

    def strike(self, call: Call, proceed: Proceed) -> Response:
        return _throttled(self.code, self.retry_after)


class ServiceFailure(Fault):
    """Responds with 500 ServiceException. With ``applied=True`` the call was carried out and only its response is lost.

    ``times`` and the limits are those of ``Fault``. Raises TypeError or ValueError, naming the argument, for
    anything else. https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html names the error;
    its text is inferred.

    >>> with layerperm.inject(ServiceFailure(operation="ListLayers", applied=True)):
    ...     layers = layerperm_client.list_layers()
    >>> layerperm.calls[0].outcome, layerperm.calls[0].fault
    ('500 ServiceException', 'ServiceFailure 1 of 1, answer 200 lost')
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
        after: int = 0,
    ) -> None:
        super().__init__(
            times, operation=operation, account_id=account_id, region_name=region_name, layer=layer, after=after
        )
        check_flag("applied", applied)
        self.applied = applied

    def strike(self, call: Call, proceed: Proceed) -> Response:
        if self.applied:
            note_lost(call, proceed(call))
        return error_response(internal_error())


class ConnectionLost(Fault):
    """Breaks the connection: before the call is carried out, or with ``applied=True`` after it.

    ``error`` is what botocore makes of it: "ConnectionClosedError", "EndpointConnectionError" (never reached the
    service, so not with ``applied=True``) or "ReadTimeoutError" (after the client's whole read timeout).
    ``times`` and the limits are those of ``Fault``. Raises TypeError or ValueError, naming the argument, for
    anything else.

    >>> with layerperm.inject(ConnectionLost(operation="ListLayers")):
    ...     layers = layerperm_client.list_layers()
    >>> [call.outcome for call in layerperm.calls]
    ['ConnectionClosedError', '200']
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
        after: int = 0,
    ) -> None:
        super().__init__(
            times, operation=operation, account_id=account_id, region_name=region_name, layer=layer, after=after
        )
        if error not in BROKEN_CONNECTIONS:
            raise ValueError(f"error must be one of {', '.join(BROKEN_CONNECTIONS)}, not {error!r}")
        check_flag("applied", applied)
        if applied and error == "EndpointConnectionError":
            raise ValueError(
                "applied=True does not go with error='EndpointConnectionError': nothing reached the service"
            )
        self.applied = applied
        self.error = error

    def strike(self, call: Call, proceed: Proceed) -> Response:
        if self.applied:
            note_lost(call, proceed(call))
        raise ConnectionBroken(self.error)


class Slow(Fault):
    """Makes the response take ``seconds`` of virtual time; beyond the client's read timeout it is a timeout.

    The call is carried out either way, as on a slow service. ``times`` and the limits are those of ``Fault``.
    Raises TypeError or ValueError, naming the argument, for anything else.

    >>> clock = layerperm.freeze("2026-01-01T00:00:00Z")
    >>> with layerperm.inject(Slow(30)):
    ...     layers = layerperm_client.list_layers()
    >>> clock()
    datetime.datetime(2026, 1, 1, 0, 0, 30)
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
        after: int = 0,
    ) -> None:
        super().__init__(
            times, operation=operation, account_id=account_id, region_name=region_name, layer=layer, after=after
        )
        if not is_positive(seconds):
            raise ValueError(f"seconds must be a number above 0, not {seconds!r}")
        self.seconds = seconds

    @property
    def label(self) -> str:
        return f"Slow({self.seconds:g} s)"

    def strike(self, call: Call, proceed: Proceed) -> Response:
        response = proceed(call)
        return response._replace(latency=response.latency + self.seconds)


class RateLimit(Fault):
    """AWS's quota: a token bucket for each account and region, shared by all layer calls.

    ``per_second`` tokens come in each second of virtual time, up to ``burst`` (one second's worth unless given;
    AWS's own burst is not known). A call without a token gets a 429. ``times`` limits how many are; the other
    limits are those of ``Fault``. Raises TypeError or ValueError, naming the argument, for anything else.
    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

    >>> clock = layerperm.freeze()
    >>> with layerperm.inject(RateLimit(15, burst=1)):
    ...     layers = [layerperm_client.list_layers() for _ in range(2)]
    >>> layerperm.calls[1].outcome
    '429 TooManyRequestsException'
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
        after: int = 0,
    ) -> None:
        super().__init__(
            times, operation=operation, account_id=account_id, region_name=region_name, layer=layer, after=after
        )
        if not is_positive(per_second):
            raise ValueError(f"per_second must be a number above 0, not {per_second!r}")
        if burst is not None and (not is_positive(burst) or burst < 1):
            raise ValueError(f"burst must be a number of calls, at least 1, not {burst!r}")
        self.per_second = per_second
        self.burst = burst
        self._capacity = max(per_second, 1) if burst is None else burst
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}
        """(account, region) -> (tokens, when they were counted)."""

    def takes(self, call: Call) -> bool:
        return self._matches(call) and not self._is_early() and not self._take_token(call) and self._claim(call)

    def strike(self, call: Call, proceed: Proceed) -> Response:
        return _throttled("TooManyRequestsException", None)

    def restart(self) -> None:
        super().restart()
        self._buckets.clear()

    def _take_token(self, call: Call) -> bool:
        key = (call.account_id, call.region_name)
        with self._lock:
            now = call.now()  # In here: calls that came in earlier may get here later.
            tokens, counted = self._buckets.get(key, (self._capacity, now))
            # A clock that was moved back gives nothing and takes nothing.
            tokens = min(self._capacity, tokens + max(now - counted, 0) * self.per_second)
            # Clocks count microseconds: who waits for exactly one token must not find a millionth of it missing.
            enough = tokens > 1 - _ALMOST
            self._buckets[key] = (max(tokens - 1, 0) if enough else tokens, now)
            return enough


class Interleave(Fault):
    """Runs ``action``, another writer, just before a matching call, which then proceeds.

    ``action`` takes no arguments; ``before`` is the API operation. Calls that the action makes itself are not
    interleaved again. What the action raises is raised to the caller and fails the test, even if the code under
    test swallows it. ``times`` and the limits are those of ``Fault``. Raises TypeError or ValueError, naming the
    argument, for anything else.

    >>> rival = Interleave(lambda: layerperm.publish_layer("tools"), before="ListLayers")
    >>> with layerperm.inject(rival):
    ...     [layer["LayerName"] for layer in layerperm_client.list_layers()["Layers"]]
    ['tools']
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
        after: int = 0,
    ) -> None:
        if not callable(action):
            raise TypeError(f"action must be callable without arguments, not {action!r}")
        if inspect.iscoroutinefunction(action):
            raise TypeError(f"action must be a plain function, not the coroutine function {action!r}")
        check_operation("before", before)
        super().__init__(
            times, operation=before, account_id=account_id, region_name=region_name, layer=layer, after=after
        )
        self.action = action
        self.before = before
        self._running = threading.local()

    def _matches(self, call: Call) -> bool:
        return not getattr(self._running, "now", False) and super()._matches(call)

    def strike(self, call: Call, proceed: Proceed) -> Response:
        self._running.now = True
        try:
            self.action()
        finally:
            self._running.now = False
        return proceed(call)


class Rejected(Fault):
    """Raises RequestRefused for each layer call, as at a time at which none makes sense."""

    def __init__(self, why: str) -> None:
        super().__init__(times=None)
        self.why = why

    def strike(self, call: Call, proceed: Proceed) -> Response:
        raise faults.RequestRefused(self.why)


def _throttled(code: str, retry_after: float | None) -> Response:
    error = TooManyRequestsException() if code == "TooManyRequestsException" else ThrottlingException()
    return error_response(error, {"retry-after": f"{retry_after:g}"} if retry_after is not None else None)
