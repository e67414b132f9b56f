"""Handlers of events."""

import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_layerperm import ConnectionLost, LayerPerm
from tests.helpers import add_permission
from tests.limits import LIMIT, join

ADD = "AddLayerVersionPermission"
REMOVE = "RemoveLayerVersionPermission"


def name_of(event):
    return event["detail"]["eventName"].removesuffix("20181031")


def test_a_handler_gets_writes_only(layerperm, layerperm_client, layerperm_layer):
    """Rejected ones too, as AWS delivers them."""
    seen = []
    layerperm.on_event(seen.append)
    layerperm_client.list_layers()
    add_permission(layerperm_client)
    with pytest.raises(ClientError):
        add_permission(layerperm_client)
    assert [event["detail"].get("errorCode") for event in seen] == [None, "ResourceConflictException"]
    assert seen == layerperm.events(ADD)


def test_it_is_called_before_the_call_returns(layerperm, layerperm_client, layerperm_layer):
    """And after it was carried out."""
    policies = []
    with layerperm.on_event(lambda event: policies.append(layerperm_layer.policy)):
        add_permission(layerperm_client)
        assert len(policies) == 1
    assert policies == [layerperm_layer.policy]


def test_operations_narrow_it(layerperm, layerperm_client, layerperm_layer):
    """Those that are named."""
    seen = []
    layerperm.on_event(seen.append, operations=[REMOVE])
    add_permission(layerperm_client)
    layerperm_client.remove_layer_version_permission(LayerName="shared-deps", VersionNumber=1, StatementId="partner")
    assert [name_of(event) for event in seen] == [REMOVE]


def test_it_ends_with_its_block(layerperm, layerperm_client, layerperm_layer):
    """Others go on, until the fake is reset."""
    within, always = [], []
    layerperm.on_event(always.append)
    with layerperm.on_event(within.append):
        add_permission(layerperm_client, "one")
    add_permission(layerperm_client, "two")
    layerperm.reset()
    layerperm.publish_layer()
    add_permission(layerperm_client, "three")
    assert (len(within), len(always)) == (1, 2)


def test_calls_of_a_handler_cause_events_after_it(layerperm, layerperm_client, layerperm_layer):
    """No handler runs inside another one's call: order and depth are AWS's."""
    seen, running = [], []

    def revoke(event):
        assert not running
        running.append(True)
        seen.append(name_of(event))
        if name_of(event) == ADD:
            layerperm_client.remove_layer_version_permission(
                LayerName="shared-deps", VersionNumber=1, StatementId="partner"
            )
            assert seen[-1] == ADD
        running.clear()

    with layerperm.on_event(revoke):
        add_permission(layerperm_client)
        assert seen == [ADD, REMOVE]
    assert [call.operation for call in layerperm.calls] == [ADD, REMOVE]


def test_a_chain_of_events_does_not_grow_the_stack(layerperm, layerperm_client, layerperm_layer):
    """A handler that causes the next event does so from the same depth."""
    depths = []

    def again(event):
        depths.append(len(traceback.extract_stack()))
        if len(depths) < 20:
            add_permission(layerperm_client, f"s{len(depths)}")

    with layerperm.on_event(again):
        add_permission(layerperm_client)
    assert len(depths) == 20
    assert len(set(depths)) == 1


def test_each_account_gets_its_event(layerperm, layerperm_layer):
    """The caller's and the owner's."""
    seen = []
    layerperm.on_event(seen.append)
    with pytest.raises(ClientError):
        layerperm.client("222222222222").delete_layer_version(LayerName=layerperm_layer.layer_arn, VersionNumber=1)
    assert [event["account"] for event in seen] == ["222222222222", "123456789012"]


def test_a_lost_response_is_delivered(layerperm, layerperm_client, layerperm_layer):
    """The service knows that it was carried out; of a request that did not reach it there is nothing."""
    seen = []
    layerperm.on_event(seen.append)
    with layerperm.inject(ConnectionLost(error="EndpointConnectionError"), ConnectionLost(applied=True)):
        with pytest.raises(layerperm_client.exceptions.ResourceConflictException):
            add_permission(layerperm_client)
    assert [event["detail"].get("errorCode") for event in seen] == [None, "ResourceConflictException"]


def test_a_handler_that_raises_fails_the_test():
    """With its own traceback; the call that caused the event goes on."""

    def broken(event):
        raise KeyError("no such detail")

    with pytest.raises(KeyError, match="no such detail") as raised:
        with LayerPerm() as fake:
            fake.publish_layer()
            fake.on_event(broken)
            assert add_permission(fake.client())["RevisionId"]
    assert raised.traceback[-1].name == "broken"


def test_threads_deliver_one_at_a_time(layerperm, layerperm_layer):
    """Every event once, and never two at once."""
    seen, inside = [], threading.Lock()

    def watch(event):
        assert inside.acquire(blocking=False)
        seen.append(event["detail"]["requestParameters"]["statementId"])
        inside.release()

    layerperm.on_event(watch)
    client = boto3.client("lambda")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: add_permission(client, f"s{number}"), range(40), timeout=LIMIT))
    assert sorted(seen) == sorted([f"s{number}" for number in range(40)])


def test_a_thread_that_waits_for_a_handler_is_not_needed(layerperm, layerperm_client, layerperm_layer):
    """A handler may wait for a thread that makes calls itself."""
    seen = []

    def wait_for_another(event):
        seen.append(event["detail"]["requestParameters"]["statementId"])
        if len(seen) == 1:
            thread = threading.Thread(target=add_permission, args=(layerperm_client, "other"))
            thread.start()
            join(thread)

    with layerperm.on_event(wait_for_another):
        add_permission(layerperm_client)
    assert seen == ["partner", "other"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("x",), TypeError, "handler must be callable with an event, not 'x'"),
        ((print, ADD), TypeError, f"operations must be a list of operations, not the text '{ADD}'"),
        ((print, ["Add"]), ValueError, "operations must be one of AddLayerVersionPermission, .*, not 'Add'"),
        (
            (print, ["ListLayers"]),
            ValueError,
            r"operations must be writes \(AddLayerVersionPermission, DeleteLayerVersion, PublishLayerVersion, "
            r"RemoveLayerVersionPermission\), not 'ListLayers': EventBridge gets no reads",
        ),
    ],
)
def test_wrong_arguments(layerperm, arguments, error, message):
    """Each error names the argument and says what is valid."""
    with pytest.raises(error, match=message):
        layerperm.on_event(*arguments)


async def waiter(event):
    """No handler."""


def test_a_coroutine_function_is_no_handler(layerperm):
    """Nobody would await it."""
    with pytest.raises(TypeError, match="handler must be a plain function, not the coroutine function"):
        layerperm.on_event(waiter)
