"""One in-memory Lambda layer API: faults around the rules, on virtual time, with every attempt in the log."""

from __future__ import annotations

import math
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol
from urllib.parse import parse_qs

from ..lambda_api.locations import location_of
from ..lambda_api.operations import Fetch, Operations
from ..lambda_api.store import LayerStore
from ..lambda_api.wire import API_PATH, NO_OPERATION, Call, Request, Response, Signature, decode
from .callers import Callers
from .calls import UNLOGGED, CallLog, CallsGonePast, LoggedCall, logged_parameters
from .event_handlers import EventHandlers
from .faults import (
    ConnectionBroken,
    Fault,
    Proceed,
    RequestRefused,
    compose,
    fault_state,
    note_lost,
    put_fault_back,
)
from .identifiers import new_id
from .injection import Injection, never_struck
from .lambda_model import enum_values
from .places import place_of_call
from .trail import READS, Kept, Sent, kept_content
from .virtual_time import VirtualTime

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from ..lambda_api.store import StoreState
    from .callers import CallersState
    from .calls import LogState
    from .virtual_time import TimeState

__tracebackhide__ = True

DEFAULT_READ_TIMEOUT = 60.0
"""Botocore's, in seconds."""


class OtherServices(Protocol):
    """The rest of AWS."""

    def answer(self, request: Any, url: SplitResult) -> tuple[int, Any, Any]:
        """Status, headers and body of the response to a prepared request. Raises RequestRefused if there is none."""
        ...

    def reset(self) -> None:
        """Removes all that is in them."""
        ...


class Outermost(Protocol):
    """What sees each call before all faults, and passes it on."""

    def __call__(self, call: Call, proceed: Proceed) -> Response: ...


class ServiceState(NamedTuple):
    """All that a service holds at a moment."""

    store: LayerStore
    operations: Operations
    layers: StoreState
    callers: CallersState
    time: TimeState
    calls: LogState
    perform: Proceed
    orders: Iterator[int]
    faults: list[tuple[Fault, dict[str, Any]]]
    injections: list[Injection]


class LayerService:
    """The Lambda layer API of all accounts and regions; ``handle`` is the one way in.

    ``content_base`` returns the URL below which a store's archives can be downloaded, and ``fetch`` the bytes of an
    object in S3: what the rules, which are pure, cannot know.
    """

    def __init__(
        self,
        account_id: str,
        region_name: str,
        *,
        real_sleep: bool = False,
        content_base: Callable[[LayerStore], str],
        fetch: Fetch,
    ) -> None:
        self.account_id = account_id
        """The account of code that names none, twelve digits."""
        self.region_name = region_name
        self.virtual_time = VirtualTime(real_sleep=real_sleep)
        self.calls = CallLog()
        self.callers = Callers(account_id)
        self.other_services: OtherServices | None = None
        """None while the service is off."""
        self.content_url: str | None = None
        """The live server that serves layer content; None if the process's own small server does."""
        self.profile_files: dict[str, str] = {}
        """The variables that name the files of its AWS profiles; empty if it has none."""
        self._injecting = threading.Lock()
        self.sweeps = 0
        """How many explorations were started."""
        self._outermost: Outermost | None = None
        self._content_base = content_base
        self._fetch = fetch
        self.start_empty()

    def reset(self) -> None:
        """Starts empty, and the other services too while the service is on."""
        self.start_empty()
        if self.other_services is not None:
            self.other_services.reset()

    def start_empty(self) -> None:
        """Has no layers, no callers, no faults and no calls any more."""
        self.callers.clear()
        self.calls.clear()
        self.virtual_time.reset()
        self.store = LayerStore(new_id=new_id, timestamp=self.virtual_time.timestamp)
        # Weakly, as all that leads back to the service: one that nobody holds is freed at once.
        service: Any = weakref.proxy(self)
        self._operations = Operations(
            self.store,
            caller_of=self.callers.caller_of,
            location_of=lambda published: location_of(published, service.base_of_locations()),
            fetch=self._fetch,
            newer_values=enum_values,
        )
        self._orders = count(1)
        self._perform = _in_order(self.store, self._operations, self._orders)
        self.faults: tuple[Fault, ...]
        """Those that calls meet, in the order in which they strike."""
        self._use(())
        self.escaped: list[Exception] = []
        """What must fail the test even if the code under test swallows it."""
        self.event_handlers = EventHandlers(self.escaped)
        self.gone_past = CallsGonePast()
        """Layer calls of clients whose endpoint is another server on this machine."""
        self.children: list[Any] = []
        """What forked children share with this process: a page of memory for each, see ``forks``."""
        self.idle_blocks: list[object] = []
        """Assertions of a block that have no block yet; left so, they have looked at nothing."""
        self.injections: list[Injection] = []
        self._sent: dict[tuple[Signature | None, str | None, str], Sent] = {}
        self.other_changes: list[str] = []
        """Calls that changed what other AWS services hold, in order."""
        self._request_ids = new_id()[:24]
        self._requests = count(1)

    @property
    def summary(self) -> str:
        return f"{self.account_id} {self.region_name}, layer versions: {sum(1 for _ in self.store)}"

    def base_of_locations(self) -> str:
        """The URL below which layer content can be downloaded."""
        return self.content_url or self._content_base(self.store)

    # --- a request's way

    def handle(self, request: Request) -> Response | None:
        """The response to a request on the paths of the layer API; None for any other request.

        If the request says how long its client waits, a slow response has passed its time, virtually; otherwise
        the transport has the response's ``latency`` to pass. Raises ConnectionBroken if no response comes, and what
        an ``Interleave`` action or a fault of the user's own raises.
        """
        call = decode(request, self.callers.account_of)
        if call is None:
            return NO_OPERATION if request.path.startswith(API_PATH) else None
        call.now = self.virtual_time.now
        call.time = call.now()
        if call.invocation_id == UNLOGGED:
            return self._operations.perform(call)
        request_id = f"{self._request_ids}{next(self._requests):012x}"
        try:
            response = self._handler(call)
            if response.latency and request.read_timeout is not None:
                response = self._arrived(call, response, request.read_timeout)
        except ConnectionBroken as broken:
            if broken.kind == "ReadTimeoutError" and request.read_timeout is not None:
                # A client that waits forever is given the time that it would wait by default.
                endless = math.isinf(request.read_timeout)
                self.virtual_time.pass_by(DEFAULT_READ_TIMEOUT if endless else request.read_timeout)
            self._log(request, call, request_id, None, broken.kind)
            raise
        except BaseException as raised:
            self._log(request, call, request_id, None, type(raised).__name__)
            if isinstance(raised, Exception):  # Nothing swallows the others by accident.
                self.escaped.append(raised)
            raise
        self._log(request, call, request_id, response, response.error_code)
        return Response._make((*response[:5], request_id))  # Faster than _replace().

    def _arrived(self, call: Call, response: Response, read_timeout: float) -> Response:
        """The response, after its latency; the client gives up on it after its read timeout."""
        if response.latency > read_timeout:
            note_lost(call, response)
            raise ConnectionBroken("ReadTimeoutError")
        self.virtual_time.pass_by(response.latency)
        return response._replace(latency=0.0)

    def _log(
        self, request: Request, call: Call, request_id: str, response: Response | None, error_code: str | None
    ) -> None:
        operation = call.operation
        is_write = operation not in READS
        kept = None
        if response is None or is_write or error_code is not None:
            arrived_or_lost = call.lost if response is None else response
            if arrived_or_lost is not None:
                kept = Kept(arrived_or_lost.body, arrived_or_lost.error_code, kept_content(call.given.get("Content")))
        sent = call.signature, request.headers.get("user-agent"), request.host
        logged = LoggedCall(
            operation,
            call.account_id,
            call.region_name,
            call.resource,
            logged_parameters(operation, call.given, call.version),
            None if response is None else response.status,
            error_code,
            ", ".join(call.notes) if call.notes else None,
            call.time,
            call.invocation_id,
            error_code is None or call.applied,
            request_id,
            self._sent.get(sent) or self._first_sent(*sent),
            kept,
        )
        self.calls.add(logged, call.order or next(self._orders))
        if is_write and self.event_handlers:
            self.event_handlers.deliver(logged)

    def _first_sent(self, signature: Signature | None, user_agent: str | None, host: str) -> Sent:
        """What a client sends, kept once for all its requests."""
        sent = Sent(self.callers, None if signature is None else signature.access_key, user_agent, host)
        self._sent[signature, user_agent, host] = sent
        return sent

    def headers_of(self, response: Response) -> dict[str, str]:
        """All headers of a response, at this moment."""
        request_id = response.request_id or f"{self._request_ids}{next(self._requests):012x}"
        return response.wire_headers(request_id, self.virtual_time.http_date())

    # --- other requests

    def carry_out(self, call: Call) -> Response:
        """What another AWS service does with layers for its caller: no faults, no log. Raises LambdaError."""
        return self._operations.carry_out(call)

    def answer_other_service(self, request: Any, url: SplitResult) -> tuple[int, Any, Any]:
        """The response to a request that is not a layer call. Raises RequestRefused if there is none."""
        assert self.other_services is not None
        return self.other_services.answer(request, url)

    def refuse(self, request: Any, url: SplitResult) -> NoReturn:
        """Blocks a request that nothing answers: it would leave this machine. Fails the test in any case."""
        refused = RequestRefused(_blocked(request.method, url, _action_of(request.headers, request.body)))
        self.escaped.append(refused)
        raise refused

    def refuse_host(self, host: str) -> NoReturn:
        """Blocks the look-up of an AWS host by what is not a client of botocore. Fails the test in any case."""
        refused = RequestRefused(
            f"pytest-layerperm blocked the look-up of {host}: while a fake is on, this process cannot reach AWS. "
            "It answers the clients of boto3 and aiobotocore. For the requests library use the fixture "
            "layerperm_responses; for any other client, and for other programs, make .url of the fixture "
            "layerperm_server their endpoint."
        )
        self.escaped.append(refused)
        raise refused

    # --- faults

    def inject(self, *faults: Fault, origin: str | None = None) -> Injection:
        """Adds faults, each starting to count anew. Raises ValueError for one that is on already.

        ``origin`` says where they come from, if it is not the line that called.
        """
        with self._injecting:
            known = set(map(id, self.faults))
            for fault in faults:
                if not isinstance(fault, Fault):  # pyright: ignore[reportUnnecessaryIsInstance]
                    raise TypeError(f"inject() takes faults such as Throttle(), not {fault!r}")
                if id(fault) in known:
                    raise ValueError(f"{fault!r} is on already; make another one")
                known.add(id(fault))
            for fault in faults:
                fault.restart()
            injection = Injection(self, faults, origin or place_of_call())
            self.injections.append(injection)
            self._use((*self.faults, *faults))
        return injection

    def withdraw(self, faults: tuple[Fault, ...]) -> None:
        """Removes faults again."""
        gone = set(map(id, faults))
        with self._injecting:
            self._use(tuple([fault for fault in self.faults if id(fault) not in gone]))

    def _use(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        handler, outermost = compose(faults, self._perform), self._outermost
        self._handler: Proceed = handler if outermost is None else partial(outermost, proceed=handler)

    def surround(self, outermost: Outermost | None) -> None:
        """Has each call go through this first, before all faults; None ends it."""
        self._outermost = outermost
        self._use(self.faults)

    @property
    def surrounded(self) -> bool:
        """Whether calls go through something first."""
        return self._outermost is not None

    # --- all of it at a moment

    def save(self) -> ServiceState:
        """What there is now, so that it can be put back."""
        return ServiceState(
            self.store,
            self._operations,
            self.store.save(),
            self.callers.save(),
            self.virtual_time.save(),
            self.calls.save(),
            self._perform,
            self._orders,
            [(fault, fault_state(fault)) for fault in self.faults],
            self.injections.copy(),
        )

    def put_back(self, state: ServiceState) -> None:
        """Makes the service what it was when it was saved, in place: handles and clients go on with that."""
        self.store = state.store
        self._operations = state.operations
        self._perform = state.perform
        self._orders = state.orders
        self.store.put_back(state.layers)
        self.callers.put_back(state.callers)
        self.virtual_time.put_back(state.time)
        self.calls.put_back(state.calls)
        for fault, held in state.faults:
            put_fault_back(fault, held)
        self.injections = state.injections.copy()
        self._use(tuple([fault for fault, _ in state.faults]))

    def verify(self) -> None:
        """Raises what escaped, or AssertionError for faults that never struck and assertions that never looked."""
        if self.escaped:
            raise self.escaped[0]
        rejected = calls_of_children(self.children)
        if rejected:
            raise AssertionError(_rejected_in_children(rejected))
        if text := never_struck(self.injections, self.calls, self.gone_past):
            raise AssertionError(text)
        if self.idle_blocks:
            raise AssertionError(_never_entered(type(self.idle_blocks[0]).__name__))


def _in_order(store: LayerStore, operations: Operations, orders: Iterator[int]) -> Proceed:
    """Carries calls out; each gets its place in the log at the moment at which it takes effect."""

    def perform(call: Call) -> Response:
        with store.lock:
            call.order = next(orders)
            return operations.perform(call)

    return perform


# --- what people read


def _never_entered(helper: str) -> str:
    """The failure of a test that calls an assertion for a block and gives it no block."""
    return (
        f"{helper}() was called without a block, and looked at nothing\n"
        f"What to do: write `with {helper}():` around the code under test."
    )


def calls_of_children(pages: Iterable[Any]) -> list[str]:
    """What forked children were rejected, oldest child first."""
    return [line for page in pages for line in page[:].rstrip(b"\0").decode("utf-8", "replace").splitlines()]


def _rejected_in_children(calls: Sequence[str]) -> str:
    shown = "\n".join([f"  {call}" for call in calls])
    return f"a forked child used the fake, which rejected it: the child has a copy\n{shown}\n{FORKED_WAY_OUT}"


FORKED_WAY_OUT = (
    'What to do: give the child the endpoint of the fixture layerperm_server, and start it by "spawn" or as a program; '
    "or use threads."
)


def _blocked(method: str, url: SplitResult, action: str | None) -> str:
    """Why a request was blocked, naming the call, and what to do."""
    called = f" ({action})" if action else ""
    return (
        f"pytest-layerperm blocked a request: {method} {url.scheme}://{url.netloc}{url.path}{called}. "
        "The fake handles Lambda's layer operations, and moto what it has of the rest of AWS; requests to this machine "
        "pass, and nothing else leaves.\n"
        "What to do: stub the call in the test (botocore.stub.Stubber, mock.patch), or run a server for it on this "
        "machine and pass its endpoint_url; a test that expects the error removes it from layerperm.escaped."
    )


def _action_of(headers: Any, body: Any) -> str | None:
    """The operation that AWS's JSON protocols name in a header, and its query protocol in the body."""
    target = headers.get("X-Amz-Target")
    if target is not None:
        return (target.decode("latin-1") if isinstance(target, bytes) else str(target)).rpartition(".")[2]
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    if not isinstance(text, str):
        return None
    return parse_qs(text).get("Action", [None])[0]
