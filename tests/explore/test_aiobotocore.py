"""aiobotocore's clients under a sweep."""

import asyncio

import pytest

pytest.importorskip("aiobotocore", reason="the extra 'aio' is not installed")

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

WHERE = {"LayerName": "shared-deps", "VersionNumber": 1}
THREE_ATTEMPTS = AioConfig(retries={"mode": "standard", "total_max_attempts": 3})


async def share(client, account_id):
    grant = {"StatementId": account_id, "Action": "lambda:GetLayerVersion", "Principal": account_id}
    await client.add_layer_version_permission(**WHERE, **grant)


async def share_once(client, account_id):
    try:
        await share(client, account_id)
    except client.exceptions.ResourceConflictException:
        answer = await client.get_layer_version_policy(**WHERE)
        if f"arn:aws:iam::{account_id}:root" not in answer["Policy"]:
            raise


def sweep(layerperm, act, accounts):
    async def main():
        found = layerperm.every_fault()
        for run in found:
            with run:
                async with AioSession().create_client("lambda", config=THREE_ATTEMPTS) as client:
                    await asyncio.gather(*[act(client, account_id) for account_id in accounts])
        return found

    return asyncio.run(main())


def test_a_right_program_survives(layerperm, layerperm_layer):
    """Tasks at the same time, whatever happens to one of them."""
    found = sweep(layerperm, share_once, ["222222222222", "333333333333"])
    assert (found.points, found.runs) == (20, 26)


def test_a_lost_response_is_found(layerperm, layerperm_layer):
    with pytest.raises(AssertionError) as failed:
        sweep(layerperm, share, ["222222222222"])
    assert str(failed.value).startswith("test_a_lost_response_is_found does not survive 2 of 10 failures")
    assert [call.outcome for call in layerperm.calls] == ["ReadTimeoutError", "409 ResourceConflictException"]
