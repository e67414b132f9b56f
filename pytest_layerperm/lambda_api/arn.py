"""Names of layers: bare names, layer ARNs and layer version ARNs, in every partition."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

LAYER_NAME = r"[a-zA-Z0-9-_]+"
REGION = r"(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}"
"""The region part of AWS's ARN pattern (the API model's ``LayerVersionArn``)."""

_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)

_ARN = re.compile(
    r"arn:(?P<partition>aws[a-zA-Z-]*)?:lambda:(?P<region>[a-z0-9-]+):(?P<account_id>\d{12}):layer:"
    # No more digits than an ARN can have: int() rejects very long digit strings.
    rf"(?P<name>{LAYER_NAME})(?::(?P<version>\d{{1,2048}}))?",
    re.ASCII,
)
_BARE_NAME = re.compile(LAYER_NAME)
_REGION = re.compile(REGION, re.ASCII)
_ACCOUNT_ID = re.compile(r"\d{12}", re.ASCII)
_ORGANIZATION_ID = re.compile(r"o-[a-z0-9]{10,32}")


@lru_cache(maxsize=256)
def partition_of(region_name: str) -> str:
    """The partition a region belongs to: ``aws``, ``aws-cn``, ``aws-us-gov``…"""
    for prefix, partition in _PARTITIONS:
        if region_name.startswith(prefix):
            return partition
    return "aws"


def is_account_id(value: object) -> bool:
    """Whether the value is a twelve-digit account id."""
    return isinstance(value, str) and _ACCOUNT_ID.fullmatch(value) is not None


def is_organization_id(value: object) -> bool:
    """Whether the value has the form of an organization's id, such as ``o-exampleorgid``."""
    return isinstance(value, str) and _ORGANIZATION_ID.fullmatch(value) is not None


def is_region_name(value: object) -> bool:
    """Whether the value has the form of a region name, such as ``eu-central-1``."""
    return isinstance(value, str) and _REGION.fullmatch(value) is not None


def is_layer_name(value: object) -> bool:
    """Whether the value is a possible bare layer name."""
    return isinstance(value, str) and _BARE_NAME.fullmatch(value) is not None


def root_arn(account_id: str, partition: str = "aws") -> str:
    """The ARN of an account's root: in a policy, the whole account."""
    return f"arn:{partition}:iam::{account_id}:root"


class LayerId(NamedTuple):
    """The identity of one layer."""

    partition: str
    region_name: str
    account_id: str
    name: str

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:lambda:{self.region_name}:{self.account_id}:layer:{self.name}"

    def version_arn(self, version: int) -> str:
        partition, region_name, account_id, name = self  # Faster than self.arn, and every call needs it.
        return f"arn:{partition}:lambda:{region_name}:{account_id}:layer:{name}:{version}"


def layer_id(name: str, account_id: str, region_name: str) -> LayerId:
    """The layer with a bare name in an account and region."""
    return LayerId(partition_of(region_name), region_name, account_id, name)


@lru_cache(maxsize=1024)
def resolve(layer_name: str, account_id: str, region_name: str) -> LayerId | None:
    """The layer that a caller names by ``LayerName``: a bare name in its own account and region, or a layer ARN.

    None for anything else, including a layer *version* ARN (``validation/version-arn-as-layer-name``).
    """
    if _BARE_NAME.fullmatch(layer_name):
        return layer_id(layer_name, account_id, region_name)
    layer, version = parse(layer_name)
    return layer if version is None else None


@lru_cache(maxsize=1024)
def parse(arn: str) -> tuple[LayerId | None, int | None]:
    """A layer ARN or layer version ARN as (layer, version); (None, None) if it is neither.

    The partition may be omitted (``arn::lambda:…``), as AWS's pattern allows; then the region determines it.
    """
    match = _ARN.fullmatch(arn)
    if match is None:
        return None, None
    partition, region_name, account_id, name, version = match.group(
        "partition", "region", "account_id", "name", "version"
    )
    layer = LayerId(partition or partition_of(region_name), region_name, account_id, name)
    return layer, int(version) if version else None
