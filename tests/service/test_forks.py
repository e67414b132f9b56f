"""Forked children have a copy of the fake: what they do there is rejected, and fails the parent's test."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import boto3
import pytest

from pytest_layerperm import LayerPerm, RequestRefused
from pytest_layerperm.fake import service_of
from tests.limits import LIMIT

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
GRANT: dict[str, Any] = {
    "LayerName": "shared-deps",
    "VersionNumber": 1,
    "StatementId": "s",
    "Action": "lambda:GetLayerVersion",
    "Principal": "*",
}


def share(client: Any = None) -> str:
    """What the code under test does in a child: the error's name, or none."""
    try:
        (client or boto3.client("lambda")).add_layer_version_permission(**GRANT)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def forked(action: Callable[[], object]) -> int:
    """The exit status of a forked child."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = int(bool(action()))
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def by_fork() -> None:
    assert forked(share) == 1


def by_multiprocessing() -> None:
    process = multiprocessing.get_context("fork").Process(target=share)
    process.start()
    process.join(LIMIT)


def by_pool() -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        assert pool.submit(share).result(LIMIT).startswith("RequestRefused: pytest-layerperm rejected AddLayerVersion")


@pytest.mark.parametrize("start", [by_fork, by_multiprocessing, by_pool])
def test_a_call_of_a_child_fails_the_test_of_its_parent(start: Callable[[], None], layerperm: LayerPerm) -> None:
    """Whatever forks: the child's change would be lost, and the test would look at a layer without it."""
    layer = layerperm.publish_layer()
    start()
    assert layer.policy is None
    with pytest.raises(AssertionError) as raised:
        layerperm.verify()
    assert str(raised.value).splitlines() == [
        "a forked child used the fake, which rejected it: the child has a copy",
        f"  AddLayerVersionPermission {layer.arn}",
        "What to do: give the child the endpoint of the fixture layerperm_server, and start it by "
        '"spawn" or as a program; or use threads.',
    ]
    service_of(layerperm).children.clear()


def test_the_child_gets_an_error_that_says_what_to_do(layerperm: LayerPerm) -> None:
    """Also from the methods of the fake itself."""
    layer = layerperm.publish_layer()
    read, write = os.pipe()

    def use() -> None:
        os.write(write, share().encode() + b"\n")
        for method in (layerperm.publish_layer, lambda: layer.grant("*"), lambda: layerperm.layers):
            with pytest.raises(RequestRefused, match="rejected a method of LayerPerm or LayerVersion in a forked chi"):
                method()

    assert forked(use) == 0
    os.close(write)
    with open(read, encoding="utf-8") as said:
        assert said.read() == (
            f"RequestRefused: pytest-layerperm rejected AddLayerVersionPermission {layer.arn} in a forked child, which "
            "has a copy of the fake: nobody would see what it does. What to do: give the child the endpoint of the "
            'fixture layerperm_server, and start it by "spawn" or as a program; or use threads.\n'
        )
    assert len(service_of(layerperm).children) == 1
    service_of(layerperm).children.clear()


def test_a_child_of_a_child_is_heard_too(layerperm: LayerPerm) -> None:
    """And one with more to say than there is room for."""
    layerperm.publish_layer()
    forked(lambda: [forked(share), [share() for _ in range(100)]])
    with pytest.raises(AssertionError) as raised:
        layerperm.verify()
    assert str(raised.value).count("AddLayerVersionPermission") > 20
    service_of(layerperm).children.clear()


def test_a_child_that_calls_nothing_is_no_failure(layerperm: LayerPerm) -> None:
    """Nor is one that makes other requests, or has a fake of its own."""

    def other() -> bool:
        assert service_of(layerperm).handle(_no_layer_call()) is None
        with LayerPerm("222222222222") as its_own:
            return its_own.publish_layer().account_id != "222222222222"

    assert forked(other) == 0
    layerperm.verify()


def _no_layer_call() -> Any:
    from pytest_layerperm.lambda_api.wire import Request

    return Request("GET", "s3.amazonaws.com", "/", "", {}, b"")


def test_a_fork_while_another_thread_holds_the_lock_of_the_store(layerperm: LayerPerm) -> None:
    """The child does not wait for a thread that it does not have."""
    layerperm.publish_layer()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with service_of(layerperm).store.lock:
            held.set()
            done.wait(LIMIT)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(LIMIT)
    child = os.fork()
    if child == 0:
        share()
        try:
            layerperm.publish_layer()
        finally:
            os._exit(7)
    done.set()
    thread.join(LIMIT)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    service_of(layerperm).children.clear()


def test_a_child_that_is_given_the_server_reaches_the_fake(layerperm: LayerPerm, layerperm_server: Any) -> None:
    """The way out."""
    layer = layerperm.publish_layer()
    assert forked(lambda: share(layerperm.client(endpoint_url=layerperm_server.url))) == 0
    assert layer.policy is not None


def test_the_test_of_the_parent_fails(pytester: pytest.Pytester) -> None:
    """As a failure of the test, at its end."""
    pytester.makepyfile(
        """
        import os
        import boto3
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        def release():
            try:
                boto3.client("lambda").list_layers()
            except Exception:
                pass  # The code under test hides it.

        def test_release(layerperm):
            with ProcessPoolExecutor(2, get_context("fork")) as pool:
                list(pool.map(str, [1])), pool.submit(release).result()

        def test_next(layerperm):
            boto3.client("lambda").list_layers()
        """
    )
    result = pytester.runpytest_subprocess("-W", "ignore::DeprecationWarning")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["a forked child used the fake, which rejected it: *", "  ListLayers"])


def test_execve_that_was_imported_earlier(tmp_path: Any) -> None:
    """Past every replacement: the child's environment leads nowhere all the same."""
    script = f"""
import os, sys
from os import execve
from pytest_layerperm import LayerPerm
with LayerPerm():
    child = os.fork()
    if child == 0:
        execve({sys.executable!r}, [{sys.executable!r}, "-c", "import os; print(os.environ['AWS_ENDPOINT_URL'])"],
               {{**os.environ, "AWS_ENDPOINT_URL": "https://lambda.us-east-1.amazonaws.com"}})
    assert os.waitpid(child, 0)[1] == 0
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=LIMIT)
    assert ran.stdout == "http://127.0.0.1:1/use-the-layerperm_server-fixture\n"
