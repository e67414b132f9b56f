"""The process environment: hostile ones do no harm, and nothing is left behind."""

import os

import boto3
import botocore.session
import pytest

from pytest_layerperm import LayerPerm, Throttle
from pytest_layerperm.patches.environment import fake_environment
from tests.installed import DEFAULT_ATTEMPTS

HARMLESS = {
    "AWS_CA_BUNDLE",
    "AWS_CSM_CLIENT_ID",
    "AWS_CSM_HOST",
    "AWS_CSM_PORT",
    "AWS_DATA_PATH",
    "BOTOCORE_TCP_KEEPALIVE",
}
"""Settings of real connections and of what is off, and where models are looked for as well."""


def environment_variables_of_botocore():
    found = set()
    session = botocore.session.Session()
    for _, variables, _, _ in session.session_var_map.values():
        found.update([variables] if isinstance(variables, str) else variables or ())
    return found


def aws_part():
    return {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "BOTO", "MOTO"))}


def test_all_variables_of_botocore_are_known():
    """Every variable that today's botocore reads is set or removed, but for a few that do no harm."""
    known = set(fake_environment("123456789012", "us-east-1"))
    unknown = environment_variables_of_botocore() - known - HARMLESS
    assert unknown == set()


def test_nonsense_in_every_variable(monkeypatch):
    """An environment in which nothing makes sense changes nothing: boto3's defaults, and the fake's caller."""
    for name in sorted(environment_variables_of_botocore() - HARMLESS):
        monkeypatch.setenv(name, "nonsense")
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", "https://elsewhere.example.com")
    before = aws_part()
    with LayerPerm() as fake:
        fake.publish_layer()
        fake.inject(Throttle(DEFAULT_ATTEMPTS - 1))
        assert boto3.client("lambda").list_layers()["Layers"]
        assert boto3.Session().client("lambda").list_layers()["Layers"]
        assert fake.client().list_layers()["Layers"]
        assert {call.account_id for call in fake.calls} == {"123456789012"}
        assert {call.region_name for call in fake.calls} == {"us-east-1"}
        assert fake.calls[DEFAULT_ATTEMPTS - 1].status == 200
    assert aws_part() == before


CONFIG_FILE = """
[default]
region = eu-north-1
retry_mode = adaptive
max_attempts = 17
endpoint_url = https://elsewhere.example.com
aws_access_key_id = ASIAEXPIREDEXPIRED12
aws_secret_access_key = expired
aws_session_token = expired
[profile nonsense]
credential_process = /nonexistent/command
"""


@pytest.mark.parametrize("profile", [None, "nonsense", "unknown"])
def test_hostile_config_file(monkeypatch, tmp_path, profile):
    """Profiles, expired keys, endpoints and retry settings of the user's files are out of sight."""
    config = tmp_path / "config"
    config.write_text(CONFIG_FILE, encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(config))
    if profile is not None:
        monkeypatch.setenv("AWS_PROFILE", profile)
    with LayerPerm() as fake:
        fake.inject(Throttle(DEFAULT_ATTEMPTS - 1))
        boto3.client("lambda").list_layers()
        assert [call.status for call in fake.calls] == [429] * (DEFAULT_ATTEMPTS - 1) + [200]
        assert fake.calls.last.region_name == "us-east-1"


def test_client_of_a_hostile_endpoint_made_before(monkeypatch):
    """A client that was made for an endpoint elsewhere, with expired keys, is caught all the same."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere.example.com")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAEXPIREDEXPIRED12")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "expired")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "expired")
    client = boto3.Session(region_name="eu-west-1").client("lambda")
    with LayerPerm() as fake:
        fake.publish_layer(region_name="eu-west-1")
        assert client.list_layers()["Layers"]
        assert fake.calls.last.account_id == "123456789012"


def test_what_the_fake_sets():
    """Code under test sees credentials and a region in the environment, and no token."""
    with LayerPerm("222222222222", "eu-central-1"):
        credentials = boto3.Session().get_credentials()
        assert credentials.access_key == "222222222222"
        assert credentials.token is None
        assert boto3.Session().region_name == "eu-central-1"
        assert os.environ["AWS_REGION"] == "eu-central-1"


def test_what_the_code_under_test_changed_is_undone():
    """Variables that the fake answers for are restored, whoever changed them meanwhile."""
    before = aws_part()
    with LayerPerm():
        os.environ["AWS_PROFILE"] = "mine"
        os.environ["AWS_REGION"] = "eu-west-3"
        del os.environ["AWS_ACCESS_KEY_ID"]
    assert aws_part() == before


def test_variables_of_ones_own_stay():
    """Variables that AWS knows nothing of are nobody's business."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_RELEASE_BUCKET", "bucket")
        with LayerPerm():
            assert os.environ["AWS_RELEASE_BUCKET"] == "bucket"
            os.environ["AWS_RELEASE_BUCKET"] = "other"
        assert os.environ["AWS_RELEASE_BUCKET"] == "other"


def test_restored_after_an_exception():
    """However the block is left."""
    before = aws_part()
    with pytest.raises(ZeroDivisionError), LayerPerm():
        raise ZeroDivisionError
    assert aws_part() == before


def test_nested_fakes_restore_each_other():
    """The inner fake's variables for the inner block, the outer's again after it."""
    before = aws_part()
    with LayerPerm("111111111111", "eu-west-1"):
        outer = aws_part()
        with LayerPerm("222222222222", "eu-west-2"):
            assert (os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_REGION"]) == ("222222222222", "eu-west-2")
        assert aws_part() == outer
    assert aws_part() == before


MODULE = """
import os
import pytest

@pytest.fixture
def earlier(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "earlier")

@pytest.fixture
def asked_for(request):
    request.getfixturevalue("monkeypatch").setenv("AWS_DEFAULT_REGION", "asked for")

def change_all(monkeypatch):
    assert os.environ["AWS_DEFAULT_REGION"] == "us-east-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "changed")
    monkeypatch.setenv("AWS_PROFILE", "changed")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "changed")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

def test_monkeypatch_before_ours(monkeypatch, layerperm):
    change_all(monkeypatch)

def test_monkeypatch_after_ours(layerperm, monkeypatch):
    change_all(monkeypatch)

def test_monkeypatch_of_another_fixture(earlier, layerperm, monkeypatch):
    change_all(monkeypatch)

def test_monkeypatch_asked_for_before_ours(asked_for, layerperm, request):
    change_all(request.getfixturevalue("monkeypatch"))

def test_monkeypatch_asked_for_after_ours(layerperm, request):
    change_all(request.getfixturevalue("monkeypatch"))

@pytest.mark.layerperm
def test_monkeypatch_under_a_marker(monkeypatch):
    change_all(monkeypatch)

"""
CONFTEST = """
import os
import pytest

def aws_part():
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}

BEFORE = aws_part()

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown():
    yield
    assert aws_part() == BEFORE
"""


@pytest.mark.parametrize("was", [{}, {"AWS_PROFILE": "mine", "AWS_DEFAULT_REGION": "ap-south-1"}], ids=["bare", "set"])
def test_monkeypatch_and_the_fixture(pytester, monkeypatch, was):
    """Whichever comes first, and whoever asked for it: the variables of before are back after each test."""
    for name, value in was.items():
        monkeypatch.setenv(name, value)
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(MODULE)
    result = pytester.runpytest_inprocess("-p", "no:hypothesispytest", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=6)
