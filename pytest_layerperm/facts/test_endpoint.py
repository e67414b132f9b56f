"""Checks every fact on the endpoint that ``--layerperm-endpoint`` names: ``pytest --pyargs pytest_layerperm.facts``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from . import FACTS, Fact
from .endpoints import HttpEndpoint, NoEndpoint, connect
from .running import Published, clean_up, show
from .suite import FactsSuite, property_of, terminated_as_interrupted

NUMBERS = {fact.id: number for number, fact in enumerate(FACTS)}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.config.getoption("layerperm_endpoint") is None:
        pytest.fail(
            "pytest_layerperm.facts needs an endpoint: --layerperm-endpoint=URL of an emulator, or aws", pytrace=False
        )
    metafunc.parametrize("fact", FACTS, ids=[fact.id for fact in FACTS])


@pytest.fixture(scope="session")
def suite(pytestconfig: pytest.Config) -> FactsSuite:
    found: Any = pytestconfig.pluginmanager.get_plugin("layerperm-facts")
    return found


@pytest.fixture(scope="session")
def published(endpoint: HttpEndpoint) -> Iterator[Published]:
    """Layers still to be deleted: what an interrupted clean-up leaves is deleted at the end."""
    published: Published = {}
    yield published
    clean_up(endpoint.send, published)


@pytest.fixture(scope="session")
def endpoint(suite: FactsSuite) -> Iterator[HttpEndpoint]:
    try:
        endpoint = connect(suite.settings, suite.prefix)
    except NoEndpoint as failed:
        pytest.exit(f"--layerperm-endpoint={suite.settings.endpoint}: {failed}", returncode=pytest.ExitCode.USAGE_ERROR)
    with terminated_as_interrupted():
        yield endpoint
    endpoint.close()


def test_fact(
    fact: Fact, endpoint: HttpEndpoint, suite: FactsSuite, published: Published, request: pytest.FixtureRequest
) -> None:
    """The endpoint responds as the fact says."""
    outcome = show(fact, endpoint, suite.layer_for(NUMBERS[fact.id]), published)
    node: pytest.Item = request.node  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    node.user_properties.append(property_of(outcome))
    if outcome.not_shown is not None:
        pytest.skip(outcome.not_shown)
    if outcome.differences:
        pytest.fail(f"{fact.id} differs; see the end of the report", pytrace=False)
