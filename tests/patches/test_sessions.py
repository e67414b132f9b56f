"""Sessions made while a fake is on cost little, and carry nothing from one test into another."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import botocore.handlers
import botocore.loaders
import botocore.session
import pytest
from botocore.config import Config

from pytest_layerperm import LayerPerm, Throttle
from pytest_layerperm.patches import sessions
from tests.helpers import add_permission


def default_session() -> Any:
    boto3.client("lambda")
    return boto3.DEFAULT_SESSION


def caller_of(client: Any, fake: LayerPerm) -> tuple[str, str]:
    """Account and region that the fake sees in a client's calls."""
    client.list_layers()
    call = fake.calls.last
    assert call is not None
    return call.account_id, call.region_name


def test_a_default_session_that_nobody_changed_serves_the_next_fake():
    """It is made once, and is boto3's own class."""
    with LayerPerm():
        first = default_session()
    with LayerPerm():
        second = default_session()
    assert second is first
    assert type(second) is boto3.Session


def test_a_fake_starts_with_no_default_session_and_gives_back_the_one_before(monkeypatch: pytest.MonkeyPatch):
    """What the process had is untouched by what the test makes."""
    before = boto3.Session(region_name="eu-central-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", before)
    setup = boto3.setup_default_session
    with LayerPerm():
        assert boto3.DEFAULT_SESSION is None
        default_session()
        with LayerPerm():
            assert boto3.DEFAULT_SESSION is None
    assert boto3.DEFAULT_SESSION is before
    assert boto3.setup_default_session is setup
    assert "_cache" not in vars(botocore.loaders.Loader)


def handler(**_: Any) -> None:
    raise AssertionError("a handler of another test")


CHANGES: dict[str, Callable[[Any], object]] = {
    "a handler": lambda session: session.events.register("before-call.lambda", handler),
    "a first handler": lambda session: session.events.register_first("before-call.lambda", handler),
    "a last handler": lambda session: session.events.register_last("before-call.lambda", handler),
    "one handler less": lambda session: session.events.unregister("before-call.lambda", handler),
    "a handler by botocore": lambda session: session._session.register("before-call.lambda", handler),
    "a variable": lambda session: session._session.set_config_variable("region", "eu-central-1"),
    "credentials": lambda session: session._session.set_credentials("222222222222", "secret"),
    "a user agent": lambda session: setattr(session._session, "user_agent_extra", "release-tool/1"),
    "a client config": lambda session: session._session.set_default_client_config(Config(read_timeout=1)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_changed_default_session_stays_in_its_test(change: Callable[[Any], object]):
    """Handlers, variables, credentials and settings do not reach another test."""
    with LayerPerm():
        changed = default_session()
        change(changed)
    with LayerPerm() as fake:
        fresh = default_session()
        assert fresh is not changed
        assert caller_of(boto3.client("lambda"), fake) == ("123456789012", "us-east-1")
    with LayerPerm():
        assert default_session() is fresh


def test_a_fake_of_another_account_and_region_has_another_default_session():
    """The environment decides which session is used again."""
    for _ in range(2):
        for account_id, region_name in (("111111111111", "us-east-1"), ("222222222222", "eu-central-1")):
            with LayerPerm(account_id, region_name) as fake:
                assert caller_of(boto3.client("lambda"), fake) == (account_id, region_name)


def test_variables_set_by_the_test_count(monkeypatch: pytest.MonkeyPatch):
    """A default session kept from an earlier test does not hide them."""
    with LayerPerm():
        default_session()
    with LayerPerm() as fake, monkeypatch.context() as variables:
        variables.setenv("AWS_ACCESS_KEY_ID", "222222222222")
        variables.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        assert caller_of(boto3.client("lambda"), fake) == ("222222222222", "eu-central-1")
    with LayerPerm() as fake:
        assert caller_of(boto3.client("lambda"), fake) == ("123456789012", "us-east-1")


def test_variables_changed_after_the_session_was_made_stay_in_their_test(monkeypatch: pytest.MonkeyPatch):
    """Credentials are looked up late by botocore; a kept session must not have another test's."""
    with LayerPerm(), monkeypatch.context() as variables:
        boto3.setup_default_session()
        variables.setenv("AWS_ACCESS_KEY_ID", "222222222222")
        boto3.client("lambda")
    with LayerPerm() as fake:
        assert caller_of(boto3.client("lambda"), fake) == ("123456789012", "us-east-1")


def test_a_default_session_with_settings_of_its_own_is_not_kept():
    """``boto3.setup_default_session(region_name=…)`` works, and for its test alone."""
    with LayerPerm() as fake:
        boto3.setup_default_session(region_name="eu-central-1")
        assert caller_of(boto3.client("lambda"), fake) == ("123456789012", "eu-central-1")
    with LayerPerm() as fake:
        assert caller_of(boto3.client("lambda"), fake) == ("123456789012", "us-east-1")


@pytest.mark.parametrize("variable", ["AWS_CONFIG_FILE", "AWS_SECRET_ACCESS_KEY"])
def test_a_default_session_made_from_files_is_not_kept(variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A file may say something else in the next test."""
    with LayerPerm(), monkeypatch.context() as variables:
        config = tmp_path / "config"
        config.write_text("[default]\naws_access_key_id = 222222222222\naws_secret_access_key = secret\n")
        variables.setenv("AWS_CONFIG_FILE", str(config))
        if variable == "AWS_SECRET_ACCESS_KEY":
            variables.delenv("AWS_SECRET_ACCESS_KEY")
            variables.delenv("AWS_ACCESS_KEY_ID")
        first = default_session()
        boto3.DEFAULT_SESSION = None
        assert default_session() is not first


def test_without_credentials_no_default_session_is_kept(monkeypatch: pytest.MonkeyPatch):
    """Where they come from then may change from test to test."""
    kept = []
    for _ in range(2):
        with LayerPerm() as fake, monkeypatch.context() as variables:
            variables.delenv("AWS_ACCESS_KEY_ID")
            variables.delenv("AWS_SECRET_ACCESS_KEY")
            assert caller_of(boto3.client("lambda"), fake) == ("123456789012", "us-east-1")
            kept.append(boto3.DEFAULT_SESSION)
    assert kept[0] is not kept[1]


def test_handlers_that_botocore_gives_every_session_reach_kept_ones_too(monkeypatch: pytest.MonkeyPatch):
    """moto, imported between two tests, adds one; a session made before would not have it."""
    seen: list[str] = []

    def tell(**event: Any) -> None:
        seen.append(event["event_name"])

    with LayerPerm() as fake:
        default_session()
        fake.client()
    handlers = [*botocore.handlers.BUILTIN_HANDLERS, ("before-call.lambda", tell)]
    monkeypatch.setattr(botocore.handlers, "BUILTIN_HANDLERS", handlers)
    monkeypatch.setattr(botocore.session.handlers, "BUILTIN_HANDLERS", handlers)
    with LayerPerm() as fake:
        boto3.client("lambda").list_layers()
        fake.client().list_layers()
    assert seen == ["before-call.lambda.ListLayers"] * 2


def test_models_are_parsed_once_for_all_sessions(monkeypatch: pytest.MonkeyPatch):
    """A second session reads no file of botocore's, but for its retry settings, which clients change."""
    with LayerPerm():
        boto3.Session().client("lambda")
    load = botocore.loaders.JSONFileLoader.load_file

    def read(loader: Any, path: str) -> Any:
        assert path.endswith("_retry"), "read a model again"
        return load(loader, path)

    monkeypatch.setattr(botocore.loaders.JSONFileLoader, "load_file", read)
    with LayerPerm():
        boto3.Session().client("lambda")
        botocore.session.Session()


def test_models_of_the_tests_own_are_read_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """AWS_DATA_PATH may hold another model in the next test."""
    model = tmp_path / "sharing" / "2026-01-01" / "service-2.json"
    model.parent.mkdir(parents=True)
    for operation in ("Share", "Revoke"):
        model.write_text(
            json.dumps(
                {
                    "metadata": {
                        "apiVersion": "2026-01-01",
                        "endpointPrefix": "sharing",
                        "protocol": "rest-json",
                        "serviceId": "Sharing",
                        "signatureVersion": "v4",
                    },
                    "operations": {operation: {"name": operation, "http": {"method": "GET", "requestUri": "/"}}},
                    "shapes": {},
                }
            )
        )
        (model.parent / "endpoint-rule-set-1.json").write_text(
            json.dumps({"version": "1.0", "parameters": {}, "rules": []})
        )
        with LayerPerm(), monkeypatch.context() as variables:
            variables.setenv("AWS_DATA_PATH", str(tmp_path))
            client = boto3.Session().client("sharing", endpoint_url="http://127.0.0.1:1")
            assert client.meta.method_to_api_mapping == {operation.lower(): operation}


def test_a_loader_made_while_a_fake_is_on_works_after_it():
    """It reads for itself then."""
    with LayerPerm():
        session = boto3.Session(region_name="us-east-1")
        session.client("lambda")
    assert "lambda" in session.get_available_services()


def test_only_a_few_environments_are_kept():
    """A suite with thousands of accounts does not fill the memory."""
    for number in range(40):
        with LayerPerm(f"{number:012}"):
            boto3.setup_default_session()
    assert len(sessions._default_sessions) <= 16
    assert len(sessions._own_session) <= 1


def test_threads_share_the_default_session_and_are_told_apart_by_their_clients():
    """As without the fake: clients of two accounts in eight threads each call as their own."""
    with LayerPerm() as fake:
        layers = {a: fake.publish_layer(account_id=a) for a in ("111111111111", "222222222222")}

        def share(number: int) -> str:
            account_id = list(layers)[number % 2]
            client = fake.client(account_id)
            add_permission(client, f"to-{number}")
            boto3.client("lambda").list_layers()
            return account_id

        with ThreadPoolExecutor(8) as pool:
            accounts = list(pool.map(share, range(16)))
        for account_id, layer in layers.items():
            assert layer.policy is not None
            assert len(layer.policy["Statement"]) == accounts.count(account_id)


def test_settings_given_to_client_win():
    """``client(aws_access_key_id=…, config=…)`` are boto3's own."""
    with LayerPerm() as fake:
        client = fake.client(aws_access_key_id="222222222222", config=Config(read_timeout=7))
        assert caller_of(client, fake) == ("222222222222", "us-east-1")
        assert client.meta.config.read_timeout == 7


def test_a_session_handed_out_is_nobody_elses():
    """Its handlers are the test's own."""
    with LayerPerm() as fake:
        assert fake.session() is not fake.session()
        assert caller_of(fake.session("222222222222").client("lambda"), fake) == ("222222222222", "us-east-1")


def test_no_session_keeps_a_file_of_the_machine():
    """While a fake is on, profiles are those of nobody."""
    with LayerPerm():
        assert os.environ["AWS_CONFIG_FILE"] == os.devnull
        assert boto3.Session().available_profiles == []


def test_clients_do_not_spoil_each_others_retries(layerperm: LayerPerm) -> None:
    """A client that was made after one of Organizations retries throttled calls, as in a session of its own."""
    session = layerperm.session()
    session.client("organizations")
    for client in (session.client("lambda"), boto3.client("lambda")):
        layerperm.inject(Throttle(1))
        assert client.list_layers()["Layers"] == []
