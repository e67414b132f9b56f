"""Shares a layer version with a limited number of accounts, even if many release jobs run at once."""

import json

import boto3

LIMIT = 3
ATTEMPTS = 5


class TooManyAccounts(Exception):
    """The layer version is shared with as many accounts as allowed."""


def share_with_few(layer_version_arn: str, account_id: str) -> None:
    """Allows the account to use the layer version, unless LIMIT others may. Raises TooManyAccounts."""
    client = boto3.client("lambda")
    layer_arn, _, version = layer_version_arn.rpartition(":")
    place = {"LayerName": layer_arn, "VersionNumber": int(version)}
    for _ in range(ATTEMPTS):
        response = client.get_layer_version_policy(**place)
        statements = json.loads(response["Policy"])["Statement"]
        if len(statements) >= LIMIT:
            raise TooManyAccounts(f"{layer_version_arn} is shared {len(statements)} times")
        try:
            client.add_layer_version_permission(
                **place,
                StatementId=f"account-{account_id}",
                Action="lambda:GetLayerVersion",
                Principal=account_id,
                RevisionId=response["RevisionId"],  # Only if the policy is still the one that was counted.
            )
        except client.exceptions.PreconditionFailedException:
            continue  # Someone else changed it: read it again.
        return
    raise TimeoutError(f"the policy of {layer_version_arn} was changed by others {ATTEMPTS} times")


def share_with_few_hopefully(layer_version_arn: str, account_id: str) -> None:
    """The same without a lock: between counting and adding, others may add as well."""
    client = boto3.client("lambda")
    layer_arn, _, version = layer_version_arn.rpartition(":")
    place = {"LayerName": layer_arn, "VersionNumber": int(version)}
    response = client.get_layer_version_policy(**place)
    if len(json.loads(response["Policy"])["Statement"]) >= LIMIT:
        raise TooManyAccounts(layer_version_arn)
    client.add_layer_version_permission(
        **place, StatementId=f"account-{account_id}", Action="lambda:GetLayerVersion", Principal=account_id
    )
