"""Faults, as boto3 meets them."""

import inspect
import itertools
import json
import re
import socket
import threading
import time
from contextlib import closing

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

from pytest_layerperm import (
    ConnectionLost,
    Fault,
    Interleave,
    LayerPerm,
    RateLimit,
    ServiceFailure,
    Slow,
    Throttle,
)
from pytest_layerperm.service import pytest_run
from tests.helpers import add_permission
from tests.installed import DEFAULT_ATTEMPTS
from tests.limits import LIMIT, join, start_and_join

ADD = "AddLayerVersionPermission"
REMOVE = "RemoveLayerVersionPermission"
POLICY = "GetLayerVersionPolicy"
OLD_SESSION = boto3.Session(region_name="us-east-1")


def revoke(client, statement_id="partner"):
    return client.remove_layer_version_permission(LayerName="shared-deps", VersionNumber=1, StatementId=statement_id)


def sids(layer):
    return [] if layer.policy is None else [statement["Sid"] for statement in layer.policy["Statement"]]


async def writer():
    """No action for an Interleave."""


FAILURES = [
    pytest.param(
        lambda times: Throttle(times),
        "TooManyRequestsException",
        429,
        {"Reason": "CallerRateLimitExceeded", "Type": "User", "message": "Rate exceeded"},
        id="429",
    ),
    pytest.param(
        lambda times: Throttle(times, code="ThrottlingException"), "ThrottlingException", 400, {}, id="throttling-400"
    ),
    pytest.param(lambda times: ServiceFailure(times), "ServiceException", 500, {"Type": "Service"}, id="500"),
]
RETRIES = [
    # (Config's retries, attempts until botocore gives up); None is a client without a Config.
    pytest.param(None, DEFAULT_ATTEMPTS, id="default"),
    pytest.param({"mode": "legacy"}, 5, id="legacy"),
    pytest.param({"max_attempts": 0}, 1, id="legacy-max-0"),
    pytest.param({"max_attempts": 2}, 3, id="legacy-max-2"),
    pytest.param({"total_max_attempts": 2}, 2, id="legacy-total-2"),
    pytest.param({"mode": "standard"}, 3, id="standard"),
    pytest.param({"mode": "standard", "max_attempts": 4}, 5, id="standard-max-4"),
    pytest.param({"mode": "standard", "total_max_attempts": 1}, 1, id="standard-total-1"),
    pytest.param({"mode": "adaptive"}, 3, id="adaptive"),
    pytest.param({"mode": "adaptive", "max_attempts": 6}, 7, id="adaptive-max-6"),
]


@pytest.fixture(params=["own", "older"])
def client_with(request, layerperm):
    """Makes clients with a Config: on a new session, or on one that was made before any fake was on."""
    session = boto3.Session() if request.param == "own" else OLD_SESSION

    def make(retries):
        return session.client("lambda", config=None if retries is None else Config(retries=retries))

    return make


@pytest.mark.parametrize(("retries", "attempts"), RETRIES)
@pytest.mark.parametrize(("fault", "code", "status", "members"), FAILURES)
def test_as_many_faults_as_retries_are_survived(
    layerperm, layerperm_layer, client_with, retries, attempts, fault, code, status, members
):
    """With one attempt to spare the call succeeds, each failed attempt having waited once."""
    client = client_with(retries)
    if attempts > 1:
        layerperm.inject(fault(attempts - 1))
    answer = add_permission(client)
    assert answer["ResponseMetadata"]["RetryAttempts"] == attempts - 1
    outcomes = [call.outcome for call in layerperm.calls.of(ADD)]
    assert outcomes == [f"{status} {code}"] * (attempts - 1) + ["201"]
    assert sids(layerperm_layer) == ["partner"]
    if retries is None or retries.get("mode") != "adaptive":  # which also waits for its own rate limiter
        assert len(layerperm.sleeps) == attempts - 1


@pytest.mark.parametrize(("retries", "attempts"), RETRIES)
@pytest.mark.parametrize(("fault", "code", "status", "members"), FAILURES)
def test_one_fault_more_is_the_real_exception(
    layerperm, layerperm_layer, client_with, retries, attempts, fault, code, status, members
):
    """With no attempt to spare, boto3's own exception comes out, telling how often it retried."""
    client = client_with(retries)
    layerperm.inject(fault(attempts))
    with pytest.raises(getattr(client.exceptions, code, botocore.exceptions.ClientError)) as raised:
        add_permission(client)
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert f"(reached max retries: {attempts - 1})" in str(raised.value)
    assert {name: raised.value.response.get(name) for name in members} == members
    assert layerperm.calls.attempts(ADD) == attempts
    assert layerperm_layer.policy is None


@pytest.mark.layerperm_throttle(times=DEFAULT_ATTEMPTS - 1)
def test_marker_under_default_retries(layerperm, layerperm_layer):
    """The case of the README: a 429 less than there are attempts, and waits that nobody waited for."""
    add_permission(boto3.client("lambda"))
    assert layerperm.calls.attempts(ADD) == DEFAULT_ATTEMPTS
    assert len(layerperm.sleeps) == DEFAULT_ATTEMPTS - 1
    assert all(0 <= wait <= 2**number for number, wait in enumerate(layerperm.sleeps))


@pytest.mark.layerperm_throttle(times=DEFAULT_ATTEMPTS)
def test_marker_beyond_default_retries(layerperm, layerperm_layer):
    """As many 429s as attempts are one too many for boto3's defaults."""
    client = boto3.client("lambda")
    with pytest.raises(client.exceptions.TooManyRequestsException) as raised:
        add_permission(client)
    assert str(raised.value) == (
        "An error occurred (TooManyRequestsException) when calling the AddLayerVersionPermission operation "
        f"(reached max retries: {DEFAULT_ATTEMPTS - 1}): Rate exceeded"
    )


def test_throttled_answer_on_the_wire(layerperm, layerperm_layer):
    """Status, headers and body of a 429; Retry-After only where it was asked for."""
    client = layerperm.client(config=Config(retries={"max_attempts": 0}))
    layerperm.inject(Throttle(), Throttle(retry_after=1.5), Throttle(code="ThrottlingException"))
    seen = []
    client.meta.events.register("before-parse.lambda.*", lambda response_dict, **_: seen.append(response_dict))
    for _ in range(3):
        with pytest.raises(botocore.exceptions.ClientError):
            add_permission(client)
    assert [answer["status_code"] for answer in seen] == [429, 429, 400]
    assert [answer["headers"].get("retry-after") for answer in seen] == [None, "1.5", None]
    assert [answer["headers"]["x-amzn-errortype"] for answer in seen] == [
        "TooManyRequestsException",
        "TooManyRequestsException",
        "ThrottlingException",
    ]
    assert [json.loads(answer["body"]) for answer in seen] == [
        {"Reason": "CallerRateLimitExceeded", "Type": "User", "message": "Rate exceeded"},
        {"Reason": "CallerRateLimitExceeded", "Type": "User", "message": "Rate exceeded"},
        {"message": "Rate exceeded"},
    ]


def test_applied_failure_meets_409_on_retry(layerperm, layerperm_layer):
    """The write was committed and its answer lost: boto3's own retry of Add meets its first attempt's statement."""
    layerperm.inject(ServiceFailure(applied=True, operation=ADD))
    client = layerperm.client()
    with pytest.raises(client.exceptions.ResourceConflictException):
        add_permission(client)
    assert sids(layerperm_layer) == ["partner"]
    first, second = layerperm.calls.of(ADD)
    assert (first.outcome, first.fault) == ("500 ServiceException", "ServiceFailure 1 of 1, answer 201 lost")
    assert (second.outcome, second.fault) == ("409 ResourceConflictException", None)


def test_applied_failure_meets_404_on_retry_of_remove(layerperm, layerperm_layer):
    """The retry of a removal whose response was lost finds no policy any more."""
    layerperm_layer.grant("222222222222", statement_id="partner")
    layerperm.inject(ServiceFailure(applied=True, operation=REMOVE))
    client = layerperm.client()
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="No policy is associated"):
        revoke(client)
    assert layerperm_layer.policy is None


def test_applied_failure_of_a_refused_call(layerperm):
    """What the lost answer would have been is in the log: here a refusal, so nothing was applied."""
    layerperm.inject(ServiceFailure(applied=True))
    client = layerperm.client(config=Config(retries={"max_attempts": 0}))
    with pytest.raises(client.exceptions.ServiceException):
        add_permission(client)
    assert layerperm.calls.last.fault == "ServiceFailure 1 of 1, answer 404 ResourceNotFoundException lost"


# --- limits


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, {"own add", "own policy", "own list", "other add", "region add", "version2 add"}),
        ({"operation": ADD}, {"own add", "other add", "region add", "version2 add"}),
        ({"operation": POLICY}, {"own policy"}),
        ({"account_id": "222222222222"}, {"other add"}),
        ({"region_name": "eu-west-1"}, {"region add"}),
        ({"layer": "shared-deps"}, {"own add", "own policy", "other add", "region add", "version2 add"}),
        (
            {"layer": "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps"},
            {"own add", "own policy", "version2 add"},
        ),
        ({"layer": "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:2"}, {"version2 add"}),
        ({"layer": "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:2", "operation": POLICY}, set()),
        ({"layer": "other-deps"}, set()),
    ],
)
def test_limits(layerperm, limits, expected):
    """A fault takes the calls that all of its limits allow, and no other."""
    quick = Config(retries={"max_attempts": 0})
    layerperm.publish_layer()
    layerperm.publish_layer()
    layerperm.publish_layer(account_id="222222222222")
    layerperm.publish_layer(region_name="eu-west-1")
    own = layerperm.client(config=quick)
    foreign = layerperm.client("222222222222", config=quick)
    abroad = layerperm.client(region_name="eu-west-1", config=quick)
    own.list_layers()
    add_permission(own)
    calls = {
        "own add": lambda: add_permission(own, "own"),
        "own policy": lambda: own.get_layer_version_policy(LayerName="shared-deps", VersionNumber=1),
        "own list": lambda: own.list_layers(),
        "other add": lambda: add_permission(foreign, "other"),
        "region add": lambda: add_permission(abroad, "region"),
        "version2 add": lambda: add_permission(own, "two", version=2),
    }
    fault = Throttle(None, **limits)
    struck = set()
    with layerperm.inject(fault):
        for name, call in calls.items():
            try:
                call()
            except own.exceptions.TooManyRequestsException:
                struck.add(name)
            except foreign.exceptions.TooManyRequestsException:
                struck.add(name)
            except abroad.exceptions.TooManyRequestsException:
                struck.add(name)
    assert struck == expected
    assert fault.struck == len(expected)


def test_layer_as_a_handle(layerperm):
    """``layer=`` takes what publish_layer returned, and means that version."""
    first, second = layerperm.publish_layer(), layerperm.publish_layer()
    fault = Throttle(layer=second)
    layerperm.inject(fault)
    client = layerperm.client()
    client.get_layer_version_by_arn(Arn=first.arn)
    assert fault.struck == 0
    client.get_layer_version_by_arn(Arn=second.arn)
    assert fault.struck == 1


def test_times_is_exact_under_threads(layerperm, layerperm_layer):
    """A fault of three strikes three of twelve simultaneous calls."""
    fault = Throttle(3)
    layerperm.inject(fault)
    client = layerperm.client(config=Config(retries={"max_attempts": 0}))
    barrier = threading.Barrier(12)
    outcomes = []

    def call(number):
        barrier.wait(LIMIT)
        try:
            add_permission(client, f"s{number}")
            outcomes.append("shared")
        except client.exceptions.TooManyRequestsException:
            outcomes.append("throttled")

    threads = [threading.Thread(target=call, args=(number,)) for number in range(12)]
    start_and_join(*threads)
    assert sorted(outcomes) == ["shared"] * 9 + ["throttled"] * 3
    assert len(sids(layerperm_layer)) == 9


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: Throttle(0), ValueError, "times must be at least 1, or None for every call, not 0"),
        (lambda: Throttle(-2), ValueError, "times must be at least 1, or None for every call, not -2"),
        (lambda: Throttle(True), TypeError, "times must be a whole number or None, not True"),
        (lambda: Throttle(1.5), TypeError, "times must be a whole number or None, not 1.5"),
        (lambda: Throttle("2"), TypeError, "times must be a whole number or None, not '2'"),
        (
            lambda: Throttle(operation="AddPermission"),
            ValueError,
            "operation must be one of AddLayerVersionPermission, DeleteLayerVersion, GetLayerVersion, "
            "GetLayerVersionByArn, GetLayerVersionPolicy, ListLayerVersions, ListLayers, PublishLayerVersion, "
            "RemoveLayerVersionPermission, not 'AddPermission'; did you mean AddLayerVersionPermission?",
        ),
        (lambda: Throttle(account_id="12"), ValueError, "account_id must be twelve digits, not '12'"),
        (
            lambda: Throttle(account_id=222222222222),
            TypeError,
            "account_id must be text of twelve digits, not 222222222222",
        ),
        (
            lambda: Throttle(region_name="mars"),
            ValueError,
            "region_name must be a region such as 'us-east-1', not 'mars'",
        ),
        (
            lambda: Throttle(layer=7),
            TypeError,
            "layer must be a LayerVersion, an ARN or a layer name, not 7",
        ),
        (
            lambda: Throttle(layer="arn:aws:lambda:us-east-1:123456789012:function:f"),
            ValueError,
            "layer must be a LayerVersion, an ARN or a layer name, "
            "not 'arn:aws:lambda:us-east-1:123456789012:function:f'",
        ),
        (lambda: Throttle(layer=""), ValueError, "layer must be a LayerVersion, an ARN or a layer name, not ''"),
        (
            lambda: Throttle(code="Throttled"),
            ValueError,
            "code must be TooManyRequestsException or ThrottlingException, not 'Throttled'",
        ),
        (
            lambda: Throttle(retry_after=0),
            ValueError,
            "retry_after must be a number of seconds above 0, not 0",
        ),
        (lambda: ServiceFailure(applied="yes"), TypeError, "applied must be True or False, not 'yes'"),
        (lambda: ConnectionLost(applied=1), TypeError, "applied must be True or False, not 1"),
        (
            lambda: ConnectionLost(error="Timeout"),
            ValueError,
            "error must be one of ConnectionClosedError, EndpointConnectionError, ReadTimeoutError, not 'Timeout'",
        ),
        (
            lambda: ConnectionLost(applied=True, error="EndpointConnectionError"),
            ValueError,
            "applied=True does not go with error='EndpointConnectionError': nothing reached the service",
        ),
        (lambda: Slow(0), ValueError, "seconds must be a number above 0, not 0"),
        (lambda: Slow(float("nan")), ValueError, "seconds must be a number above 0, not nan"),
        (lambda: Slow("2"), ValueError, "seconds must be a number above 0, not '2'"),
        (lambda: RateLimit(0), ValueError, "per_second must be a number above 0, not 0"),
        (lambda: RateLimit(-1), ValueError, "per_second must be a number above 0, not -1"),
        (lambda: RateLimit(burst=0.5), ValueError, "burst must be a number of calls, at least 1, not 0.5"),
        (lambda: Interleave("print"), TypeError, "action must be callable without arguments, not 'print'"),
        (
            lambda: Interleave(writer),
            TypeError,
            f"action must be a plain function, not the coroutine function {writer!r}",
        ),
        (
            lambda: Interleave(print, before="Add"),
            ValueError,
            "before must be one of AddLayerVersionPermission, DeleteLayerVersion, GetLayerVersion, "
            "GetLayerVersionByArn, GetLayerVersionPolicy, ListLayerVersions, ListLayers, PublishLayerVersion, "
            "RemoveLayerVersionPermission, not 'Add'",
        ),
    ],
    ids=itertools.count(),
)
def test_misuse(make, error, text):
    """A fault that cannot be is refused where it is made, naming the argument and what is valid."""
    with pytest.raises(error) as raised:
        make()
    assert str(raised.value) == text


def test_interleave_before_nothing_in_particular_is_refused():
    """``before`` is an operation, never None."""
    with pytest.raises(ValueError, match=r"^before must be one of AddLayerVersionPermission, .*, not None$"):
        Interleave(print, before=None)


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Throttle(), "Throttle(times=1)"),
        (Throttle(None, operation=ADD), "Throttle(times=None, operation='AddLayerVersionPermission')"),
        (
            Throttle(2, code="ThrottlingException", retry_after=3),
            "Throttle(times=2, code='ThrottlingException', retry_after=3)",
        ),
        (
            ServiceFailure(account_id="222222222222", region_name="eu-west-1", layer="l", applied=True),
            "ServiceFailure(times=1, account_id='222222222222', region_name='eu-west-1', layer='l', applied=True)",
        ),
        (
            ConnectionLost(error="ReadTimeoutError"),
            "ConnectionLost(times=1, error='ReadTimeoutError')",
        ),
        (Slow(2.5), "Slow(seconds=2.5, times=1)"),
        (RateLimit(), "RateLimit(per_second=15)"),
        (RateLimit(2.5, burst=3, times=4), "RateLimit(per_second=2.5, burst=3, times=4)"),
    ],
)
def test_repr(fault, text):
    """A fault shows how it was made: failures print it."""
    assert repr(fault) == text


def test_repr_of_interleave():
    """An Interleave shows its action by name."""
    assert repr(Interleave(add_permission)) == "Interleave(action=add_permission)"
    assert repr(Interleave(add_permission, before=POLICY, times=None)) == (
        "Interleave(action=add_permission, before='GetLayerVersionPolicy', times=None)"
    )


def test_base_class_says_nothing_of_its_own(layerperm, layerperm_layer):
    """Fault is for subclasses, which say what a strike is."""

    class Teapot(Fault):
        def strike(self, call, proceed):
            return proceed(call)._replace(status=203)

    layerperm.inject(Teapot(operation=POLICY))
    layerperm_layer.grant("*")
    answer = layerperm.client().get_layer_version_policy(LayerName="shared-deps", VersionNumber=1)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 203
    assert layerperm.calls.last.fault == "Teapot 1 of 1"
    with pytest.raises(NotImplementedError):
        Fault().strike(None, None)


# --- broken connections


class _Listener:
    """A server on loopback that does to each connection what it is told; the real thing to compare with."""

    def __init__(self, behave):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(LIMIT)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._behave = behave
        self._thread = threading.Thread(target=self._serve)

    def _serve(self):
        connection, _ = self._socket.accept()
        with connection:
            connection.settimeout(LIMIT)
            self._behave(connection)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        join(self._thread)
        self._socket.close()


def _hang_up(connection):
    connection.recv(65536)


def _say_nothing(connection):
    while connection.recv(65536):
        """Until the client gives up."""


def _real_error(kind, config):
    """What botocore itself raises when a connection breaks in that way."""
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s", "region_name": "us-east-1"}
    with pytest.raises(botocore.exceptions.BotoCoreError) as raised:
        if kind == "EndpointConnectionError":
            with socket.create_server(("127.0.0.1", 0)) as closed:
                url = f"http://127.0.0.1:{closed.getsockname()[1]}"
            with closing(boto3.client("lambda", endpoint_url=url, config=config, **keys)) as client:
                client.list_layers()
        else:
            with _Listener(_hang_up if kind == "ConnectionClosedError" else _say_nothing) as listener:
                url = listener.url
                with closing(boto3.client("lambda", endpoint_url=url, config=config, **keys)) as client:
                    client.list_layers()
    return raised.value, url


@pytest.mark.parametrize("kind", ["ConnectionClosedError", "EndpointConnectionError", "ReadTimeoutError"])
def test_broken_connection_is_what_botocore_makes_of_it(layerperm, kind):
    """Type and text are those of a connection that really broke."""
    config = Config(retries={"max_attempts": 0}, read_timeout=0.05)
    real, url = _real_error(kind, config)
    layerperm.inject(ConnectionLost(error=kind))
    with pytest.raises(botocore.exceptions.BotoCoreError) as raised:
        layerperm.client(config=config).list_layers()
    assert type(raised.value) is type(real)
    assert str(raised.value) == str(real).replace(url, "https://lambda.us-east-1.amazonaws.com")
    assert set(raised.value.kwargs) == set(real.kwargs)
    call = layerperm.calls.last
    assert (call.status, call.error_code, call.fault) == (None, kind, "ConnectionLost 1 of 1")


@pytest.mark.parametrize("kind", ["ConnectionClosedError", "EndpointConnectionError", "ReadTimeoutError"])
@pytest.mark.parametrize(("mode", "attempts"), [("legacy", 5), ("standard", 3), ("adaptive", 3)])
def test_broken_connections_are_retried(layerperm, layerperm_layer, kind, mode, attempts):
    """Every mode retries a broken connection; nothing was applied before the last attempt."""
    layerperm.inject(ConnectionLost(attempts - 1, error=kind))
    add_permission(layerperm.client(config=Config(retries={"mode": mode})))
    assert [call.outcome for call in layerperm.calls] == [kind] * (attempts - 1) + ["201"]
    assert sids(layerperm_layer) == ["partner"]


@pytest.mark.parametrize("kind", ["ConnectionClosedError", "ReadTimeoutError"])
def test_connection_lost_after_the_write(layerperm, layerperm_layer, kind):
    """``applied=True`` commits the write; the retry meets it."""
    layerperm.inject(ConnectionLost(applied=True, error=kind))
    client = layerperm.client()
    with pytest.raises(client.exceptions.ResourceConflictException):
        add_permission(client)
    assert sids(layerperm_layer) == ["partner"]
    assert layerperm.calls[0].fault == "ConnectionLost 1 of 1, answer 201 lost"


@pytest.mark.parametrize(("timeout", "passed"), [(7, 7), (0.5, 0.5), (60, 60), (300, 300), (None, 60)])
def test_read_timeout_takes_the_clients_read_timeout(layerperm, layerperm_clock, timeout, passed):
    """A ReadTimeoutError comes after the client's whole read timeout, in virtual time."""
    before = time.time()
    layerperm.inject(ConnectionLost(error="ReadTimeoutError"))
    client = layerperm.client(config=Config(retries={"max_attempts": 0}, read_timeout=timeout))
    with pytest.raises(botocore.exceptions.ReadTimeoutError):
        client.list_layers()
    assert time.time() - before == pytest.approx(passed)


# --- slow answers


@pytest.mark.parametrize("config", [None, Config(read_timeout=61), Config(connect_timeout=1, read_timeout=60)])
def test_slow_answer_within_the_read_timeout(layerperm, layerperm_layer, layerperm_clock, config):
    """The answer comes, late in virtual time, and is no retry wait."""
    layerperm.inject(Slow(59))
    before = time.time()
    add_permission(layerperm.client(config=config))
    assert time.time() - before == pytest.approx(59)
    assert layerperm.sleeps == []
    assert layerperm.calls.last.fault == "Slow(59 s) 1 of 1"


def test_slow_answer_beyond_the_read_timeout(layerperm, layerperm_layer, layerperm_clock):
    """A ReadTimeoutError after the read timeout; the service carried the call out all the same."""
    layerperm.inject(Slow(30))
    before = time.time()
    client = layerperm.client(config=Config(read_timeout=10, retries={"max_attempts": 0}))
    with pytest.raises(botocore.exceptions.ReadTimeoutError):
        add_permission(client)
    assert time.time() - before == pytest.approx(10)
    assert sids(layerperm_layer) == ["partner"]


def test_slow_answer_and_its_retry(layerperm, layerperm_layer):
    """botocore retries after a timeout, and meets what the slow attempt wrote."""
    layerperm.inject(Slow(90))
    client = layerperm.client()
    with pytest.raises(client.exceptions.ResourceConflictException):
        add_permission(client)
    assert [call.outcome for call in layerperm.calls] == ["ReadTimeoutError", "409 ResourceConflictException"]


def test_slownesses_add_up(layerperm, layerperm_clock):
    """Two slow faults on one call make it as slow as both."""
    layerperm.inject(Slow(1.5), Slow(2))
    before = time.time()
    layerperm.client().list_layers()
    assert time.time() - before == pytest.approx(3.5)
    assert layerperm.calls.last.fault == "Slow(1.5 s) 1 of 1, Slow(2 s) 1 of 1"


# --- another writer


def test_interleaved_writer_meets_the_lock(layerperm, layerperm_layer):
    """Another writer's statement between read and write makes the RevisionId stale: 412."""
    layerperm_layer.grant("111111111111", statement_id="first")
    client = layerperm.client()
    revision = client.get_layer_version_policy(LayerName="shared-deps", VersionNumber=1)["RevisionId"]
    layerperm.inject(Interleave(lambda: layerperm_layer.grant("333333333333", statement_id="rival")))
    with pytest.raises(client.exceptions.PreconditionFailedException):
        add_permission(client, RevisionId=revision)
    assert sids(layerperm_layer) == ["first", "rival"]
    assert layerperm.calls.last.fault == "Interleave 1 of 1"


def test_interleaved_calls_are_not_interleaved_again(layerperm, layerperm_layer):
    """The other writer may use the API itself, with the very operation it comes before."""
    client = layerperm.client()
    fault = Interleave(lambda: add_permission(client, f"rival-{fault.struck}"), times=None)
    with layerperm.inject(fault):
        add_permission(client, "mine")
        add_permission(client, "mine-too")
    assert fault.struck == 2
    assert sids(layerperm_layer) == ["rival-1", "mine", "rival-2", "mine-too"]


def test_interleave_before_a_read(layerperm, layerperm_layer):
    """``before`` names any operation."""
    layerperm_layer.grant("*", statement_id="old")
    client = layerperm.client()
    layerperm.inject(Interleave(lambda: revoke(client, "old"), before=POLICY))
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="does not have any resource policy"):
        client.get_layer_version_policy(LayerName="shared-deps", VersionNumber=1)
    assert [call.operation for call in layerperm.calls] == [REMOVE, POLICY]


def test_interleaved_writer_that_raises(layerperm, layerperm_layer):
    """What the action raises is raised to the caller as it is, is in the log, and nothing is written."""
    layerperm.inject(Interleave(lambda: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        add_permission(layerperm.client())
    assert layerperm_layer.policy is None
    assert layerperm.calls.last.outcome == "ZeroDivisionError"
    (escaped,) = layerperm.escaped
    assert isinstance(escaped, ZeroDivisionError)
    layerperm.escaped.clear()


def test_interleaved_writer_that_fails_the_test(layerperm, layerperm_layer):
    """pytest.fail() in an action passes through code that catches Exception, and its call is in the log too."""
    layerperm.inject(Interleave(lambda: pytest.fail("the other writer failed")))
    with pytest.raises(pytest.fail.Exception, match="the other writer failed"):
        add_permission(layerperm.client())
    assert layerperm.calls.last.outcome == "Failed"


# --- the quota


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_quota_over_a_loop(layerperm, layerperm_layer, layerperm_clock, mode):
    """40 accounts at 15 calls per second: refused calls are retried, and all are made in the end."""
    layerperm.inject(RateLimit(15))
    client = layerperm.client(config=Config(retries={"mode": mode, "max_attempts": 10}))
    for number in range(40):
        add_permission(client, f"account-{number}", f"{number:012}")
    assert len(sids(layerperm_layer)) == 40
    assert layerperm.calls.attempts(ADD) > 40
    assert layerperm.sleeps


def test_quota_in_exact_numbers(layerperm, layerperm_clock):
    """A burst of one second's worth, then one call for every fifteenth of a second."""
    layerperm.inject(RateLimit(15))
    client = layerperm.client(config=Config(retries={"max_attempts": 0}))

    def passes():
        try:
            client.list_layers()
        except client.exceptions.TooManyRequestsException:
            return False
        return True

    assert [passes() for _ in range(17)] == [True] * 15 + [False] * 2
    outcomes = []
    for _ in range(60):
        layerperm_clock.tick(1 / 15)
        outcomes.append(passes())
    assert outcomes == [True] * 60
    assert not passes()
    layerperm_clock.tick(3600)
    assert [passes() for _ in range(16)] == [True] * 15 + [False]
    layerperm_clock.move_to("2025-01-01")
    assert not passes()


def test_quota_is_shared_by_all_layer_calls_of_an_account_in_a_region(layerperm, layerperm_layer, layerperm_clock):
    """One bucket for all operations; another account and another region have their own."""
    layerperm_layer.grant("*")
    layerperm.inject(RateLimit(2))
    quick = Config(retries={"max_attempts": 0})
    client = layerperm.client(config=quick)
    client.list_layers()
    client.get_layer_version_policy(LayerName="shared-deps", VersionNumber=1)
    with pytest.raises(client.exceptions.TooManyRequestsException):
        add_permission(client)
    layerperm.client("222222222222", config=quick).list_layers()
    layerperm.client(region_name="eu-west-1", config=quick).list_layers()


def test_quota_of_less_than_one_per_second_and_burst(layerperm, layerperm_clock):
    """A bucket holds one call at least, or what ``burst`` says."""
    client = layerperm.client(config=Config(retries={"max_attempts": 0}))
    with layerperm.inject(RateLimit(0.5)) as (slow,):
        client.list_layers()
        with pytest.raises(client.exceptions.TooManyRequestsException):
            client.list_layers()
        layerperm_clock.tick(2)
        client.list_layers()
    with layerperm.inject(RateLimit(100, burst=1, times=2)) as (bursting,):
        client.list_layers()
        for _ in range(2):
            with pytest.raises(client.exceptions.TooManyRequestsException):
                client.list_layers()
        client.list_layers()
    assert (slow.struck, bursting.struck) == (1, 2)


# --- putting them on


def test_inject_as_a_context_manager(layerperm):
    """The faults are there for the block, and no longer."""
    client = layerperm.client(config=Config(retries={"max_attempts": 0}))
    with layerperm.inject(Throttle(None), ServiceFailure(None)) as (throttle, failure):
        with pytest.raises(client.exceptions.TooManyRequestsException):
            client.list_layers()
    client.list_layers()
    assert (throttle.struck, failure.struck) == (1, 0)


def test_same_fault_in_a_block_within(layerperm):
    """Leaving an inner block leaves the outer one's faults on."""
    client = layerperm.client(config=Config(retries={"max_attempts": 0}))
    with layerperm.inject(Throttle(None)):
        with layerperm.inject(ServiceFailure(None)):
            with pytest.raises(client.exceptions.TooManyRequestsException):
                client.list_layers()
        with pytest.raises(client.exceptions.TooManyRequestsException):
            client.list_layers()


def test_faults_compose_in_the_order_of_adding(layerperm, layerperm_layer):
    """The first fault sees a call first; what it answers, the next one never sees."""
    layerperm.inject(Slow(5), ServiceFailure(applied=True), Throttle())
    client = layerperm.client()
    add_permission(client)
    # The throttle struck within the failure, whose answer it took: nothing was applied.
    assert [(call.outcome, call.fault) for call in layerperm.calls] == [
        (
            "500 ServiceException",
            "Slow(5 s) 1 of 1, ServiceFailure 1 of 1, Throttle 1 of 1, answer 429 TooManyRequestsException lost",
        ),
        ("201", None),
    ]


def test_inject_takes_faults_only(layerperm):
    """Anything else is refused, and nothing is added."""
    with pytest.raises(TypeError) as raised:
        layerperm.inject(Throttle(), "Throttle")
    assert str(raised.value) == "inject() takes faults such as Throttle(), not 'Throttle'"
    layerperm.client().list_layers()
    assert layerperm.calls.last.fault is None


def test_fault_that_is_used_again(layerperm):
    """A fault that was put on before counts anew: parameters of tests may share one."""
    client = layerperm.client(config=Config(retries={"max_attempts": 0}))
    for fault in (Throttle(2), RateLimit(0.1)) * 2:
        with layerperm.inject(fault):
            with pytest.raises(client.exceptions.TooManyRequestsException):
                for _ in range(2):
                    client.list_layers()
            assert fault.struck == 1


def test_fault_that_is_on_already(layerperm):
    """The same fault twice would count for both, and is refused."""
    fault = Throttle(None)
    already = re.escape("Throttle(times=None) is on already; make another one")
    with pytest.raises(ValueError, match=already):
        layerperm.inject(fault, fault)
    assert layerperm.faults == ()
    layerperm.inject(fault)
    with pytest.raises(ValueError, match=already):
        layerperm.inject(ServiceFailure(), fault)
    assert layerperm.faults == (fault,)


def test_each_time_a_fault_is_on_it_is_to_strike():
    """A fault that struck the first time it was on, and not the second, never struck the second time."""
    fault = Throttle(operation="ListLayers")
    with pytest.raises(AssertionError) as raised, LayerPerm() as fake:
        with fake.inject(fault):
            fake.client().list_layers()
        with fake.inject(fault):
            """No call."""
        with fake.inject(fault):
            fake.client().list_layers()
    assert str(raised.value).startswith(
        "an injected fault was never triggered: Throttle\n"
        "  Throttle(times=1, operation='ListLayers') of test_faults.py:"
    )


@pytest.mark.parametrize("reported", [True, False])
def test_fault_that_never_struck(monkeypatch, reported):
    """Leaving the fake says which faults met no call, or too few, from where they come, and what calls there were."""
    if not reported:
        monkeypatch.setattr(pytest_run, "services", None)
    calls = "calls received:\n  123456789012 ListLayers us-east-1 -> 500 ServiceException\n"
    line = inspect.currentframe().f_lineno + 2
    with pytest.raises(AssertionError) as raised, LayerPerm() as fake:
        fake.inject(Throttle(2, operation=ADD), ServiceFailure(2), RateLimit())
        client = fake.client(config=Config(retries={"max_attempts": 0}))
        with fake.inject(Slow(1, operation=POLICY)):
            with pytest.raises(client.exceptions.ServiceException):
                client.list_layers()
    assert str(raised.value) == (
        "injected faults were never triggered: Throttle, Slow(1 s)\n"
        f"  Throttle(times=2, operation='AddLayerVersionPermission') of test_faults.py:{line}: never struck\n"
        f"  ServiceFailure(times=2) of test_faults.py:{line}: struck 1 of 2 times\n"
        f"  Slow(seconds=1, times=1, operation='GetLayerVersionPolicy') of test_faults.py:{line + 2}: never struck\n"
        f"{'' if reported else calls}"
        "What to do: have the code under test make such a call, or pass times=None for a fault that need not strike."
    )
