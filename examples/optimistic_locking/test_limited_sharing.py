import pytest
from limited_sharing import ATTEMPTS, LIMIT, TooManyAccounts, share_with_few, share_with_few_hopefully

from pytest_layerperm import Interleave, assert_layer_not_shared_with, assert_layer_shared_with

OURS, RIVAL = "222222222222", "333333333333"
ADD = "AddLayerVersionPermission"


@pytest.fixture
def layer(layerperm_layer):
    """A layer version that is shared with one account less than allowed."""
    for number in range(LIMIT - 1):
        layerperm_layer.grant(f"{number:012}")
    return layerperm_layer


def test_there_is_room_for_one_more(layer):
    share_with_few(layer.arn, OURS)

    assert_layer_shared_with(OURS)


def test_the_next_one_is_rejected(layer):
    layer.grant(RIVAL)

    with pytest.raises(TooManyAccounts):
        share_with_few(layer.arn, OURS)

    assert_layer_not_shared_with(OURS)


def test_another_job_takes_the_last_place(layerperm, layer):
    """Our RevisionId is stale when we add: AWS returns 412, we read again, and find no room."""
    layerperm.inject(Interleave(lambda: layer.grant(RIVAL), before=ADD))

    with pytest.raises(TooManyAccounts):
        share_with_few(layer.arn, OURS)

    assert [call.status for call in layerperm.calls] == [200, 412, 200]
    assert_layer_not_shared_with(OURS)


def test_another_job_gives_its_place_up(layerperm, layer):
    """Any change makes the RevisionId stale; when we read again, there is room."""
    layerperm.inject(Interleave(lambda: layer.grant("*", statement_id="short-lived"), before=ADD))
    rival = layerperm.client()
    layerperm.inject(
        Interleave(
            lambda: rival.remove_layer_version_permission(
                LayerName=layer.name, VersionNumber=layer.version, StatementId="short-lived"
            ),
            before=ADD,
        )
    )

    share_with_few(layer.arn, OURS)

    assert_layer_shared_with(OURS)
    assert layerperm.calls.attempts(ADD) == 2


def test_others_never_rest(layerperm, layer):
    def come_and_go():
        layer.grant("*", statement_id="rival")
        layerperm.client().remove_layer_version_permission(
            LayerName=layer.name, VersionNumber=layer.version, StatementId="rival"
        )

    layerperm.inject(Interleave(come_and_go, before=ADD, times=ATTEMPTS))

    with pytest.raises(TimeoutError):
        share_with_few(layer.arn, OURS)

    assert layerperm.calls.attempts(ADD) == ATTEMPTS


def test_without_the_lock_there_is_one_too_many(layerperm, layer):
    """The naive version fails."""
    layerperm.inject(Interleave(lambda: layer.grant(RIVAL), before=ADD))

    share_with_few_hopefully(layer.arn, OURS)

    assert len(layer.policy["Statement"]) == LIMIT + 1


@pytest.mark.layerperm_every_fault(raises=TooManyAccounts)
def test_it_survives_every_failure(layer):
    share_with_few(layer.arn, OURS)

    assert_layer_shared_with(OURS)


def test_without_the_lock_it_does_not(layerperm, layer):
    def never_one_too_many():
        assert len(layer.policy["Statement"]) <= LIMIT

    with pytest.raises(AssertionError, match=r"does not survive \d+ of \d+ failures"):
        for run in layerperm.every_fault("Rival-adds", "Killed", "Killed-applied", "ConnectionLost-applied", "Outage"):
            with run:
                share_with_few_hopefully(layer.arn, OURS)
                never_one_too_many()
