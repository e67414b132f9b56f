"""AWS profiles, for code that names one."""

import os
import subprocess
import sys

import boto3
import pytest
from botocore.exceptions import ClientError, ProfileNotFound

from pytest_layerperm import LayerPerm

WHO = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"


def account_of(fake, session):
    session.client("lambda").list_layers()
    return fake.calls.last.account_id


def test_a_session_by_its_name(layerperm):
    """Each profile has its account; code that names none has the fake's."""
    layerperm.profile("prod", account_id="222222222222")
    layerperm.profile("dev", "333333333333")
    assert account_of(layerperm, boto3.Session(profile_name="prod")) == "222222222222"
    assert account_of(layerperm, boto3.Session(profile_name="dev")) == "333333333333"
    assert account_of(layerperm, boto3.Session()) == "123456789012"
    assert account_of(layerperm, boto3) == "123456789012"
    assert boto3.Session(profile_name="prod").client("sts").get_caller_identity()["Account"] == "222222222222"
    assert sorted(boto3.Session().available_profiles) == ["default", "dev", "prod"]


def test_the_environment_names_it(layerperm, monkeypatch):
    """AWS_PROFILE, also after moto is on."""
    layerperm.profile("prod", account_id="222222222222")
    monkeypatch.setenv("AWS_PROFILE", "prod")
    assert account_of(layerperm, boto3.Session()) == "222222222222"
    assert boto3.client("sts").get_caller_identity()["Account"] == "222222222222"
    assert account_of(layerperm, boto3.Session()) == "222222222222"


def test_it_outlasts_an_undo_of_monkeypatch(layerperm, monkeypatch):
    """In the middle of a test: the variables that name its files are the fake's, not the test's."""
    layerperm.profile("prod", account_id="222222222222")
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.undo()
    assert "AWS_PROFILE" not in os.environ
    assert account_of(layerperm, boto3.Session(profile_name="prod")) == "222222222222"
    assert "AWS_ACCESS_KEY_ID" not in os.environ


def test_a_policy_restricts_it(layerperm):
    """As it does a client."""
    deny = {"Statement": [{"Effect": "Deny", "Action": "lambda:*", "Resource": "*"}]}
    layerperm.profile("auditor", identity_policy=deny)
    with pytest.raises(ClientError, match="explicit deny"):
        boto3.Session(profile_name="auditor").client("lambda").list_layers()


def test_its_region(layerperm, monkeypatch):
    """Counts where the environment says none."""
    layerperm.profile("prod", region_name="eu-west-1")
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert boto3.Session(profile_name="prod").region_name == "eu-west-1"


def test_a_subprocess_has_it(layerperm, layerperm_server):
    """By AWS_PROFILE; without, it is the default account."""
    layerperm.profile("prod", account_id="222222222222")
    for profile, account_id in (({"AWS_PROFILE": "prod"}, "222222222222"), ({}, "123456789012")):
        environment = {**os.environ, **layerperm_server.env, **profile}
        done = subprocess.run(
            [sys.executable, "-c", WHO], env=environment, capture_output=True, text=True, timeout=60, check=True
        )
        assert done.stdout == f"{account_id}\n"


def test_it_ends_with_the_fake():
    """Files and variables; another fake has none."""
    before = dict(os.environ)
    with LayerPerm() as fake:
        fake.profile("prod")
        folder = os.path.dirname(os.environ["AWS_CONFIG_FILE"])
        assert os.path.isdir(folder)
    assert dict(os.environ) == before
    assert not os.path.exists(folder)
    with fake, pytest.raises(ProfileNotFound):
        boto3.Session(profile_name="prod")


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        (None, TypeError, "name must be text, a profile such as 'prod', not None"),
        ("a]b", ValueError, "name must be a profile of letters, digits and . @ / \\+ - _, not 'a]b'"),
    ],
)
def test_wrong_names(layerperm, name, error, message):
    """Each says what is valid."""
    with pytest.raises(error, match=message):
        layerperm.profile(name)


def test_a_fake_that_is_off_has_none():
    """As it has no clients."""
    with pytest.raises(RuntimeError, match="this LayerPerm is not on"):
        LayerPerm().profile("prod")
