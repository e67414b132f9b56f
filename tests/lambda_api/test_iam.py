"""Identity policies: which requests they allow.

Every row names the page of the IAM User Guide, or the fact, that it follows; "inferred" marks what no page
says.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from pytest_layerperm.lambda_api.iam import Decision, IdentityPolicy, evaluate_all

ACTIONS = "IAM User Guide, JSON policy elements: Action"
NOT_ACTIONS = "IAM User Guide, JSON policy elements: NotAction"
RESOURCES = "IAM User Guide, JSON policy elements: Resource"
NOT_RESOURCES = "IAM User Guide, JSON policy elements: NotResource"
OPERATORS = "IAM User Guide, JSON policy elements: Condition operators"
CONDITION = "IAM User Guide, JSON policy elements: Condition"
SEVERAL = "IAM User Guide, Conditions with multiple context keys or values"
SETS = "IAM User Guide, Single-valued vs. multivalued context keys"
SET_EXAMPLES = "IAM User Guide, Multivalued context key examples"
GRAMMAR = "IAM User Guide, Grammar of the IAM JSON policy language"
LAYER_KEY = "Service Authorization Reference: lambda:Layer is an ArrayOfString"
LAYER_GUIDE = "Lambda Developer Guide: Granting users access to a Lambda layer"
LAYER_RESOURCES = "Service Authorization Reference: resources of the layer actions"
ORGANIZATION_KEY = "IAM User Guide: aws:PrincipalOrgID"
INFERRED = "inferred"

ALLOWED, DENIED, SILENT = Decision.ALLOWED, Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:test-deps:1"
OTHER = "arn:aws:lambda:us-east-1:123456789012:layer:prod-deps:7"
FOREIGN = "arn:aws:lambda:us-east-1:210987654321:layer:test-deps:1"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:app"


def allow(**elements: Any) -> dict[str, Any]:
    """A statement that allows everything, except as the elements say."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **elements}
    return {name: value for name, value in statement.items() if value is not None}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def decide(document: Any, action: str = "lambda:GetLayerVersion", resource: str = LAYER, **context: Any) -> Decision:
    keys = {"layers": "lambda:Layer", "org": "aws:PrincipalOrgID", "account": "aws:PrincipalAccount"}
    return evaluate_all([IdentityPolicy.parse(document)], action, resource, {keys[k]: v for k, v in context.items()})


class Match(NamedTuple):
    """A statement that allows a request, or says nothing about it."""

    name: str
    source: str
    statement: dict[str, Any]
    action: str
    resource: str
    expected: Decision


def same_name(row: Any) -> str:
    return row.name


GET = "lambda:GetLayerVersion"


@pytest.mark.parametrize(
    "row",
    [
        Match("the action itself", ACTIONS, allow(Action=GET), GET, LAYER, ALLOWED),
        Match("another action", ACTIONS, allow(Action=GET), "lambda:GetLayerVersionPolicy", LAYER, SILENT),
        Match("one of several", ACTIONS, allow(Action=["s3:GetObject", GET]), GET, LAYER, ALLOWED),
        Match("any case", ACTIONS, allow(Action="LAMBDA:getlayerVERSION"), GET, LAYER, ALLOWED),
        Match("star for the end", ACTIONS, allow(Action="lambda:Get*"), GET, LAYER, ALLOWED),
        Match("star for nothing", ACTIONS, allow(Action="lambda:GetLayerVersion*"), GET, LAYER, ALLOWED),
        Match("star inside", ACTIONS, allow(Action="lambda:*LayerVersion"), GET, LAYER, ALLOWED),
        Match("stars in a row", ACTIONS, allow(Action="lambda:**Version"), GET, LAYER, ALLOWED),
        Match("question mark", ACTIONS, allow(Action="lambda:?etLayerVersion"), GET, LAYER, ALLOWED),
        Match("question mark, nothing", ACTIONS, allow(Action="lambda:GetLayerVersion?"), GET, LAYER, SILENT),
        Match("another service", ACTIONS, allow(Action="s3:*"), GET, LAYER, SILENT),
        Match("a dot is a dot", ACTIONS, allow(Action="lambda:GetLayerVersio."), GET, LAYER, SILENT),
        Match("NotAction, the action", NOT_ACTIONS, allow(Action=None, NotAction=GET), GET, LAYER, SILENT),
        Match("NotAction, another", NOT_ACTIONS, allow(Action=None, NotAction="iam:*"), GET, LAYER, ALLOWED),
        Match(
            "NotAction, one of several",
            NOT_ACTIONS,
            allow(Action=None, NotAction=["iam:*", "lambda:get*"]),
            GET,
            LAYER,
            SILENT,
        ),
        Match("the resource itself", RESOURCES, allow(Resource=LAYER), GET, LAYER, ALLOWED),
        Match("another resource", RESOURCES, allow(Resource=LAYER), GET, OTHER, SILENT),
        Match("one of several resources", RESOURCES, allow(Resource=[OTHER, LAYER]), GET, LAYER, ALLOWED),
        Match("case matters", RESOURCES, allow(Resource=LAYER.replace("test", "Test")), GET, LAYER, SILENT),
        Match(
            "published: any version of test- layers",
            LAYER_GUIDE,
            allow(Resource="arn:aws:lambda:*:*:layer:test-*:*"),
            GET,
            LAYER,
            ALLOWED,
        ),
        Match(
            "published: no other layers",
            LAYER_GUIDE,
            allow(Resource="arn:aws:lambda:*:*:layer:test-*:*"),
            GET,
            OTHER,
            SILENT,
        ),
        Match("a star spans colons", RESOURCES, allow(Resource="arn:aws:lambda:us-*:1"), GET, LAYER, ALLOWED),
        Match(
            "a question mark",
            RESOURCES,
            allow(Resource="arn:aws:lambda:us-east-?:123456789012:layer:test-deps:?"),
            GET,
            LAYER,
            ALLOWED,
        ),
        Match("a star for the partition", RESOURCES, allow(Resource="arn:*:lambda:*"), GET, LAYER, ALLOWED),
        Match("no resource, star", LAYER_RESOURCES, allow(Resource="*"), "lambda:ListLayers", "*", ALLOWED),
        Match(
            "no resource, an ARN",
            LAYER_RESOURCES,
            allow(Resource="arn:aws:lambda:*:*:*"),
            "lambda:ListLayers",
            "*",
            SILENT,
        ),
        Match(
            "NotResource, the resource",
            NOT_RESOURCES,
            allow(Resource=None, NotResource=LAYER),
            GET,
            LAYER,
            SILENT,
        ),
        Match(
            "NotResource, another",
            NOT_RESOURCES,
            allow(Resource=None, NotResource=LAYER),
            GET,
            OTHER,
            ALLOWED,
        ),
        Match(
            "NotResource, one of several",
            NOT_RESOURCES,
            allow(Resource=None, NotResource=[OTHER, "arn:aws:lambda:*:layer:test*"]),
            GET,
            LAYER,
            SILENT,
        ),
    ],
    ids=same_name,
)
def test_action_and_resource(row: Match) -> None:
    """A statement applies to the actions and resources that it names."""
    assert decide(policy(row.statement), row.action, row.resource) is row.expected, row.source


class Holds(NamedTuple):
    """A condition that does or does not hold for a request."""

    name: str
    source: str
    condition: dict[str, Any]
    context: dict[str, Any]
    holds: bool


ORG = {"aws:PrincipalOrgID": "o-exampleorgid"}
LAYERS = {"lambda:Layer": (LAYER, OTHER)}
MINE = "arn:aws:lambda:*:123456789012:layer:*:*"
TESTS = "arn:aws:lambda:*:123456789012:layer:test*:*"
ABSENT: dict[str, Any] = {}


def on_org(operator: str, *values: Any) -> dict[str, Any]:
    return {operator: {"aws:PrincipalOrgID": list(values)}}


def on_layers(operator: str, *values: Any) -> dict[str, Any]:
    return {operator: {"lambda:Layer": list(values)}}


def on_arn(operator: str, *values: Any) -> dict[str, Any]:
    return {operator: {"aws:PrincipalArn": list(values)}}


GUIDE_PATTERN = "arn:aws:someservice:*:111122223333:finance/*"
GUIDE_VALUE = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
GUIDE_ARN = {"aws:PrincipalArn": GUIDE_VALUE}
USER = {"aws:PrincipalArn": "arn:aws:iam::123456789012:user/Alice"}
ROLE = "arn:aws:iam::123456789012:role/Deploy"
TAGS = ("key1:legal", "key1:hr")

CONDITIONS = [
    # One value: what matches.
    Holds("StringEquals", OPERATORS, on_org("StringEquals", "o-exampleorgid"), ORG, True),
    Holds("StringEquals, other case", ORGANIZATION_KEY, on_org("StringEquals", "O-exampleorgid"), ORG, False),
    Holds("StringEquals, star is a star", OPERATORS, on_org("StringEquals", "o-*"), ORG, False),
    Holds("StringEquals, several values", SEVERAL, on_org("StringEquals", "o-x", "o-exampleorgid"), ORG, True),
    Holds("StringNotEquals", OPERATORS, on_org("StringNotEquals", "o-exampleorgid"), ORG, False),
    Holds("StringNotEquals, other value", OPERATORS, on_org("StringNotEquals", "o-x"), ORG, True),
    Holds("StringNotEquals, NOR", SEVERAL, on_org("StringNotEquals", "o-x", "o-exampleorgid"), ORG, False),
    Holds("StringEqualsIgnoreCase", OPERATORS, on_org("StringEqualsIgnoreCase", "O-ExampleOrgId"), ORG, True),
    Holds("StringEqualsIgnoreCase, other", OPERATORS, on_org("StringEqualsIgnoreCase", "o-x"), ORG, False),
    Holds(
        "StringNotEqualsIgnoreCase",
        OPERATORS,
        on_org("StringNotEqualsIgnoreCase", "O-ExampleOrgId"),
        ORG,
        False,
    ),
    Holds("StringNotEqualsIgnoreCase, other", OPERATORS, on_org("StringNotEqualsIgnoreCase", "o-x"), ORG, True),
    Holds("StringLike", OPERATORS, on_org("StringLike", "o-*org??"), ORG, True),
    Holds("StringLike, other case", OPERATORS, on_org("StringLike", "O-*"), ORG, False),
    Holds("StringLike, no partial match", OPERATORS, on_org("StringLike", "o-example"), ORG, False),
    Holds(
        "StringLike, any character",
        OPERATORS,
        on_org("StringLike", "o-*?b"),
        {"aws:PrincipalOrgID": "o-a\n\nb"},
        True,
    ),
    Holds("StringNotLike", OPERATORS, on_org("StringNotLike", "o-*"), ORG, False),
    Holds("StringNotLike, other case", OPERATORS, on_org("StringNotLike", "O-*"), ORG, True),
    Holds("StringNotLike, NOR", SEVERAL, on_org("StringNotLike", "x-*", "o-*"), ORG, False),
    Holds("StringLike spans colons", OPERATORS, on_arn("StringLike", GUIDE_PATTERN), GUIDE_ARN, True),
    Holds("ArnLike does not", OPERATORS, on_arn("ArnLike", GUIDE_PATTERN), GUIDE_ARN, False),
    Holds("ArnNotLike does not", OPERATORS, on_arn("ArnNotLike", GUIDE_PATTERN), GUIDE_ARN, True),
    Holds("ArnLike", OPERATORS, on_arn("ArnLike", "arn:*:iam::1234?6789012:user/*"), USER, True),
    Holds("ArnLike, other case", OPERATORS, on_arn("ArnLike", "arn:*:iam::*:user/alice"), USER, False),
    Holds("ArnLike, six parts", OPERATORS, on_arn("ArnLike", "arn:*:*:*:user/Alice:*"), USER, False),
    Holds("ArnLike, ? is no colon", OPERATORS, on_arn("ArnLike", "arn:aws:i?m?::*:*"), USER, False),
    Holds(
        "ArnLike, sixth part with colons",
        OPERATORS,
        on_layers("ArnLike", TESTS),
        {"lambda:Layer": LAYER},
        True,
    ),
    Holds(
        "ArnLike, a star over colons in the sixth part",
        OPERATORS,
        on_layers("ArnLike", "arn:aws:lambda:us-east-1:123456789012:*:1"),
        {"lambda:Layer": LAYER},
        True,
    ),
    Holds("ArnLike, no ARN", INFERRED, on_arn("ArnLike", "*:*:*:*:*:*"), {"aws:PrincipalArn": "Alice"}, False),
    Holds(
        "ArnLike, a star in the sixth part",
        OPERATORS,
        on_layers("ArnLike", "arn:aws:lambda:*:*:layer*"),
        {"lambda:Layer": LAYER},
        True,
    ),
    Holds("ArnEquals is ArnLike", OPERATORS, on_arn("ArnEquals", "arn:aws:iam::*:user/*"), USER, True),
    Holds("ArnEquals, several values", SEVERAL, on_arn("ArnEquals", ROLE, USER["aws:PrincipalArn"]), USER, True),
    Holds("ArnNotEquals is ArnNotLike", OPERATORS, on_arn("ArnNotEquals", "arn:aws:iam::*:user/*"), USER, False),
    Holds("ArnNotLike, other", OPERATORS, on_arn("ArnNotLike", ROLE), USER, True),
    # A number is its digits; an account is a string.
    Holds(
        "a number in the policy",
        GRAMMAR,
        {"StringEquals": {"aws:PrincipalAccount": 123456789012}},
        {"aws:PrincipalAccount": "123456789012"},
        True,
    ),
    Holds("a boolean in the policy", GRAMMAR, on_org("StringEquals", True), {"aws:PrincipalOrgID": "true"}, True),
    Holds("another boolean", GRAMMAR, on_org("StringEquals", False), {"aws:PrincipalOrgID": "false"}, True),
    # The key's name.
    Holds(
        "keys in any case",
        CONDITION,
        {"StringEquals": {"AWS:principalorgid": "o-exampleorgid"}},
        {"aws:PRINCIPALOrgID": "o-exampleorgid"},
        True,
    ),
    # Absent keys.
    Holds("absent", OPERATORS, on_org("StringEquals", "o-exampleorgid"), ABSENT, False),
    Holds("absent, IgnoreCase", OPERATORS, on_org("StringEqualsIgnoreCase", "o-x"), ABSENT, False),
    Holds("absent, StringLike star", ORGANIZATION_KEY, on_org("StringLike", "*"), ABSENT, False),
    Holds("absent, ArnLike", OPERATORS, on_arn("ArnLike", "arn:*:*:*:*:*"), ABSENT, False),
    Holds("absent, StringNotEquals", OPERATORS, on_org("StringNotEquals", "o-exampleorgid"), ABSENT, True),
    Holds("absent, NotIgnoreCase", OPERATORS, on_org("StringNotEqualsIgnoreCase", "o-x"), ABSENT, True),
    Holds("absent, StringNotLike star", OPERATORS, on_org("StringNotLike", "*"), ABSENT, True),
    Holds("absent, ArnNotEquals", OPERATORS, on_arn("ArnNotEquals", "arn:*:*:*:*:*"), ABSENT, True),
    Holds("absent, IfExists", OPERATORS, on_org("StringEqualsIfExists", "o-exampleorgid"), ABSENT, True),
    Holds("absent, ArnLikeIfExists", OPERATORS, on_arn("ArnLikeIfExists", ROLE), ABSENT, True),
    Holds("absent, NotEqualsIfExists", OPERATORS, on_org("StringNotEqualsIfExists", "o-x"), ABSENT, True),
    Holds("present, IfExists", OPERATORS, on_org("StringEqualsIfExists", "o-x"), ORG, False),
    Holds("present, LikeIfExists", OPERATORS, on_org("StringLikeIfExists", "o-*"), ORG, True),
    Holds("present, NotLikeIfExists", OPERATORS, on_org("StringNotLikeIfExists", "o-*"), ORG, False),
    Holds("an empty list is absent", INFERRED, on_layers("StringLikeIfExists", "x"), {"lambda:Layer": ()}, True),
    Holds("an empty string is absent", SETS, on_org("StringLike", "*"), {"aws:PrincipalOrgID": ""}, False),
    # Null.
    Holds("Null true, absent", OPERATORS, on_layers("Null", "true"), ABSENT, True),
    Holds("Null true, present", OPERATORS, on_layers("Null", "true"), LAYERS, False),
    Holds("Null false, absent", OPERATORS, on_layers("Null", "false"), ABSENT, False),
    Holds("Null false, present", OPERATORS, on_layers("Null", "false"), LAYERS, True),
    Holds("Null, a boolean", GRAMMAR, on_layers("Null", False), LAYERS, True),
    Holds("Null, any case", GRAMMAR, on_layers("Null", "True"), ABSENT, True),
    Holds("Null false, empty list", SET_EXAMPLES, on_layers("Null", "false"), {"lambda:Layer": ()}, False),
    Holds("Null false, empty string", SET_EXAMPLES, on_layers("Null", "false"), {"lambda:Layer": ""}, False),
    Holds("Null, both answers", SEVERAL, on_layers("Null", "true", "false"), ABSENT, True),
    # ForAllValues.
    Holds("all, every value", SETS, on_layers("ForAllValues:StringLike", MINE), LAYERS, True),
    Holds("all, not every value", SETS, on_layers("ForAllValues:StringLike", TESTS), LAYERS, False),
    Holds("all, each its own", SETS, on_layers("ForAllValues:StringEquals", LAYER, OTHER, FOREIGN), LAYERS, True),
    Holds("all, absent", SETS, on_layers("ForAllValues:StringLike", TESTS), ABSENT, True),
    Holds("all, empty", SETS, on_layers("ForAllValues:StringLike", TESTS), {"lambda:Layer": ()}, True),
    Holds("all, empty string", SETS, on_layers("ForAllValues:StringLike", TESTS), {"lambda:Layer": ("",)}, True),
    Holds("all, ArnLike", SETS, on_layers("ForAllValues:ArnLike", MINE), LAYERS, True),
    Holds("all, IfExists, absent", SETS, on_layers("ForAllValues:StringLikeIfExists", TESTS), ABSENT, True),
    Holds("all, IfExists, present", SETS, on_layers("ForAllValues:StringLikeIfExists", TESTS), LAYERS, False),
    Holds(
        "all, NotLike, one",
        SET_EXAMPLES,
        on_layers("ForAllValues:StringNotLike", "key1*"),
        {"lambda:Layer": "key1:legal"},
        False,
    ),
    Holds(
        "all, NotLike, two",
        SET_EXAMPLES,
        on_layers("ForAllValues:StringNotLike", "key1*"),
        {"lambda:Layer": TAGS},
        False,
    ),
    Holds(
        "all, NotLike, other",
        SET_EXAMPLES,
        on_layers("ForAllValues:StringNotLike", "key1*"),
        {"lambda:Layer": "key2:audit"},
        True,
    ),
    Holds("all, NotLike, absent", SET_EXAMPLES, on_layers("ForAllValues:StringNotLike", "key1*"), ABSENT, True),
    Holds("all, NotLike, mixed", SETS, on_layers("ForAllValues:StringNotLike", TESTS), LAYERS, False),
    Holds("all, single-valued key", SETS, on_org("ForAllValues:StringEquals", "o-x"), ABSENT, True),
    # ForAnyValue.
    Holds("any, one of them", SETS, on_layers("ForAnyValue:StringLike", TESTS), LAYERS, True),
    Holds("any, none", SETS, on_layers("ForAnyValue:StringEquals", FOREIGN), LAYERS, False),
    Holds("any, absent", SETS, on_layers("ForAnyValue:StringLike", "*"), ABSENT, False),
    Holds("any, empty", SETS, on_layers("ForAnyValue:StringLike", "*"), {"lambda:Layer": ()}, False),
    Holds("any, empty string", SETS, on_layers("ForAnyValue:StringLike", "*"), {"lambda:Layer": ""}, False),
    Holds("any, NotLike, one of them", SETS, on_layers("ForAnyValue:StringNotLike", TESTS), LAYERS, True),
    Holds("any, NotLike, none", SETS, on_layers("ForAnyValue:StringNotLike", MINE), LAYERS, False),
    Holds("any, NotEquals, NOR", SEVERAL, on_layers("ForAnyValue:StringNotEquals", LAYER, OTHER), LAYERS, False),
    Holds("any, NotLike, absent", SETS, on_layers("ForAnyValue:StringNotLike", TESTS), ABSENT, False),
    Holds("any, ArnNotLike", SETS, on_layers("ForAnyValue:ArnNotLike", TESTS), LAYERS, True),
    Holds("any, IfExists, present", SETS, on_layers("ForAnyValue:StringLikeIfExists", TESTS), LAYERS, True),
    Holds("any, IfExists, absent", INFERRED, on_layers("ForAnyValue:StringLikeIfExists", "*"), ABSENT, False),
    Holds(
        "any, NotIfExists, absent",
        INFERRED,
        on_layers("ForAnyValue:StringNotLikeIfExists", "*"),
        ABSENT,
        False,
    ),
    Holds("any, single-valued key", SETS, on_org("ForAnyValue:StringLike", "o-*"), ORG, True),
    # Several values without a qualifier, which the guide forbids without saying what happens.
    Holds("no qualifier, one value", LAYER_KEY, on_layers("StringLike", MINE), {"lambda:Layer": (LAYER,)}, True),
    Holds(
        "no qualifier, Not, one",
        LAYER_KEY,
        on_layers("StringNotLike", MINE),
        {"lambda:Layer": (LAYER,)},
        False,
    ),
    Holds("no qualifier, several", INFERRED, on_layers("StringLike", MINE), LAYERS, False),
    Holds("no qualifier, Not, several", INFERRED, on_layers("StringNotLike", MINE), LAYERS, True),
    Holds("no qualifier, IfExists, several", INFERRED, on_layers("StringLikeIfExists", MINE), LAYERS, False),
    # Several keys, several operators.
    Holds(
        "every key",
        SEVERAL,
        {"StringLike": {"aws:PrincipalOrgID": "o-*", "aws:PrincipalAccount": "1*"}},
        {**ORG, "aws:PrincipalAccount": "123456789012"},
        True,
    ),
    Holds(
        "not every key",
        SEVERAL,
        {"StringLike": {"aws:PrincipalOrgID": "o-*", "aws:PrincipalAccount": "1*"}},
        {**ORG, "aws:PrincipalAccount": "210987654321"},
        False,
    ),
    Holds(
        "every operator",
        SETS,
        {**on_layers("ForAllValues:StringLike", MINE), **on_layers("Null", "false")},
        LAYERS,
        True,
    ),
    Holds(
        "not every operator",
        SETS,
        {**on_layers("ForAllValues:StringLike", MINE), **on_layers("Null", "false")},
        ABSENT,
        False,
    ),
]


@pytest.mark.parametrize("row", CONDITIONS, ids=same_name)
@pytest.mark.parametrize(("effect", "met"), [("Allow", ALLOWED), ("Deny", DENIED)])
def test_condition(row: Holds, effect: str, met: Decision) -> None:
    """A statement applies only if its conditions hold, whatever its effect."""
    parsed = IdentityPolicy.parse(policy(allow(Effect=effect, Condition=row.condition)))
    expected = met if row.holds else SILENT
    assert evaluate_all([parsed], "lambda:CreateFunction", FUNCTION, row.context) is expected, row.source


class Published(NamedTuple):
    """The decision of a published example policy about a function with some layers."""

    name: str
    layers: tuple[str, ...] | None
    expected: Decision


CONFIGURE = {
    "Sid": "ConfigureFunctions",
    "Effect": "Allow",
    "Action": ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"],
    "Resource": "*",
    "Condition": {"ForAllValues:StringLike": {"lambda:Layer": [TESTS]}},
}
TESTING = "arn:aws:lambda:us-east-1:123456789012:layer:testing:2"
NAMES = [
    Published("no layers", None, ALLOWED),
    Published("an empty list of layers", (), ALLOWED),
    Published("a test layer", (LAYER,), ALLOWED),
    Published("test layers", (LAYER, TESTING), ALLOWED),
    Published("another region", (LAYER.replace("us-east-1", "eu-west-3"),), ALLOWED),
    Published("a layer of another name", (OTHER,), SILENT),
    Published("a test layer of another account", (FOREIGN,), SILENT),
    Published("mixed names", (LAYER, OTHER), SILENT),
    Published("mixed accounts, the good one first", (LAYER, FOREIGN), SILENT),
    Published("mixed accounts, the good one last", (FOREIGN, LAYER), SILENT),
    Published("the name in capitals", (LAYER.replace("test", "TEST"),), SILENT),
    Published("another partition", (LAYER.replace("aws", "aws-cn"),), SILENT),
]


@pytest.mark.parametrize("action", CONFIGURE["Action"])
@pytest.mark.parametrize("row", NAMES, ids=same_name)
def test_published_example(row: Published, action: str) -> None:
    """Only layers of account 123456789012 whose names start with test, or no layers."""
    context = {} if row.layers is None else {"layers": row.layers}
    assert decide(policy(CONFIGURE), action, FUNCTION, **context) is row.expected


@pytest.mark.parametrize(
    ("layers", "expected"),
    [((), SILENT), ((LAYER,), ALLOWED), ((LAYER, OTHER), SILENT)],
    ids=["no layers", "a test layer", "mixed"],
)
def test_null_requires_layers(layers: tuple[str, ...], expected: Decision) -> None:
    """With Null false beside ForAllValues, a function must have layers."""
    condition = {**CONFIGURE["Condition"], "Null": {"lambda:Layer": "false"}}
    document = policy({**CONFIGURE, "Condition": condition})
    assert decide(document, "lambda:CreateFunction", FUNCTION, layers=layers) is expected


@pytest.mark.parametrize(
    ("layers", "expected"),
    [((), ALLOWED), ((LAYER, OTHER), ALLOWED), ((LAYER, FOREIGN), DENIED), ((FOREIGN,), DENIED)],
    ids=["no layers", "own layers", "mixed", "foreign layers"],
)
def test_deny_foreign_layers(layers: tuple[str, ...], expected: Decision) -> None:
    """A Deny with ForAnyValue:StringNotLike blocks one foreign layer among the account's own."""
    condition = {"ForAnyValue:StringNotLike": {"lambda:Layer": MINE}}
    document = policy(allow(), allow(Effect="Deny", Condition=condition))
    assert decide(document, "lambda:CreateFunction", FUNCTION, layers=layers) is expected


ALLOW_ALL, DENY_GET, DENY_S3 = allow(), allow(Effect="Deny", Action=GET), allow(Effect="Deny", Action="s3:*")


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([], SILENT),
        ([policy(DENY_S3)], SILENT),
        ([policy(ALLOW_ALL)], ALLOWED),
        ([policy(ALLOW_ALL, ALLOW_ALL)], ALLOWED),
        ([policy(ALLOW_ALL, DENY_S3)], ALLOWED),
        ([policy(ALLOW_ALL, DENY_GET)], DENIED),
        ([policy(DENY_GET, ALLOW_ALL)], DENIED),
        ([policy(DENY_GET)], DENIED),
        ([policy(DENY_S3), policy(ALLOW_ALL)], ALLOWED),
        ([policy(ALLOW_ALL), policy(DENY_GET)], DENIED),
        ([policy(DENY_GET), policy(ALLOW_ALL)], DENIED),
    ],
    ids=[
        "no policies",
        "a deny of something else",
        "allow",
        "allow twice",
        "allow, deny of something else",
        "allow then deny",
        "deny then allow",
        "deny",
        "two policies, one allows",
        "two policies, the second denies",
        "two policies, the first denies",
    ],
)
def test_deny_wins(documents: list[Any], expected: Decision) -> None:
    """A Deny wins over any Allow, and what nothing allows is denied (guide, Policy evaluation logic)."""
    policies = [IdentityPolicy.parse(document) for document in documents]
    assert evaluate_all(policies, GET, LAYER, {}) is expected


@pytest.mark.parametrize(
    "document",
    [
        policy(CONFIGURE),
        json.dumps(policy(CONFIGURE), indent=4),
        {"Statement": CONFIGURE},
        {"Version": "2008-10-17", "Statement": (CONFIGURE,)},
        policy({**CONFIGURE, "Action": "lambda:CreateFunction"}),
        policy({**CONFIGURE, "Resource": [FUNCTION]}),
        policy({**CONFIGURE, "Condition": {"ForAllValues:StringLike": {"lambda:Layer": TESTS}}}),
        policy({**CONFIGURE, "Sid": ""}, {**CONFIGURE, "Sid": ""}),
    ],
    ids=[
        "a dict",
        "JSON text",
        "one statement, no version",
        "the old version, a tuple",
        "one action",
        "a list of one resource",
        "one value",
        "two empty Sids",
    ],
)
def test_accepted_forms(document: Any) -> None:
    """A single value needs no list, and Version may be omitted (IAM User Guide, Grammar)."""
    assert decide(document, "lambda:CreateFunction", FUNCTION, layers=LAYER) is ALLOWED
    assert decide(document, "lambda:CreateFunction", FUNCTION, layers=FOREIGN) is SILENT
