"""Which points a block has, how often it is run, and what each kind of failure does."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_layerperm import ConnectionLost, Interleave, ServiceFailure, Slow, Throttle
from pytest_layerperm.explore.kinds import KINDS

KILLS = ("Killed", "Killed-applied")


def counts(n, w, p, s):
    """Points and runs of a block with n calls, w applied writes, p calls on a policy, s Adds and applied Removes."""
    points = 5 * n + 3 * w + p + s
    return points, 2 + points + n + w


def nothing(place):
    place.client.list_layers()


def one_add(place):
    place.add()


def release(place):
    place.publish()
    place.add("222222222222")
    place.add("333333333333")
    place.client.get_layer_version(**place.where)


def add_read_remove(place):
    place.add()
    place.policy()
    place.remove()


def remove_what_is_not_there(place):
    with pytest.raises(place.client.exceptions.ResourceNotFoundException):
        place.remove()


def publish_and_delete(place):
    version = place.publish()["Version"]
    place.client.delete_layer_version(LayerName="shared-deps", VersionNumber=version)


def read_twice(place):
    place.client.list_layer_versions(LayerName="shared-deps")
    place.client.list_layer_versions(LayerName="shared-deps")


@pytest.mark.parametrize(
    ("block", "numbers"),
    [
        (nothing, (1, 0, 0, 0)),
        (one_add, (1, 1, 1, 1)),
        (release, (4, 3, 2, 2)),
        (add_read_remove, (3, 2, 3, 2)),
        (remove_what_is_not_there, (1, 0, 1, 0)),
        (publish_and_delete, (2, 2, 0, 0)),
        (read_twice, (2, 0, 0, 0)),
    ],
)
def test_points_and_runs_are_as_the_formula_says(sweep, place, block, numbers):
    """And each point is reached."""

    def survives():
        try:
            block(place)
        except Exception as error:
            raise RuntimeError("it failed") from error

    found = sweep(survives, always=lambda: None, raises=Exception)

    assert (found.sweep.points, found.sweep.runs) == counts(*numbers)
    assert not [failed for failed in found.sweep.failures if "not reached" in failed.verdict]


def test_a_release_of_four_calls_has_33_points():
    assert counts(4, 3, 2, 2) == (33, 42)


def test_the_order_of_the_runs(sweep, place):
    """Nothing fails twice; then call by call, kind by kind; a killed block is run again at once."""
    found = sweep(lambda: place.client.list_layers())
    assert found.tried == [
        "",
        "",
        "Throttle@1",
        "ServiceFailure@1",
        "ConnectionLost@1",
        "Outage@1",
        "Killed@1",
        "Killed@1",
    ]
    assert found.text == ""


OUTCOMES = {
    "Throttle": ["429", "429", "429 TooManyRequestsException"],
    "ServiceFailure": ["500", "500", "500 ServiceException"],
    "ConnectionLost": ["EndpointConnectionError"] * 3,
    "ConnectionLost-applied": ["ReadTimeoutError", "409 ResourceConflictException"],
    "ServiceFailure-applied-always": ["500", "500", "500 ServiceException"],
    "Outage": ["EndpointConnectionError"] * 3,
    "Killed": ["ProcessDied"],
    "Killed-applied": ["ProcessDied"],
    "Rival-adds": ["201"],
    "Rival-takes-id": ["409 ResourceConflictException"],
}


@pytest.mark.parametrize("kind", OUTCOMES)
def test_what_a_kind_does_to_an_add(layerperm, layerperm_layer, place, kind):
    """What the attempts of the call hear."""
    heard = []
    for run in layerperm.every_fault(kind, raises=Exception):
        with run:
            heard.append(layerperm.calls)
            if run.point and not run.died and not layerperm_layer.policy:
                try:
                    place.add()
                finally:
                    found = [call.outcome for call in layerperm.calls]
                    heard[-1] = [outcome.split()[0] for outcome in found[:-1]] + found[-1:]
            else:
                place.add()
    assert OUTCOMES[kind] in heard


def test_a_rival_removes_the_statement_first(layerperm, layerperm_layer, place):
    layerperm_layer.grant("222222222222", statement_id="account-222222222222")
    for run in layerperm.every_fault("Rival-removes"):
        with run:
            place.remove()
    assert type(run.error).__name__ == "ResourceNotFoundException"


def test_a_rival_of_a_call_about_no_layer_version(layerperm, layerperm_layer, place, sweep):
    """There is nothing that it could change."""

    def block():
        for where in ({"LayerName": "no name", "VersionNumber": 1}, {**place.where, "VersionNumber": 9}):
            place.where = where
            with pytest.raises(place.client.exceptions.ClientError):
                place.add()

    where = place.where
    found = sweep(block, "Rival-adds", "Rival-takes-id", reset=lambda: setattr(place, "where", where))
    assert (found.text, found.sweep.points) == ("", 4)
    assert layerperm_layer.policy is None


def test_a_rival_comes_once(layerperm, layerperm_layer, place):
    """Before the first attempt of a call, and not before its retries."""
    layerperm.inject(Throttle())
    for run in layerperm.every_fault("Rival-adds"):
        with run:
            place.add()
            attempts = [call.status for call in layerperm.calls]
            sids = [statement["Sid"] for statement in layerperm_layer.policy["Statement"]]
    assert (attempts, sids) == ([429, 201], ["rival", "account-222222222222"])


def test_an_outage_lasts(layerperm, place):
    """Nothing gets through after it either."""
    seen = []
    for run in layerperm.every_fault("Outage", operations="GetLayerVersion"):
        with run:
            for call in (lambda: place.client.get_layer_version(**place.where), place.add):
                try:
                    call()
                except Exception as error:
                    seen.append(type(error).__name__)
                    if call == place.add:
                        raise
    assert seen == ["EndpointConnectionError"] * 2
    assert run.point == "Outage@1"


def test_the_kinds_that_there_are():
    assert [kind.name for kind in KINDS] == [*list(OUTCOMES)[:9], "Rival-removes", "Rival-takes-id"]


# --- faults of the test's own


def test_faults_as_templates(sweep, place):
    """Each is tried at each call that it takes; one with applied=True at writes."""

    def block():
        place.policy() if place.principals() else place.add()

    found = sweep(block, Throttle(times=None), ServiceFailure(applied=True), raises=Exception)
    assert found.tried[2:] == ["Throttle@1", "Throttle@2", "ServiceFailure-applied@2"]


def test_a_template_strikes_as_often_as_it_says(layerperm, place):
    attempts = {}
    for run in layerperm.every_fault(Throttle(), Throttle(times=None)):
        with run:
            try:
                place.client.list_layers()
            finally:
                attempts[run.point] = len(layerperm.calls)
    assert attempts == {"": 1, "Throttle@1": 2, "Throttle-2@1": 3}


def test_the_limits_of_a_template(sweep, place):
    """Only the calls that it takes are points."""
    found = sweep(lambda: release(place), Throttle(operation="AddLayerVersionPermission"))
    assert found.tried[2:] == ["Throttle@2", "Throttle@3"]


def test_other_templates(sweep, layerperm, layerperm_layer, place):
    """A slow response, a rival of the test's own, whose calls are no points; a fault may be used for more."""
    rival = Interleave(lambda: layerperm.client().list_layers(), before="AddLayerVersionPermission")
    lost = ConnectionLost(times=None)
    for _ in range(2):
        found = sweep(place.add, rival, Slow(90), lost)
        assert found.tried[2:] == ["Interleave@1", "Slow@1", "ConnectionLost@1"]
        assert list(found.failing) == ["Slow@1"]


def test_a_fault_of_the_users_own(sweep, place):
    """Whatever the struck call hears is its error."""

    class Full(Throttle):
        def strike(self, call, proceed):
            from pytest_layerperm.lambda_api.errors import PolicyLengthExceededException
            from pytest_layerperm.lambda_api.wire import error_response

            return error_response(PolicyLengthExceededException("full"))

    from pytest_layerperm import Fault

    class Own(Fault):
        strike = Full.strike

    assert sweep(place.add, Own()).text == ""


def test_one_kind_by_name(sweep, place):
    assert sweep(place.add, "Killed").tried == ["", "", "Killed@1", "Killed@1"]


def test_operations_limit_the_points(sweep, place):
    found = sweep(lambda: release(place), operations="PublishLayerVersion", raises=Exception)
    assert {name.partition("@")[2] for name in found.tried[2:]} == {"1"}
    found = sweep(lambda: release(place), operations=["PublishLayerVersion", "GetLayerVersion"], raises=Exception)
    assert {name.partition("@")[2] for name in found.tried[2:]} == {"1", "4"}


# --- coordinates


def test_a_call_is_the_same_in_every_thread(sweep, place):
    """In a pool calls come in any order; a number means the same call nevertheless."""
    accounts = [f"{number:012}" for number in range(6)]

    def block():
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(place.share, account) for account in reversed(accounts)]:
                done.result(60)

    found = sweep(block, "Throttle", "Killed")
    assert found.text == ""
    assert [call.at.statement_id for call in found.sweep.calls] == [f"account-{account}" for account in accounts]
    assert found.sweep.points == 12


def test_retries_without_an_invocation_id_are_one_call(layerperm, layerperm_layer, layerperm_responses):
    """As of plain requests."""
    import boto3
    import requests
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    def get():
        url = "https://lambda.us-east-1.amazonaws.com/2018-10-31/layers"
        signed = AWSRequest("GET", url)
        SigV4Auth(boto3.Session().get_credentials(), "lambda", "us-east-1").add_auth(signed)
        return requests.get(url, headers=dict(signed.headers.items()), timeout=9)

    attempts = []
    for run in layerperm.every_fault("Throttle"):
        with run:
            attempts.append(0)
            while True:
                attempts[-1] += 1
                answer = get()
                if answer.status_code != 429 or attempts[-1] == 3:
                    break
            answer.raise_for_status()
    assert attempts == [1, 1, 3]


def test_another_thread_that_outlives_nothing(sweep, place):
    """Threads that are killed end quietly."""

    def block():
        threads = [threading.Thread(target=place.share, args=(f"{number:012}",)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    found = sweep(block, "Killed")
    assert (found.sweep.points, found.text) == (2, "")


def test_another_exception_of_a_thread_is_seen(layerperm, place, monkeypatch):
    seen = []
    monkeypatch.setattr(threading, "excepthook", seen.append)
    for run in layerperm.every_fault("Killed"):
        with run:
            place.client.list_layers()
            thread = threading.Thread(target=lambda: 1 / 0)
            thread.start()
            thread.join(60)
    assert len(seen) == 3
