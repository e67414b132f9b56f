"""Statements and policies to the byte."""

from __future__ import annotations

from ..model import Expected, Fact
from .steps import (
    ACCOUNT,
    ORGANIZATION,
    SUCCESS,
    account_root,
    add,
    fact,
    get_policy,
    policy,
    publish,
    remove,
    same_policy,
    same_statement,
    statement,
)

_LONG_ID = "Az09-_" * 16 + "last"


def _in_partition(partition: str, region: str) -> tuple[str, str]:
    """Resource and root principal of the fact's layer in a region of another partition."""
    return f"arn:{partition}:lambda:{region}:${{account}}:layer:${{layer}}:1", account_root(ACCOUNT, partition)


_CHINA, _CHINA_ROOT = _in_partition("aws-cn", "cn-north-1")
_GOV, _GOV_ROOT = _in_partition("aws-us-gov", "us-gov-west-1")

FACTS: tuple[Fact, ...] = (
    fact(
        "statements/everyone",
        'Everyone as principal is the plain text "*"; the order is Sid, Effect, Principal, Action, Resource.',
        "recorded",
        "LS:policy_life",
        publish(),
        add("s1", expected=Expected(body={"Statement": statement("s1")})),
    ),
    fact(
        "statements/account",
        "An account id becomes the ARN of the account's root.",
        "documented",
        "MODEL:examples, AddLayerVersionPermission",
        publish(),
        add("xaccount", ACCOUNT, Expected(body={"Statement": statement("xaccount", account_root(ACCOUNT))})),
    ),
    fact(
        "statements/organization",
        "An organization id becomes a condition, StringEquals on aws:PrincipalOrgID, at the end of the statement.",
        "documented",
        "DG:permissions of layers, cross-account",
        publish(),
        add(
            "engineering-org",
            OrganizationId=ORGANIZATION,
            expected=Expected(body={"Statement": statement("engineering-org", organization_id=ORGANIZATION)}),
        ),
    ),
    fact(
        "statements/root-arn",
        "The ARN of an account's root is kept as given.",
        "recorded",
        "ST:CF, through CloudFormation",
        publish(),
        add(
            "s1",
            f"arn:${{partition}}:iam::{ACCOUNT}:root",
            Expected(body={"Statement": statement("s1", account_root(ACCOUNT))}),
        ),
    ),
    fact(
        "statements/root-arn-of-another-partition",
        "The ARN of an account's root in another partition is accepted and kept.",
        "inferred",
        "DECISION",
        publish(),
        add(
            "s1",
            f"arn:aws-iso:iam::{ACCOUNT}:root",
            Expected(SUCCESS, body={"Statement": same_statement("s1", account_root(ACCOUNT, "aws-iso"))}),
        ),
    ),
    fact(
        "statements/policy-for-account",
        "A policy has Version, the Id default and Statement, without spaces.",
        "recorded",
        "C7N:test_lambda_layer_cross_account",
        publish(),
        add("xaccount2", "123456789123"),
        get_policy(Expected(body={"Policy": policy(statement("xaccount2", account_root("123456789123")))})),
    ),
    fact(
        "statements/policy-for-everyone",
        "A public policy contains the statement as AddLayerVersionPermission returned it.",
        "recorded",
        "CDK",
        publish(),
        add("PrismaPgLayerremoteaccountg-78URQbFOrs2L"),
        get_policy(Expected(body={"Policy": policy(statement("PrismaPgLayerremoteaccountg-78URQbFOrs2L"))})),
    ),
    fact(
        "statements/policy-for-organization",
        "A policy for an organization contains the statement with its condition.",
        "documented",
        "DG:permissions of layers, cross-account",
        publish(),
        add("engineering-org", OrganizationId=ORGANIZATION),
        get_policy(Expected(body={"Policy": policy(statement("engineering-org", organization_id=ORGANIZATION))})),
    ),
    fact(
        "statements/order",
        "Statements are in the order in which they were added; two may have the same content.",
        "recorded",
        "LS:policy_life",
        publish(),
        add("s2"),
        add("s1"),
        get_policy(Expected(body={"Policy": same_policy(statement("s2"), statement("s1"))})),
    ),
    fact(
        "statements/order-after-removal",
        "Removing a statement keeps the order of the others.",
        "recorded",
        "LS:policy_life",
        publish(),
        add("s1"),
        add("s2", ACCOUNT),
        add("s3"),
        remove("s2"),
        get_policy(Expected(body={"Policy": same_policy(statement("s1"), statement("s3"))})),
    ),
    fact(
        "statements/added-again",
        "The id of a removed statement may be used again, and the new statement is the last one.",
        "inferred",
        "LS:policy_life",
        publish(),
        add("s1"),
        add("s2"),
        remove("s1"),
        add("s1"),
        get_policy(Expected(body={"Policy": same_policy(statement("s2"), statement("s1"))})),
    ),
    fact(
        "statements/case-of-ids",
        "Statement ids are case-sensitive.",
        "inferred",
        "MODEL:StatementId",
        publish(),
        add("Partner"),
        add("partner", expected=Expected(SUCCESS)),
        get_policy(Expected(body={"Policy": same_policy(statement("Partner"), statement("partner"))})),
    ),
    fact(
        "statements/longest-id",
        "A statement id may have 100 characters: letters, digits, - and _.",
        "documented",
        "API:AddLayerVersionPermission",
        publish(),
        add(_LONG_ID, expected=Expected(body={"Statement": same_statement(_LONG_ID)})),
    ),
    fact(
        "statements/shortest-organization",
        "An organization id may have 10 characters after o-.",
        "documented",
        "API:AddLayerVersionPermission",
        publish(),
        add(
            OrganizationId="o-0123456789",
            expected=Expected(body={"Statement": same_statement(organization_id="o-0123456789")}),
        ),
    ),
    fact(
        "statements/longest-organization",
        "An organization id may have 32 characters after o-.",
        "documented",
        "API:AddLayerVersionPermission",
        publish(),
        add(
            OrganizationId="o-" + "0a" * 16,
            expected=Expected(body={"Statement": same_statement(organization_id="o-" + "0a" * 16)}),
        ),
    ),
    fact(
        "statements/unknown-account",
        "AWS does not check whether the account exists.",
        "reported",
        "TF",
        publish(),
        add("s1", "456789820214", Expected(body={"Statement": same_statement("s1", account_root("456789820214"))})),
    ),
    fact(
        "statements/unknown-organization",
        "AWS does not check whether the organization exists.",
        "reported",
        "TF",
        publish(),
        add(
            OrganizationId="o-0123456789",
            expected=Expected(body={"Statement": same_statement(organization_id="o-0123456789")}),
        ),
    ),
    fact(
        "partitions/china",
        "In China, the ARNs in Resource and Principal have the partition aws-cn.",
        "documented",
        "DG:permissions of layers, cross-account, of the regions in China",
        publish(region="cn-north-1"),
        add("s1", ACCOUNT, Expected(body={"Statement": statement("s1", _CHINA_ROOT, _CHINA)}), region="cn-north-1"),
        get_policy(Expected(body={"Policy": policy(statement("s1", _CHINA_ROOT, _CHINA))}), region="cn-north-1"),
    ),
    fact(
        "partitions/gov",
        "In GovCloud, the ARNs in Resource and Principal have the partition aws-us-gov.",
        "inferred",
        "DECISION",
        publish(region="us-gov-west-1"),
        add("s1", ACCOUNT, Expected(body={"Statement": same_statement("s1", _GOV_ROOT, _GOV)}), region="us-gov-west-1"),
        get_policy(Expected(body={"Policy": same_policy(statement("s1", _GOV_ROOT, _GOV))}), region="us-gov-west-1"),
    ),
    fact(
        "partitions/china-everyone",
        'In China too, everyone is the plain text "*".',
        "inferred",
        "DECISION",
        publish(region="cn-north-1"),
        add("s1", expected=Expected(body={"Statement": same_statement("s1", resource=_CHINA)}), region="cn-north-1"),
    ),
    fact(
        "partitions/china-not-found",
        "In China, the message of a 404 names the ARN with the partition aws-cn.",
        "inferred",
        "DECISION",
        get_policy(
            Expected(404, message=f"Layer version {_CHINA} does not exist."),
            region="cn-north-1",
        ),
    ),
)
