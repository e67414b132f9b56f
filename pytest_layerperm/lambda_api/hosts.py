"""The domains of AWS in all partitions, as botocore's partitions.json and endpoints.json have them."""

from __future__ import annotations

import re

from .arn import REGION

_PARTITIONS = (
    ("amazonaws.com", "api.aws"),  # aws, aws-us-gov
    ("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ("amazonaws.eu", "api.amazonwebservices.eu"),
    ("c2s.ic.gov", "api.aws.ic.gov"),
    ("sc2s.sgov.gov", "api.aws.scloud"),
    ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    ("csp.hci.ic.gov", "api.aws.hci.ic.gov"),
)
"""What endpoints end in, partition by partition: plain and dual-stack."""
_SUFFIXES = tuple([suffix for partition in _PARTITIONS for suffix in partition])
_AWS = (
    ".aws",  # Amazon's own top-level domain: api.aws, and on.aws for function URLs
    ".on.amazonwebservices.com.cn",
    *[f".{suffix}" for suffix in _SUFFIXES],
)
_LAMBDA = re.compile(rf"lambda(-fips)?\.{REGION}\.({'|'.join(map(re.escape, _SUFFIXES))})")


def is_aws_host(host: str) -> bool:
    """Whether a host name is in one of AWS's domains."""
    return host.lower().rstrip(".").endswith(_AWS)


def is_lambda_host(host: str) -> bool:
    """Whether a host name is that of a regional endpoint of Lambda."""
    return _LAMBDA.fullmatch(host) is not None
