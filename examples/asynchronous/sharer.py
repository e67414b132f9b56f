"""Shares a layer version with many accounts at once."""

import asyncio
import json

from aiobotocore.session import get_session


async def share_with_all(layer_arn, version, accounts):
    """Allows each account to use the layer version; existing statements are left unchanged."""
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
        # Either it existed before, or an attempt whose response was lost has added it.
        response = await client.get_layer_version_policy(LayerName=layer_arn, VersionNumber=version)
        statements = json.loads(response["Policy"])["Statement"]
        [existing] = [statement for statement in statements if statement["Sid"] == statement_id]
        if existing["Principal"] == "*" or account not in existing["Principal"]["AWS"]:
            raise


async def share_first_draft(client, layer_arn, version, account):
    """The first draft, before there were tests: a retry after a lost response looks like someone else's statement."""
    await client.add_layer_version_permission(
        LayerName=layer_arn,
        VersionNumber=version,
        StatementId=f"account-{account}",
        Action="lambda:GetLayerVersion",
        Principal=account,
    )
