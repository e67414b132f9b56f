"""``after=`` on every fault, any error of AWS, and grants that others see later."""

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_layerperm import (
    ConnectionLost,
    Failure,
    Fault,
    Interleave,
    Propagation,
    RateLimit,
    ServiceFailure,
    Slow,
    Throttle,
)
from tests.helpers import add_permission

PARTNER = "222222222222"


def remove(client, statement_id="partner"):
    client.remove_layer_version_permission(LayerName="shared-deps", VersionNumber=1, StatementId=statement_id)


def may_use(client, layer):
    try:
        return client.get_layer_version_by_arn(Arn=layer.arn)["Version"] == 1
    except client.exceptions.ClientError as denied:
        return denied.response["Error"]["Code"] != "AccessDeniedException"


def idle():
    """Another writer that does nothing."""


# --- after


@pytest.mark.parametrize(
    "fault",
    [
        Throttle(after=2),
        ServiceFailure(after=2),
        ConnectionLost(after=2),
        Slow(1, after=2),
        RateLimit(1, burst=1, after=2, times=1),
        Interleave(idle, before="ListLayers", after=2),
        Failure("ServiceUnavailableException", status=503, after=2),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_calls_pass_first(layerperm, layerperm_client, fault):
    """As many as it says, of those that match; injected again, it counts anew."""
    layerperm.freeze()
    for _ in range(2):
        layerperm.calls.clear()
        with layerperm.inject(fault):
            for _ in range(4):
                layerperm_client.list_layers()
        struck = [call.fault is not None for call in layerperm.calls if call.operation == "ListLayers"]
        assert struck.index(True) == (3 if isinstance(fault, RateLimit) else 2)
        assert struck.count(True) == 1


def test_only_matching_calls_count(layerperm, layerperm_client):
    """Others pass by themselves."""
    with layerperm.inject(Throttle(operation="ListLayers", after=1)):
        layerperm_client.list_layer_versions(LayerName="shared-deps")
        layerperm_client.list_layers()
        layerperm_client.list_layers()
    assert [call.status for call in layerperm.calls] == [200, 200, 429, 200]


def test_after_is_shown():
    """Where it is not 0."""
    assert repr(Throttle(after=2)) == "Throttle(times=1, after=2)"
    assert repr(Throttle()) == "Throttle(times=1)"


@pytest.mark.parametrize("make", [Throttle, ServiceFailure, ConnectionLost, RateLimit, Fault])
@pytest.mark.parametrize(
    ("after", "error", "message"),
    [
        (-1, ValueError, "after must be a number of calls, 0 or more, not -1"),
        (True, TypeError, "after must be a whole number, not True"),
        ("1", TypeError, "after must be a whole number, not '1'"),
    ],
)
def test_wrong_numbers(make, after, error, message):
    """Each names the argument."""
    with pytest.raises(error, match=message):
        make(after=after)


# --- Failure


@pytest.mark.parametrize(
    ("code", "status"),
    [("ResourceNotFoundException", 404), ("CodeStorageExceededException", 400), ("Unheard.Of", 418)],
)
def test_any_error(layerperm, layerperm_client, layerperm_layer, code, status):
    """As boto3 raises it; nothing was carried out."""
    layerperm.inject(Failure(code, status=status, message="our words"))
    with pytest.raises(ClientError) as raised:
        add_permission(layerperm_client)
    error = raised.value.response["Error"]
    assert (error["Code"], error["Message"]) == (code, "our words")
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert layerperm_layer.policy is None
    assert layerperm.calls.last.record["errorMessage"] == "our words"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"code": 500}, TypeError, "code must be text, an error code such as 'EC2ThrottledException', not 500"),
        ({"code": "no code"}, ValueError, "code must be an error code such as 'EC2ThrottledException', not 'no code'"),
        ({"code": "X", "status": "400"}, TypeError, "status must be a whole number, not '400'"),
        ({"code": "X", "status": True}, TypeError, "status must be a whole number, not True"),
        ({"code": "X", "status": 200}, ValueError, "status must be an HTTP status from 400 to 599, not 200"),
        ({"code": "X", "message": None}, TypeError, "message must be text, not None"),
        ({"code": "X", "times": 0}, ValueError, "times must be at least 1, or None for every call, not 0"),
    ],
)
def test_wrong_failures(arguments, error, message):
    """Each names the argument and says what is valid."""
    with pytest.raises(error, match=message):
        Failure(**arguments)


# --- Propagation


def test_others_see_a_grant_later(layerperm, layerperm_client, layerperm_layer):
    """Of each statement its own time; the owner sees all at once."""
    clock, partner = layerperm.freeze(), layerperm.client(PARTNER)
    with layerperm.inject(Propagation(5)):
        add_permission(layerperm_client)
        assert not may_use(partner, layerperm_layer)
        assert layerperm.calls.last.fault == "Propagation(5 s) 1"
        assert may_use(layerperm_client, layerperm_layer)
        clock.tick(3)
        add_permission(layerperm_client, "everyone", "*")
        clock.tick(2)
        assert may_use(partner, layerperm_layer)
        assert not may_use(layerperm.client("333333333333"), layerperm_layer)
        clock.tick(3)
        assert may_use(layerperm.client("333333333333"), layerperm_layer)


def test_code_that_waits_gets_through(layerperm, layerperm_client, layerperm_layer):
    """What was removed and added again is new; what was there before is seen."""
    clock, partner = layerperm.freeze(), layerperm.client(PARTNER)
    layerperm_layer.grant(PARTNER, statement_id="partner")
    with layerperm.inject(Propagation(5)):
        assert may_use(partner, layerperm_layer)
        remove(layerperm_client)
        add_permission(layerperm_client)
        assert not may_use(partner, layerperm_layer)
        clock.tick(5)
        assert may_use(partner, layerperm_layer)


@pytest.mark.parametrize("lost", [ConnectionLost(applied=True), ServiceFailure(applied=True)], ids=repr)
def test_a_grant_whose_response_was_lost_is_late_too(layerperm, layerperm_client, layerperm_layer, lost):
    """And one that was rejected is none."""
    layerperm.freeze()
    with layerperm.inject(Propagation(3600), lost), pytest.raises(ClientError):
        add_permission(layerperm_client)
        pytest.fail("the second attempt is rejected")
    injected = Propagation(3600)
    with layerperm.inject(injected):
        assert may_use(layerperm.client(PARTNER), layerperm_layer)
    assert injected.struck == 0


def test_it_is_limited_as_other_faults_are(layerperm, layerperm_client, layerperm_layer):
    """To the accounts that see it late, and to layers."""
    layerperm.freeze()
    add_permission(layerperm_client, "everyone", "*")
    remove(layerperm_client, "everyone")
    with layerperm.inject(Propagation(5, account_id=PARTNER), Propagation(5, layer="other")):
        add_permission(layerperm_client, "everyone", "*")
        assert not may_use(layerperm.client(PARTNER), layerperm_layer)
        assert may_use(layerperm.client("333333333333"), layerperm_layer)


def test_no_policy_is_no_statement(layerperm, layerperm_client, layerperm_layer):
    """A layer ARN without a version, and one of nobody's."""
    with layerperm.inject(Propagation(5)):
        assert boto3.client("lambda").list_layers()["Layers"]


def test_wrong_seconds():
    """It names the argument."""
    with pytest.raises(ValueError, match="seconds must be a number above 0, not 0"):
        Propagation(0)
