"""One attempt to share version 1 of shared-deps, for retries of all kinds around it."""

import json

PLACE = {"LayerName": "shared-deps", "VersionNumber": 1}


def add_first_draft(client, account_id: str) -> None:
    """Sure that every response comes: the second attempt takes the statement of the first one for a conflict."""
    client.add_layer_version_permission(
        **PLACE, StatementId=f"account-{account_id}", Action="lambda:GetLayerVersion", Principal=account_id
    )


def add(client, account_id: str) -> None:
    """Lets the account use it, unless it may already. Raises if the statement id is taken for someone else."""
    try:
        add_first_draft(client, account_id)
    except client.exceptions.ResourceConflictException:
        statements = json.loads(client.get_layer_version_policy(**PLACE)["Policy"])["Statement"]
        principals = {statement["Sid"]: statement["Principal"] for statement in statements}
        if principals[f"account-{account_id}"] != {"AWS": f"arn:aws:iam::{account_id}:root"}:
            raise
