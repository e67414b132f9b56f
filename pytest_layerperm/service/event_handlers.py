"""Who gets the events of writes: handlers, each called after the call that caused the event."""

from __future__ import annotations

import inspect
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from ..lambda_api.members import MEMBERS
from .arguments import check_operation
from .trail import READS, Attempt, event_around, records_of

Handler = Callable[[dict[str, Any]], object]
_WRITES = [operation for operation in sorted(MEMBERS) if operation not in READS]


class EventHandlers:
    """The handlers of one service, and the events that are still to be delivered.

    One thread delivers at a time. Events that a handler causes itself, or other threads meanwhile, wait until it is
    done, so that no handler runs inside another call of itself.
    """

    def __init__(self, escaped: list[Exception]) -> None:
        self._escaped = escaped
        self._subscriptions: tuple[Subscription, ...] = ()
        self._waiting: deque[Attempt] = deque()
        self._delivering = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._subscriptions)

    def add(self, handler: Handler, operations: Iterable[str] | None) -> Subscription:
        """Raises TypeError or ValueError, naming the argument, for an invalid handler or operation."""
        if not callable(handler):
            raise TypeError(f"handler must be callable with an event, not {handler!r}")
        if inspect.iscoroutinefunction(handler):
            raise TypeError(f"handler must be a plain function, not the coroutine function {handler!r}")
        subscription = Subscription(self, handler, _checked(operations))
        self._subscriptions = (*self._subscriptions, subscription)
        return subscription

    def remove(self, subscription: Subscription) -> None:
        self._subscriptions = tuple([one for one in self._subscriptions if one is not subscription])

    def deliver(self, attempt: Attempt) -> None:
        """Calls the handlers with the events of an attempt, or leaves these to the thread that is delivering."""
        self._waiting.append(attempt)
        while self._waiting and self._delivering.acquire(blocking=False):
            try:
                self._deliver_waiting()
            finally:
                self._delivering.release()

    def _deliver_waiting(self) -> None:
        while self._waiting:
            attempt = self._waiting.popleft()
            for record in records_of(attempt):
                for subscription in self._subscriptions:
                    if subscription.wants(attempt.operation):
                        self._call(subscription.handler, event_around(record))

    def _call(self, handler: Handler, event: dict[str, Any]) -> None:
        try:
            handler(event)
        except Exception as raised:  # It fails the test; the call that caused the event goes on.
            self._escaped.append(raised)


class Subscription:
    """A handler that gets events; as a context manager, until the block ends."""

    def __init__(self, handlers: EventHandlers, handler: Handler, operations: frozenset[str] | None) -> None:
        self._handlers = handlers
        self.handler = handler
        self._operations = operations

    def wants(self, operation: str) -> bool:
        return self._operations is None or operation in self._operations

    def stop(self) -> None:
        """Delivers nothing more to the handler."""
        self._handlers.remove(self)

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()


def _checked(operations: Iterable[str] | None) -> frozenset[str] | None:
    if operations is None:
        return None
    if isinstance(operations, str):
        raise TypeError(f"operations must be a list of operations, not the text {operations!r}")
    wanted = list(operations)
    for operation in wanted:
        check_operation("operations", operation)
        if operation in READS:
            raise ValueError(
                f"operations must be writes ({', '.join(_WRITES)}), not {operation!r}: EventBridge gets no reads"
            )
    return frozenset(wanted)
