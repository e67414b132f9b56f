"""The kinds of failures that are tried: to which calls each can happen, what it does, and which errors are its own."""

from __future__ import annotations

import inspect
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from ..lambda_api.errors import TooManyRequestsException, internal_error
from ..lambda_api.wire import Call, Response, error_response
from ..service.fault_kinds import ConnectionLost, Interleave, RateLimit, ServiceFailure, Slow, Throttle
from ..service.faults import ConnectionBroken, Fault, Proceed, matches, note_lost
from . import rivals
from .calls import TracedCall

if TYPE_CHECKING:
    from ..lambda_api.store import LayerStore

BROKEN = frozenset(
    {
        "EndpointConnectionError",
        "ConnectionClosedError",
        "ReadTimeoutError",
        "ConnectionError",
        "ReadTimeout",
        "ConnectTimeout",
    }
)
"""What botocore and requests call a connection that is lost."""
_RACE = frozenset({"PreconditionFailedException", "ResourceConflictException", "ResourceNotFoundException"})
"""What AWS says to a writer who comes second."""
_ON_POLICY = ("AddLayerVersionPermission", "GetLayerVersionPolicy", "RemoveLayerVersionPermission")


class Struck(Protocol):
    """The run that a failure happens to."""

    store: LayerStore

    def die(self) -> BaseException:
        """The process of the code under test is gone; what ends it."""
        ...

    def go_dark(self) -> None:
        """Nothing gets through from now on."""
        ...


Strike = Callable[[Struck, Call, Proceed, int], Response]
"""What happens to one attempt of a call: the run, the attempt, what carries it out, how many came before it."""


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of failure."""

    name: str
    says: str
    """What the report calls it."""
    strikes: Callable[[TracedCall], bool]
    """Whether it can happen to a call."""
    strike: Strike
    explains: frozenset[str] | None = frozenset()
    """The errors that are its own: AWS's codes, and names of botocore's classes. None: whatever the call heard."""
    family: Literal["fault", "kill", "rival"] = "fault"
    template: Fault | None = None

    @property
    def every_attempt(self) -> bool:
        """Whether it happens to each attempt of the call and not to the first one alone."""
        return self.family == "fault" and self.name != "ConnectionLost-applied"


def _throttle(run: Struck, call: Call, proceed: Proceed, attempt: int) -> Response:
    return error_response(TooManyRequestsException())


def _fail(run: Struck, call: Call, proceed: Proceed, attempt: int) -> Response:
    return error_response(internal_error())


def _disconnect(run: Struck, call: Call, proceed: Proceed, attempt: int) -> Response:
    raise ConnectionBroken("EndpointConnectionError")


def _lose_response(run: Struck, call: Call, proceed: Proceed, attempt: int) -> Response:
    if attempt:
        return proceed(call)
    note_lost(call, proceed(call))
    # A program outside would really wait for its whole timeout: its connection is cut instead.
    raise ConnectionBroken("ConnectionClosedError" if in_server() else "ReadTimeoutError")


def _fail_afterwards(run: Struck, call: Call, proceed: Proceed, attempt: int) -> Response:
    note_lost(call, proceed(call))
    return error_response(internal_error())


def _go_dark(run: Struck, call: Call, proceed: Proceed, attempt: int) -> Response:
    run.go_dark()
    raise ConnectionBroken("EndpointConnectionError")


def _kill(run: Struck, call: Call, proceed: Proceed, attempt: int) -> Response:
    raise run.die()


def _kill_afterwards(run: Struck, call: Call, proceed: Proceed, attempt: int) -> Response:
    note_lost(call, proceed(call))
    raise run.die()


def _rival(act: Callable[[LayerStore, Call], None]) -> Strike:
    def strike(run: Struck, call: Call, proceed: Proceed, attempt: int) -> Response:
        if attempt == 0:
            act(run.store, call)
        return proceed(call)

    return strike


def _any(call: TracedCall) -> bool:
    return True


def _applied_write(call: TracedCall) -> bool:
    return call.is_applied_write


def _on_policy(call: TracedCall) -> bool:
    return call.at.operation in _ON_POLICY


def _adds(call: TracedCall) -> bool:
    return call.at.operation == "AddLayerVersionPermission"


def _removed(call: TracedCall) -> bool:
    return call.applied and call.at.operation == "RemoveLayerVersionPermission"


_429, _500 = frozenset({"TooManyRequestsException"}), frozenset({"ServiceException"})

KINDS = (
    Kind("Throttle", "429 to every attempt", _any, _throttle, _429),
    Kind("ServiceFailure", "500 to every attempt", _any, _fail, _500),
    Kind("ConnectionLost", "no connection, at any attempt", _any, _disconnect, BROKEN),
    Kind("ConnectionLost-applied", "carried out, and its response lost", _applied_write, _lose_response, BROKEN),
    Kind(
        "ServiceFailure-applied-always", "carried out, and 500 to every attempt", _applied_write, _fail_afterwards, _500
    ),
    Kind("Outage", "no connection from here on", _any, _go_dark, BROKEN),
    Kind("Killed", "killed before it, and run again", _any, _kill, family="kill"),
    Kind("Killed-applied", "killed after it, and run again", _applied_write, _kill_afterwards, family="kill"),
    Kind(
        "Rival-adds",
        "another writer adds a statement before it",
        _on_policy,
        _rival(rivals.add_statement),
        _RACE,
        "rival",
    ),
    Kind(
        "Rival-removes",
        "another writer removes the statement before it",
        _removed,
        _rival(rivals.remove_statement),
        _RACE,
        "rival",
    ),
    Kind(
        "Rival-takes-id",
        "another writer takes the statement id before it",
        _adds,
        _rival(rivals.take_statement_id),
        _RACE,
        "rival",
    ),
)
"""All that are tried unless the test says which."""
_BY_NAME = {kind.name: kind for kind in KINDS}


def in_server() -> bool:
    """Whether the live server is handling the call: for a program outside, whose connection can be cut."""
    return threading.current_thread().name.startswith("layerperm-server")


def kinds_of(given: Iterable[object]) -> tuple[Kind, ...]:
    """The kinds that a test asks for: all if it names none. Raises TypeError or ValueError for anything else."""
    kinds = [_kind_of(one) for one in given]
    names = Counter[str]()
    for place, kind in enumerate(kinds):
        names[kind.name] += 1
        if names[kind.name] > 1:
            if kind.template is None:
                raise ValueError(f"{kind.name!r} is given twice")
            kinds[place] = replace(kind, name=f"{kind.name}-{names[kind.name]}")
    return tuple(kinds) or KINDS


def _kind_of(given: object) -> Kind:
    if isinstance(given, str):
        if given not in _BY_NAME:
            raise ValueError(f"there is no kind of failure {given!r}; there are {', '.join(_BY_NAME)}")
        return _BY_NAME[given]
    if not isinstance(given, Fault):
        hint = f"; write {given.__name__}()" if inspect.isclass(given) and issubclass(given, Fault) else ""
        raise TypeError(
            f"every_fault() takes faults such as Throttle(), and names of kinds such as 'Killed', not {given!r}{hint}"
        )
    if isinstance(given, RateLimit):
        raise ValueError("RateLimit is no failure of one call; use Throttle()")  # noqa: TRY004
    return _template(given)


def _template(fault: Fault) -> Kind:
    applied = getattr(fault, "applied", False) is True

    def strikes(call: TracedCall) -> bool:
        return matches(fault, call.call) and (not applied or call.is_applied_write)

    def strike(run: Struck, call: Call, proceed: Proceed, attempt: int) -> Response:
        return fault.strike(call, proceed) if fault.takes(call) else proceed(call)

    explains: frozenset[str] | None = None
    if isinstance(fault, Throttle):
        explains = frozenset({fault.code})
    elif isinstance(fault, ServiceFailure):
        explains = _500
    elif isinstance(fault, (ConnectionLost, Slow)):
        explains = BROKEN
    elif isinstance(fault, Interleave):
        explains = _RACE
    family = "rival" if isinstance(fault, Interleave) else "fault"
    name = type(fault).__name__ + ("-applied" if applied else "")
    return Kind(name, repr(fault), strikes, strike, explains, cast(Any, family), fault)
