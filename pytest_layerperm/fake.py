"""LayerPerm, the fake that users hold: it puts the parts together."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from .activation import freeze, switch_off, switch_on
from .callers import Callers
from .calls import CallLog
from .decorating import decorated_class, decorated_function
from .fault import Fault, check_flag
from .handling import Handling, Injection
from .identifiers import new_id
from .lambda_api.arn import partition_of
from .lambda_api.locations import location_of
from .lambda_api.operations import Operations
from .lambda_api.store import LayerStore
from .lambda_api.wire import Call, Request, Response
from .layers import LayerVersion, check_account_id, check_region_name, handle_of, publish
from .sessions import client_of, new_session
from .waiting import VirtualTime, moment
from .wording import never_entered, refused_request

if TYPE_CHECKING:
    from types import TracebackType
    from urllib.parse import SplitResult

    import boto3

    from .explaining import Explanation
    from .lambda_api.model import PublishedVersion
    from .transports.moto import Elsewhere

NEW_YEAR = "2026-01-01T00:00:00Z"
"""Where clocks are frozen unless somebody says otherwise."""
_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


class LayerPerm:
    """A fake of the Lambda layer API, under all boto3 code of the process while it is on.

    ``account_id`` (twelve digits) and ``region_name`` are those of code that says nothing else.
    ``real_sleep`` makes retries really wait. ``frozen_at`` (a datetime or ISO text) freezes the clock.
    Raises TypeError or ValueError, naming the argument, for anything else.

    Use it as a context manager, as a decorator of a test function or a ``unittest.TestCase``, or through the
    fixture ``layerperm``. Entered again after it was left, it starts empty. Left without an error, it raises what
    ``verify()`` does.

    >>> with LayerPerm(region_name="eu-west-1") as fake:
    ...     layer = fake.publish_layer("shared-deps")
    ...     statement_id = layer.grant("222222222222")  # In place of your own code.
    ...     assert_layer_shared_with("222222222222")
    """

    def __init__(
        self,
        account_id: str = "123456789012",
        region_name: str = "us-east-1",
        *,
        real_sleep: bool = False,
        frozen_at: Any = None,
    ) -> None:
        if callable(account_id):
            raise TypeError(
                f"account_id must be text of twelve digits, not {getattr(account_id, '__qualname__', account_id)}; "
                "as a decorator write @LayerPerm(), with parentheses"
            )
        check_account_id(account_id)
        check_region_name(region_name)
        self.account_id = account_id
        self.region_name = region_name
        check_flag("real_sleep", real_sleep)
        self.frozen_at = None if frozen_at is None else moment("frozen_at", frozen_at)
        self.clock: Any = None
        """freezegun's frozen clock, with ``.tick(seconds)`` and ``.move_to(when)``; None where time runs."""
        self.virtual_time = VirtualTime(real_sleep=real_sleep)
        self.calls = CallLog()
        """Every attempt, oldest first."""
        self.elsewhere: Elsewhere
        """The rest of AWS, while the fake is on."""
        self.content_url: str | None = None
        """Where a live server serves layer content; None where the process's own small server does."""
        self._depth = 0
        self._used = False
        self._start_empty()

    def _start_empty(self) -> None:
        self.callers = Callers(self.account_id, self.callers.elsewhere if self.active else None)
        self.store = LayerStore(new_id=new_id, timestamp=self.virtual_time.timestamp)
        # Weakly, as all that leads back to the fake: one that nobody holds is freed at once.
        fake: Any = weakref.proxy(self)
        self._operations = Operations(
            self.store,
            caller_of=self.callers.caller_of,
            location_of=lambda published: fake._location_of(published),  # noqa: SLF001
            fetch=_read_object,
        )
        self._request_ids = new_id()[:24]
        self._requests = count(1)
        self._handling = Handling(self._operations.perform, self.callers.account_of, self.virtual_time, self.calls)
        self.calls.clear()
        self.virtual_time.reset()
        self.idle_blocks: list[object] = []
        """Assertions of a block that have no block yet; left so, they have looked at nothing."""

    def __repr__(self) -> str:
        return f"<LayerPerm {self.account_id} {self.region_name}, layer versions: {len(self.layers)}>"

    # --- on and off

    def __enter__(self) -> LayerPerm:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        self.stop()
        if error is None and self._depth == 0:
            self.verify()

    def start(self) -> None:
        """Turns the fake on, empty; ``stop()`` turns it off again. Nested calls count, and keep what is there."""
        if self._depth == 0:
            if self._used:
                self._start_empty()
            self._used = True
            switch_on(self, self.frozen_at)
        self._depth += 1

    def reset(self) -> None:
        """Starts empty again, on or off: no layers, no organizations, no faults, no calls."""
        self._start_empty()

    def stop(self) -> None:
        """Turns the fake off, restoring all it touched. What happened can still be read.

        Raises RuntimeError where the fake is not on. Unlike the end of a ``with`` block it does not ``verify()``.
        """
        if self._depth == 0:
            raise RuntimeError("this LayerPerm is not on")
        self._depth -= 1
        if self._depth == 0:
            self.clock = None
            switch_off(self)

    def freeze(self, when: Any = NEW_YEAR) -> Any:
        """Freezes the clock (at a datetime, date or ISO text) until the fake is off; returns freezegun's frozen clock.

        Times are in UTC unless they say otherwise. Raises ValueError for what is no time, and RuntimeError where the
        fake is not on, or another one inside it.

        >>> clock = layerperm.freeze("2026-03-01T12:00:00Z")
        >>> clock.tick(90)
        datetime.datetime(2026, 3, 1, 12, 1, 30)
        """
        freeze(self, moment("when", when))
        return self.clock

    @property
    def active(self) -> bool:
        """Whether the fake is on."""
        return self._depth > 0

    def __call__(self, decorated: _Decorated) -> _Decorated:
        """Decorates a test function, a coroutine function, or each ``test…`` method of a class.

        In a ``unittest.TestCase`` the fake is on in ``setUp`` and ``tearDown`` too. Raises TypeError for a generator
        function, whose body would run when the decorator is over.

        >>> import boto3
        >>> @LayerPerm()
        ... def test_nothing_is_published():
        ...     assert boto3.client("lambda", "us-east-1").list_layers()["Layers"] == []
        >>> test_nothing_is_published()
        """
        decorate: Any = decorated_class if inspect.isclass(decorated) else decorated_function
        return decorate(self, decorated)

    # --- clients

    def client(
        self,
        account_id: str | None = None,
        *,
        region_name: str | None = None,
        identity_policy: str | Mapping[str, Any] | None = None,
        **boto3_kwargs: Any,
    ) -> Any:
        """A boto3 Lambda client signed in as that account; ``boto3_kwargs`` go to boto3 (``config=…``).

        ``account_id`` (twelve digits) and ``region_name`` are the fake's own where they are left out.
        ``identity_policy``, an IAM policy document as a dict or JSON text, restricts what the caller may do with
        layers; without one the caller may do everything. Raises ValueError, saying where, for what is no policy,
        no account id or no region, RuntimeError where the fake is not on, and what boto3 raises for its own.

        >>> partner = layerperm.client("222222222222")
        >>> partner.get_layer_version_by_arn(Arn=layerperm_layer.arn)
        Traceback (most recent call last):
            ...
        botocore.exceptions.ClientError: An error occurred (AccessDeniedException) when calling ...
        """
        return client_of(*self._signed_in(account_id, region_name, identity_policy), boto3_kwargs)

    def session(
        self,
        account_id: str | None = None,
        *,
        region_name: str | None = None,
        identity_policy: str | Mapping[str, Any] | None = None,
    ) -> boto3.Session:
        """The same as a ``boto3.Session``, for code that makes its own clients. Raises what ``client`` does.

        >>> layers = layerperm.session("222222222222").client("lambda").list_layers()
        >>> layerperm.calls.last.account_id
        '222222222222'
        """
        return new_session(*self._signed_in(account_id, region_name, identity_policy))

    def _signed_in(
        self, account_id: str | None, region_name: str | None, identity_policy: str | Mapping[str, Any] | None
    ) -> tuple[str, str]:
        if not self.active:
            raise RuntimeError("this LayerPerm is not on: its clients would call AWS")
        account_id = self.account_id if account_id is None else account_id
        region_name = self.region_name if region_name is None else region_name
        check_account_id(account_id)
        check_region_name(region_name)
        return self.callers.sign_in(account_id, partition_of(region_name), identity_policy), region_name

    @property
    def default_access_key(self) -> str:
        """The access key of the default account; twelve digits are the account itself."""
        return self.account_id

    # --- what exists

    def publish_layer(
        self,
        name: str = "shared-deps",
        *,
        account_id: str | None = None,
        region_name: str | None = None,
        content: bytes | Mapping[str, str | bytes] | None = None,
        **publish_kwargs: Any,
    ) -> LayerVersion:
        """Publishes a version of a layer, as its owner would, without a logged call; it has no policy.

        ``name`` has 1 to 140 letters, digits, ``-`` and ``_``. ``account_id`` (twelve digits) and ``region_name``
        are the fake's own where they are left out. ``content`` is the bytes of a zip or a mapping of file names to
        files. ``publish_kwargs`` are Description, LicenseInfo, CompatibleRuntimes and CompatibleArchitectures as the
        API names them. Raises ValueError for what the API refuses, and TypeError for other arguments.
        https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html

        >>> layer = layerperm.publish_layer("tools", content={"python/tools.py": "VERSION = 1"})
        >>> layer.arn, layer.policy
        ('arn:aws:lambda:us-east-1:123456789012:layer:tools:1', None)
        """
        return publish(
            self.store,
            name,
            self.account_id if account_id is None else account_id,
            self.region_name if region_name is None else region_name,
            content,
            publish_kwargs,
        )

    def organization(self, organization_id: str = "o-exampleorgid", *, accounts: Iterable[str] = ()) -> str:
        """Declares accounts (twelve digits each) members of an organization; returns its id.

        It is what ``aws:PrincipalOrgID`` is for these callers (aws-facts 7.6). ``organization_id`` is ``o-`` and
        10 to 32 lower-case letters and digits. Raises TypeError or ValueError for anything else, and for an account
        that is a member of another one: it is in one organization at most.

        >>> layerperm.organization("o-exampleorgid", accounts=["222222222222"])
        'o-exampleorgid'
        """
        self.callers.declare(organization_id, accounts)
        return organization_id

    def organization_of(self, account_id: str) -> str | None:
        """The organization of an account (twelve digits), as declared or as moto's Organizations has it; else None."""
        return self.callers.organization_of(account_id)

    @property
    def layers(self) -> tuple[LayerVersion, ...]:
        """All layer versions that exist at this moment, with their policies; to read, not to change."""
        return tuple([handle_of(published, self.store) for published in self.store])

    @property
    def sleeps(self) -> list[float]:
        """Seconds that botocore's retries waited in virtual time, in order (aws-facts 9.3)."""
        return self.virtual_time.sleeps

    def explain(self, account_id: str, layer: LayerVersion | str | None = None) -> Explanation:
        """Why an account (twelve digits) may or may not use a layer version, statement by statement.

        The value is true where it may, and prints as a small table. ``layer`` is a ``LayerVersion``, a version ARN,
        or the name or ARN of a layer with one version; left out, the only version there is.
        Raises TypeError or ValueError for anything else.

        >>> statement_id = layerperm_layer.grant("222222222222", statement_id="partner")
        >>> print(layerperm.explain("222222222223", layerperm_layer))
        222222222223 may not use arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          partner  lets in account 222222222222  no  one digit differs
        """
        __tracebackhide__ = True
        from .explaining import explain
        from .looking import NotOneLayer, look

        check_account_id(account_id)
        try:
            return explain(look(layer, fake=self), account_id)
        except NotOneLayer as unclear:
            found = ", ".join([one.version_arn(version) for one, version in unclear.found])
            raise ValueError(f"layer: which version? There is {found or 'none'}") from None

    def all_assertions(self) -> AbstractContextManager[None]:
        """A block whose failed assertion helpers are reported together at its end, as one AssertionError.

        >>> with layerperm.all_assertions():
        ...     assert_layer_public(layer=layerperm_layer)
        ...     assert_layer_shared_with("222222222222", layer=layerperm_layer)
        Traceback (most recent call last):
            ...
        AssertionError: 2 layer assertions failed: shared-deps:1 is not public; shared-deps:1 is not shared with ...
        """
        from .soft import AllAssertions

        return AllAssertions()

    # --- faults

    def inject(self, *faults: Fault) -> Injection:
        """Adds faults: for good, or for a block as ``with fake.inject(…):``. They strike in the order of adding.

        Each counts anew. Raises ValueError for a fault that is on already, and TypeError for what is no fault. At the
        end of the test, a fault that was to strike a number of times and never did is an AssertionError.

        >>> with layerperm.inject(Throttle(times=2, operation="ListLayers")):
        ...     layers = layerperm_client.list_layers()
        >>> [call.status for call in layerperm.calls]
        [429, 429, 200]
        """
        return self._handling.inject(faults)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that calls meet, in the order in which they strike."""
        return self._handling.faults

    @property
    def escaped(self) -> list[Exception]:
        """What must fail the test even where the code under test swallows it; a test that expects it takes it out."""
        return self._handling.escaped

    def verify(self) -> None:
        """Raises what nobody must miss: escaped errors, faults that never struck, assertions that never looked.

        The fixture and the end of a ``with`` block do it by themselves. An escaped error is raised as it is, the
        others are an AssertionError.
        """
        __tracebackhide__ = True
        self._handling.verify()
        if self.idle_blocks:
            raise AssertionError(never_entered(type(self.idle_blocks[0]).__name__))

    # --- what transports use

    def handle(self, request: Request) -> Response | None:
        """The answer to a layer call; None for any other request.

        Where the request says how long its client waits, a slow answer has passed its time, virtually; elsewhere
        the transport has the answer's ``latency`` to pass. Raises ConnectionBroken where no answer comes, and
        what an ``Interleave`` action or a fault of the user's own raises.
        """
        return self._handling.handle(request)

    def carry_out(self, call: Call) -> Response:
        """What another service does with layers for its caller: no faults, no log. Raises LambdaError."""
        return self._operations.carry_out(call)

    def headers_of(self, response: Response) -> dict[str, str]:
        """All headers of an answer, at this moment."""
        request_id = f"{self._request_ids}{next(self._requests):012x}"
        return response.wire_headers(request_id, self.virtual_time.http_date())

    def pass_by(self, seconds: float) -> None:
        """Lets virtual time pass, as for a slow answer."""
        self.virtual_time.pass_by(seconds)

    def answer_elsewhere(self, request: Any, url: SplitResult) -> tuple[int, Any, Any]:
        """The answer of moto to a request that is no layer call. Raises RequestRefused where moto has none."""
        return self.elsewhere.answer(request, url)

    def refuse(self, request: Any, url: SplitResult) -> NoReturn:
        """Refuses a request that nobody answers: it would leave this machine. Fails the test in any case."""
        refused = RequestRefused(refused_request(request.method, url, request.body))
        self.escaped.append(refused)
        raise refused

    def _location_of(self, published: PublishedVersion) -> str:
        from .transports.content import content_base

        return location_of(published, self.content_url or content_base(self.store))


class RequestRefused(Exception):
    """A request that the fake let nobody have: it would have left this machine. It fails the test in any case.

    The message names the request. A test that expects it takes it out of ``LayerPerm.escaped``.

    >>> layerperm.client(endpoint_url="https://example.com").list_functions()
    Traceback (most recent call last):
        ...
    pytest_layerperm.fake.RequestRefused: pytest-layerperm let no request out: GET https://example.com/...
    >>> refused = layerperm.escaped.pop()
    """


def _read_object(bucket: str, key: str, version: str | None, call: Call) -> bytes:
    from .transports.objects import read_object

    return read_object(bucket, key, version, call)
