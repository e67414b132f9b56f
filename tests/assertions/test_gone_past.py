"""Layer calls that go to another server on this machine, past the fake: nothing passes, and the failure says so."""

import re
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_layerperm import (
    Throttle,
    assert_layer_calls,
    assert_layer_not_public,
    assert_layer_policy,
    assert_layer_policy_unchanged,
    assert_layer_private,
    assert_layer_public,
)

REMEDY = (
    "What to do: remove endpoint_url from the clients of the code under test, or AWS_ENDPOINT_URL from its settings: "
    "without them its calls reach the fake; to check that server instead, pass client=, a client of it."
)


class _Teapot(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(418)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Nothing is printed."""


@pytest.fixture
def address():
    """The address of an emulator on this machine, which has no layers."""
    with HTTPServer(("127.0.0.1", 0), _Teapot) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(10)


@pytest.fixture
def elsewhere(layerperm, address):
    """Makes a number of layer calls to the emulator."""

    def call(times=1):
        client = layerperm.client(endpoint_url=address)
        for _ in range(times):
            with pytest.raises(ClientError):
                client.list_layers()

    return call


@pytest.mark.parametrize(
    "helper",
    [
        assert_layer_private,
        assert_layer_not_public,
        assert_layer_public,
        lambda: assert_layer_policy([]),
        lambda: assert_layer_policy_unchanged().__enter__(),
        lambda: assert_layer_calls([]),
        lambda: assert_layer_calls(at_most=5),
    ],
    ids=range(7),
)
def test_no_call_reached_the_fake(layerperm_layer, elsewhere, address, helper, monkeypatch):
    """What the fake has says nothing about code whose calls all went elsewhere: every helper fails."""
    monkeypatch.setenv("COLUMNS", "400")
    elsewhere(2)
    with pytest.raises(AssertionError) as failed:
        helper()
    assert str(failed.value) == f"no layer call reached the fake: 2 layer calls went to {address}\n\n{REMEDY}"


def test_together_with_other_failures(layerperm, layerperm_layer, elsewhere, address):
    """In a block that collects failures each helper says so."""
    elsewhere()
    with pytest.raises(AssertionError) as failed, layerperm.all_assertions():
        assert_layer_calls([])
        assert_layer_private()
    verdict = f"no layer call reached the fake: 1 layer call went to {address}"
    assert str(failed.value).partition("\n")[0] == f"2 layer assertions failed: {verdict}; {verdict}"


def test_some_calls_reached_the_fake(layerperm_layer, layerperm_client, elsewhere, address, monkeypatch):
    """Beside calls to the fake, those that went elsewhere are named in a failure."""
    monkeypatch.setenv("COLUMNS", "120")
    elsewhere()
    layerperm_client.list_layers()
    assert_layer_private()
    for failing in (assert_layer_public, lambda: assert_layer_policy(["*"])):
        with pytest.raises(AssertionError) as failed:
            failing()
        paragraph = f"Beside the fake: 1 layer call went to {address}. Remove endpoint_url to have them here."
        assert paragraph in str(failed.value).split("\n\n")


def test_a_client_of_that_server_is_looked_through(layerperm_layer, layerperm_client, elsewhere):
    """With client= it is the other server that is checked; the look-ups themselves are not counted."""
    elsewhere()
    assert_layer_private(client=layerperm_client)


def test_looking_is_not_counted(layerperm, layerperm_layer, address):
    """A helper's own calls to that server are none of the code under test."""
    with pytest.raises(ClientError):
        assert_layer_private(client=layerperm.client(endpoint_url=address))
    assert_layer_private()


def test_the_fakes_own_server_is_the_fake(layerperm_layer, layerperm_server):
    """Calls to the live server reach the fake."""
    boto3.client("lambda", endpoint_url=layerperm_server.url).list_layers()
    assert_layer_calls(["ListLayers"])
    assert_layer_private()


def test_other_calls_are_no_layer_calls(layerperm, layerperm_layer, address):
    """What is no layer call says nothing."""
    with pytest.raises(ClientError):
        layerperm.client(endpoint_url=address).list_functions()
    assert_layer_private()


def test_a_retried_call_is_one(layerperm, layerperm_layer):
    """Attempts of one call are one call; nobody listens there."""
    from botocore.exceptions import EndpointConnectionError

    with pytest.raises(EndpointConnectionError):
        layerperm.client(endpoint_url="http://127.0.0.1:1").list_layers()
    with pytest.raises(
        AssertionError, match=r"^no layer call reached the fake: 1 layer call went to http://127.0.0.1:1\n"
    ):
        assert_layer_private()


def test_a_fault_that_never_struck(layerperm, elsewhere, address):
    """The failure says where the calls went."""
    elsewhere()
    with layerperm.inject(Throttle()):
        pass
    with pytest.raises(AssertionError, match=re.escape(f"1 layer call went to {address}, and not to the fake: ")):
        layerperm.verify()
    layerperm.reset()
    assert_layer_calls([])
