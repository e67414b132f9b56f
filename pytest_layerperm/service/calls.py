"""The log: every attempt that reached the fake, with its outcome."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from ..lambda_api.members import MEMBERS
from .arguments import check_operation
from .trail import Kept, Sent, event_around, record_of

__tracebackhide__ = True

_LOGGED = {
    operation: tuple([member.name for member in members if member.name != "Content"])
    for operation, members in MEMBERS.items()
}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def logged_parameters(operation: str, given: Mapping[str, Any], version: int | None) -> dict[str, Any]:
    """What the log keeps of a request: the operation's members, a layer's content left out."""
    parameters = {name: given[name] for name in _LOGGED[operation] if name in given}
    if version is not None and "VersionNumber" in parameters:
        parameters["VersionNumber"] = version
    return parameters


UNLOGGED = "layerperm-unlogged"
"""The invocation id of calls that are not the test's own: they are not logged, and no fault strikes them."""


class LoggedCall(NamedTuple):
    """One attempt of a call: its request, its outcome, and what a fault did to it.

    >>> layers = layerperm_client.list_layers()
    >>> call = layerperm.calls.last
    >>> call.operation, call.account_id, call.status, call.error_code
    ('ListLayers', '123456789012', 200, None)
    """

    operation: str
    """The API operation, such as ``AddLayerVersionPermission``."""
    account_id: str
    """The account of the caller, twelve digits."""
    region_name: str
    """The region that was called."""
    layer: str | None
    """ARN of the layer version, or of the layer, that the call names; None for ListLayers."""
    parameters: Mapping[str, Any]
    """Members of the request under their API names, as they were sent; a layer's content is left out."""
    status: int | None
    """HTTP status of the response; None if no response came."""
    error_code: str | None
    """AWS's error code, or the name of what broke the connection; None for a success."""
    fault: str | None
    """What an injected fault did to the call."""
    seconds: float
    """When it came in: virtual seconds since the epoch."""
    invocation_id: str | None
    """The SDK's id of the call, the same for all its attempts."""
    applied: bool
    """Whether it was carried out: it succeeded, or its successful response was lost."""
    request_id: str = ""
    """The response's ``x-amzn-requestid``; of an attempt without a response, the one that it would have had."""
    sent: Sent | None = None
    kept: Kept | None = None

    def __repr__(self) -> str:
        # What only the trail needs is left out: bodies, and the caller's keys.
        shown = [f"{name}={value!r}" for name, value in zip(self._fields, self[:-2], strict=False)]
        return f"{type(self).__name__}({', '.join(shown)})"

    @property
    def record(self) -> dict[str, Any]:
        """The CloudTrail record of the attempt in the caller's account, made anew each time.

        Denied calls have ``AccessDenied``. A request that never reached the service has no record: it is empty then.
        https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html

        >>> layers = layerperm_client.list_layers()
        >>> record = layerperm.calls.last.record
        >>> record["eventName"], record["recipientAccountId"], record["readOnly"]
        ('ListLayers20181031', '123456789012', True)
        """
        return record_of(self)

    @property
    def event(self) -> dict[str, Any]:
        """The EventBridge event around ``record``, as a rule's target gets it; empty if there is no record.

        >>> layers = layerperm_client.list_layers()
        >>> event = layerperm.calls.last.event
        >>> event["source"], event["detail-type"]
        ('aws.lambda', 'AWS API Call via CloudTrail')
        """
        return event_around(self.record)

    @property
    def time(self) -> datetime:
        """When it came in, on the virtual clock, in UTC."""
        return _EPOCH + timedelta(seconds=self.seconds)

    @property
    def succeeded(self) -> bool:
        """Whether the client got a response without an error."""
        return self.error_code is None

    @property
    def outcome(self) -> str:
        """Status and error code in one, such as ``409 ResourceConflictException``."""
        return " ".join([str(part) for part in (self.status, self.error_code) if part is not None])


LogState = tuple[list[LoggedCall], list[int]]
"""Attempts, and where each took effect among all calls."""


class CallLog:
    """All attempts, oldest first. Iterable; ``len()`` and indexing work as on a list.

    Operations are named as the API names them; any other name is a ValueError.

    >>> with layerperm.inject(Throttle()):
    ...     layers = layerperm_client.list_layers()
    >>> layerperm.calls.attempts("ListLayers")
    2
    >>> [call.outcome for call in layerperm.calls]
    ['429 TooManyRequestsException', '200']
    """

    def __init__(self) -> None:
        self._calls: list[LoggedCall] = []
        self._orders: list[int] = []
        self._lock = threading.Lock()

    def add(self, call: LoggedCall, order: int) -> None:
        """Puts an attempt in its place: behind those that took effect before it. The fake does it."""
        with self._lock:
            place = len(self._orders)
            while place and self._orders[place - 1] > order:
                place -= 1
            self._orders.insert(place, order)
            self._calls.insert(place, call)

    def clear(self) -> None:
        """Forgets all attempts so far, as for a test that only counts what comes next."""
        with self._lock:
            self._calls.clear()
            self._orders.clear()

    def save(self) -> LogState:
        """All attempts now, with their places."""
        with self._lock:
            return self._calls.copy(), self._orders.copy()

    def put_back(self, state: LogState) -> None:
        """Makes the log what it was; ``LayerPerm.every_fault`` does it after each run."""
        with self._lock:
            self._calls[:], self._orders[:] = state

    def of(self, operation: str) -> list[LoggedCall]:
        """The attempts of one operation, such as ``"ListLayers"``. Raises ValueError for an unknown operation."""
        check_operation("operation", operation)
        return [call for call in self if call.operation == operation]

    def attempts(self, operation: str) -> int:
        """How often an operation was attempted, retries included. Raises ValueError for an unknown operation."""
        return len(self.of(operation))

    @property
    def last(self) -> LoggedCall | None:
        """The newest attempt; None before the first."""
        return self._calls[-1] if self._calls else None

    def __iter__(self) -> Iterator[LoggedCall]:
        # A copy: other threads may be calling.
        return iter(tuple(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def __getitem__(self, index: int) -> LoggedCall:
        return self._calls[index]

    def __repr__(self) -> str:
        return f"<CallLog of {len(self._calls)} attempts>"


class CallsGonePast:
    """Layer calls that went to servers on this machine and not to the fake, counted by address."""

    def __init__(self) -> None:
        self._calls: dict[str, set[object]] = {}

    def add(self, address: str, invocation_id: str | None) -> None:
        """Counts a call; its retries have the same id."""
        self._calls.setdefault(address, set()).add(invocation_id or object())

    def __bool__(self) -> bool:
        return bool(self._calls)

    def __str__(self) -> str:
        """``2 layer calls went to http://localhost:4566``; empty if there were none."""
        counts = [(address, len(calls)) for address, calls in self._calls.items()]
        return " and ".join(
            [f"{number} layer call{'' if number == 1 else 's'} went to {address}" for address, number in counts]
        )


def grouped_by_invocation(calls: Iterable[LoggedCall]) -> list[list[LoggedCall]]:
    """The attempts of each call, retries together, in the order of the first attempts."""
    groups: list[list[LoggedCall]] = []
    of_invocation: dict[str, list[LoggedCall]] = {}
    for call in calls:
        known = None if call.invocation_id is None else of_invocation.get(call.invocation_id)
        if known is not None:
            known.append(call)
            continue
        groups.append([call])
        if call.invocation_id is not None:
            of_invocation[call.invocation_id] = groups[-1]
    return groups


def outcomes(attempts: Sequence[LoggedCall]) -> str:
    """The outcomes of a call's attempts: ``429, 429, 201``; the last one with its error code."""
    earlier = [str(call.status or call.error_code) for call in attempts[:-1]]
    return ", ".join([*earlier, attempts[-1].outcome])


def has_regions(calls: Iterable[Sequence[LoggedCall]], region_name: str) -> bool:
    """Whether a table of these calls has to name their regions: not if all are of the default one."""
    return any(call.region_name != region_name for attempts in calls for call in attempts)


def named_layer(call: LoggedCall) -> str:
    """The ARN that the call names, or its LayerName if that is none; empty for a call that names no layer."""
    return call.layer or str(call.parameters.get("LayerName") or call.parameters.get("Arn") or "")


def short_name(call: LoggedCall) -> str:
    """The layer version as ``name:version``, or the layer as ``name``; empty for a call that names none."""
    named = named_layer(call)
    return named.partition(":layer:")[2] or named
