"""Shares a layer version when the account's API quota is busy with other things."""

import boto3
from botocore.config import Config

PATIENT = Config(retries={"mode": "standard", "max_attempts": 9})
IMPATIENT = Config(retries={"total_max_attempts": 1})


def share(layer_version_arn: str, account_id: str, config: Config = PATIENT) -> None:
    """Lets the account use the layer version; throttled calls are made again, up to ten in all."""
    layer_arn, _, version = layer_version_arn.rpartition(":")
    boto3.client("lambda", config=config).add_layer_version_permission(
        LayerName=layer_arn,
        VersionNumber=int(version),
        StatementId=f"account-{account_id}",
        Action="lambda:GetLayerVersion",
        Principal=account_id,
    )
