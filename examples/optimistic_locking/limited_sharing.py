"""Shares a layer version with a limited number of accounts, even if many release jobs run at once."""

import json

import boto3

LIMIT = 3
ATTEMPTS = 5


class TooManyAccounts(Exception):
    """The layer version is shared with as many accounts as allowed."""


class StatementIdTaken(Exception):
    """The account's statement id is there, for someone else."""


def share_with_few(layer_version_arn: str, account_id: str) -> None:
    """Allows the account to use the layer version, unless LIMIT others may.

    Raises TooManyAccounts or StatementIdTaken.
    """
    client = boto3.client("lambda")
    layer_arn, _, version = layer_version_arn.rpartition(":")
    place = {"LayerName": layer_arn, "VersionNumber": int(version)}
    statement_id = f"account-{account_id}"
    for _ in range(ATTEMPTS):
        response = client.get_layer_version_policy(**place)
        principals = {s["Sid"]: s["Principal"] for s in json.loads(response["Policy"])["Statement"]}
        if statement_id in principals:
            if principals[statement_id] == {"AWS": f"arn:aws:iam::{account_id}:root"}:
                return  # Done before, or just now by an attempt whose response was lost.
            raise StatementIdTaken(f"{statement_id} of {layer_version_arn} is for {principals[statement_id]}")
        if len(principals) >= LIMIT:
            raise TooManyAccounts(f"{layer_version_arn} is shared {len(principals)} times")
        try:
            client.add_layer_version_permission(
                **place,
                StatementId=statement_id,
                Action="lambda:GetLayerVersion",
                Principal=account_id,
                RevisionId=response["RevisionId"],  # Only if the policy is still the one that was counted.
            )
        except (client.exceptions.PreconditionFailedException, client.exceptions.ResourceConflictException):
            continue  # It has changed: read it again.
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
