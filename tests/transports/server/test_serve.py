"""The command ``python -m pytest_layerperm serve``."""

import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.limits import line_of

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
def test_serve_prints_its_url_when_it_answers_and_ends_cleanly(number):
    """The first line is the URL, it answers at once, and Ctrl-C or SIGTERM is exit status 0 without another word."""
    process = start()
    url = line_of(process).rstrip("\n")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{url}/2018-10-31/layers", timeout=10)
    assert refused.value.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
    refused.value.close()
    process.send_signal(number)
    assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 0


def test_an_address_that_others_can_reach_is_refused_without_a_flag():
    """--host elsewhere than loopback is a usage error that says why."""
    status, stdout, stderr = run("--host", "0.0.0.0")
    assert (status, stdout) == (2, "")
    assert stderr.splitlines()[-1] == (
        "python -m pytest_layerperm: error: --host 0.0.0.0 can be reached from other machines, and the live server "
        "accepts every request: it checks no signatures, and anyone can read and reset /_layerperm/. "
        "Add --allow-remote if that is what you want."
    )


def test_with_the_flag_it_is_allowed():
    """--allow-remote lets --host be any address."""
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
def test_a_wrong_argument_is_an_error_in_words(arguments, status, message):
    """What is wrong is on the last line of stderr, and there is no traceback."""
    code, stdout, stderr = run(*arguments)
    assert (code, stdout) == (status, "")
    assert message in stderr.splitlines()[-1]
    assert "Traceback" not in stderr


def test_other_services_answer_too():
    """The fake is switched on when the first call for another AWS service comes."""
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
