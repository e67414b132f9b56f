import pytest
from botocore.exceptions import ClientError
from share_once import share, share_naively, stop_sharing, stop_sharing_naively

from pytest_layerperm import ConnectionLost, ServiceFailure, Slow, assert_layer_private, assert_layer_shared_with

PARTNER = "222222222222"
ADD, REMOVE = "AddLayerVersionPermission", "RemoveLayerVersionPermission"
LOST_ANSWERS = {
    "500": lambda operation: ServiceFailure(operation=operation, applied=True),
    "closed connection": lambda operation: ConnectionLost(operation=operation, applied=True),
    "timeout": lambda operation: Slow(90, operation=operation),  # botocore waits 60 seconds
}


@pytest.fixture(params=LOST_ANSWERS)
def lost_response(request):
    """Returns a fault that loses the response of an operation, after the write."""
    return LOST_ANSWERS[request.param]


def test_sharing_survives_a_lost_response(layerperm, layerperm_layer, lost_response):
    layerperm.inject(lost_response(ADD))

    share(layerperm_layer.arn, PARTNER)

    assert_layer_shared_with(PARTNER)
    assert [call.outcome for call in layerperm.calls.of(ADD)][1:] == ["409 ResourceConflictException"]


def test_stopping_survives_a_lost_response(layerperm, layerperm_layer, lost_response):
    share(layerperm_layer.arn, PARTNER)
    layerperm.inject(lost_response(REMOVE))

    stop_sharing(layerperm_layer.arn, PARTNER)

    assert_layer_private()
    assert [call.outcome for call in layerperm.calls.of(REMOVE)][1:] == ["404 ResourceNotFoundException"]


def test_a_failure_before_the_write_is_no_problem(layerperm, layerperm_layer):
    layerperm.inject(ServiceFailure(operation=ADD), ServiceFailure(operation=REMOVE))

    share(layerperm_layer.arn, PARTNER)
    stop_sharing(layerperm_layer.arn, PARTNER)

    assert_layer_private()


def test_a_real_conflict_is_still_reported(layerperm_layer):
    layerperm_layer.grant("*", statement_id=f"account-{PARTNER}")

    with pytest.raises(ClientError, match="ResourceConflictException"):
        share(layerperm_layer.arn, PARTNER)


def test_a_missing_layer_version_is_still_reported(layerperm_layer):
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        stop_sharing(f"{layerperm_layer.layer_arn}:2", PARTNER)


def test_naive_sharing_reports_a_failure_although_it_worked(layerperm, layerperm_layer):
    """The naive version fails: the release fails, though the partner has access."""
    layerperm.inject(ServiceFailure(operation=ADD, applied=True))

    with pytest.raises(ClientError, match="ResourceConflictException"):
        share_naively(layerperm_layer.arn, PARTNER)

    assert_layer_shared_with(PARTNER)


def test_naive_stopping_reports_a_failure_although_it_worked(layerperm, layerperm_layer):
    share(layerperm_layer.arn, PARTNER)
    layerperm.inject(ServiceFailure(operation=REMOVE, applied=True))

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        stop_sharing_naively(layerperm_layer.arn, PARTNER)

    assert_layer_private()
