"""Shares a layer version, stops sharing it, and returns with whom it is shared."""

import json

import boto3

ACTION = "lambda:GetLayerVersion"


def share_with_account(layer_version_arn: str, account_id: str) -> str:
    """Allows one account to use the layer version; returns the statement's id."""
    return share(layer_version_arn, f"account-{account_id}", Principal=account_id)


def share_with_everyone(layer_version_arn: str) -> str:
    """Allows every account to use the layer version; returns the statement's id."""
    return share(layer_version_arn, "everyone", Principal="*")


def share_with_organization(layer_version_arn: str, organization_id: str) -> str:
    """Allows the accounts of an organization to use the layer version; returns the statement's id.

    The principal is ``*``: forget the organization, and the layer version is public.
    """
    statement_id = f"organization-{organization_id}"
    return share(layer_version_arn, statement_id, Principal="*", OrganizationId=organization_id)


def share(layer_version_arn: str, statement_id: str, **grant: str) -> str:
    """Adds a statement, unless it is there already; returns its id. Raises if the id is someone else's."""
    client, place = boto3.client("lambda"), _place_of(layer_version_arn)
    try:
        client.add_layer_version_permission(**place, StatementId=statement_id, Action=ACTION, **grant)
    except client.exceptions.ResourceConflictException:
        # An attempt whose response was lost may have added it: AWS keeps what we asked for under this id.
        statements = json.loads(client.get_layer_version_policy(**place)["Policy"])["Statement"]
        [found] = [statement for statement in statements if statement["Sid"] == statement_id] or [{}]
        condition = found.get("Condition", {}).get("StringEquals", {})
        whom = found.get("Principal")
        account_id = whom["AWS"].split(":")[4] if isinstance(whom, dict) else whom
        if (account_id, condition.get("aws:PrincipalOrgID")) != (grant["Principal"], grant.get("OrganizationId")):
            raise
    return statement_id


def share_first_draft(layer_version_arn: str, statement_id: str, **grant: str) -> str:
    """The same, sure that every response comes."""
    boto3.client("lambda").add_layer_version_permission(
        **_place_of(layer_version_arn), StatementId=statement_id, Action=ACTION, **grant
    )
    return statement_id


def stop_sharing(layer_version_arn: str, statement_id: str) -> None:
    """Removes a statement; that it is not there is no error, if the layer version is."""
    client, place = boto3.client("lambda"), _place_of(layer_version_arn)
    try:
        client.remove_layer_version_permission(**place, StatementId=statement_id)
    except client.exceptions.ResourceNotFoundException:
        client.get_layer_version(**place)


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
