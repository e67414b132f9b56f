import json

import pytest
import requests
from share_and_tell import CHAT, share_and_tell, share_first_draft

from pytest_layerperm import assert_layer_not_shared_with, assert_layer_shared_with

PARTNER = "222222222222"


@pytest.mark.layerperm_throttle(times=2)
def test_the_room_is_told(layerperm, layerperm_layer, layerperm_responses):
    layerperm_responses.post(CHAT)

    share_and_tell(layerperm_layer.arn, PARTNER)

    assert_layer_shared_with(PARTNER)
    assert layerperm.calls.attempts("AddLayerVersionPermission") == 3
    told = layerperm_responses.calls[-1].request
    assert json.loads(told.body) == {"text": f"{PARTNER} may use {layerperm_layer.arn}"}


def test_the_room_is_not_told_of_a_denied_share(layerperm, layerperm_responses):
    foreign = layerperm.publish_layer(account_id="333333333333")

    with pytest.raises(requests.HTTPError, match="403 Client Error: Forbidden"):
        share_and_tell(foreign.arn, PARTNER)

    assert_layer_not_shared_with(PARTNER)


def test_it_survives_every_failure(layerperm, layerperm_layer, layerperm_responses):
    layerperm_responses.post(CHAT)

    for run in layerperm.every_fault(virtual_sleep=True):
        with run:
            share_and_tell(layerperm_layer.arn, PARTNER)
            assert_layer_shared_with(PARTNER)


def test_the_first_draft_does_not(layerperm, layerperm_layer, layerperm_responses):
    with pytest.raises(AssertionError, match="does not survive 1 of 10 failures"):
        for run in layerperm.every_fault():
            with run:
                share_first_draft(layerperm_layer.arn, PARTNER)
