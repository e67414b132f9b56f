"""Single values: ids, names and ARNs, each as AWS's constraints allow it."""

from __future__ import annotations

import string
import uuid

from hypothesis import strategies as st

from ..lambda_api.arn import partition_of

_NAME = string.ascii_letters + string.digits + "-_"
REGIONS = (
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-southeast-2",
    "sa-east-1",
    "cn-north-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "eusc-de-east-1",
)


def account_ids() -> st.SearchStrategy[str]:
    """Twelve digits, leading zeros among them."""
    return st.text(string.digits, min_size=12, max_size=12)


def organization_ids() -> st.SearchStrategy[str]:
    """``o-`` and 10 to 32 lower-case letters and digits."""
    return st.text(string.ascii_lowercase + string.digits, min_size=10, max_size=32).map("o-{}".format)


def root_arns(partition: str = "aws") -> st.SearchStrategy[str]:
    """The ARN of an account's root."""
    return account_ids().map(lambda account_id: f"arn:{partition}:iam::{account_id}:root")


def principals(partition: str = "aws") -> st.SearchStrategy[str]:
    """What AddLayerVersionPermission takes: an account id, ``*``, or the ARN of an account's root."""
    return st.one_of(account_ids(), st.just("*"), root_arns(partition))


def statement_ids(max_size: int = 100) -> st.SearchStrategy[str]:
    """1 to 100 letters, digits, ``-`` and ``_``."""
    return st.text(_NAME, min_size=1, max_size=max_size)


def revision_ids() -> st.SearchStrategy[str]:
    """Lower-case uuids; none that the fake has made."""
    return st.uuids(version=4).map(uuid.UUID.__str__)


def layer_names(max_size: int = 140) -> st.SearchStrategy[str]:
    """Bare names of 1 to 140 letters, digits, ``-`` and ``_``."""
    return st.text(_NAME, min_size=1, max_size=max_size)


def region_names() -> st.SearchStrategy[str]:
    """Regions of several partitions."""
    return st.sampled_from(REGIONS)


def layer_arns(
    account_id: str | None = None, region_name: str | None = None, name: str | None = None
) -> st.SearchStrategy[str]:
    """ARNs of layers, in the partition of their region; what is given is in all of them."""

    def arn(account_id: str, region_name: str, name: str) -> str:
        return f"arn:{partition_of(region_name)}:lambda:{region_name}:{account_id}:layer:{name}"

    return st.builds(
        arn,
        account_ids() if account_id is None else st.just(account_id),
        region_names() if region_name is None else st.just(region_name),
        layer_names() if name is None else st.just(name),
    )


def layer_version_arns(
    account_id: str | None = None, region_name: str | None = None, name: str | None = None
) -> st.SearchStrategy[str]:
    """ARNs of layer versions."""
    versions = st.integers(min_value=1, max_value=2**31)
    return st.builds("{}:{}".format, layer_arns(account_id, region_name, name), versions)
