"""What no client should send: the live server responds or closes the connection, and goes on."""

import base64
import hashlib
import inspect
import json
import os
import socket
import sys
import time
from urllib.parse import urlsplit

import pytest

pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
pytest.importorskip("httptools", reason="the live server needs the extra 'server'")

from pytest_layerperm.lambda_api import wire
from pytest_layerperm.transports.server import asgi
from pytest_layerperm.transports.server.connection import HEAD_LIMIT, Connection
from pytest_layerperm.transports.server.live import shared_server

POLICY = b"/2018-10-31/layers/shared-deps/versions/1/policy"
SIGNED = (
    b"Authorization: AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/lambda/aws4_request, "
    b"SignedHeaders=host, Signature=0\r\n"
)
GET = b"GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n" % (POLICY, SIGNED)
STATEMENT = b'{"StatementId": "all", "Principal": "*", "Action": "lambda:GetLayerVersion"}'


def connect():
    return socket.create_connection(("127.0.0.1", shared_server().port), timeout=10)


def exchange(data, *, end=True):
    """Everything that is received until the server closes; ``end`` closes the sending side first."""
    with connect() as connection:
        connection.sendall(data)
        if end:
            connection.shutdown(socket.SHUT_WR)
        return read_all(connection)


def read_all(connection):
    received = b""
    try:
        while part := connection.recv(65_536):
            received += part
    except ConnectionResetError:
        pass
    return received


def parsed(raw):
    """Status, error class and message of one response."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    assert int(headers["content-length"]) == len(body)
    error = [line.partition(": ")[2] for line in lines if line.startswith("x-amzn-errortype")]
    sent = json.loads(body)
    return int(lines[0].split()[1]), error[0] if error else None, sent.get("Message", sent.get("message"))


def post(body=STATEMENT, *headers):
    head = b"POST %s HTTP/1.1\r\nHost: x\r\n%s" % (POLICY, SIGNED)
    return head + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


NOT_HTTP = (400, "BadRequest", "The request is not valid HTTP.")


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/3.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT aws.example.com:443 HTTP/1.1\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nBad Header: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_anything_but_http_is_rejected_in_the_form_of_aws(layerperm_server, data):
    """400 with an error class and a JSON message, and the connection is closed."""
    assert parsed(exchange(data, end=False)) == NOT_HTTP


def test_bytes_after_the_body_are_not_a_request(layerperm_server, layerperm_layer):
    """A Content-Length that is too short: the call gets its response, and then the connection is closed."""
    raw = exchange(post(b"{}xxxxxx\r\n\r\n", b"Content-Length: 2"), end=False)
    assert parsed(raw)[:2] == (400, "ValidationException")


def test_the_wait_for_a_body_ends_when_the_client_leaves(layerperm_server, layerperm, layerperm_layer):
    """A Content-Length that is too long: when the client leaves, nothing has happened."""
    assert exchange(post(STATEMENT, b"Content-Length: 1000")) == b""
    assert (layerperm_layer.policy, len(layerperm.calls)) == (None, 0)


@pytest.mark.parametrize(
    "data",
    [b"GET", GET[:-2], post(STATEMENT[:10], b"Content-Length: 1000")],
    ids=["in the request line", "in the headers", "in the body"],
)
def test_an_incomplete_request_gets_a_408(layerperm_server, layerperm, monkeypatch, data):
    """A client that stalls gets an error, and its connection is closed."""
    monkeypatch.setattr(Connection, "patience", 0.1)
    assert parsed(exchange(data, end=False)) == (
        408,
        "RequestTimeout",
        "The request did not arrive within 0.1 seconds.",
    )
    assert len(layerperm.calls) == 0


@pytest.mark.parametrize("data", [b"", b"\r\n"], ids=["nothing", "empty lines"])
def test_an_idle_connection_is_closed(layerperm_server, monkeypatch, data):
    """A connection on which no request begins is closed without a response."""
    monkeypatch.setattr(Connection, "patience", 0.1)
    assert exchange(data, end=False) == b""


def test_a_slow_response_is_not_cut_off(layerperm_server, layerperm, monkeypatch):
    """The time limit is for what clients send, not for the server's own response."""
    from pytest_layerperm import Slow

    monkeypatch.setattr(Connection, "patience", 0.05)
    layerperm.inject(Slow(0.3))
    assert parsed(exchange(GET))[0] == 404


@pytest.mark.parametrize(
    "data",
    [
        b"GET /" + b"a" * 2 * HEAD_LIMIT,
        b"GET / HTTP/1.1\r\n" + b"X-Many: 1\r\n" * HEAD_LIMIT,
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"e" * 2 * HEAD_LIMIT,
    ],
    ids=["a path", "headers", "a chunk extension"],
)
def test_heads_without_end_are_rejected(layerperm_server, data):
    """431 as soon as there are more bytes than the limit besides the body."""
    assert parsed(exchange(data, end=False)) == (
        431,
        "RequestHeaderFieldsTooLarge",
        "The request has more than 65536 bytes of headers.",
    )


def test_a_body_over_the_limit_is_rejected(layerperm_server, layerperm, layerperm_layer, monkeypatch):
    """413 after the body was read and thrown away, so that the client sees the response; the connection stays."""
    for module in (asgi, wire):
        monkeypatch.setattr(module, "REQUEST_SIZE_LIMIT", 1_000)
    raw = exchange(post(b"x" * 300_000, b"Content-Length: 300000") + GET)
    first, second = raw.split(b"HTTP/1.1 ")[1:]
    assert parsed(b"HTTP/1.1 " + first) == (
        413,
        "RequestEntityTooLargeException",
        "Request must be smaller than 1000 bytes for the AddLayerVersionPermission operation",
    )
    assert parsed(b"HTTP/1.1 " + second)[:2] == (404, "ResourceNotFoundException")
    assert [(call.operation, call.status) for call in layerperm.calls] == [
        ("AddLayerVersionPermission", 413),
        ("GetLayerVersionPolicy", 404),
    ]


@pytest.mark.parametrize(
    ("service", "document"),
    [
        ("s3", b"<Error><Code>RequestEntityTooLargeException</Code>"),
        ("sqs", b'{"__type":"RequestEntityTooLargeException","Type":"User",'),
    ],
)
def test_another_services_limit_is_in_its_own_form(layerperm_server, monkeypatch, service, document):
    """A client of S3 parses XML."""
    monkeypatch.setattr(asgi, "REQUEST_SIZE_LIMIT", 1_000)
    head = b"PUT /builds/key HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n"
    raw = exchange(head + SIGNED.replace(b"lambda", service.encode()) + b"\r\n" + b"x" * 3_000)
    assert raw.startswith(b"HTTP/1.1 413 ")
    assert raw.partition(b"\r\n\r\n")[2].startswith(document)


def test_a_body_without_end_is_not_even_read(layerperm_server, monkeypatch):
    """A body that is far too large is rejected and the connection closed."""
    for module in (asgi, wire):
        monkeypatch.setattr(module, "REQUEST_SIZE_LIMIT", 1_000)
    monkeypatch.setattr(asgi, "READ_LIMIT", 100_000)
    with connect() as connection:
        connection.sendall(post(b"", b"Content-Length: 10000000000") + b"x" * 200_000)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413 ")
        read_all(connection)


@pytest.mark.parametrize("announced", [True, False], ids=["Content-Length", "chunked"])
def test_of_a_body_over_the_limit_nothing_is_kept(announced, monkeypatch):
    """What is read of it is thrown away, from the start if its length is announced."""
    import asyncio

    monkeypatch.setattr(asgi, "REQUEST_SIZE_LIMIT", 1_000)
    kept = []
    messages = iter([b"x" * 600, b"x" * 600, b"x" * 600])

    async def receive():
        kept.append(sys.getsizeof(inspect.currentframe().f_back.f_locals["kept"]) > 500)
        body = next(messages)
        return {"type": "http.request", "body": body, "more_body": len(kept) < 3}

    body = asyncio.run(asgi._body(receive, keep=not announced))
    assert body == (None, True)
    assert kept == [False, not announced, False]


def test_a_client_that_reads_no_response_cannot_queue_requests(layerperm_server, monkeypatch):
    """The server stops reading what it sends, and closes the connection when its patience ends."""
    monkeypatch.setattr(Connection, "patience", 0.5)
    request = b"GET /_layerperm/ HTTP/1.1\r\nHost: x\r\n\r\n"
    block = request * 10_000
    sent = 0
    with connect() as connection:
        connection.settimeout(5)
        with pytest.raises(OSError, match=r"reset|[Bb]roken pipe"):
            while sent < 100 * len(block):
                sent += connection.send(block)
    assert sent < 32 * 1024 * 1024
    assert parsed(exchange(GET))[0] == 404


def test_a_client_that_reads_slowly_gets_all_of_a_response(layerperm_server, layerperm):
    """A response is sent as the client reads it, in parts that it can take."""
    layer = layerperm.publish_layer(content={"python/data": os.urandom(8_000_000)})
    content = layerperm.client().get_layer_version(LayerName=layer.name, VersionNumber=1)["Content"]
    path = urlsplit(content["Location"])
    with connect() as connection:
        connection.sendall(f"GET {path.path}?{path.query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        time.sleep(0.2)
        _, _, archive = read_all(connection).partition(b"\r\n\r\n")
    assert len(archive) == content["CodeSize"]
    assert base64.b64encode(hashlib.sha256(archive).digest()).decode() == content["CodeSha256"]


def test_pipelined_requests_are_parsed_as_their_turn_comes(layerperm_server, layerperm):
    """Thousands of requests at once, with and without a body: each gets its response, in order."""
    layerperm.publish_layer()
    body = b"{}"
    several = GET + post(body, b"Content-Length: %d" % len(body))
    raw = exchange(several * 500)
    assert [part[:3] for part in raw.split(b"HTTP/1.1 ")[1:]] == [b"404", b"400"] * 500


def test_a_client_that_leaves_does_no_harm(layerperm_server, layerperm_layer):
    """A connection that is reset in the middle of a body does not affect the next client."""
    with connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.sendall(post(STATEMENT[:10], b"Content-Length: 1000"))
    assert parsed(exchange(GET))[0] == 404


def test_pipelined_requests_get_their_responses_in_order(layerperm_server, layerperm_layer):
    """Three requests in one packet: three responses, each with the effect of the one before."""
    raw = exchange(GET + post(STATEMENT, b"Content-Length: %d" % len(STATEMENT)) + GET)
    assert [part[:3] for part in raw.split(b"HTTP/1.1 ")[1:]] == [b"404", b"201", b"200"]


@pytest.mark.parametrize(
    "data",
    [GET.replace(b"HTTP/1.1", b"HTTP/1.0"), GET.replace(b"Host: x", b"Connection: Close")],
    ids=["HTTP/1.0", "Connection: close"],
)
def test_the_connection_is_closed_if_the_client_wants_it(layerperm_server, data):
    """The response says so, once."""
    raw = exchange(data, end=False)
    assert raw.lower().count(b"\r\nconnection:") == 1
    assert b"\r\nconnection: close\r\n" in raw


def test_a_chunked_body_is_read(layerperm_server, layerperm_layer):
    """A body without a length, in chunks as small as can be."""
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in STATEMENT) + b"0\r\n\r\n"
    assert exchange(post(chunks, b"Transfer-Encoding: chunked")).startswith(b"HTTP/1.1 201 ")
    assert layerperm_layer.policy["Statement"][0]["Sid"] == "all"


def test_a_client_that_expects_100_continue_gets_it(layerperm_server, layerperm_layer):
    """The response to Expect: 100-continue comes before the body is sent."""
    with connect() as connection:
        connection.sendall(post(b"", b"Expect: 100-continue", b"Content-Length: %d" % len(STATEMENT)))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(STATEMENT)
        assert connection.recv(100).startswith(b"HTTP/1.1 201 ")


def test_an_offer_of_http_2_is_ignored(layerperm_server, layerperm_layer):
    """Clients that offer h2c, as Java's does, get their response over HTTP/1.1, with their body read."""
    offer = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAEAAEAA")
    raw = exchange(post(STATEMENT, *offer, b"Content-Length: %d" % len(STATEMENT)))
    assert raw.startswith(b"HTTP/1.1 201 ")


def test_a_head_request_has_no_body(layerperm_server):
    """HEAD on a path that is not an operation: the 403 without its body."""
    raw = exchange(b"HEAD /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
    assert raw.startswith(b"HTTP/1.1 403 ")
    assert raw.endswith(b"\r\n\r\n")


# --- time limits, on a clock of the test's own


class Clock:
    """Takes the place of a connection's event loop: time passes when the test says so."""

    now = 0.0
    due = None

    def time(self):
        return self.now

    def call_at(self, when, look):
        self.due = (when, look)
        return self

    def call_later(self, seconds, look):
        return self.call_at(self.now + seconds, look)

    def cancel(self):
        self.due = None

    def run(self):
        """Lets time pass until the next look is due, and takes it."""
        (self.now, look), self.due = self.due, None
        look()


class Wire:
    """Takes the place of a connection's transport."""

    sent = b""
    closed = False

    def get_extra_info(self, name):
        return None

    def is_closing(self):
        return self.closed

    def write(self, data):
        self.sent += data

    def close(self):
        self.closed = True


@pytest.fixture
def connected():
    """A connection, its clock and its wire."""
    import uvicorn
    from uvicorn.server import ServerState

    config = uvicorn.Config(lambda: None, ws="none", lifespan="off", log_config=None)
    config.load()
    clock, wire = Clock(), Wire()
    connection = Connection(config=config, server_state=ServerState(), app_state={}, _loop=clock)
    connection.connection_made(wire)
    return connection, clock, wire


def test_the_time_for_a_request_runs_from_its_first_byte(connected):
    """A request that began late on an idle connection has its full time, and no more."""
    connection, clock, wire = connected
    clock.now = 59.0
    connection.data_received(b"GET / HT")
    clock.run()
    assert (clock.now, wire.sent, clock.due[0]) == (60.0, b"", 119.0)
    connection.data_received(b"TP/1.1\r\n")
    clock.run()
    assert parsed(wire.sent)[:2] == (408, "RequestTimeout")
    assert wire.closed


def test_the_idle_time_runs_from_the_last_byte(connected):
    """An idle connection is closed if nothing came for the whole time."""
    connection, clock, wire = connected
    clock.now = 30.0
    connection.data_received(b"\r\n")
    clock.run()
    assert (clock.now, wire.closed, clock.due[0]) == (60.0, False, 90.0)
    clock.run()
    assert (wire.closed, wire.sent) == (True, b"")


def test_a_connection_is_rejected_once(connected):
    """The client gets an error for the first of several mistakes."""
    connection, _, wire = connected
    connection.data_received(b"GET / HTTP/1.1\r\nX-Long: " + b"a" * (HEAD_LIMIT - 1_000))
    connection.data_received(b"\0" * 2_000)
    assert parsed(wire.sent) == NOT_HTTP


def test_a_lost_connection_is_no_longer_watched(connected):
    """Nothing is left of it in the event loop."""
    connection, clock, _ = connected
    connection.connection_lost(ConnectionResetError())
    assert clock.due is None
