"""Shares and stops sharing, and finds out whether it worked even if the response was lost.

A 500, a timeout or a broken connection says nothing about the write: it may be done. boto3 then makes the call again,
and the second attempt meets the first one's work: 409 for a new statement, 404 for a removed one. Both are success,
if the policy says what was wanted.
"""

import json

import boto3

ACTION = "lambda:GetLayerVersion"


def share(layer_version_arn: str, account_id: str) -> None:
    """Allows the account to use the layer version, whether or not it is allowed already."""
    client, place = boto3.client("lambda"), _place_of(layer_version_arn)
    statement_id = f"account-{account_id}"
    try:
        client.add_layer_version_permission(**place, StatementId=statement_id, Action=ACTION, Principal=account_id)
    except client.exceptions.ResourceConflictException:
        # Ours from a moment ago, or someone else's with the same statement id?
        if _principal_of(client, place, statement_id) != {"AWS": f"arn:aws:iam::{account_id}:root"}:
            raise


def stop_sharing(layer_version_arn: str, account_id: str) -> None:
    """Removes the account's statement, whether or not it exists."""
    client, place = boto3.client("lambda"), _place_of(layer_version_arn)
    statement_id = f"account-{account_id}"
    try:
        client.remove_layer_version_permission(**place, StatementId=statement_id)
    except client.exceptions.ResourceNotFoundException:
        client.get_layer_version(**place)  # Raises if it is the layer version that does not exist.


def share_naively(layer_version_arn: str, account_id: str) -> None:
    """The same, trusting every response."""
    boto3.client("lambda").add_layer_version_permission(
        **_place_of(layer_version_arn), StatementId=f"account-{account_id}", Action=ACTION, Principal=account_id
    )


def stop_sharing_naively(layer_version_arn: str, account_id: str) -> None:
    """The same, trusting every response."""
    boto3.client("lambda").remove_layer_version_permission(
        **_place_of(layer_version_arn), StatementId=f"account-{account_id}"
    )


def _principal_of(client, place: dict[str, object], statement_id: str) -> object:
    policy = json.loads(client.get_layer_version_policy(**place)["Policy"])
    return next((s["Principal"] for s in policy["Statement"] if s["Sid"] == statement_id), None)


def _place_of(layer_version_arn: str) -> dict[str, object]:
    layer_arn, _, version = layer_version_arn.rpartition(":")
    return {"LayerName": layer_arn, "VersionNumber": int(version)}
