"""Shares a layer version with every account of a list, at the speed that AWS allows.

AWS takes 15 control-plane calls of Lambda per second in an account and region, whatever they are.
"""

from collections.abc import Iterable

import boto3
from botocore.config import Config


def share_with_all(layer_version_arn: str, accounts: Iterable[str]) -> None:
    """Allows each of the accounts to use the layer version. In adaptive mode, the client limits its own rate."""
    _share(layer_version_arn, accounts, Config(retries={"mode": "adaptive", "max_attempts": 10}))


def share_with_all_in_a_hurry(layer_version_arn: str, accounts: Iterable[str]) -> None:
    """The same with one attempt for each call."""
    _share(layer_version_arn, accounts, Config(retries={"total_max_attempts": 1}))


def _share(layer_version_arn: str, accounts: Iterable[str], config: Config) -> None:
    client = boto3.client("lambda", config=config)
    layer_arn, _, version = layer_version_arn.rpartition(":")
    for account_id in accounts:
        client.add_layer_version_permission(
            LayerName=layer_arn,
            VersionNumber=int(version),
            StatementId=f"account-{account_id}",
            Action="lambda:GetLayerVersion",
            Principal=account_id,
        )
