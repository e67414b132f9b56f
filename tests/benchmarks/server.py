"""Rows about the live server, which runs in a process of its own, as ``python -m pytest_layerperm serve``."""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from pytest_layerperm.service.layers import zip_of
from tests.limits import line_of

from .measure import environment
from .rows import Row

CONNECTIONS = 4
_SIGNED = (
    "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/lambda/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=0"
)
_PATH = "/2018-10-31/layers/shared-deps/versions"


@contextmanager
def _serving() -> Generator[tuple[str, int, float, int]]:
    """Host and port of a server, the seconds from its start until it was ready, and its process id."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest_layerperm", "serve"], stdout=subprocess.PIPE, text=True, env=environment()
    )
    try:
        url = urlsplit(line_of(process).strip())
        ready = time.perf_counter() - began
        assert url.hostname is not None
        assert url.port is not None
        yield url.hostname, url.port, ready, process.pid
    finally:
        process.terminate()
        process.wait(60)


def server(rounds: int, seconds: float = 2.0) -> list[Row]:
    """How soon it is ready, and how many calls of GetLayerVersionPolicy it serves."""
    waits: list[float] = []
    rates: list[float] = []
    own_rates: list[float] = []
    for _ in range(rounds):
        with _serving() as (host, port, ready, pid):
            waits.append(ready)
            _prepare(host, port)
            before = _processor_time(pid)
            answered, taken = _answered(host, port, seconds)
            rates.append(answered / taken)
            own_rates.append(answered / (_processor_time(pid) - before))
    rate, own_rate, wait = statistics.median(rates), statistics.median(own_rates), statistics.median(waits)
    return [
        Row(
            f"live server: GetLayerVersionPolicy from {CONNECTIONS} connections kept alive",
            "≥ 5,000 a second",
            f"{rate:,.0f} a second; {own_rate:,.0f} for each second of the server's own processor time",
            rate >= 5000,
        ),
        Row("live server: ready", "≤ 0.3 s", f"{wait:.2f} s", wait <= 0.3),
    ]


def _prepare(host: str, port: int) -> None:
    """One layer version, shared with one account."""
    connection = http.client.HTTPConnection(host, port, timeout=60)
    signed = {"Authorization": _SIGNED}
    archive = b64encode(zip_of({"python/shared_deps.py": ""})).decode()
    share = {"StatementId": "partner", "Action": "lambda:GetLayerVersion", "Principal": "222222222222"}
    for path, body in ((_PATH, {"Content": {"ZipFile": archive}}), (f"{_PATH}/1/policy", share)):
        connection.request("POST", path, json.dumps(body), signed)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201
    connection.close()


def _processor_time(pid: int) -> float:
    """Seconds of processor time that a process has used, as Linux reports it."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _answered(host: str, port: int, seconds: float) -> tuple[int, float]:
    """The number of responses over all connections, and the seconds they took."""
    counts = [0] * CONNECTIONS
    stop = time.perf_counter() + seconds
    threads = [threading.Thread(target=_ask, args=(host, port, stop, counts, number)) for number in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sum(counts), time.perf_counter() - began


def _ask(host: str, port: int, stop: float, counts: list[int], number: int) -> None:
    request = f"GET {_PATH}/1/policy HTTP/1.1\r\nHost: {host}\r\nAuthorization: {_SIGNED}\r\n\r\n".encode()
    with socket.create_connection((host, port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request)
        length = _length_of_answer(connection)
        while time.perf_counter() < stop:
            connection.sendall(request)
            missing = length
            while missing:
                missing -= len(connection.recv(missing))
            counts[number] += 1


def _length_of_answer(connection: socket.socket) -> int:
    """Bytes of the first response; all have one length, as only the date and the request id change."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65_536)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    missing = length - len(body)
    while missing:
        missing -= len(connection.recv(missing))
    return len(head) + 4 + length
