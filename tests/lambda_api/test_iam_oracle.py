"""Identity policies against an oracle: the guide's words, written independently of how policies are compiled."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_layerperm.lambda_api.iam import Decision, IdentityPolicy, evaluate_all

ALLOWED, DENIED, SILENT = Decision.ALLOWED, Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY


@cache
def like(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return like(pattern[1:], text) or (bool(text) and like(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and like(pattern[1:], text[1:])


def arn_like(pattern: str, text: str) -> bool:
    wanted, parts = pattern.split(":", 5), text.split(":", 5)
    return len(parts) == 6 and all(like(one, other) for one, other in zip(wanted, parts, strict=True))


POSITIVE = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "StringLike": like,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
}


def holds(name: str, wanted: list[str], values: list[str]) -> bool:
    if name == "Null":
        return ("true" if not values else "false") in wanted
    qualifier, _, operator = name.rpartition(":")
    base = operator.removesuffix("IfExists")
    matches = POSITIVE[base.replace("Not", "")]
    if "Not" in base:
        each = [not any(matches(one, value) for one in wanted) for value in values]
    else:
        each = [any(matches(one, value) for one in wanted) for value in values]
    if qualifier:
        return False not in each if qualifier == "ForAllValues" else True in each
    if len(values) == 1:
        return each[0]
    # Neither no value nor several values match; IfExists only excuses no value.
    return "Not" in base or (not values and operator.endswith("IfExists"))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def oracle(document: dict[str, Any], action: str, resource: str, context: dict[str, Any]) -> Decision:
    effects = set()
    for statement in listed(document["Statement"]):
        named = any(
            like(pattern.lower(), action.lower())
            for pattern in listed(statement.get("Action", statement.get("NotAction")))
        )
        placed = any(
            like(pattern, resource) for pattern in listed(statement.get("Resource", statement.get("NotResource")))
        )
        met = all(
            holds(operator, listed(wanted), listed(context.get(key, [])))
            for operator, block in statement.get("Condition", {}).items()
            for key, wanted in block.items()
        )
        if named is ("Action" in statement) and placed is ("Resource" in statement) and met:
            effects.add(statement["Effect"])
    return DENIED if "Deny" in effects else ALLOWED if "Allow" in effects else SILENT


def one_or_list(values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return values | st.lists(values, min_size=1, max_size=3)


arns = st.builds(
    "arn:aws:lambda:{}:{}:layer:{}:{}".format,
    st.sampled_from(["us-east-1", "eu-west-1"]),
    st.sampled_from(["123456789012", "210987654321"]),
    st.sampled_from(["test", "Test", "test-deps", "a.b"]),
    st.sampled_from(["1", "12"]),
)


@st.composite
def arn_patterns(draw: st.DrawFn, first: int = 0) -> str:
    """An ARN with wildcards in it, from the part of that number on; it keeps its six parts."""
    parts = draw(arns).split(":", 5)
    for index in draw(st.sets(st.sampled_from(range(first, 6)))):
        start = draw(st.integers(0, len(parts[index])))
        end = draw(st.integers(start, len(parts[index])))
        parts[index] = parts[index][:start] + draw(st.sampled_from(["*", "?", "", "**"])) + parts[index][end:]
    return ":".join(parts)


ACTION_NAMES = ["lambda:GetLayerVersion", "lambda:CreateFunction", "lambda:ListLayers"]
action_patterns = st.sampled_from(
    [*ACTION_NAMES, "*", "lambda:*", "LAMBDA:get*", "lambda:*Layer*", "lambda:?reateFunction", "iam:PassRole"]
)
resource_patterns = st.just("*") | arn_patterns(first=3).filter(lambda text: not text.endswith(":"))
operators = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "ForAllValues:", "ForAnyValue:"]),
    st.sampled_from([*POSITIVE, *(f"{name[:-4]}Not{name[-4:]}" for name in ("StringLike", "ArnLike"))])
    | st.sampled_from(["StringNotEquals", "ArnNotEquals", "StringNotEqualsIgnoreCase"]),
    st.sampled_from(["", "IfExists"]),
)
blocks = st.dictionaries(
    st.sampled_from(["lambda:Layer", "aws:PrincipalArn"]), one_or_list(arns | arn_patterns()), min_size=1
)
nulls = st.dictionaries(
    st.sampled_from(["lambda:Layer", "aws:PrincipalArn"]),
    one_or_list(st.sampled_from(["true", "false"])),
    min_size=1,
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    statement = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "NotAction"])): draw(one_or_list(action_patterns)),
        draw(st.sampled_from(["Resource", "Resource", "NotResource"])): draw(one_or_list(resource_patterns)),
    }
    condition = draw(st.dictionaries(operators, blocks, max_size=2))
    if draw(st.booleans()):
        condition["Null"] = draw(nulls)
    if condition:
        statement["Condition"] = condition
    return statement


requests = st.fixed_dictionaries(
    {},
    optional={
        "lambda:Layer": st.lists(arns, max_size=3),
        "aws:PrincipalArn": arns | st.just("no ARN at all"),
        "aws:PrincipalAccount": st.just("123456789012"),
    },
)


@settings(deadline=None, max_examples=250)
@given(
    document=st.fixed_dictionaries({"Statement": statements() | st.lists(statements(), min_size=1, max_size=3)}),
    action=st.sampled_from(ACTION_NAMES),
    resource=arns | st.just("*"),
    context=requests,
)
def test_against_the_oracle(document: dict[str, Any], action: str, resource: str, context: dict[str, Any]) -> None:
    """Any policy decides about any request as the guide's words do."""
    given_context = {key: tuple(value) if isinstance(value, list) else value for key, value in context.items()}
    expected = oracle(document, action, resource, context)
    assert evaluate_all([IdentityPolicy.parse(document)], action, resource, given_context) is expected
    assert evaluate_all([IdentityPolicy.parse(json.dumps(document))], action, resource, given_context) is expected


small = st.text("ab:*?", max_size=8)


@settings(deadline=None, max_examples=250)
@given(
    operator=operators,
    wanted=st.lists(small, min_size=1, max_size=3),
    values=st.lists(st.text("aAb:", max_size=8)),
)
def test_operators_against_the_oracle(operator: str, wanted: list[str], values: list[str]) -> None:
    """Any operator compares any texts as the guide's words say."""
    if "Arn" in operator:
        wanted = [f"{one}:::::{one}" for one in wanted]
        values = [f"{one}:::::{one}" for one in values]
    values = [value for value in values if value]
    condition = {operator: {"lambda:Layer": wanted}}
    parsed = IdentityPolicy.parse(
        {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}}
    )
    expected = ALLOWED if holds(operator, wanted, values) else SILENT
    assert evaluate_all([parsed], "lambda:GetLayerVersion", "*", {"lambda:Layer": tuple(values)}) is expected
