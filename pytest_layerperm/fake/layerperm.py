"""LayerPerm, the fake that users hold: it connects the parts."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

from ..lambda_api.arn import partition_of
from ..patches.sessions import client_of, new_session
from ..service.active import activation_of
from ..service.arguments import check_account_id, check_flag, check_region_name, moment
from ..service.hints import with_hints
from ..service.layers import LayerVersion, handle_of, publish
from ..service.service import LayerService
from .activation import add_profile, freeze, switch_off, switch_on

if TYPE_CHECKING:
    from types import TracebackType

    import boto3

    from ..assertions.explanation import Explanation
    from ..explore.runs import Run
    from ..lambda_api.store import LayerStore
    from ..lambda_api.wire import Call
    from ..service.calls import CallLog
    from ..service.event_handlers import Subscription
    from ..service.faults import Fault
    from ..service.service import Injection

__tracebackhide__ = True

NEW_YEAR = "2026-01-01T00:00:00Z"
"""The time at which clocks are frozen by default."""
_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


class LayerPerm:
    """A fake of the Lambda layer API, under all boto3 code of the process while it is on.

    ``account_id`` (twelve digits) and ``region_name`` are the defaults for code that names none.
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

    @with_hints
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
        check_flag("real_sleep", real_sleep)
        self.account_id = account_id
        self.region_name = region_name
        self.real_sleep = real_sleep
        self.frozen_at = None if frozen_at is None else moment("frozen_at", frozen_at)
        self._service = LayerService(
            account_id, region_name, real_sleep=real_sleep, content_base=_content_base, fetch=_read_object
        )
        self._used = False

    def __repr__(self) -> str:
        return f"<LayerPerm {self._service.summary}>"

    # --- on and off

    def __enter__(self) -> LayerPerm:
        entered = self._entered
        try:
            self.start()
        except BaseException:
            if self._entered > entered:  # A signal that came after the last step.
                self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        entered = 0
        try:
            entered = self._entered
            self.stop()
        except BaseException:
            if self.active and self._entered >= entered:  # A signal that came before the first step.
                self.stop()
            raise
        if error is None and not self.active:
            self.verify()

    @property
    def _entered(self) -> int:
        activation = activation_of(self._service)
        return 0 if activation is None else activation.entered

    def start(self) -> None:
        """Turns the fake on, empty; ``stop()`` turns it off again. Nested calls count, and keep what is there."""
        if self._used and not self.active:
            self._service.start_empty()
        self._used = True
        switch_on(self._service, self.frozen_at)

    def reset(self) -> None:
        """Starts empty again, on or off: no layers, no organizations, no faults, no calls.

        While the fake is on, moto is emptied as well: no roles, no functions, no buckets, no stacks.

        >>> import boto3
        >>> response = boto3.client("s3").create_bucket(Bucket="artifacts")
        >>> layerperm.reset()
        >>> boto3.client("s3").list_buckets()["Buckets"]
        []
        """
        self._service.reset()

    def stop(self) -> None:
        """Turns the fake off, restoring all it touched. What happened can still be read.

        Raises RuntimeError if the fake is not on. Unlike the end of a ``with`` block it does not ``verify()``.
        """
        switch_off(self._service)

    def freeze(self, when: Any = NEW_YEAR) -> Any:
        """Freezes the clock (at a datetime, date or ISO text) until the fake is off; returns freezegun's frozen clock.

        Times are in UTC unless they say otherwise. Raises ValueError for an invalid time, and RuntimeError if the
        fake is not on, or another one was started inside it.

        >>> clock = layerperm.freeze("2026-03-01T12:00:00Z")
        >>> clock.tick(90)
        datetime.datetime(2026, 3, 1, 12, 1, 30)
        """
        return freeze(self._service, moment("when", when))

    @property
    def clock(self) -> Any:
        """The frozen clock of freezegun, with ``.tick(seconds)`` and ``.move_to(when)``; None if the clock runs."""
        activation = activation_of(self._service)
        return None if activation is None else activation.clock

    @property
    def active(self) -> bool:
        """Whether the fake is on."""
        return activation_of(self._service) is not None

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
        decorate: Any = _decorated_class if inspect.isclass(decorated) else _decorated_function
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

        ``account_id`` (twelve digits) and ``region_name`` are the fake's own if they are left out.
        ``identity_policy``, an IAM policy document as a dict or JSON text, restricts what the caller may do with
        layers; without one the caller may do everything. Raises ValueError for an invalid policy (saying where
        it is wrong), account ID or region, RuntimeError if the fake is not on, and what boto3 raises itself.

        >>> partner = layerperm.client("222222222222")
        >>> partner.get_layer_version_by_arn(Arn=layerperm_layer.arn)
        Traceback (most recent call last):
            ...
        botocore.exceptions.ClientError: An error occurred (AccessDeniedException) when calling ...
        """
        if "region" in boto3_kwargs:
            raise TypeError("client() takes no argument region; did you mean region_name=?")
        return client_of(*self._signed_in(account_id, region_name, identity_policy), boto3_kwargs)

    @with_hints
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

    def profile(
        self,
        name: str,
        account_id: str | None = None,
        *,
        region_name: str | None = None,
        identity_policy: str | Mapping[str, Any] | None = None,
    ) -> None:
        """Makes an AWS profile for code that names one: ``boto3.Session(profile_name=…)`` or ``AWS_PROFILE``.

        It is in files of the fake's own, in this process and for subprocesses, until the fake is off. As long as there
        is one, the environment has no keys, which SDKs would prefer to ``AWS_PROFILE``: code that names no profile
        signs in by the profile ``default``. ``region_name`` counts if ``AWS_REGION`` and ``AWS_DEFAULT_REGION``, which
        the fake sets, are removed. Raises what ``client`` does, and TypeError or ValueError for what cannot be a
        profile's name.

        >>> import boto3
        >>> layerperm.profile("prod", account_id="222222222222")
        >>> layers = boto3.Session(profile_name="prod").client("lambda").list_layers()
        >>> layerperm.calls.last.account_id
        '222222222222'
        """
        from ..patches.profiles import check_profile_name

        check_profile_name(name)
        add_profile(self._service, name, *self._signed_in(account_id, region_name, identity_policy))

    def _signed_in(
        self, account_id: str | None, region_name: str | None, identity_policy: str | Mapping[str, Any] | None
    ) -> tuple[str, str]:
        if not self.active:
            raise RuntimeError("this LayerPerm is not on: its clients would call AWS")
        account_id = self.account_id if account_id is None else account_id
        region_name = self.region_name if region_name is None else region_name
        check_account_id(account_id)
        check_region_name(region_name)
        return self._service.callers.sign_in(account_id, partition_of(region_name), identity_policy), region_name

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
        are the fake's own if they are left out. ``content`` is the bytes of a zip or a mapping of file names to
        files. ``publish_kwargs`` are Description, LicenseInfo, CompatibleRuntimes and CompatibleArchitectures as the
        API names them. Raises ValueError for what the API rejects, and TypeError for other arguments.
        https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html

        >>> layer = layerperm.publish_layer("tools", content={"python/tools.py": "VERSION = 1"})
        >>> layer.arn, layer.policy
        ('arn:aws:lambda:us-east-1:123456789012:layer:tools:1', None)
        """
        return publish(
            self._service.store,
            name,
            self.account_id if account_id is None else account_id,
            self.region_name if region_name is None else region_name,
            content,
            publish_kwargs,
        )

    def organization(self, organization_id: str = "o-exampleorgid", *, accounts: Iterable[str] = ()) -> str:
        """Declares accounts (twelve digits each) members of an organization; returns its id.

        It is what ``aws:PrincipalOrgID`` is for these callers (fact ``access/organization``). ``organization_id``
        is ``o-`` and 10 to 32 lower-case letters and digits. Raises TypeError or ValueError for anything
        else, and for an account that is a member of another one: it is in one organization at most.

        >>> layerperm.organization("o-exampleorgid", accounts=["222222222222"])
        'o-exampleorgid'
        """
        self._service.callers.declare(organization_id, accounts)
        return organization_id

    def organization_of(self, account_id: str) -> str | None:
        """The organization of an account (twelve digits), as declared or as moto's Organizations has it; else None."""
        check_account_id(account_id)
        return self._service.callers.organization_of(account_id)

    @property
    def layers(self) -> tuple[LayerVersion, ...]:
        """All layer versions that exist at this moment, with their policies; read-only."""
        store = self._service.store
        return tuple([handle_of(published, store) for published in store])

    @property
    def sleeps(self) -> list[float]:
        """Seconds that botocore's retries waited in virtual time, in order."""
        return self._service.virtual_time.sleeps

    def explain(self, account_id: str, layer: LayerVersion | str | None = None) -> Explanation:
        """Why an account (twelve digits) may or may not use a layer version, statement by statement.

        The value is true if it may, and prints as a small table. ``layer`` is a ``LayerVersion``, a version ARN,
        or the name or ARN of a layer with one version; left out, the only version there is.
        Raises TypeError or ValueError for anything else.

        >>> statement_id = layerperm_layer.grant("222222222222", statement_id="partner")
        >>> print(layerperm.explain("222222222223", layerperm_layer))
        222222222223 may not use arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          partner  allows account 222222222222  no  one digit differs
        """
        from ..assertions.explanation import explain
        from ..assertions.lookup import NotOneLayer, look

        check_account_id(account_id)
        try:
            return explain(look(layer, service=self._service), account_id)
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
        from ..assertions.soft import AllAssertions

        return AllAssertions()

    # --- calls and faults

    @property
    def calls(self) -> CallLog:
        """Every attempt, oldest first."""
        return self._service.calls

    def events(self, operation: str | None = None) -> list[dict[str, Any]]:
        """The trail: the EventBridge event of every attempt, oldest first, with the CloudTrail record as ``detail``.

        ``operation`` is one as the API names it; left out, all. Another account's call on a layer gives two events,
        one to each account. Raises ValueError for an unknown operation.
        https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html

        >>> layers = layerperm_client.list_layers()
        >>> [event["detail"]["eventName"] for event in layerperm.events()]
        ['ListLayers20181031']
        """
        __tracebackhide__ = True
        from ..service.trail import event_around, records_of

        calls = self.calls if operation is None else self.calls.of(operation)
        return [event_around(record) for call in calls for record in records_of(call)]

    def on_event(
        self, handler: Callable[[dict[str, Any]], object], operations: Iterable[str] | None = None
    ) -> Subscription:
        """Calls the handler with the EventBridge event of each write, after the call that caused it.

        It goes on until the fake is reset, or for a block as ``with layerperm.on_event(…):``. ``operations`` are
        those of the API that the handler gets, writes only, as EventBridge gets no reads. Calls that the handler
        makes are logged and cause events too, after it has returned. What it raises fails the test at its end.
        Raises TypeError or ValueError, naming the argument, for anything else.

        >>> seen = []
        >>> with layerperm.on_event(lambda event: seen.append(event["detail"]["eventName"])):
        ...     deleted = layerperm_client.delete_layer_version(LayerName="shared-deps", VersionNumber=1)
        >>> seen
        ['DeleteLayerVersion20181031']
        """
        return self._service.event_handlers.add(handler, operations)

    def inject(self, *faults: Fault) -> Injection:
        """Adds faults: for good, or for a block as ``with fake.inject(…):``. The first one added strikes first.

        Each counts anew. Raises ValueError for a fault that is on already, and TypeError for anything but faults. At
        the end of the test, a fault that was to strike a number of times and never did is an AssertionError.

        >>> with layerperm.inject(Throttle(times=2, operation="ListLayers")):
        ...     layers = layerperm_client.list_layers()
        >>> [call.status for call in layerperm.calls]
        [429, 429, 200]
        """
        return self._service.inject(*faults)

    def every_fault(
        self,
        *faults: Fault | str,
        always: Callable[[], object] | Iterable[Callable[[], object]] = (),
        raises: type[BaseException] | tuple[type[BaseException], ...] = (),
        may_fail: bool = True,
        pairs: bool = False,
        budget: int = 2000,
        reset: Callable[[], object] | Iterable[Callable[[], object]] = (),
        operations: str | Iterable[str] | None = None,
        virtual_sleep: bool = False,
    ) -> Iterable[Run]:
        """Runs a block once for each failure at each of its layer calls, each time from the same state.

        A run must end in an honest error or in success: what it raises must be the failure's own error, or be caused
        by it, and where it raises nothing, the assertions of the block must hold. ``always`` are checks that hold
        after every run, of those that failed too. ``raises`` are errors that are accepted besides;
        ``may_fail=False`` accepts none. Where the process is killed, the block is run again and must succeed.

        ``faults`` are what is made to fail instead of everything: faults such as ``Throttle(times=None)``, or names
        of kinds such as ``"Killed"``. ``operations`` limits the calls. ``pairs`` tries two failures in one run, too,
        in ``budget`` runs altogether. ``reset`` are functions that put back what is not the fake's, before each run;
        ``virtual_sleep`` skips each ``time.sleep`` of the block. Afterwards everything is as it was before.

        Raises TypeError or ValueError for other arguments, and AssertionError, a report, at the end.

        >>> for run in layerperm.every_fault():
        ...     with run:
        ...         layers = layerperm_client.list_layers()
        >>> run.point, run.error, run.succeeded
        ('Killed@1', None, True)
        """
        from ..explore.settings import settings_of
        from ..explore.sweep import EveryFault

        return EveryFault(
            self._service,
            settings_of(
                *faults,
                always=always,
                raises=raises,
                may_fail=may_fail,
                pairs=pairs,
                budget=budget,
                reset=reset,
                operations=operations,
                virtual_sleep=virtual_sleep,
            ),
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that calls meet, in the order in which they strike."""
        return self._service.faults

    @property
    def escaped(self) -> list[Exception]:
        """What must fail the test even if the code under test swallows it; a test that expects it removes it."""
        return self._service.escaped

    def verify(self) -> None:
        """Raises what must not go unnoticed: escaped errors, faults that never struck, assertions that never looked.

        The fixture and the end of a ``with`` block do it by themselves. An escaped error is raised as it is, the
        others are an AssertionError.
        """
        self._service.verify()


def service_of(fake: LayerPerm) -> LayerService:
    """The service that a fake puts under the clients, for the rooms that work on more than users do."""
    return fake._service  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _content_base(store: LayerStore) -> str:
    from ..transports.content import content_base

    return content_base(store)


def _read_object(
    bucket: str, key: str, version: str | None, call: Call, *, by_reference: bool
) -> tuple[bytes, str | None]:
    from ..transports.moto.s3 import read_object

    return read_object(bucket, key, version, call, by_reference=by_reference)


def _decorated_function(fake: LayerPerm, function: Callable[..., Any], *, verified: bool = False) -> Any:
    """The function with the fake on while it runs. Raises TypeError for a generator function, which would not run.

    ``verified`` checks the fake after the function even if an outer block keeps it on.
    """
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(
            f"{function.__qualname__} is a generator function, whose body runs when the decorator is over; "
            "use 'with LayerPerm() as fake:' inside it"
        )
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def run_async(*args: Any, **kwargs: Any) -> Any:
            with fake:
                result = await function(*args, **kwargs)
                if verified:
                    fake.verify()
                return result

        return run_async

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with fake:
            result = function(*args, **kwargs)
            if verified:
                fake.verify()
            return result

    return run


def _decorated_class(fake: LayerPerm, decorated: type[Any]) -> Any:
    """The class with the fake on in each ``test…`` method; in a ``TestCase`` also in ``setUp`` and ``tearDown``."""
    for name, member in dict(vars(decorated)).items():
        if name.startswith("test") and inspect.isfunction(member):
            setattr(decorated, name, _decorated_function(fake, member, verified=True))
    if hasattr(decorated, "addCleanup"):
        decorated.setUp = _set_up(fake, decorated.setUp)
        for name in ("setUpClass", "tearDownClass"):
            setattr(decorated, name, classmethod(_for_the_class(fake, getattr(decorated, name).__func__)))
    return decorated


def _for_the_class(fake: LayerPerm, function: Callable[..., Any]) -> Callable[..., Any]:
    """``setUpClass`` or ``tearDownClass``, in which layer calls are rejected: each test starts with an empty fake."""

    @functools.wraps(function)
    def run(cls: Any) -> Any:
        from ..service.fault_kinds import Rejected

        with LayerPerm(fake.account_id, fake.region_name) as around:
            around.inject(
                Rejected(
                    f"pytest-layerperm rejected a layer call in {function.__name__}: each test starts with an empty "
                    "fake. Make it in setUp or tearDown, where the fake of @LayerPerm() is on."
                )
            )
            return function(cls)

    return run


def _set_up(fake: LayerPerm, set_up: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(set_up)
    def run(case: Any) -> Any:
        fake.start()
        case.addCleanup(fake.stop)
        return set_up(case)

    return run
