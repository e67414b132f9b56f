"""The command ``python -m pytest_layerperm serve``."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.limits import LIMIT, line_of, start_and_join

pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
pytest.importorskip("httptools", reason="the live server needs the extra 'server'")


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "pytest_layerperm", "serve", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments):
    """Exit status, stdout and stderr of a command that ends by itself."""
    process = start(*arguments)
    stdout, stderr = process.communicate(timeout=30)
    return process.returncode, stdout, stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_serve_prints_its_url_when_it_is_ready_and_ends_cleanly(number):
    """The first line is the URL, it works at once, and Ctrl-C or SIGTERM is exit status 0 with no more output."""
    process = start()
    url = line_of(process).rstrip("\n")
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{url}/2018-10-31/layers", timeout=10)
    assert error.value.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
    error.value.close()
    process.send_signal(number)
    assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 0


def test_a_usage_error_in_process(capsys):
    """The command can be called as a function; it exits as argparse does."""
    from pytest_layerperm.__main__ import main

    with pytest.raises(SystemExit, match="2"):
        main(["serve", "--port", "99999"])
    assert capsys.readouterr().err.endswith("error: argument --port: must be a port from 0 to 65535, not '99999'\n")


def test_an_address_that_others_can_reach_needs_a_flag():
    """--host with any address but loopback is a usage error that says why."""
    status, stdout, stderr = run("--host", "0.0.0.0")
    assert (status, stdout) == (2, "")
    assert stderr.splitlines()[-1] == (
        "python -m pytest_layerperm: error: --host 0.0.0.0 can be reached from other machines, and the live server "
        "accepts every request: it checks no signatures, and anyone can read and reset /_layerperm/. "
        "Add --allow-remote if that is what you want."
    )


def test_with_the_flag_it_is_allowed():
    """With --allow-remote, --host may be any address."""
    process = start("--host", "0.0.0.0", "--port", "0", "--allow-remote")
    assert line_of(process).startswith("http://0.0.0.0:")
    process.terminate()
    process.communicate(timeout=10)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--port", "x"], 2, "error: argument --port: must be a port from 0 to 65535, not 'x'"),
        (["--port", "65536"], 2, "error: argument --port: must be a port from 0 to 65535, not '65536'"),
        (["--account-id", "1"], 2, "error: argument --account-id: must be twelve digits, not '1'"),
        (["--region", "europe"], 2, "error: argument --region: must be a region such as us-east-1, not 'europe'"),
        (["--host", "127.0.0.300", "--allow-remote"], 1, "the live server could not start on 127.0.0.300:0: "),
    ],
)
def test_a_wrong_argument_is_an_error_that_says_what_is_wrong(arguments, status, message):
    """The last line of stderr says what is wrong, and there is no traceback."""
    code, stdout, stderr = run(*arguments)
    assert (code, stdout) == (status, "")
    assert message in stderr.splitlines()[-1]
    assert "Traceback" not in stderr


def test_other_services_respond_too():
    """The fake is started when the first call to another AWS service comes."""
    process = start("--account-id", "222222222222")
    url = line_of(process).rstrip("\n")
    scope = "unknown/20260101/us-east-1/sts/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    for _ in range(2):
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as response:
            assert b"<Account>222222222222</Account>" in response.read()
    process.terminate()
    assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 0


def faulty(url, fault):
    """Adds a fault to the server's fake."""
    body = json.dumps(fault).encode()
    urllib.request.urlopen(urllib.request.Request(f"{url}/_layerperm/faults", body), timeout=10).close()


def test_sigterm_ends_it_whatever_responses_are_pending():
    """A slow response, a silent one, an upload and one that is not read: exit status 0 in time, and no output."""
    process = start()
    url = line_of(process).rstrip("\n")
    faulty(url, {"fault": "Slow", "seconds": 60, "times": 2, "operation": "ListLayers"})
    faulty(url, {"fault": "ConnectionLost", "error": "ReadTimeoutError", "operation": "ListLayerVersions"})
    layers = b"GET /2018-10-31/layers%s HTTP/1.1\r\nHost: x\r\nAuthorization: Credential=1/1/us-east-1/lambda/1\r\n\r\n"
    pending = [
        layers % b"",
        layers % b"" * 3,
        layers % b"/x/versions",
        b"POST /2018-10-31/layers/x/versions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
        b"GET /_layerperm/ HTTP/1.1\r\nHost: x\r\n\r\n" * 2_000,
        b"",
    ]
    with ExitStack() as opened:
        for data in pending:
            connection = opened.enter_context(socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=10))
            connection.setblocking(False)
            connection.send(data)
        while True:
            with urllib.request.urlopen(f"{url}/_layerperm/calls", timeout=10) as response:
                if len(json.load(response)["calls"]) == 3:
                    break
        began = time.monotonic()
        process.terminate()
        assert process.communicate(timeout=LIMIT) == ("", "")
        took = time.monotonic() - began
    assert process.returncode == 0
    assert took < 3


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak of a process's memory is read from /proc")
def test_uploads_over_the_limit_are_not_kept_in_memory():
    """Four of 75 MB at once, to Lambda and to S3: each is 413, and the server's memory does not grow by one of them."""
    process = start()
    url = line_of(process).rstrip("\n")
    before = peak_memory(process.pid)
    statuses = []

    def upload(path, service):
        scope = f"1/20260101/us-east-1/{service}/aws4_request"
        connection = HTTPConnection(urlsplit(url).netloc, timeout=LIMIT)
        with closing(connection):
            connection.putrequest("POST", path)
            connection.putheader("Authorization", f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0")
            connection.putheader("Content-Length", str(75 * len(MEGABYTE)))
            connection.endheaders()
            for _ in range(75):
                connection.send(MEGABYTE)
            statuses.append(connection.getresponse().status)

    places = [("/2018-10-31/layers/x/versions", "lambda"), ("/builds/key", "s3")] * 2
    start_and_join(*[threading.Thread(target=upload, args=place) for place in places])
    grown = peak_memory(process.pid) - before
    process.terminate()
    process.communicate(timeout=LIMIT)
    assert statuses == [413] * 4
    assert grown < 50 * len(MEGABYTE)


MEGABYTE = b"x" * 1_000_000


def peak_memory(pid):
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1_024
