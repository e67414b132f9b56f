"""The live server: the test's own fake, over real HTTP."""

import json
import os
import subprocess
import sys
import threading
from http.client import HTTPConnection, RemoteDisconnected
from urllib.parse import urlsplit

import pytest

pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
pytest.importorskip("httptools", reason="the live server needs the extra 'server'")


from pytest_layerperm import ConnectionLost, Fault, Interleave, LayerPerm, ServiceFailure, Slow
from pytest_layerperm.lambda_api.wire import NO_OPERATION
from pytest_layerperm.transports.server import live
from pytest_layerperm.transports.server.connection import Connection
from pytest_layerperm.transports.server.live import LiveServer, ServerFailed, shared_server
from tests.limits import join

POLICY = "/2018-10-31/layers/shared-deps/versions/1/policy"


def signature(account_id="123456789012", region_name="us-east-1", service="lambda"):
    scope = f"{account_id}/20260101/{region_name}/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}


def send(server, method, path, body=None, headers=None, **signed):
    """One request on a connection of its own; the response with its JSON body parsed."""
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    try:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body)
        connection.request(method, path, data, {**signature(**signed), **(headers or {})})
        response = connection.getresponse()
        raw = response.read()
        response.content = raw
        response.json = json.loads(raw) if raw.startswith(b"{") else None
        return response
    finally:
        connection.close()


STATEMENT = {"StatementId": "partner", "Principal": "222222222222", "Action": "lambda:GetLayerVersion"}


# --- the test's own fake


def test_a_program_in_another_process_changes_the_tests_own_fake(layerperm_server, layerperm_layer, layerperm):
    """A grant that a subprocess makes through the port is in the fake, in its log and in the layer's policy."""
    program = (
        "import http.client, os, sys\n"
        "connection = http.client.HTTPConnection(os.environ['AWS_ENDPOINT_URL'].removeprefix('http://'))\n"
        "scope = os.environ['AWS_ACCESS_KEY_ID'] + '/20260101/' + os.environ['AWS_REGION'] + '/lambda/aws4_request'\n"
        "headers = {'Authorization': f'AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0'}\n"
        "connection.request('POST', sys.argv[1], sys.argv[2], headers)\n"
        "print(connection.getresponse().status)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, POLICY, json.dumps(STATEMENT)],
        env={**os.environ, **layerperm_server.env},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "201\n"
    assert layerperm_layer.policy["Statement"][0]["Sid"] == "partner"
    assert [(call.operation, call.account_id, call.outcome) for call in layerperm.calls] == [
        ("AddLayerVersionPermission", "123456789012", "201")
    ]


def test_responses_have_the_headers_of_aws(layerperm_server, layerperm_layer):
    """The headers are AWS's, and an error names its class in x-amzn-errortype (fact ``envelopes/header``)."""
    response = send(layerperm_server, "GET", POLICY)
    assert response.status == 404
    assert response.json == {"Type": "User", "Message": "No policy is associated with the given resource."}
    assert response.headers["x-amzn-errortype"] == "ResourceNotFoundException"
    assert sorted(name.lower() for name in response.headers) == [
        "connection",
        "content-length",
        "content-type",
        "date",
        "x-amzn-errortype",
        "x-amzn-requestid",
    ]


def test_a_204_has_neither_body_nor_content_length(layerperm_server, layerperm_layer):
    """A 204 has a content type and no content length (fact ``operations/no-content-headers``)."""
    layerperm_layer.grant("*", statement_id="all")
    response = send(layerperm_server, "DELETE", f"{POLICY}/all")
    assert (response.status, response.json) == (204, None)
    assert "content-length" not in response.headers
    assert response.headers["content-type"] == "application/json"


def test_account_and_region_are_the_signatures(layerperm_server, layerperm):
    """A twelve-digit access key is that account, and the call goes to the region of the credential scope."""
    layerperm.publish_layer(account_id="222222222222", region_name="eu-central-1").grant("*")
    response = send(layerperm_server, "GET", POLICY, account_id="222222222222", region_name="eu-central-1")
    assert response.status == 200
    assert send(layerperm_server, "GET", POLICY).status == 404
    assert [(call.account_id, call.region_name) for call in layerperm.calls] == [
        ("222222222222", "eu-central-1"),
        ("123456789012", "us-east-1"),
    ]


def test_each_test_has_an_empty_fake_behind_the_same_port(layerperm_server, layerperm):
    """The process has one server, each test has a state of its own."""
    assert layerperm_server.url == shared_server().url
    assert layerperm.layers == ()
    assert repr(layerperm_server) == f"<ServerAddress {layerperm_server.url}>"


def test_between_tests_the_server_says_that_no_fake_is_on():
    """If no fake is on, every request gets a 503 that says so."""
    response = send(shared_server(), "GET", POLICY)
    assert response.status == 503
    assert response.headers["x-amzn-errortype"] == "ServiceUnavailableException"
    assert response.json == {
        "Type": "Service",
        "Message": "pytest-layerperm: no fake is on. The live server responds while a test with the "
        "fixture layerperm_server runs; a program that outlives its test gets no more responses.",
    }


def test_the_innermost_fake_responds(layerperm_server, layerperm):
    """A fake entered inside the test gets the requests until it is left."""
    with LayerPerm(account_id="333333333333") as inner:
        send(layerperm_server, "GET", POLICY)
        assert inner.calls.attempts("GetLayerVersionPolicy") == 1
    assert len(layerperm.calls) == 0


def test_a_forked_child_starts_a_server_of_its_own(monkeypatch):
    """A child process inherits its parent's variables, but not the server's thread."""
    parent = shared_server()
    monkeypatch.setattr(live, "_shared", (os.getpid() + 1, parent))
    own = shared_server()
    try:
        assert own.url != parent.url
    finally:
        own.stop()


# --- the environment


def test_env_is_all_that_a_subprocess_needs(layerperm_server, monkeypatch):
    """Endpoint, keys, region, no files, no metadata, no pager, the same retries for all SDKs, no proxy."""
    monkeypatch.setenv("NO_PROXY", "example.com")
    monkeypatch.delenv("no_proxy", raising=False)
    assert layerperm_server.env == {
        "AWS_ENDPOINT_URL": layerperm_server.url,
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "layerperm",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "AWS_CLI_AUTO_PROMPT": "off",
        "AWS_DEFAULT_OUTPUT": "json",
        "AWS_RETRY_MODE": "standard",
        "AWS_MAX_ATTEMPTS": "3",
        "NO_PROXY": "example.com,127.0.0.1,localhost",
        "no_proxy": "example.com,127.0.0.1,localhost",
    }


@pytest.mark.layerperm(account_id="444444444444", region_name="eu-west-1")
def test_env_for_another_account(layerperm_server):
    """env signs in as the test's default account; env_for as another, in another region."""
    assert layerperm_server.env["AWS_ACCESS_KEY_ID"] == "444444444444"
    other = layerperm_server.env_for("222222222222", "cn-north-1")
    assert (other["AWS_ACCESS_KEY_ID"], other["AWS_REGION"]) == ("222222222222", "cn-north-1")
    assert layerperm_server.env_for("222222222222")["AWS_REGION"] == "eu-west-1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("22222222222",), "account_id must be twelve digits, not '22222222222'"),
        (("222222222222", "europe"), "region_name must be a region such as 'us-east-1', not 'europe'"),
    ],
)
def test_env_for_rejects_an_invalid_account_or_region(layerperm_server, arguments, message):
    """A typo is an error that names the argument."""
    with pytest.raises(ValueError, match="must be") as error:
        layerperm_server.env_for(*arguments)
    assert str(error.value) == message


# --- faults


@pytest.mark.layerperm_throttle(times=1, retry_after=2)
def test_a_throttled_client_gets_a_429(layerperm_server, layerperm_layer):
    """A throttle is a response like any other, with its header."""
    response = send(layerperm_server, "GET", POLICY)
    assert (response.status, response.headers["retry-after"]) == (429, "2")
    assert response.json == {"Reason": "CallerRateLimitExceeded", "Type": "User", "message": "Rate exceeded"}


@pytest.mark.parametrize("error", ["ConnectionClosedError", "EndpointConnectionError"])
def test_a_lost_connection_is_closed_without_a_response(layerperm_server, layerperm, error):
    """The client sees the connection close, and its next request succeeds."""
    layerperm.inject(ConnectionLost(error=error))
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        send(layerperm_server, "GET", POLICY)
    assert send(layerperm_server, "GET", POLICY).status == 404
    assert [call.outcome for call in layerperm.calls] == [error, "404 ResourceNotFoundException"]


def test_a_read_timeout_is_silence_until_the_client_gives_up(layerperm_server, layerperm):
    """For ReadTimeoutError nothing is sent: the client's own timeout ends the call."""
    layerperm.inject(ConnectionLost(error="ReadTimeoutError"))
    connection = HTTPConnection(urlsplit(layerperm_server.url).netloc, timeout=0.2)
    connection.request("GET", POLICY, headers=signature())
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()


def test_silence_ends_when_the_servers_patience_does(layerperm_server, layerperm, monkeypatch):
    """A client that waits forever is cut off."""
    monkeypatch.setattr(Connection, "patience", 0.1)
    layerperm.inject(ConnectionLost(error="ReadTimeoutError"))
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        send(layerperm_server, "GET", POLICY)


@pytest.mark.parametrize("clock", [None, "2026-01-01"])
def test_a_slow_response_really_takes_its_time_and_delays_no_other(layerperm_server, layerperm, clock):
    """Slow delays its response on the wire, even on a frozen clock, while other requests go on."""
    if clock:
        layerperm.freeze(clock)
    layerperm.inject(Slow(0.3, account_id="222222222222"))
    came = []

    def slow():
        send(layerperm_server, "GET", POLICY, account_id="222222222222")
        came.append("slow")

    thread = threading.Thread(target=slow)
    thread.start()
    while len(layerperm.calls) == 0:
        os.sched_yield()
    send(layerperm_server, "GET", POLICY)
    came.append("quick")
    join(thread)
    assert came == ["quick", "slow"]


def test_an_interleaved_writer_may_use_the_server_itself(layerperm_server, layerperm, layerperm_layer):
    """The action of an Interleave does not run on the server's thread: it may send requests to the same port."""

    def other_writer():
        send(layerperm_server, "POST", POLICY, {**STATEMENT, "StatementId": "other"})

    layerperm.inject(Interleave(other_writer, times=1))
    assert send(layerperm_server, "POST", POLICY, STATEMENT).status == 201
    assert [statement["Sid"] for statement in layerperm_layer.policy["Statement"]] == ["other", "partner"]


def test_what_an_interleaved_writer_raises_is_a_500_and_fails_the_test(layerperm_server, layerperm, layerperm_layer):
    """The client gets the error, and the fake keeps the exception for the test."""

    def broken():
        raise LookupError("no such partner")

    layerperm.inject(Interleave(broken))
    response = send(layerperm_server, "POST", POLICY, STATEMENT)
    assert response.status == 500
    assert response.headers["x-amzn-errortype"] == "ServiceException"
    assert response.json == {
        "Type": "Service",
        "Message": "pytest-layerperm: LookupError was raised while the call was handled: no such partner",
    }
    assert [str(raised) for raised in layerperm.escaped] == ["no such partner"]
    layerperm.escaped.clear()


def test_a_fault_of_the_users_own_may_raise_anything(layerperm_server, layerperm):
    """The client gets the exception's text, and the test fails."""

    class Broken(Fault):
        def strike(self, call, proceed):
            raise ZeroDivisionError("oops")

    layerperm.inject(Broken())
    response = send(layerperm_server, "GET", POLICY)
    assert response.json["Message"] == "pytest-layerperm: ZeroDivisionError was raised while the call was handled: oops"
    assert [str(raised) for raised in layerperm.escaped] == ["oops"]
    layerperm.escaped.clear()


def test_a_failure_that_was_applied_is_seen_by_the_next_call(layerperm_server, layerperm, layerperm_layer):
    """A 500 after the call took effect: the retry meets the conflict."""
    layerperm.inject(ServiceFailure(applied=True))
    assert send(layerperm_server, "POST", POLICY, STATEMENT).status == 500
    assert send(layerperm_server, "POST", POLICY, STATEMENT).status == 409


# --- requests that are not layer calls


def test_a_path_that_is_not_an_operation_is_a_403_in_xml(layerperm_server):
    """As AWS sends it, to the byte."""
    response = send(layerperm_server, "PATCH", "/2018-10-31/layers/x/versions")
    assert response.status == 403
    assert response.headers["x-amzn-errortype"] == "AccessDeniedException"
    assert response.content == NO_OPERATION.body


# --- starting


def test_the_error_names_the_address_if_the_port_is_taken():
    """A server that cannot listen says where and why."""
    port = shared_server().port
    with pytest.raises(ServerFailed, match=rf"^the live server could not start on 127\.0\.0\.1:{port}: .*in use"):
        LiveServer(lambda: None, port=port)


def test_ipv6_addresses_are_in_brackets():
    """The URL of a server on ::1 can be used as it is."""
    server = LiveServer(lambda: None, host="::1")
    try:
        assert server.url == f"http://[::1]:{server.port}"
        assert send(server, "GET", "/").status == 503
    finally:
        server.stop()
    assert not server.running


def test_a_server_that_does_not_get_ready_fails_instead_of_hanging(monkeypatch):
    """After the timeout the fixture's error says what happened."""
    held = threading.Event()

    async def never(self, sockets):
        while not held.is_set():
            await live.asyncio.sleep(0.01)

    monkeypatch.setattr("uvicorn.Server.serve", never)
    monkeypatch.setattr(live, "START_TIMEOUT", 0.05)
    with pytest.raises(ServerFailed, match=r"^the live server on http://127\.0\.0\.1:\d+ was not ready in time$"):
        LiveServer(lambda: None)
    held.set()


def test_a_server_that_breaks_while_starting_says_why(monkeypatch):
    """The reason is in the message and the cause."""

    async def broken(self, sockets):
        raise OSError("no more threads")

    monkeypatch.setattr("uvicorn.Server.serve", broken)
    with pytest.raises(ServerFailed, match=r"could not start on http://127\.0\.0\.1:\d+: no more threads$") as failed:
        LiveServer(lambda: None)
    assert isinstance(failed.value.__cause__, OSError)


def test_without_the_extra_the_error_names_it(monkeypatch):
    """If uvicorn or httptools is missing, the message is the command that installs it."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ServerFailed) as failed:
        LiveServer(lambda: None)
    assert str(failed.value) == (
        "the live server needs uvicorn, which is not installed: pip install 'pytest-layerperm[server]'"
    )


def test_the_fixture_fails_with_the_servers_message(pytester):
    """If the server does not start, the test fails, without a traceback through this plugin."""
    pytester.makepyfile(
        """
        import sys

        def test_it(monkeypatch, request):
            from pytest_layerperm.transports.server import live as server
            monkeypatch.setattr(server, "_shared", None)
            monkeypatch.setitem(sys.modules, "uvicorn", None)
            request.getfixturevalue("layerperm_server")
        """
    )
    result = pytester.runpytest_inprocess()
    result.stdout.fnmatch_lines(
        [
            "layerperm_server: the live server needs uvicorn, which is not installed: "
            "pip install 'pytest-layerperm[[]server]'"
        ]
    )
    assert "exception" not in result.stdout.str()
    result.assert_outcomes(failed=1)


def test_the_calls_of_another_process_are_in_the_failure_report(pytester):
    """A failed test shows what its fake received through the server."""
    pytester.makepyfile(
        f"""
        from http.client import HTTPConnection

        def test_it(layerperm_server, layerperm_layer):
            connection = HTTPConnection(layerperm_server.url.removeprefix("http://"))
            connection.request("GET", {POLICY!r}, headers={signature()!r})
            status = connection.getresponse().status
            connection.close()
            assert status == 200
        """
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*layerperm calls*", "*GetLayerVersionPolicy*shared-deps:1*404*"])
