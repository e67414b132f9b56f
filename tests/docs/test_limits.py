"""Nothing in this suite waits forever."""

from __future__ import annotations

import ast
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HANGS = """
import threading
import pytest

@pytest.mark.parametrize("number", range(3))
def test_it(number):
    if number == 1:
        threading.Event().wait()
"""


@pytest.fixture
def hanging(pytester: pytest.Pytester) -> pytest.Pytester:
    """Three tests, of which the second hangs, under this suite's own conftest with a limit of a second."""
    text = (ROOT / "conftest.py").read_text(encoding="utf-8")
    assert "\nLIMIT = 300\n" in text
    pytester.makeconftest(text.replace("\nLIMIT = 300\n", "\nLIMIT = 1\n"))
    pytester.makepyfile(HANGS)
    return pytester


def test_a_test_that_hangs_ends_the_run(hanging: pytest.Pytester) -> None:
    """It is printed where it was."""
    result = hanging.runpytest_subprocess("-v")
    assert result.ret == -signal.SIGALRM
    result.stdout.fnmatch_lines(["*::test_it[[]0] PASSED*", "*::test_it[[]1] "])
    result.stderr.fnmatch_lines(['  File "*test_a_test_that_hangs_ends_the_run.py", line 7 in test_it'])


def test_a_test_that_hangs_has_failed_and_the_others_run(hanging: pytest.Pytester) -> None:
    """Under pytest-xdist it ends its worker only."""
    pytest.importorskip("xdist")
    result = hanging.runpytest_subprocess("-p", "xdist", "-n1")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*worker 'gw*' crashed while running '*test_it?1?'*"])


LIMITED = {"HTTPConnection", "check_call", "check_output", "create_connection", "run", "urlopen"}
"""What takes a time limit by name."""
OF_SUBPROCESS = {"check_call", "check_output", "run"}
"""Those of them that are meant if they are called on ``subprocess``."""
WAITS = {"acquire", "communicate", "get", "join", "result", "wait"}
"""Methods that wait forever without a timeout."""


def _waits_without_a_limit(tree: ast.AST) -> Iterator[int]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for_others = [call.args[0] for call in calls if ast.unparse(call.func) == "asyncio.wait_for"]
    for node in calls:
        if node not in for_others:
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            owner = ast.unparse(function.value) if isinstance(function, ast.Attribute) else ""
            limited = name in LIMITED and (name not in OF_SUBPROCESS or owner == "subprocess")
            if limited and "timeout" not in [keyword.arg for keyword in node.keywords]:
                yield node.lineno
            if name in WAITS and owner and not node.args and not node.keywords:
                yield node.lineno


def test_every_wait_has_a_limit() -> None:
    """For a subprocess, a thread, a connection, a queue: what takes longer fails, and says what it was."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("tests", "examples")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "node_modules" not in path.parts
        for line in _waits_without_a_limit(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "subprocess.run(['true'])",
        "thread.join()",
        "process.communicate()",
        "threading.Event().wait()",
        "queue.get()",
        "urlopen(url)",
        "http.client.HTTPConnection(address)",
        "socket.create_connection(address)",
    ],
)
def test_a_wait_without_a_limit_is_seen(code: str) -> None:
    """With a limit it is accepted."""
    assert list(_waits_without_a_limit(ast.parse(code))) == [1]
    assert (
        list(_waits_without_a_limit(ast.parse(code[:-1] + ("" if code.endswith("()") else ", ") + "timeout=9)"))) == []
    )
