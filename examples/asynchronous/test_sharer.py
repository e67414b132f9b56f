import asyncio

import pytest
from aiobotocore.session import get_session
from botocore.exceptions import ClientError
from sharer import share_first_draft, share_with_all

from pytest_layerperm import assert_layer_shared_with

ACCOUNTS = [f"{number:012}" for number in range(200, 220)]


def test_twenty_accounts_at_once(layerperm_layer):
    asyncio.run(share_with_all(layerperm_layer.layer_arn, 1, ACCOUNTS))

    for account in ACCOUNTS:
        assert_layer_shared_with(account)


@pytest.mark.layerperm_service_failure(times=3, operation="AddLayerVersionPermission", applied=True)
def test_lost_responses_are_not_conflicts(layerperm, layerperm_layer):
    asyncio.run(share_with_all(layerperm_layer.layer_arn, 1, ACCOUNTS))

    for account in ACCOUNTS:
        assert_layer_shared_with(account)
    assert layerperm.sleeps  # aiobotocore backed off, and the test did not wait for it


@pytest.mark.layerperm_service_failure(times=1, operation="AddLayerVersionPermission", applied=True)
def test_the_first_draft_failed_on_its_own_retry(layerperm_layer):
    async def run():
        async with get_session().create_client("lambda") as client:
            await share_first_draft(client, layerperm_layer.layer_arn, 1, "222222222222")

    with pytest.raises(ClientError, match=r"The statement id \(account-222222222222\) provided already exists"):
        asyncio.run(run())
    assert_layer_shared_with("222222222222")  # It worked nevertheless.
