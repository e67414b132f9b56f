"""Retries by backoff."""

import backoff
import boto3
from adding import add
from botocore.config import Config
from botocore.exceptions import ClientError

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})


@backoff.on_exception(backoff.expo, ClientError, max_tries=5, jitter=None)
def share(account_id: str, add=add) -> None:
    """Allows the account to use version 1 of shared-deps; tries five times."""
    add(boto3.client("lambda", config=ONE_ATTEMPT), account_id)
