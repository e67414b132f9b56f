"""Programs that the code under test starts: none of their AWS calls leaves this machine."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import runpy
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from pytest_layerperm import LayerPerm
from pytest_layerperm.fake import service_of
from pytest_layerperm.patches.children import NOWHERE, guarded
from tests.limits import LIMIT

CHILD = Path(__file__).with_name("child.py")
NOBODY_LISTENS = "EndpointConnectionError: Could not connect to the endpoint URL: "
ELSEWHERE = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "an example",
    "AWS_DEFAULT_REGION": "eu-west-1",
}
"""An environment that could reach AWS, as code may have put it together before the fake was on."""


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, timeout=LIMIT)


def _run_with_a_copy(command: list[str]) -> None:
    subprocess.run(command, check=True, timeout=LIMIT, env={**os.environ, "MORE": "of it"})


def _run_with_bytes(command: list[str]) -> None:
    subprocess.run(command, check=True, timeout=LIMIT, env=dict(os.environb))


def _popen_by_position(command: list[str]) -> None:
    files = (None, None, None)
    assert subprocess.Popen(command, -1, None, *files, None, True, False, None, dict(os.environ)).wait(LIMIT) == 0


def _run_with_an_environment_of_its_own(command: list[str]) -> None:
    subprocess.run(command, check=True, timeout=LIMIT, env=ELSEWHERE)


def _run_with_an_endpoint_of_aws(command: list[str]) -> None:
    endpoints = {
        "AWS_ENDPOINT_URL": "https://vpce-1.lambda.eu-west-1.vpce.amazonaws.com",
        "AWS_ENDPOINT_URL_LAMBDA": "https://lambda.eu-west-1.amazonaws.com",
        "AWS_ENDPOINT_URL_S3": "",
    }
    subprocess.run(command, check=True, timeout=LIMIT, env=ELSEWHERE | endpoints)


def _run_ignoring_endpoints(command: list[str]) -> None:
    subprocess.run(command, check=True, timeout=LIMIT, env=ELSEWHERE | {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"})


def _shell(command: list[str]) -> None:
    assert os.system(" ".join(command)) == 0


def _asyncio(command: list[str]) -> None:
    async def run() -> int:
        process = await asyncio.create_subprocess_exec(*command)
        return await asyncio.wait_for(process.wait(), LIMIT)

    assert asyncio.run(run()) == 0


def _posix_spawn(command: list[str]) -> None:
    pid = os.posix_spawn(command[0], command, os.environ)
    assert os.waitpid(pid, 0)[1] == 0


def _spawnv(command: list[str]) -> None:
    assert os.spawnv(os.P_WAIT, command[0], command) == 0


def _spawnve(command: list[str]) -> None:
    assert os.spawnve(os.P_WAIT, command[0], command, ELSEWHERE) == 0


def _multiprocessing(method: str, command: list[str]) -> None:
    process: Any = multiprocessing.get_context(method).Process(  # type: ignore[attr-defined]
        target=_run_module_main, args=(command[-1],)
    )
    process.start()
    process.join(LIMIT)
    assert process.exitcode == 0


def _run_module_main(path: str) -> None:
    runpy.run_path(str(CHILD))["main"](path)


def _mp_spawn(command: list[str]) -> None:
    _multiprocessing("spawn", command)


def _mp_forkserver(command: list[str]) -> None:
    _multiprocessing("forkserver", command)


WAYS: list[Callable[[list[str]], None]] = [
    _run,
    _run_with_a_copy,
    _run_with_bytes,
    _popen_by_position,
    _run_with_an_environment_of_its_own,
    _run_with_an_endpoint_of_aws,
    _run_ignoring_endpoints,
    _shell,
    _asyncio,
    _posix_spawn,
    _spawnv,
    _spawnve,
    _mp_spawn,
    _mp_forkserver,
]


def _report(start: Callable[[list[str]], None], tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "report.json"
    with warnings.catch_warnings():
        # Forking beside other tests' threads is what this is about.
        warnings.simplefilter("ignore", DeprecationWarning)
        start([sys.executable, str(CHILD), str(path)])
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("start", WAYS)
def test_no_call_of_a_started_program_leaves_this_machine(
    start: Callable[[list[str]], None], layerperm: LayerPerm, tmp_path: Path
) -> None:
    """However it was started, its AWS calls meet a port where nothing listens, and its error says what to do."""
    layerperm.publish_layer()
    report = _report(start, tmp_path)
    assert report["asked"] == ["127.0.0.1"]
    assert report["said"] == {
        "lambda": f'{NOBODY_LISTENS}"{NOWHERE}/2018-10-31/layers/shared-deps/versions/1/policy"',
        "s3": f'{NOBODY_LISTENS}"{NOWHERE}"',
        "sts": f'{NOBODY_LISTENS}"{NOWHERE}"',
    }
    assert len(layerperm.calls) == 0


def _fork(command: list[str]) -> None:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            _run_module_main(command[-1])
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0


def _mp_fork(command: list[str]) -> None:
    _multiprocessing("fork", command)


@pytest.mark.parametrize("start", [_fork, _mp_fork])
def test_no_call_of_a_forked_child_leaves_this_machine(
    start: Callable[[list[str]], None], layerperm: LayerPerm, tmp_path: Path
) -> None:
    """Its layer calls are rejected, and other AWS services are moto's as in the parent."""
    report = _report(start, tmp_path)
    assert report["said"]["lambda"].startswith("RequestRefused: pytest-layerperm rejected GetLayerVersionPolicy")
    assert report["said"]["sts"] == "succeeded"
    assert report["asked"] == []
    service_of(layerperm).children.clear()


def _env(command: list[str]) -> None:
    os.environ["AWS_ENDPOINT_URL"] = "https://lambda.us-east-1.amazonaws.com"
    _shell(command)


def _deleted(command: list[str]) -> None:
    os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
    del os.environ["AWS_ENDPOINT_URL"]
    os.unsetenv("AWS_ENDPOINT_URL")
    _shell(command)


def _cleared(command: list[str]) -> None:
    with mock.patch.dict(os.environ, ELSEWHERE, clear=True):
        os.unsetenv("AWS_ENDPOINT_URL")
        _shell(command)


def _no_proxy(command: list[str]) -> None:
    os.environ["NO_PROXY"] = "intranet.example"
    os.environ["HTTP_PROXY"] = "http://proxy.example"
    _shell(command)


@pytest.mark.parametrize("start", [_env, _deleted, _cleared, _no_proxy])
def test_whatever_becomes_of_the_environment(
    start: Callable[[list[str]], None], layerperm: LayerPerm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child that inherits it reaches nobody."""
    for name in ("AWS_ENDPOINT_URL", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, "")  # Of a variable that is not there, monkeypatch restores nothing.
        monkeypatch.delenv(name)
    report = _report(start, tmp_path)
    assert report["asked"] == ["127.0.0.1"]
    assert NOBODY_LISTENS in report["said"]["lambda"]


def test_a_program_without_credentials_asks_no_file_and_no_service_for_them(
    layerperm: LayerPerm, tmp_path: Path
) -> None:
    """The configuration of the machine's user stays unread, also where the child is given no AWS variable at all."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text("[default]\nregion = eu-west-1\n")
    (tmp_path / ".aws/credentials").write_text("[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\n")

    def start(command: list[str]) -> None:
        subprocess.run(
            command, check=True, timeout=LIMIT, env={"HOME": str(tmp_path), "AWS_DEFAULT_REGION": "eu-west-1"}
        )

    report = _report(start, tmp_path)
    assert set(report["said"].values()) == {"NoCredentialsError: Unable to locate credentials"}
    assert report["asked"] == []


def test_a_program_that_is_given_an_endpoint_on_this_machine_keeps_it(layerperm: LayerPerm) -> None:
    """A live server's address wins, with everything said beside it."""
    given = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_ENDPOINT_URL_S3": "http://localhost:9000"}
    told = guarded(given | {"AWS_CONFIG_FILE": "/my/config"})
    assert {name: told[name] for name in given} == given
    assert told["AWS_CONFIG_FILE"] == "/my/config"
    assert "AWS_MAX_ATTEMPTS" not in told


def test_an_endpoint_for_one_service_leaves_the_others_nowhere(layerperm: LayerPerm) -> None:
    """And retries stay as they are, for they may be of use there."""
    told = guarded({"AWS_ENDPOINT_URL_LAMBDA": "http://[::1]:4566"})
    assert told["AWS_ENDPOINT_URL"] == NOWHERE
    assert told["AWS_ENDPOINT_URL_LAMBDA"] == "http://[::1]:4566"
    assert "AWS_MAX_ATTEMPTS" not in told


def test_no_proxy_is_asked_for_the_endpoint_on_this_machine(layerperm: LayerPerm) -> None:
    """A proxy would send on what goes nowhere; hosts that are spared already stay spared."""
    told = guarded({"HTTP_PROXY": "http://proxy.example:3128", "NO_PROXY": "intranet.example"})
    assert told["NO_PROXY"] == told["no_proxy"] == "intranet.example,127.0.0.1,localhost"


def test_this_process_sees_nothing_of_it(layerperm: LayerPerm) -> None:
    """Code that asks for an endpoint goes the way it goes on AWS."""
    assert [name for name in os.environ if name.startswith("AWS_ENDPOINT")] == []
    assert layerperm.session().client("s3").meta.endpoint_url == "https://s3.amazonaws.com"


def _inherited(name: str) -> str:
    """What a child that only inherits would see, past all that Python knows."""
    path = f"{os.environ['LAYERPERM_REPORT']}"
    assert os.system(f'printf %s "${{{name}-absent}}" > {path}') == 0
    return Path(path).read_text(encoding="utf-8")


@pytest.fixture
def _report_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERPERM_REPORT", str(tmp_path / "inherited"))


@pytest.mark.parametrize("before", [None, "https://lambda.eu-west-1.amazonaws.com"])
@pytest.mark.usefixtures("_report_path")
def test_what_children_inherit_is_put_back(before: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the fake, and after one inside another, whatever the variables were."""
    if before is None:
        monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    else:
        monkeypatch.setenv("AWS_ENDPOINT_URL", before)
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    monkeypatch.delenv("no_proxy", raising=False)
    names = ("AWS_ENDPOINT_URL", "NO_PROXY", "no_proxy")
    were = [_inherited(name) for name in names]
    spared = "intranet.example,127.0.0.1,localhost"
    with LayerPerm():
        assert [_inherited(name) for name in names] == [NOWHERE, spared, spared]
        os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566"
        with LayerPerm():
            assert _inherited("AWS_ENDPOINT_URL") == NOWHERE
        assert _inherited("AWS_ENDPOINT_URL") == "http://127.0.0.1:4566"
        del os.environ["AWS_ENDPOINT_URL"]
    assert [_inherited(name) for name in names] == were


def test_a_mocked_popen_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the test has put something else in its place, there is no child to guard."""
    started: list[Any] = []
    monkeypatch.setattr(subprocess, "Popen", started.append)
    with LayerPerm():
        subprocess.Popen(["aws"])
    assert started == [["aws"]]


def _fork_server_pid() -> Any:
    return vars(sys.modules["multiprocessing.forkserver"]._forkserver)["_forkserver_pid"]


@pytest.fixture
def _end_fork_server() -> Iterator[None]:
    yield
    sys.modules["multiprocessing.forkserver"]._forkserver._stop()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("_end_fork_server")
def test_a_fork_server_from_before_is_not_used_and_not_touched(tmp_path: Path) -> None:
    """It knows an environment without the guard; the one that the fake's children come from ends with the fake."""
    _report(_mp_forkserver, tmp_path)
    before = _fork_server_pid()
    with LayerPerm():
        assert _report(_mp_forkserver, tmp_path)["environment"]["AWS_ENDPOINT_URL"] == NOWHERE
        its_own = _fork_server_pid()
    assert before != its_own
    assert _fork_server_pid() == before
    with pytest.raises(ProcessLookupError):
        os.kill(its_own, 0)
    assert os.waitpid(before, os.WNOHANG) == (0, 0)


def test_a_fork_server_that_somebody_else_ended_is_no_trouble(tmp_path: Path) -> None:
    """As in a forked child, whose fork server is its parent's to end."""
    with LayerPerm():
        _report(_mp_forkserver, tmp_path)
        gone = _fork_server_pid()
        os.kill(gone, 9)
        os.waitpid(gone, 0)
    assert _fork_server_pid() != gone
