"""Shares a layer version, stops sharing it, and returns with whom it is shared."""

import json

import boto3

ACTION = "lambda:GetLayerVersion"


def share_with_account(layer_version_arn: str, account_id: str) -> str:
    """Allows one account to use the layer version; returns the statement's id."""
    statement_id = f"account-{account_id}"
    boto3.client("lambda").add_layer_version_permission(
        **_place_of(layer_version_arn), StatementId=statement_id, Action=ACTION, Principal=account_id
    )
    return statement_id


def share_with_everyone(layer_version_arn: str) -> str:
    """Allows every account to use the layer version; returns the statement's id."""
    statement_id = "everyone"
    boto3.client("lambda").add_layer_version_permission(
        **_place_of(layer_version_arn), StatementId=statement_id, Action=ACTION, Principal="*"
    )
    return statement_id


def share_with_organization(layer_version_arn: str, organization_id: str) -> str:
    """Allows the accounts of an organization to use the layer version; returns the statement's id.

    The principal is ``*``: forget the organization, and the layer version is public.
    """
    statement_id = f"organization-{organization_id}"
    boto3.client("lambda").add_layer_version_permission(
        **_place_of(layer_version_arn),
        StatementId=statement_id,
        Action=ACTION,
        Principal="*",
        OrganizationId=organization_id,
    )
    return statement_id


def stop_sharing(layer_version_arn: str, statement_id: str) -> None:
    """Removes a statement again."""
    boto3.client("lambda").remove_layer_version_permission(**_place_of(layer_version_arn), StatementId=statement_id)


def statements_of(layer_version_arn: str) -> dict[str, object]:
    """The principals that the layer version is shared with, by statement id; empty if it is not shared."""
    client = boto3.client("lambda")
    try:
        response = client.get_layer_version_policy(**_place_of(layer_version_arn))
    except client.exceptions.ResourceNotFoundException:
        return {}  # No policy: there is none before the first statement and after the last one.
    return {statement["Sid"]: statement["Principal"] for statement in json.loads(response["Policy"])["Statement"]}


def _place_of(layer_version_arn: str) -> dict[str, object]:
    layer_arn, _, version = layer_version_arn.rpartition(":")
    return {"LayerName": layer_arn, "VersionNumber": int(version)}
