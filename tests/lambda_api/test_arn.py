"""Names of layers."""

from __future__ import annotations

import pytest

from pytest_layerperm.lambda_api.arn import (
    LayerId,
    is_account_id,
    is_layer_name,
    is_region_name,
    layer_id,
    parse,
    partition_of,
    resolve,
    root_arn,
)

ARN = "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps"
LAYER = LayerId("aws", "us-east-1", "123456789012", "shared-deps")


@pytest.mark.parametrize(
    ("region_name", "partition"),
    [
        ("us-east-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_partition_follows_the_region(region_name: str, partition: str) -> None:
    """Every region belongs to one partition, and an ARN names it."""
    assert partition_of(region_name) == partition
    assert (
        layer_id("n", "123456789012", region_name).arn == f"arn:{partition}:lambda:{region_name}:123456789012:layer:n"
    )
    assert is_region_name(region_name)


def test_arns_of_a_layer() -> None:
    """A layer has an ARN, and each version one with its number."""
    assert LAYER.arn == ARN
    assert LAYER.version_arn(7) == f"{ARN}:7"
    assert root_arn("123456789012") == "arn:aws:iam::123456789012:root"
    assert root_arn("123456789012", "aws-cn") == "arn:aws-cn:iam::123456789012:root"


def test_parse_layer_and_version_arns() -> None:
    """A layer ARN has no version, a version ARN has one."""
    assert parse(ARN) == (LAYER, None)
    assert parse(f"{ARN}:7") == (LAYER, 7)


def test_partition_may_be_omitted_from_an_arn() -> None:
    """AWS's pattern allows it; the region determines the partition."""
    assert parse("arn::lambda:cn-north-1:123456789012:layer:n") == (
        LayerId("aws-cn", "cn-north-1", "123456789012", "n"),
        None,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "shared-deps",
        f"{ARN}:",
        f"{ARN}:latest",
        f"{ARN}:1:2",
        f"{ARN}\n",
        f" {ARN}",
        "arn:aws:lambda:us-east-1:12345678901:layer:n",
        "arn:aws:lambda:us-east-1:123456789012:function:n",
        "arn:aws:lambda:::awslayer:AmazonLinux1703",
        f"{ARN}:{'1' * 5000}",
    ],
)
def test_texts_that_are_not_layer_arns(text: str) -> None:
    """Anything else is neither, however long."""
    assert parse(text) == (None, None)


def test_resolve_a_bare_name() -> None:
    """A bare name is the caller's own layer, in the region of the call."""
    assert resolve("shared-deps", "123456789012", "us-east-1") == LAYER
    assert resolve("123", "123456789012", "us-east-1") == LAYER._replace(name="123")


def test_resolve_an_arn() -> None:
    """An ARN means the same to every caller in every region."""
    assert resolve(ARN, "210987654321", "eu-west-1") == LAYER


@pytest.mark.parametrize("layer_name", [f"{ARN}:1", "a.b", "", "a b"])
def test_resolve_rejects_other_texts(layer_name: str) -> None:
    """A layer version ARN is not a layer name."""
    assert resolve(layer_name, "123456789012", "us-east-1") is None


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (is_account_id, "012345678901", ["12345678901", "1234567890123", "12345678901x", "\uff11" * 12, 123456789012]),
        (is_region_name, "ap-southeast-4", ["mars", "us-east", "us-east-11", "US-EAST-1", "us-east-1\n", None]),
        (is_layer_name, "Shared_deps-1", ["", "a.b", "a:b", "ü", None]),
    ],
)
def test_checks_of_single_values(check: object, good: str, bad: list[object]) -> None:
    """Each check accepts its form, and nothing that only resembles it."""
    assert callable(check)
    assert check(good)
    assert [value for value in bad if check(value)] == []
