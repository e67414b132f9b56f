"""Retries by tenacity."""

import boto3
import tenacity
from adding import add
from botocore.config import Config
from botocore.exceptions import ClientError

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})


@tenacity.retry(
    retry=tenacity.retry_if_exception_type(ClientError),
    stop=tenacity.stop_after_attempt(5),
    wait=tenacity.wait_exponential(multiplier=1),
    reraise=True,
)
def share(account_id: str, add=add) -> None:
    """Allows the account to use version 1 of shared-deps; tries five times."""
    add(boto3.client("lambda", config=ONE_ATTEMPT), account_id)
