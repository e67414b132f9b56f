"""Retries by tenacity."""

import boto3
import tenacity
from botocore.config import Config
from botocore.exceptions import ClientError

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})


@tenacity.retry(
    retry=tenacity.retry_if_exception_type(ClientError),
    stop=tenacity.stop_after_attempt(5),
    wait=tenacity.wait_exponential(multiplier=1),
    reraise=True,
)
def share(account_id: str) -> None:
    """Allows the account to use version 1 of shared-deps; tries five times."""
    boto3.client("lambda", config=ONE_ATTEMPT).add_layer_version_permission(
        LayerName="shared-deps",
        VersionNumber=1,
        StatementId=f"account-{account_id}",
        Action="lambda:GetLayerVersion",
        Principal=account_id,
    )
