"""Shares a layer version with many accounts at once. Knows nothing of any fake."""

import asyncio
import json

from aiobotocore.session import get_session


async def share_with_all(layer_arn, version, accounts):
    """Lets each account use the layer version; what is there already is left as it is."""
    async with get_session().create_client("lambda") as client:
        await asyncio.gather(*[share(client, layer_arn, version, account) for account in accounts])


async def share(client, layer_arn, version, account):
    statement_id = f"account-{account}"
    try:
        await client.add_layer_version_permission(
            LayerName=layer_arn,
            VersionNumber=version,
            StatementId=statement_id,
            Action="lambda:GetLayerVersion",
            Principal=account,
        )
    except client.exceptions.ResourceConflictException:
        # Either it was there before, or an attempt whose answer was lost has put it there.
        answer = await client.get_layer_version_policy(LayerName=layer_arn, VersionNumber=version)
        statements = json.loads(answer["Policy"])["Statement"]
        [there] = [statement for statement in statements if statement["Sid"] == statement_id]
        if there["Principal"] == "*" or account not in there["Principal"]["AWS"]:
            raise


async def share_first_draft(client, layer_arn, version, account):
    """How it was before there were tests: a retry after a lost answer looks like somebody else's statement."""
    await client.add_layer_version_permission(
        LayerName=layer_arn,
        VersionNumber=version,
        StatementId=f"account-{account}",
        Action="lambda:GetLayerVersion",
        Principal=account,
    )
