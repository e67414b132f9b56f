"""Shares a layer version with another account, as a release script does. Knows nothing of any fake."""

import boto3


def share(layer_version_arn: str, account_id: str) -> None:
    """Lets the account use the layer version."""
    layer_arn, _, version = layer_version_arn.rpartition(":")
    boto3.client("lambda").add_layer_version_permission(
        LayerName=layer_arn,
        VersionNumber=int(version),
        StatementId=f"account-{account_id}",
        Action="lambda:GetLayerVersion",
        Principal=account_id,
    )
