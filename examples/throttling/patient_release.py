"""Shares a layer version when other calls use up the account's API quota."""

import boto3
from botocore.config import Config

PATIENT = Config(retries={"mode": "standard", "max_attempts": 9})
IMPATIENT = Config(retries={"total_max_attempts": 1})


def share(layer_version_arn: str, account_id: str, config: Config = PATIENT) -> None:
    """Allows the account to use the layer version; throttled calls are retried, up to ten attempts in all."""
    layer_arn, _, version = layer_version_arn.rpartition(":")
    boto3.client("lambda", config=config).add_layer_version_permission(
        LayerName=layer_arn,
        VersionNumber=int(version),
        StatementId=f"account-{account_id}",
        Action="lambda:GetLayerVersion",
        Principal=account_id,
    )
