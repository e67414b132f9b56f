"""Keeps a layer version shared with partners, alongside statements that others have added."""

import json
from contextlib import suppress

import boto3


def add_partner(layer_version_arn: str, account_id: str) -> None:
    """Allows a partner to use the layer version; one that is allowed already stays so.

    Raises ResourceConflictException if someone else has the statement id.
    """
    client, place = _client(layer_version_arn), _place_of(layer_version_arn)
    sid = f"partner-{account_id}"
    try:
        client.add_layer_version_permission(
            **place, StatementId=sid, Action="lambda:GetLayerVersion", Principal=account_id
        )
    except client.exceptions.ResourceConflictException:
        statements = json.loads(client.get_layer_version_policy(**place)["Policy"])["Statement"]
        [principal] = [statement["Principal"] for statement in statements if statement["Sid"] == sid]
        if principal == "*" or principal["AWS"].split(":")[4] != account_id:
            raise


def add_partner_first_draft(layer_version_arn: str, account_id: str) -> None:
    """The same, for which every conflict is its own statement."""
    client = _client(layer_version_arn)
    with suppress(client.exceptions.ResourceConflictException):
        client.add_layer_version_permission(
            **_place_of(layer_version_arn),
            StatementId=f"partner-{account_id}",
            Action="lambda:GetLayerVersion",
            Principal=account_id,
        )


def drop_partner(layer_version_arn: str, account_id: str) -> None:
    """Revokes that; if there is nothing to revoke, nothing happens."""
    client = _client(layer_version_arn)
    with suppress(client.exceptions.ResourceNotFoundException):
        client.remove_layer_version_permission(**_place_of(layer_version_arn), StatementId=f"partner-{account_id}")


def _client(layer_version_arn: str):
    return boto3.client("lambda", region_name=layer_version_arn.split(":")[3])


def _place_of(layer_version_arn: str) -> dict[str, object]:
    layer_arn, _, version = layer_version_arn.rpartition(":")
    return {"LayerName": layer_arn, "VersionNumber": int(version)}
