"""A hand-written retry loop with time.sleep."""

import time

import boto3
from adding import add
from botocore.config import Config

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})


def share(account_id: str, add=add) -> None:
    """Allows the account to use version 1 of shared-deps; tries five times, waiting 1, 2, 4 and 8 seconds."""
    client = boto3.client("lambda", config=ONE_ATTEMPT)
    for attempt in range(5):
        try:
            add(client, account_id)
            return
        except client.exceptions.TooManyRequestsException:
            if attempt == 4:
                raise
            time.sleep(2**attempt)
