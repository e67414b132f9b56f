"""Beside others that patch, in every order of setup: nothing of ours is left, and nothing of theirs is lost.

Each test runs a small suite in a process of its own, whose last test looks at what is left.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.limits import LIMIT

PLUGINS = [
    name
    for name in ("pytest_mock", "pytest_socket", "pyfakefs.pytest_plugin")
    if find_spec(name.partition(".")[0]) is not None
]
LAST = '''
def test_last_without_a_fake():
    """Everything is as it was when pytest started."""
    assert {name: get() for name, get in WATCHED.items()} == BEFORE
    with pytest.raises(Exception) as raised:
        boto3.client("lambda", "us-east-1", endpoint_url="http://127.0.0.1:1", config=ONCE).list_layers()
    assert "pytest-layerperm" not in str(raised.value)
'''
FIRST = """
import os, socket, subprocess, time
from unittest import mock
import boto3, botocore.endpoint, botocore.httpsession, botocore.signers
import pytest, requests
from botocore.config import Config
from requests.adapters import HTTPAdapter

os.environ.update(AWS_ACCESS_KEY_ID="AKIAREAL", AWS_SECRET_ACCESS_KEY="real", AWS_PROFILE="")
del os.environ["AWS_PROFILE"]
ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
WATCHED = {
    "environment": lambda: {name: value for name, value in os.environ.items() if name.startswith("AWS_")},
    "send": lambda: botocore.httpsession.URLLib3Session.send,
    "sign": lambda: botocore.signers.RequestSigner.get_auth_instance,
    "time": lambda: (time.time, botocore.endpoint.time),
    "names": lambda: (socket.getaddrinfo, socket.gethostbyname),
    "requests": lambda: HTTPAdapter.send,
    "boto3": lambda: (boto3.setup_default_session, boto3.DEFAULT_SESSION),
    "children": lambda: (os.execve, os.putenv, subprocess.Popen.__init__),
}
BEFORE = {name: get() for name, get in WATCHED.items()}

def use(fake):
    boto3.client("lambda").list_layers()
    assert len(fake.calls) == 1
"""


def run(pytester: pytest.Pytester, suite: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(FIRST + suite + LAST)
    return pytester.runpytest_subprocess(*[f"-p{plugin}" for plugin in PLUGINS], *options)


def needs(module: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(module) is None, reason=f"{module} is not installed")


ORDERS = [", ".join(order) for order in itertools.permutations(["layerperm", "patched"])]


@pytest.mark.parametrize("order", ORDERS)
def test_monkeypatch(order: str, pytester: pytest.Pytester) -> None:
    """Of everything that the fake patches, and of its variables, before it and after it."""
    suite = f'''
@pytest.fixture
def patched(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args: [])
    monkeypatch.setattr(botocore.endpoint, "time", time)
    monkeypatch.setattr(boto3, "setup_default_session", boto3.setup_default_session)
    monkeypatch.setattr(os, "execve", os.execve)
    yield

def test_it({order}):
    boto3.client("lambda", "us-east-1").list_layers()
    assert len(layerperm.calls) == 1
    assert ("{order}".endswith("patched")) == (socket.getaddrinfo() == [] if "{order}".endswith("patched") else False)
'''
    run(pytester, suite).assert_outcomes(passed=2)


def test_monkeypatch_that_is_undone_in_the_middle(pytester: pytest.Pytester) -> None:
    """The real credentials do not come back before the fake is off."""
    suite = """
@pytest.fixture
def before(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_PROFILE", "production")

def test_it(before, layerperm, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "222222222222")
    use(layerperm)
    for _ in range(2):
        monkeypatch.undo()
        assert os.environ["AWS_ACCESS_KEY_ID"] == "123456789012"
        assert os.environ["AWS_REGION"] == "us-east-1"
        assert "AWS_PROFILE" not in os.environ
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "333333333333")

def test_after(layerperm, monkeypatch):
    use(layerperm)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
"""
    run(pytester, suite).assert_outcomes(passed=3)


@needs("pytest_mock")
@pytest.mark.parametrize("order", ORDERS)
def test_mocker(order: str, pytester: pytest.Pytester) -> None:
    """It undoes what it has done after or before the fake."""
    suite = f'''
@pytest.fixture
def patched(mocker):
    mocker.patch.dict(os.environ, AWS_REGION="eu-west-1")
    mocker.patch("socket.getaddrinfo")
    mocker.patch.object(botocore.signers.RequestSigner, "get_auth_instance", autospec=True)
    mocker.stopall()
    mocker.patch.object(subprocess.Popen, "__init__", return_value=None)
    mocker.patch.object(botocore.httpsession.URLLib3Session, "send", wraps=None, side_effect=KeyError)

def test_it({order}):
    if "{order}".endswith("patched"):
        with pytest.raises(KeyError):
            boto3.client("lambda").list_layers()
    else:
        use(layerperm)
'''
    run(pytester, suite).assert_outcomes(passed=2)


def test_a_patch_that_outlasts_the_fake(pytester: pytest.Pytester) -> None:
    """Started inside it, stopped after it: theirs is not lost, and ours does not come back to life."""
    suite = """
patches = [
    mock.patch.object(botocore.httpsession.URLLib3Session, "send", side_effect=KeyError),
    mock.patch.object(socket, "getaddrinfo", side_effect=KeyError),
    mock.patch.object(boto3, "setup_default_session"),
]

def test_it(layerperm):
    use(layerperm)
    for patch in patches:
        patch.start()

def test_between():
    with pytest.raises(KeyError):
        socket.getaddrinfo("example.com", 80)
    with pytest.raises(KeyError):
        botocore.httpsession.URLLib3Session().send(None)
    for patch in patches:
        patch.stop()
"""
    run(pytester, suite).assert_outcomes(passed=3)


def test_responses_with_a_mock_of_its_own_and_a_call_for_moto(pytester: pytest.Pytester) -> None:
    """Moto's mock, which the fake starts, is inside theirs or around it, and either may end first."""
    suite = """
import responses

@pytest.fixture
def around():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock

@pytest.fixture
def inside(layerperm):
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock

def test_moto_starts_inside(layerperm):
    with responses.RequestsMock() as mock:
        mock.get("https://example.com/", body="theirs")
        boto3.client("sts").get_caller_identity()
        requests.get("https://example.com/")
    use(layerperm)

def test_moto_starts_inside_and_outlasts(layerperm):
    with responses.RequestsMock():
        boto3.client("sts").get_caller_identity()

def test_moto_ends_first(layerperm):
    boto3.client("sts").get_caller_identity()
    test_moto_ends_first.mock = responses.RequestsMock()
    test_moto_ends_first.mock.start()

def test_theirs_is_not_lost():
    mock = test_moto_ends_first.mock
    mock.get("https://example.com/", body="theirs")
    assert requests.get("https://example.com/").text == "theirs"
    mock.stop()

@responses.activate
def test_activated(layerperm):
    responses.get("https://example.com/", body="theirs")
    boto3.client("sts").get_caller_identity()
    use(layerperm)
    requests.get("https://example.com/")

@responses.activate
def test_activated_with_our_mock(layerperm, layerperm_responses):
    responses.get("https://example.com/", body="theirs")
    requests.get("https://example.com/")
    boto3.client("sts").get_caller_identity()

def test_around(around, layerperm):
    boto3.client("sts").get_caller_identity()

def test_inside(layerperm, inside):
    boto3.client("sts").get_caller_identity()
"""
    run(pytester, suite).assert_outcomes(passed=9)


@needs("vcr")
def test_vcrpy(pytester: pytest.Pytester) -> None:
    """Around the fake, inside it, and left in the other order."""
    suite = """
import vcr

def test_around(tmp_path, request):
    with vcr.use_cassette(str(tmp_path / "cassette.yaml")) as cassette:
        use(request.getfixturevalue("layerperm"))
    assert len(cassette) == 0

def test_inside(layerperm, tmp_path):
    with vcr.use_cassette(str(tmp_path / "cassette.yaml")):
        use(layerperm)
        boto3.client("sts").get_caller_identity()
"""
    run(pytester, suite).assert_outcomes(passed=3)


@needs("pyfakefs")
@pytest.mark.parametrize("order", ["fs, layerperm", "layerperm, fs"])
def test_pyfakefs(order: str, pytester: pytest.Pytester) -> None:
    """Also if the test that has it is the first one with a fake."""
    suite = f"""
def test_it({order}):
    import botocore
    fs.add_real_directory(os.path.dirname(botocore.__file__), lazy_read=True)
    fs.add_real_directory(os.path.dirname(boto3.__file__), lazy_read=True)
    layerperm.publish_layer()
    client = layerperm.client()
    assert client.list_layers()["Layers"]

def test_next(layerperm):
    use(layerperm)
    boto3.client("sts").get_caller_identity()
"""
    run(pytester, suite).assert_outcomes(passed=3)


@needs("pytest_socket")
def test_pytest_socket(pytester: pytest.Pytester) -> None:
    """Publishing binds nothing, and a frozen clock does not stay frozen."""
    suite = """
from pytest_layerperm import LayerPerm

def test_publishing(layerperm, layerperm_client):
    layer = layerperm.publish_layer("other", content={"a.py": ""})
    location = layerperm_client.get_layer_version(LayerName=layer.layer_arn, VersionNumber=1)["Content"]["Location"]
    assert location.startswith("https://layer-content.invalid/")
    boto3.client("sts").get_caller_identity()

@pytest.mark.layerperm(frozen_at="2020-01-01")
def test_frozen(layerperm):
    use(layerperm)
    assert time.gmtime().tm_year == 2020

def test_frozen_by_hand():
    with LayerPerm(frozen_at="2020-01-01") as fake:
        use(fake)
    assert time.gmtime().tm_year != 2020

def test_the_clock_runs():
    assert time.gmtime().tm_year != 2020
"""
    result = run(pytester, suite.replace("LAST", ""), "--disable-socket", "--deselect", "*last*")
    outcomes = result.parseoutcomes()
    assert outcomes.get("passed", 0) >= 4
    assert "test_publishing FAILED" not in result.stdout.str()


def test_unittest_s_class_level(pytester: pytest.Pytester) -> None:
    """A decorated TestCase whose setUpClass calls AWS: no packet leaves, and the error says where it belongs."""
    suite = """
import unittest
from pytest_layerperm import LayerPerm, RequestRefused

seen = []

@LayerPerm()
class TestRelease(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = boto3.client("lambda")
        for call in (cls.client.list_layers, boto3.client("sts").get_caller_identity):
            try:
                call()
            except RequestRefused as refused:
                seen.append(str(refused))

    def test_it(self):
        self.client.list_layers()
        assert seen == [
            "pytest-layerperm rejected a layer call in setUpClass: each test starts with an empty fake. "
            "Make it in setUp or tearDown, where the fake of @LayerPerm() is on."
        ]
"""
    result = run(pytester, suite)
    assert "passed" in result.parseoutcomes()


def test_freezegun_left_in_another_order() -> None:
    """The clock that is still frozen stays where it was frozen, and none does in the end."""
    script = """
import datetime
from freezegun import freeze_time
from freezegun.api import freeze_factories
from pytest_layerperm import LayerPerm
year = lambda: datetime.datetime.now().year
fake, theirs = LayerPerm(frozen_at="2020-01-01"), freeze_time("2010-01-01")
fake.start(); theirs.start(); fake.stop()
assert year() == 2010
theirs.stop()
assert year() > 2020 and not freeze_factories
theirs.start(); fake.start(); theirs.stop(); fake.stop()
assert year() > 2020 and not freeze_factories
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=LIMIT)
