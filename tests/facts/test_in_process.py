"""Every fact, in process: through the handler alone, and through botocore as a plain request and as a boto3 call."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ConnectionClosedError

from pytest_layerperm import ConnectionLost, LayerPerm
from pytest_layerperm.facts import CONFIDENCES, FACTS, Fact
from pytest_layerperm.facts.asking import Asked
from pytest_layerperm.facts.differences import Received
from pytest_layerperm.facts.running import Sender, show
from pytest_layerperm.facts.sending import HttpSender, client_sender, received
from pytest_layerperm.facts.sources import SOURCES, explain
from pytest_layerperm.fake import service_of
from pytest_layerperm.lambda_api.wire import Request
from tests.helpers import ACCOUNTS, FactsEndpoint


def through_handler(fake: LayerPerm) -> Sender:
    def send(asked: Asked) -> Received:
        url = urlsplit(asked.path)
        scope = f"{ACCOUNTS.get(asked.by)}/20260101/{asked.region}/lambda/aws4_request"
        signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
        headers = {} if asked.by == "nobody" else signed
        host = f"lambda.{asked.region}.amazonaws.com"
        response = service_of(fake).handle(Request(asked.method, host, url.path, url.query, headers, asked.body))
        assert response is not None
        return received(response.status, service_of(fake).headers_of(response), response.body)

    return send


def through_seam(fake: LayerPerm) -> Sender:
    return HttpSender(
        lambda region: f"https://lambda.{region}.amazonaws.com",
        lambda by: Credentials(ACCOUNTS[by], "secret"),
    )


SESSION = botocore.session.Session()


def through_boto3(fake: LayerPerm) -> Sender:
    clients = {}

    def client_of(by: str, region: str) -> object:
        if (by, region) not in clients:
            clients[by, region] = SESSION.create_client(
                "lambda",
                region,
                aws_access_key_id=ACCOUNTS.get(by),
                aws_secret_access_key="secret" if by in ACCOUNTS else None,
                config=Config(
                    retries={"total_max_attempts": 1},
                    parameter_validation=False,
                    signature_version=UNSIGNED if by == "nobody" else None,
                ),
            )
        return clients[by, region]

    return client_sender(client_of)


TRANSPORTS = {"handler": through_handler, "seam": through_seam, "boto3": through_boto3}


@pytest.fixture(params=TRANSPORTS)
def endpoint(request: pytest.FixtureRequest) -> Iterator[FactsEndpoint]:
    with LayerPerm() as fake:
        yield FactsEndpoint(fake, TRANSPORTS[request.param](fake))


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_fact_holds_in_process(fact: Fact, endpoint: FactsEndpoint) -> None:
    """The fake responds as AWS does, and as decided if that is not known."""
    outcome = show(fact, endpoint, "layerperm-facts")
    assert outcome.not_shown is None
    assert outcome.differences == []
    assert list(endpoint.fake.layers) == []


def test_response_that_never_comes() -> None:
    """The client's error is raised; there is nothing to compare."""
    with LayerPerm() as fake:
        fake.inject(ConnectionLost())
        with pytest.raises(ConnectionClosedError):
            show(FACTS[0], FactsEndpoint(fake, through_boto3(fake)), "layerperm-facts")


def test_ids_are_unique() -> None:
    """A fact is found by its id."""
    assert len({fact.id for fact in FACTS}) == len(FACTS)


def test_every_fact_expects_something() -> None:
    """A fact whose steps expect nothing could not differ."""
    names = dict.fromkeys(("account", "other_account", "region", "partition"), "0" * 12)
    names.update(version_arn="arn", layer_arn="arn", layer="layer")
    empty = [fact.id for fact in FACTS if not any(step.expected for step in fact.steps_for(names))]
    assert empty == []


def test_sources_are_explained() -> None:
    """Every fact gives its source, by a short name that is explained, and its confidence."""
    assert all(explain(fact.source) for fact in FACTS)
    assert {fact.confidence for fact in FACTS} == set(CONFIDENCES)
    assert {fact.source.partition(":")[0] for fact in FACTS} == set(SOURCES)


def test_decisions_are_marked_inferred() -> None:
    """What the project decided is never presented as AWS's."""
    assert {fact.confidence for fact in FACTS if fact.source.startswith("DECISION")} == {"inferred"}
