"""How a fake answers calls: faults around the operations, on virtual time, every attempt in the log."""

from __future__ import annotations

import math
from collections.abc import Callable

from .calls import UNLOGGED, CallLog, LoggedCall, logged_parameters
from .fault import ConnectionBroken, Fault, Proceed, compose, note_lost
from .lambda_api.wire import Call, Request, Response, decode
from .waiting import VirtualTime
from .wording import never_struck

DEFAULT_READ_TIMEOUT = 60.0
"""botocore's, in seconds."""


class Handling:
    """The way of a call: ``account_of`` tells the account behind an access key, ``perform`` carries calls out."""

    def __init__(
        self, perform: Proceed, account_of: Callable[[str], str], virtual_time: VirtualTime, calls: CallLog
    ) -> None:
        self.faults: tuple[Fault, ...] = ()
        """Those that calls meet, in the order in which they strike."""
        self.escaped: list[Exception] = []
        """What must fail the test even where the code under test swallows it."""
        self._perform = perform
        self._account_of = account_of
        self._virtual_time = virtual_time
        self._calls = calls
        self._handler = perform
        self._injections: list[Injection] = []

    def handle(self, request: Request) -> Response | None:
        """The answer to a layer call; None for any other request."""
        call = decode(request, self._account_of)
        if call is None:
            return None
        call.time = self._virtual_time.now()
        if call.invocation_id == UNLOGGED:
            return self._perform(call)
        try:
            response = self._handler(call)
            if response.latency and request.read_timeout is not None:
                response = self._arrived(call, response, request.read_timeout)
        except ConnectionBroken as broken:
            if broken.kind == "ReadTimeoutError" and request.read_timeout is not None:
                # A client that waits for ever is given the time that it would wait by default.
                endless = math.isinf(request.read_timeout)
                self._virtual_time.pass_by(DEFAULT_READ_TIMEOUT if endless else request.read_timeout)
            self._log(call, None, broken.kind)
            raise
        except BaseException as raised:
            self._log(call, None, type(raised).__name__)
            if isinstance(raised, Exception):  # Nothing swallows the others by accident.
                self.escaped.append(raised)
            raise
        self._log(call, response.status, response.error_code)
        return response

    def _arrived(self, call: Call, response: Response, read_timeout: float) -> Response:
        """The answer, after its latency; the client gives up on it after its read timeout."""
        if response.latency > read_timeout:
            note_lost(call, response)
            raise ConnectionBroken("ReadTimeoutError")
        self._virtual_time.pass_by(response.latency)
        return response._replace(latency=0.0)

    def _log(self, call: Call, status: int | None, error_code: str | None) -> None:
        self._calls.add(
            LoggedCall(
                call.operation,
                call.account_id,
                call.region_name,
                call.resource,
                logged_parameters(call.operation, call.given, call.version),
                status,
                error_code,
                ", ".join(call.notes) or None,
                call.time,
                call.invocation_id,
            )
        )

    def inject(self, faults: tuple[Fault, ...]) -> Injection:
        """Adds faults, each starting to count anew. Raises ValueError for one that is on already."""
        for place, fault in enumerate(faults):
            if not isinstance(fault, Fault):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"inject() takes faults such as Throttle(), not {fault!r}")
            if any(fault is other for other in (*self.faults, *faults[:place])):
                raise ValueError(f"{fault!r} is on already; make another one")
        for fault in faults:
            fault.restart()
        injection = Injection(self, faults)
        self._injections.append(injection)
        self._use((*self.faults, *faults))
        return injection

    def withdraw(self, faults: tuple[Fault, ...]) -> None:
        """Takes faults away again."""
        self._use(tuple([fault for fault in self.faults if all(fault is not gone for gone in faults)]))

    def _use(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        self._handler = compose(faults, self._perform)

    def verify(self) -> None:
        """Raises what escaped, or AssertionError for faults that never struck."""
        __tracebackhide__ = True
        if self.escaped:
            raise self.escaped[0]
        overdue = [fault for injection in self._injections for fault in injection.overdue]
        if overdue:
            raise AssertionError(never_struck(overdue, self._calls))


class Injection:
    """Faults that were added; as a context manager it takes them away again."""

    def __init__(self, handling: Handling, faults: tuple[Fault, ...]) -> None:
        self._handling = handling
        self._faults = faults
        self._left: list[Fault] | None = None
        """Those that were overdue when they were taken away; they may be injected again, and count anew."""

    @property
    def overdue(self) -> list[Fault]:
        """Those that were to strike and never did."""
        return [fault for fault in self._faults if fault.overdue] if self._left is None else self._left

    def __enter__(self) -> tuple[Fault, ...]:
        return self._faults

    def __exit__(self, *raised: object) -> None:
        self._left = self.overdue
        self._handling.withdraw(self._faults)
