"""``pytest --pyargs pytest_layerperm.facts``: its calls, its report, and what it leaves behind."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
pytest.importorskip("httptools", reason="the live server needs the extra 'server'")

from pytest_layerperm import Interleave, LayerPerm
from pytest_layerperm.facts import FACTS
from pytest_layerperm.facts.reporting import Result
from pytest_layerperm.facts.suite import terminated_as_interrupted
from pytest_layerperm.fake import service_of
from pytest_layerperm.transports.server.live import LiveServer
from tests.limits import start_and_join

SUITE = ("--pyargs", "pytest_layerperm.facts", "-p", "no:cacheprovider")
INFERRED = [fact for fact in FACTS if fact.confidence == "inferred"]


class Served:
    """A fake of its own behind a port, which no fixture starts."""

    def __init__(self) -> None:
        self.fake = LayerPerm()
        self.server = LiveServer(lambda: service_of(self.fake))
        self.option = f"--layerperm-endpoint={self.server.url}"


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served()
    yield served
    served.server.stop()


def test_all_facts_hold_on_the_live_server(pytester: pytest.Pytester, served: Served) -> None:
    """Every fact is checked and holds; nothing is left; the JSON agrees."""
    served.fake.organization("o-layerpermfacts", accounts=["210987654321"])
    options = ("--layerperm-other-organization=o-layerpermfacts", "--layerperm-facts-json=facts.json")
    result = pytester.runpytest(*SUITE, served.option, *options, "-q")
    result.assert_outcomes(passed=len(FACTS))
    result.stdout.fnmatch_lines(
        [
            f"layerperm facts: {len(FACTS)} facts (* recorded, * documented, * reported, {len(INFERRED)} inferred) "
            f"on {served.server.url}",
            "  about * calls; every layer is named layerperm-facts-*-…, and is deleted again; no other layer*",
            f"*facts on {served.server.url}*",
            " *recorded *documented *reported *inferred*",
            f"all *{len(INFERRED)} of {len(INFERRED)}",
        ]
    )
    assert list(served.fake.layers) == []
    assert {call.layer for call in served.fake.calls if call.operation == "PublishLayerVersion"} != set()
    found = json.loads((pytester.path / "facts.json").read_text(encoding="utf-8"))
    assert found["endpoint"] == served.server.url
    assert [Result.from_json(one).id for one in found["facts"]] == [fact.id for fact in FACTS]
    assert {one["verdict"] for one in found["facts"]} == {"held"}


def test_plan_counts_the_calls(pytester: pytest.Pytester, served: Served) -> None:
    """The plan gives the number of calls, except for further pages."""
    result = pytester.runpytest(*SUITE, served.option, "-k", "revisions/ or size/")
    result.assert_outcomes(passed=18, deselected=len(FACTS) - 18)
    match = re.search(r"about (\d+) calls", result.stdout.str())
    assert match is not None
    assert abs(int(match[1]) - len(served.fake.calls)) <= 20


def test_only_layers_of_the_run_are_changed(pytester: pytest.Pytester, served: Served) -> None:
    """A layer that existed before is unchanged, and no call named it."""
    layer = served.fake.publish_layer("precious")
    layer.grant("*", statement_id="s1")
    revision = layer.revision_id
    pytester.runpytest(*SUITE, served.option, "-k", "lists/ or unchanged/").assert_outcomes(
        passed=sum(fact.group in ("lists", "unchanged") for fact in FACTS),
        deselected=sum(fact.group not in ("lists", "unchanged") for fact in FACTS),
    )
    assert layer.revision_id == revision
    assert list(served.fake.layers) == [layer]
    assert [call for call in served.fake.calls if call.layer and "layerperm-facts-" not in call.layer] == []


def test_what_cannot_be_checked_is_reported(pytester: pytest.Pytester, served: Served) -> None:
    """Skipped with the reason, and counted separately."""
    result = pytester.runpytest(*SUITE, served.option, "-k", "organization and access")
    result.assert_outcomes(passed=1, skipped=2, deselected=len(FACTS) - 3)
    result.stdout.fnmatch_lines(["not shown: 2, needs a second account in an organization"])


def test_differences_are_reported_at_the_end(pytester: pytest.Pytester, served: Served) -> None:
    """Fact, expected, got; and the run fails."""
    served.fake.inject(
        Interleave(service_of(served.fake).store._layers.clear, before="GetLayerVersionPolicy", times=None)
    )
    result = pytester.runpytest(*SUITE, served.option, "-k", "operations/get-status or errors/get-no-policy")
    result.assert_outcomes(failed=2, deselected=len(FACTS) - 2)
    result.stdout.fnmatch_lines(
        [
            "differs from what is known about AWS:",
            "  operations/get-status (recorded, LS:policy_life): GetLayerVersionPolicy returns 200.",
            "    step 3, GetLayerVersionPolicy: status",
            "      expected: 200",
            "      got:      404",
        ]
    )
    result.stdout.fnmatch_lines(["*operations/get-status differs; see the end of the report*"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_deletes_what_it_published(served: Served, tmp_path: Path, number: signal.Signals) -> None:
    """Even if it is interrupted between two calls of one fact."""
    running: list[subprocess.Popen[str]] = []
    served.fake.inject(Interleave(lambda: running[0].send_signal(number), before="RemoveLayerVersionPermission"))
    command = [sys.executable, "-m", "pytest", *SUITE, served.option, "-k", "statements/"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        # A shell's background jobs ignore SIGINT, and so do their children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        running.append(process)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == pytest.ExitCode.INTERRUPTED, output
    assert "facts on http" in output
    assert served.fake.calls.attempts("RemoveLayerVersionPermission") == 1
    assert list(served.fake.layers) == []


def test_workers_send_their_results(pytester: pytest.Pytester, served: Served) -> None:
    """Under pytest-xdist, the table covers all workers."""
    pytest.importorskip("xdist")
    result = pytester.runpytest_subprocess(*SUITE, served.option, "-p", "xdist", "-n", "2", "-k", "revisions/")
    result.assert_outcomes(passed=14)
    result.stdout.fnmatch_lines(["revisions  9 of 9*2 of 2*-*3 of 3"])
    assert list(served.fake.layers) == []


def test_termination_is_treated_as_interruption() -> None:
    """In the main thread, and restored; in other threads nothing changes."""
    before = signal.getsignal(signal.SIGTERM)
    with terminated_as_interrupted(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before
    seen: list[object] = []

    def elsewhere() -> None:
        with terminated_as_interrupted():
            seen.append(signal.getsignal(signal.SIGTERM))

    start_and_join(threading.Thread(target=elsewhere))
    assert seen == [before]


# --- usage errors


def usage_error(pytester: pytest.Pytester, *options: str) -> str:
    result = pytester.runpytest(*SUITE, *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    return result.stderr.str() + result.stdout.str()


@pytest.mark.parametrize("endpoint", ["localhost:5000", "ftp://localhost", "http://", "http://h/path", "http://h?q=1"])
def test_endpoint_must_be_a_url(pytester: pytest.Pytester, endpoint: str) -> None:
    """The message says what is valid."""
    assert f"--layerperm-endpoint must be a URL such as http://127.0.0.1:5000, or aws, not '{endpoint}'" in usage_error(
        pytester, f"--layerperm-endpoint={endpoint}"
    )


def test_aws_must_be_confirmed(pytester: pytest.Pytester) -> None:
    """Without the second option, no call is made."""
    assert (
        "--layerperm-endpoint=aws publishes layers in your account, some of them public for a moment, and deletes them "
        "again. Pass --layerperm-yes-use-my-account if that is what you want"
    ) in usage_error(pytester, "--layerperm-endpoint=aws")


def test_aws_is_called_by_one_process(pytester: pytest.Pytester) -> None:
    """All workers together share the quota."""
    pytest.importorskip("xdist")
    options = ("--layerperm-endpoint=aws", "--layerperm-yes-use-my-account", "-p", "xdist", "-n", "2")
    assert "--layerperm-endpoint=aws keeps to a quota of calls: run it without -n" in usage_error(pytester, *options)


def test_json_must_have_a_directory(pytester: pytest.Pytester) -> None:
    """Reported before the run, not after it."""
    text = usage_error(pytester, "--layerperm-endpoint=http://h", "--layerperm-facts-json=no/such/facts.json")
    assert "--layerperm-facts-json must be a file in a directory that exists, not 'no/such/facts.json'" in text


def test_endpoint_must_be_reachable(pytester: pytest.Pytester) -> None:
    """One message instead of a failure for each fact."""
    text = usage_error(pytester, "--layerperm-endpoint=http://127.0.0.1:1", "-q")
    assert (
        '--layerperm-endpoint=http://127.0.0.1:1: Could not connect to the endpoint URL: "http://127.0.0.1:1/' in text
    )


def test_suite_needs_an_endpoint(pytester: pytest.Pytester) -> None:
    """Without one, it says so."""
    result = pytester.runpytest(*SUITE)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        ["*pytest_layerperm.facts needs an endpoint: --layerperm-endpoint=URL of an emulator, or aws"]
    )
