import pytest
from botocore.exceptions import ClientError
from make_private import make_private, make_private_naively

from pytest_layerperm import Interleave, assert_layer_private, assert_layer_public

REMOVE = "RemoveLayerVersionPermission"


@pytest.fixture
def layer(layerperm_layer):
    """A layer version that is shared with two accounts."""
    layerperm_layer.grant("111111111111", statement_id="one")
    layerperm_layer.grant("222222222222", statement_id="two")
    return layerperm_layer


@pytest.fixture
def rival_that_adds(layerperm, layer):
    """A release job that makes the layer version public, just before our second removal."""
    calls = iter([lambda: None, lambda: layer.grant("*", statement_id="rival")])
    return Interleave(lambda: next(calls)(), before=REMOVE, times=2)


@pytest.fixture
def rival_that_removes(layerperm, layer):
    """A second clean-up job, which is a moment ahead of us."""
    client = layerperm.client()

    def remove():
        client.remove_layer_version_permission(LayerName=layer.name, VersionNumber=1, StatementId="one")

    return Interleave(remove, before=REMOVE)


def test_nothing_is_left(layer):
    make_private(layer.arn)

    assert_layer_private()


def test_nothing_is_left_of_what_was_added_meanwhile(layerperm, layer, rival_that_adds):
    layerperm.inject(rival_that_adds)

    make_private(layer.arn)

    assert_layer_private()
    assert [call.status for call in layerperm.calls.of(REMOVE)] == [204, 412, 204, 204]


def test_two_clean_up_jobs_at_once(layerperm, layer, rival_that_removes):
    layerperm.inject(rival_that_removes)

    make_private(layer.arn)

    assert_layer_private()


def test_naively_what_was_added_meanwhile_stays(layerperm, layer, rival_that_adds):
    """The naive version fails: it reports success, and the layer version is public."""
    layerperm.inject(rival_that_adds)

    make_private_naively(layer.arn)

    assert_layer_public()


def test_naively_two_clean_up_jobs_are_one_too_many(layerperm, layer, rival_that_removes):
    """It fails halfway if someone else does the same work."""
    layerperm.inject(rival_that_removes)

    with pytest.raises(ClientError, match="Statement one is not found in resource policy"):
        make_private_naively(layer.arn)

    assert [statement["Sid"] for statement in layer.policy["Statement"]] == ["two"]
