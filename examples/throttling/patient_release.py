"""Shares a layer version when other calls use up the account's API quota."""

import json

import boto3
from botocore.config import Config

PATIENT = Config(retries={"mode": "standard", "max_attempts": 9})
IMPATIENT = Config(retries={"total_max_attempts": 1})


def share(layer_version_arn: str, account_id: str, config: Config = PATIENT) -> None:
    """Allows the account to use the layer version; throttled calls are retried, up to ten attempts in all."""
    client = boto3.client("lambda", config=config)
    layer_arn, _, version = layer_version_arn.rpartition(":")
    place = {"LayerName": layer_arn, "VersionNumber": int(version)}
    sid = f"account-{account_id}"
    try:
        client.add_layer_version_permission(
            **place, StatementId=sid, Action="lambda:GetLayerVersion", Principal=account_id
        )
    except client.exceptions.ResourceConflictException:
        # An attempt whose response was lost has done it; anything else under this id is someone else's.
        statements = json.loads(client.get_layer_version_policy(**place)["Policy"])["Statement"]
        if {s["Sid"]: s["Principal"] for s in statements}.get(sid) != {"AWS": f"arn:aws:iam::{account_id}:root"}:
            raise


def share_first_draft(layer_version_arn: str, account_id: str, config: Config = PATIENT) -> None:
    """The same, sure that every response comes."""
    layer_arn, _, version = layer_version_arn.rpartition(":")
    boto3.client("lambda", config=config).add_layer_version_permission(
        LayerName=layer_arn,
        VersionNumber=int(version),
        StatementId=f"account-{account_id}",
        Action="lambda:GetLayerVersion",
        Principal=account_id,
    )
