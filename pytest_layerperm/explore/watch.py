"""What sees each attempt of a run before all faults: it knows which call that is, and strikes the chosen ones."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..service.faults import ConnectionBroken
from .calls import Coordinate, TracedCall, coordinate_of
from .kinds import BROKEN, Kind, in_server

if TYPE_CHECKING:
    from ..lambda_api.store import LayerStore
    from ..lambda_api.wire import Call, Response
    from ..service.faults import Proceed

_TRIED_AGAIN = BROKEN | {"TooManyRequestsException", "ThrottlingException", "ServiceException"}
"""After these an SDK makes the same attempt again."""


class ProcessDied(BaseException):
    """The process of the code under test was killed: nothing that it does from then on gets through."""


class EndlessCalls(BaseException):
    """The code under test makes calls without end."""


class Watch:
    """The calls of one run, and what happens to them."""

    def __init__(self, store: LayerStore, strikes: Mapping[Coordinate, Kind], limit: int) -> None:
        self.store = store
        self.calls: list[TracedCall] = []
        """In the order of their first attempts."""
        self.reached: set[Coordinate] = set()
        """Those of the chosen calls that the run has made."""
        self.died = False
        self.endless = False
        self._strikes = strikes
        self._limit = limit
        self._dark = False
        self._attempts = 0
        self._occurrences: Counter[Coordinate] = Counter()
        self._by_invocation: dict[str, TracedCall] = {}
        self._last: dict[Coordinate, TracedCall] = {}
        """What came last of the calls without an invocation id."""
        self._lock = threading.RLock()
        self._within = threading.local()

    def __call__(self, call: Call, proceed: Proceed) -> Response:
        """Passes an attempt on, or strikes it."""
        if getattr(self._within, "a_call", False):
            return proceed(call)  # Another writer's, who acts while one of ours is under way.
        traced = self._traced(call)
        self._within.a_call = True
        try:
            response = self._respond(traced, call, proceed)
        except BaseException as raised:
            traced.heard(None, raised.kind if isinstance(raised, ConnectionBroken) else type(raised).__name__, call)
            raise
        finally:
            self._within.a_call = False
        traced.heard(response.status, response.error_code, call)
        return response

    def die(self) -> BaseException:
        """The process of the code under test is gone; what ends it. A program outside loses its connection."""
        self.died = True
        return ConnectionBroken("ConnectionClosedError") if in_server() else ProcessDied()

    def go_dark(self) -> None:
        """Nothing gets through from now on."""
        self._dark = True

    def _traced(self, call: Call) -> TracedCall:
        with self._lock:
            if self.died:
                raise self.die()
            self._attempts += 1
            if self._attempts > self._limit:
                self.endless = True
                raise ConnectionBroken("ConnectionClosedError") if in_server() else EndlessCalls()
            alike = coordinate_of(call, 0)
            known = self._known(call.invocation_id, alike)
            if known is None:
                self._occurrences[alike] += 1
                at = alike._replace(occurrence=self._occurrences[alike])
                known = TracedCall(at, call, threading.get_ident(), len(self.calls) + 1)
                self.calls.append(known)
            if call.invocation_id is None:
                self._last[alike] = known
            else:
                self._by_invocation[call.invocation_id] = known
            return known

    def _known(self, invocation_id: str | None, alike: Coordinate) -> TracedCall | None:
        """The call that this is one more attempt of."""
        if invocation_id is not None:
            return self._by_invocation.get(invocation_id)
        last = self._last.get(alike)
        return last if last is not None and last.error_code in _TRIED_AGAIN else None

    def _respond(self, traced: TracedCall, call: Call, proceed: Proceed) -> Response:
        if self._dark:
            call.notes.append("Outage")
            raise ConnectionBroken("EndpointConnectionError")
        kind = self._strikes.get(traced.at)
        if kind is None:
            return proceed(call)
        self.reached.add(traced.at)
        if kind.template is None and (not traced.outcomes or kind.every_attempt):
            call.notes.append(kind.name)
        return kind.strike(self, call, proceed, len(traced.outcomes))
