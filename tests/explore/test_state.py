"""Each run starts from the same state, and after a sweep everything is as it was before."""

import threading
from contextlib import suppress
from datetime import datetime, timezone

import boto3
import pytest
from botocore.config import Config

from pytest_layerperm import LayerPerm, RateLimit, Throttle, assert_layer_private, assert_layer_shared_with
from pytest_layerperm.explore.report import NotSurvived
from pytest_layerperm.fake import service_of

PARTNER = "222222222222"


def everything(fake):
    """All of a fake's state, as values."""
    service = service_of(fake)
    return (
        [(layer.arn, layer.policy, layer.revision_id) for layer in fake.layers],
        service.callers.save(),
        service.virtual_time.save()[:2],
        list(fake.calls),
        [(fault, {name: value for name, value in vars(fault).items() if name != "_lock"}) for fault in fake.faults],
    )


def test_handles_and_clients_of_the_test_go_on(layerperm, place):
    """What was there before the sweep sees each run, and what is there after it."""
    layer = layerperm.layers[0]
    seen = []
    for run in layerperm.every_fault("Throttle"):
        with run:
            place.add()
            seen.append(layer.policy is not None)
        assert (layer.policy is not None) == run.succeeded
    assert seen == [True, True]
    assert layer.policy is None
    layer.grant(PARTNER)
    assert_layer_shared_with(PARTNER)


def test_everything_is_as_before(layerperm, layerperm_clock, place):
    """Layers, policies, callers, time, waits, log, and how often faults have struck."""
    limit = RateLimit(1000, burst=2)
    layerperm.inject(Throttle(times=None, operation="ListLayers"), limit)
    layerperm.organization(accounts=[PARTNER])
    place.versions()
    before = everything(layerperm)
    moment = layerperm_clock()

    def block():
        layerperm.publish_layer("tools").grant("*")
        place.share()
        place.client.delete_layer_version(**place.where)
        layerperm.organization("o-anotherorgid", accounts=["111111111111"])
        layerperm.client(identity_policy={"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
        layerperm.inject(Throttle(times=None))
        layerperm_clock.tick(90)

    for run in layerperm.every_fault(raises=Exception):
        with run:
            if "again" not in repr(run):
                assert everything(layerperm)[:2] == before[:2]
                assert layerperm_clock() == moment
            block()
    assert everything(layerperm)[:4] == before[:4]
    assert [fault for fault, _ in everything(layerperm)[4]] == [fault for fault, _ in before[4]]
    assert layerperm_clock() == moment


def test_two_sweeps_in_one_test(sweep, place):
    """The second one begins where the first one did."""
    assert sweep(place.add, "Throttle").text == ""
    assert sweep(place.add, "Throttle").text == ""
    assert_layer_private()


def test_the_log_of_a_run_is_its_own(layerperm, place):
    """Beside what was there before."""
    place.versions()
    for run in layerperm.every_fault("Throttle"):
        with run:
            place.add()
            assert layerperm.calls.attempts("AddLayerVersionPermission") == 1
    assert len(layerperm.calls) == 1


def test_a_block_may_clear_the_log_and_the_fake(layerperm, place):
    for run in layerperm.every_fault("Throttle"):
        with run:
            place.add()
            layerperm.calls.clear()
            layerperm.reset()
            layerperm.publish_layer("another")
    assert [layer.name for layer in layerperm.layers] == ["shared-deps"]
    place.add()


def test_a_clock_that_time_machine_moves(layerperm, place):
    time_machine = pytest.importorskip("time_machine")
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=timezone.utc), tick=False) as traveller:
        seen = []
        for run in layerperm.every_fault("Throttle"):
            with run:
                seen.append(datetime.now(timezone.utc).minute)
                place.add()
                traveller.shift(600)
        assert seen == [0, 0, 0]
        assert datetime.now(timezone.utc).minute == 0


def test_a_clock_that_stands_still_no_more(layerperm, layerperm_layer):
    """One that was frozen when the sweep began, and is not when it is put back, is left alone."""
    service = service_of(layerperm)
    clock = layerperm.freeze()
    state = service.virtual_time.save()
    clock.tick(5)
    layerperm.stop()
    layerperm.start()
    service.virtual_time.put_back(state)
    assert state[2] is not None


def test_a_budget_of_retries_is_full_in_each_run(layerperm, layerperm_layer):
    """A client that outlives the runs would not try again after some of them."""
    client = boto3.client("lambda", config=Config(retries={"mode": "standard", "max_attempts": 9}))
    attempts = []
    for run in layerperm.every_fault("Throttle"):
        with run:
            try:
                for _ in range(20):
                    client.list_layers()
            finally:
                attempts.append(len(layerperm.calls))
    assert attempts[:2] == [20, 20]
    assert [number - place for place, number in enumerate(attempts[2:])] == [10] * 20
    client.list_layers()


def test_own_faults_that_strike_are_not_overdue(layerperm, layerperm_client):
    """They count anew in each run."""
    layerperm.inject(Throttle(times=2))
    attempts = []
    for run in layerperm.every_fault("Outage"):
        with run:
            try:
                layerperm_client.list_layers()
            finally:
                attempts.append(len(layerperm.calls))
    assert attempts[:2] == [3, 3]
    assert layerperm.faults[0].struck == 2


def test_own_faults_that_never_strike_are_overdue(layerperm, layerperm_client):
    layerperm.inject(Throttle(operation="PublishLayerVersion"))
    for run in layerperm.every_fault("Outage"):
        with run:
            layerperm_client.list_layers()
    with pytest.raises(AssertionError, match="an injected fault was never triggered"):
        layerperm.verify()
    layerperm.reset()


def test_a_loop_that_is_left_ends_the_sweep(layerperm, place):
    for run in layerperm.every_fault("Throttle"):
        with run:
            place.add()
        if run.point:
            break
    assert_layer_private()
    assert place.add()


def test_what_failed_before_the_loop_was_left_is_not_lost(layerperm, place):
    for run in layerperm.every_fault("ConnectionLost-applied", "Throttle"):
        with run:
            place.add()
        if run.point == "ConnectionLost-applied@1":
            break
    [failed] = layerperm.escaped
    assert str(failed).startswith("test_what_failed_before_the_loop_was_left_is_not_lost does not survive 1 of 1 ")
    layerperm.escaped.clear()


def test_a_sweep_that_is_forgotten_puts_nothing_back_later():
    """The fake is on again by then, for another test."""
    with LayerPerm() as fake:
        client = fake.client()
        runs = iter(fake.every_fault())
        with next(runs):
            client.list_layers()
    with fake:
        layer = fake.publish_layer()
        del runs
        assert fake.layers == (layer,)


def test_a_killed_process_gets_nothing_through(layerperm, layerperm_layer, place):
    """Neither in its finally, nor when it catches everything, nor in its other threads."""

    def block():
        try:
            place.add()
        except BaseException:
            print("caught")
        finally:
            for call in (lambda: place.add("333333333333"), place.versions):
                thread = threading.Thread(target=call)
                thread.start()
                thread.join(60)

    seen = []
    for run in layerperm.every_fault("Killed", operations="AddLayerVersionPermission"):
        with run:
            block()
        if run.died:
            seen.append((run.error, run.succeeded, layerperm_layer.policy))
            assert "ProcessDied" in layerperm.calls[-1].outcome
        if run.point == "Killed@2":
            break
    assert seen[0] == (None, False, None)


def test_a_property_of_every_block(layerperm):
    """Whatever a block does, everything is as before."""
    hypothesis = pytest.importorskip("hypothesis")
    from hypothesis import strategies as st

    from tests.explore.conftest import Place

    actions = st.sampled_from(["add", "remove", "publish", "delete", "versions", "share", "organization", "wait"])

    @hypothesis.settings(max_examples=20, deadline=None, database=None)
    @hypothesis.given(before=st.lists(actions, max_size=4), block=st.lists(actions, min_size=1, max_size=4))
    def holds(before, block):
        with LayerPerm() as fake:
            fake.publish_layer()
            place = Place(fake.client(config=Config(retries={"total_max_attempts": 1})))

            def do(action):
                if action == "delete":
                    place.client.delete_layer_version(**place.where)
                elif action == "organization":
                    fake.organization(f"o-{len(fake.calls):010}", accounts=[f"{len(fake.calls):012}"])
                elif action == "wait":
                    service_of(fake).virtual_time.sleep(3)
                else:
                    getattr(place, action)()

            def tried(actions):
                for action in actions:
                    try:
                        do(action)
                    except place.client.exceptions.ClientError:
                        print("rejected")

            tried(before)
            state = everything(fake)
            with suppress(NotSurvived):  # No layer call is made at all, or a rival is in the way.
                for run in fake.every_fault(raises=Exception):
                    with run:
                        tried(block)
            assert everything(fake) == state

    holds()
