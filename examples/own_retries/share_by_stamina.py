"""Retries by stamina."""

import boto3
import stamina
from adding import add
from botocore.config import Config
from botocore.exceptions import ClientError

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})


@stamina.retry(on=ClientError, attempts=5, wait_initial=1.0, wait_max=8.0)
def share(account_id: str, add=add) -> None:
    """Allows the account to use version 1 of shared-deps; tries five times."""
    add(boto3.client("lambda", config=ONE_ATTEMPT), account_id)
