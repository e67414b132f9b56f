import boto3
import pytest
from patient_release import IMPATIENT, share, share_first_draft

from pytest_layerperm import Throttle, assert_layer_private, assert_layer_shared_with

ADD = "AddLayerVersionPermission"


@pytest.mark.layerperm_throttle(times=9, operation=ADD)
def test_the_patient_release_survives(layerperm, layerperm_layer):
    share(layerperm_layer.arn, "222222222222")

    assert_layer_shared_with("222222222222")
    assert layerperm.calls.attempts(ADD) == 10
    assert len(layerperm.sleeps) == 9  # botocore backed off each time, and the test waited for none of it


@pytest.mark.layerperm_throttle(times=10, operation=ADD)
def test_even_patience_ends(layerperm, layerperm_layer):
    with pytest.raises(Exception, match=r"\(TooManyRequestsException\) .* \(reached max retries: 9\)"):
        share(layerperm_layer.arn, "222222222222")

    assert_layer_private()


@pytest.mark.layerperm_throttle(times=2, code="ThrottlingException")
def test_the_other_form_of_throttling(layerperm_layer):
    share(layerperm_layer.arn, "222222222222")

    assert_layer_shared_with("222222222222")


@pytest.mark.layerperm_throttle
def test_the_impatient_release_fails_at_once(layerperm, layerperm_layer):
    """The naive version fails: one 429, and the partner has no access."""
    client = boto3.client("lambda")

    with pytest.raises(client.exceptions.ClientError, match="Rate exceeded"):
        share(layerperm_layer.arn, "222222222222", IMPATIENT)

    assert_layer_private()


def test_throttled_in_the_middle(layerperm, layerperm_layer):
    """Faults can be injected for a part of a test, too."""
    share(layerperm_layer.arn, "111111111111")

    with layerperm.inject(Throttle(times=3)):
        share(layerperm_layer.arn, "222222222222")

    assert [call.status for call in layerperm.calls] == [201, 429, 429, 429, 201]


@pytest.mark.layerperm_every_fault
def test_it_survives_every_failure(layerperm_layer):
    share(layerperm_layer.arn, "222222222222")
    assert_layer_shared_with("222222222222")


def test_the_first_draft_takes_its_own_statement_for_a_conflict(layerperm, layerperm_layer):
    with pytest.raises(AssertionError, match="does not survive 2 of 10 failures"):
        for run in layerperm.every_fault():
            with run:
                share_first_draft(layerperm_layer.arn, "222222222222")
