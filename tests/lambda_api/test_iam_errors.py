"""Identity policies: which are rejected, with the place and the exact text."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pytest_layerperm.lambda_api.iam import Decision, IdentityPolicy, UnsupportedPolicy, evaluate_all

GET = "lambda:GetLayerVersion"
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:test-deps:1"


def allow(**elements: Any) -> dict[str, Any]:
    """A statement that allows everything, except as the elements say."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **elements}
    return {name: value for name, value in statement.items() if value is not None}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def exactly(message: str) -> str:
    return f"^{re.escape(message)}$"


def on_layers(operator: str, *values: Any) -> dict[str, Any]:
    return {operator: {"lambda:Layer": list(values)}}


def on_org(operator: str, *values: Any) -> dict[str, Any]:
    return {operator: {"aws:PrincipalOrgID": list(values)}}


OPERATORS_TEXT = (
    "supported are StringEquals, StringNotEquals, StringEqualsIgnoreCase, StringNotEqualsIgnoreCase, "
    "StringLike, StringNotLike, ArnEquals, ArnNotEquals, ArnLike, ArnNotLike "
    "(each also with IfExists, with ForAllValues: and with ForAnyValue:) and Null"
)
KEYS_TEXT = "supported are aws:PrincipalAccount, aws:PrincipalArn, aws:PrincipalOrgID, lambda:Layer"
ELEMENTS_TEXT = "valid are Sid, Effect, Action, NotAction, Resource, NotResource, Condition"


def without(name: str) -> dict[str, Any]:
    return policy(allow(**{name: None}))


def conditioned(condition: Any) -> dict[str, Any]:
    return policy(allow(), allow(Condition=condition))


MALFORMED = [
    # The document.
    ("not JSON", "{",
     "is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("empty text", "", "is not JSON: Expecting value: line 1 column 1 (char 0)"),
    ("a JSON list", "[]", "must be an object, not a list"),
    ("JSON null", "null", "must be an object, not null"),
    ("JSON string", '"Allow"', "must be an object, not a string"),
    ("bytes", b"{}",
     "must be a policy document, as a dict or as JSON text, not a Python bytes"),
    ("a list", [], "must be a policy document, as a dict or as JSON text, not a list"),
    ("nothing", None, "must be a policy document, as a dict or as JSON text, not null"),
    ("an empty object", {}, "is empty"),
    ("a name that is no text", {1: 2}, "names of members must be strings, not a number"),
    ("a member twice", '{"Statement": {"Effect": "Deny", "Effect": "Allow"}}',
     'the member "Effect" is duplicated in one object'),
    ("Id", {"Id": "x", **policy(allow())},
     '"Id" is not valid in an identity policy; valid are Version and Statement'),
    ("a misspelt Statement", {"Statements": []},
     '"Statements" is not valid in an identity policy; valid are Version and Statement'),
    ("a wrong Version", {**policy(allow()), "Version": "2012-10-18"},
     'Version: must be "2012-10-17" or "2008-10-17", not "2012-10-18"'),
    ("a Version that is no text", {**policy(allow()), "Version": 2012},
     'Version: must be "2012-10-17" or "2008-10-17", not a number'),
    ("no Statement", {"Version": "2012-10-17"}, "has no Statement"),
    ("no statements", policy(), "Statement: is empty"),
    ("Statement is text", {"Statement": "Allow"},
     "Statement: must be an object or a list of objects, not a string"),
    ("a statement is null", {"Statement": [allow(), None]},
     "Statement[1]: must be an object, not null"),
    ("a statement is empty", {"Statement": {}}, "Statement: is empty"),
    # A statement.
    ("Principal", policy(allow(Principal="*")),
     f'Statement[0]: "Principal" is not valid in a statement of an identity policy; {ELEMENTS_TEXT}'),
    ("lower case", policy(allow(effect="Allow")),
     f'Statement[0]: "effect" is not valid in a statement of an identity policy; {ELEMENTS_TEXT}'),
    ("a Sid with a space", policy(allow(Sid="My layers")),
     'Statement[0].Sid: must consist of letters and digits, not "My layers"'),
    ("a Sid that is no text", policy({**allow(), "Sid": None}),
     "Statement[0].Sid: must consist of letters and digits, not null"),
    ("a Sid twice", policy(allow(Sid="One"), allow(), allow(Sid="One")),
     'Statement[2].Sid: "One" is the Sid of an earlier statement'),
    ("no Effect", without("Effect"), "Statement[0]: has no Effect; valid are Allow and Deny"),
    ("no Effect, one statement", {"Statement": {"Action": "*", "Resource": "*"}},
     "Statement: has no Effect; valid are Allow and Deny"),
    ("a wrong Effect", policy(allow(Effect="allow")),
     'Statement[0].Effect: must be "Allow" or "Deny", not "allow"'),
    ("an Effect in a list", policy(allow(Effect=["Allow"])),
     'Statement[0].Effect: must be "Allow" or "Deny", not a list'),
    ("no Action", without("Action"),
     "Statement[0]: must have either Action or NotAction, and has neither"),
    ("both Actions", policy(allow(NotAction="*")),
     "Statement[0]: must have either Action or NotAction, not both"),
    ("an Action that is a number", policy(allow(Action=1)),
     "Statement[0].Action: must be a string or a list of strings, not a number"),
    ("an Action in an object", policy(allow(Action={"a": "b"})),
     "Statement[0].Action: must be a string or a list of strings, not an object"),
    ("an Action that is null, in a list", policy(allow(Action=["*", None])),
     "Statement[0].Action[1]: must be a string, not null"),
    ("no actions", policy(allow(Action=[])), "Statement[0].Action: is empty"),
    ("an Action without a service", policy(allow(Action="GetLayerVersion")),
     'Statement[0].Action: "GetLayerVersion" must be "*" or like "lambda:GetLayerVersion"'),
    ("an empty Action", policy(allow(Action=["lambda:*", ""])),
     'Statement[0].Action[1]: "" must be "*" or like "lambda:GetLayerVersion"'),
    ("a wrong NotAction", policy(allow(Action=None, NotAction="lambda:")),
     'Statement[0].NotAction: "lambda:" must be "*" or like "lambda:GetLayerVersion"'),
    ("no Resource", without("Resource"),
     "Statement[0]: must have either Resource or NotResource, and has neither"),
    ("both Resources", policy(allow(NotResource=LAYER)),
     "Statement[0]: must have either Resource or NotResource, not both"),
    ("no resources", policy(allow(Resource=[])), "Statement[0].Resource: is empty"),
    ("a Resource that is a boolean", policy(allow(Resource=True)),
     "Statement[0].Resource: must be a string or a list of strings, not a boolean"),
    ("a Resource that is no ARN", policy(allow(Resource=["*", "test-deps"])),
     'Statement[0].Resource[1]: "test-deps" must be "*" or an ARN with no wildcard for the service'),
    ("a wildcard for the service", policy(allow(Resource=None, NotResource="arn:aws:*:us-east-1:*:*")),
     'Statement[0].NotResource: "arn:aws:*:us-east-1:*:*" must be "*" or an ARN with no wildcard'
     " for the service"),
    # A condition.
    ("a Condition that is a list", conditioned([]),
     "Statement[1].Condition: must be an object, not a list"),
    ("an empty Condition", conditioned({}), "Statement[1].Condition: is empty"),
    ("an operator without keys", conditioned({"StringLike": {}}),
     "Statement[1].Condition.StringLike: is empty"),
    ("an operator with text", conditioned({"StringLike": "lambda:Layer"}),
     "Statement[1].Condition.StringLike: must be an object, not a string"),
    ("no values", conditioned(on_layers("StringLike")),
     "Statement[1].Condition.StringLike.lambda:Layer: is empty"),
    ("a value that is null", conditioned({"StringLike": {"lambda:Layer": None}}),
     "Statement[1].Condition.StringLike.lambda:Layer: must be a string, not null"),
    ("a value that is an object", conditioned(on_layers("StringLike", "*", {"a": "b"})),
     "Statement[1].Condition.StringLike.lambda:Layer[1]: must be a string, not an object"),
    ("a fraction", conditioned(on_layers("StringLike", 1.5)),
     "Statement[1].Condition.StringLike.lambda:Layer[0]: must be a string, not a decimal number"),
    ("a key twice", conditioned({"StringLike": {"lambda:Layer": "*", "Lambda:layer": "*"}}),
     'Statement[1].Condition.StringLike: "Lambda:layer" is a duplicate key (keys are case-insensitive)'),
    ("Null with another value", conditioned(on_layers("Null", "true", "no")),
     'Statement[1].Condition.Null.lambda:Layer[1]: must be "true" or "false", not "no"'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "message"),
    [pytest.param(document, message, id=name) for name, document, message in MALFORMED],
)
def test_malformed(document: Any, message: str) -> None:
    """A malformed policy is a ValueError that names the place, never one about something unsupported."""
    with pytest.raises(ValueError, match=exactly(f"identity_policy: {message}")) as caught:
        IdentityPolicy.parse(document)
    assert type(caught.value) is ValueError


AT = "Statement[1].Condition"
UNSUPPORTED = [
    ("an unknown operator", conditioned({"StringMatches": {"lambda:Layer": "*"}}),
     f'{AT}: operator "StringMatches" is not supported; {OPERATORS_TEXT}'),
    ("an operator of another type", conditioned({"Bool": {"aws:SecureTransport": "true"}}),
     f'{AT}: operator "Bool" is not supported; {OPERATORS_TEXT}'),
    ("an operator in other case", conditioned({"stringLike": {"lambda:Layer": "*"}}),
     f'{AT}: operator "stringLike" is not supported; {OPERATORS_TEXT}'),
    ("NullIfExists", conditioned({"NullIfExists": {"lambda:Layer": "true"}}),
     f'{AT}: operator "NullIfExists" is not supported; {OPERATORS_TEXT}'),
    ("a qualified Null", conditioned({"ForAnyValue:Null": {"lambda:Layer": "true"}}),
     f'{AT}: operator "ForAnyValue:Null" is not supported; {OPERATORS_TEXT}'),
    ("an unknown qualifier", conditioned({"ForSomeValues:StringLike": {"lambda:Layer": "*"}}),
     f'{AT}: operator "ForSomeValues:StringLike" is not supported; {OPERATORS_TEXT}'),
    ("an empty operator", conditioned({"": {"lambda:Layer": "*"}}),
     f'{AT}: operator "" is not supported; {OPERATORS_TEXT}'),
    ("an unknown key", conditioned({"StringLike": {"lambda:Layer": "*", "aws:SourceIp": "10.*"}}),
     f'{AT}.StringLike: condition key "aws:SourceIp" is not supported; {KEYS_TEXT}'),
    ("an unknown key of Null", conditioned({"Null": {"lambda:Layers": "true"}}),
     f'{AT}.Null: condition key "lambda:Layers" is not supported; {KEYS_TEXT}'),
    ("a variable in a value", conditioned(on_layers("StringLike", "*", "arn:*:${aws:PrincipalAccount}:*")),
     f'{AT}.StringLike.lambda:Layer[1]: policy variable "${{aws:PrincipalAccount}}" is not supported;'
     " write its value"),
    ("a variable to be equal to", conditioned(on_org("StringEquals", "${aws:ResourceOrgID}")),
     f'{AT}.StringEquals.aws:PrincipalOrgID[0]: policy variable "${{aws:ResourceOrgID}}" is not supported;'
     " write its value"),
    ("a variable in an ARN", conditioned(on_layers("ArnLike", "arn:aws:lambda:*:${*}:layer:*")),
     f'{AT}.ArnLike.lambda:Layer[0]: policy variable "${{*}}" is not supported; write its value'),
    ("an open variable", conditioned(on_org("StringLike", "o-${aws")),
     f'{AT}.StringLike.aws:PrincipalOrgID[0]: policy variable "${{aws" is not supported; write its value'),
    ("a variable in a Resource", policy(allow(Resource=["*", "arn:aws:lambda:*:*:layer:${aws:username}-*"])),
     'Statement[0].Resource[1]: policy variable "${aws:username}" is not supported; write its value'),
    ("a variable in a NotResource",
     policy(allow(Resource=None, NotResource="arn:aws:lambda:*:*:${aws:userid}")),
     'Statement[0].NotResource: policy variable "${aws:userid}" is not supported; write its value'),
    ("an ARN pattern of five parts", conditioned(on_layers("ArnLike", "arn:aws:lambda:*:*")),
     f'{AT}.ArnLike.lambda:Layer[0]: ARN pattern "arn:aws:lambda:*:*" is not supported; give all six parts,'
     " arn:partition:service:region:account:resource"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "message"),
    [pytest.param(document, message, id=name) for name, document, message in UNSUPPORTED],
)
def test_unsupported(document: Any, message: str) -> None:
    """What is not supported is an error that names it, never a silent allow."""
    with pytest.raises(UnsupportedPolicy, match=exactly(f"identity_policy: {message}")):
        IdentityPolicy.parse(document)


def test_argument_is_named() -> None:
    """The message starts with the name of the caller's argument."""
    with pytest.raises(ValueError, match=exactly("policy of role Deploy: is empty")):
        IdentityPolicy.parse({}, argument="policy of role Deploy")


PASS_ROLE = allow(Action="iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})


def test_unsupported_parts_of_other_services() -> None:
    """A statement about another service may use what is not supported, until its action is evaluated."""
    home = allow(Effect="Deny", Action=["s3:*"], Resource="arn:aws:s3:::home/${aws:username}/*")
    parsed = IdentityPolicy.parse(policy(PASS_ROLE, home, allow(Action="lambda:*")))
    assert evaluate_all([parsed], GET, LAYER, {}) is Decision.ALLOWED
    key = 'Condition.StringEquals: condition key "iam:PassedToService" is not supported'
    with pytest.raises(UnsupportedPolicy, match=exactly(f"identity_policy: Statement[0].{key}; {KEYS_TEXT}")):
        evaluate_all([parsed], "iam:PassRole", "arn:aws:iam::123456789012:role/app", {})
    variable = 'Resource: policy variable "${aws:username}" is not supported; write its value'
    with pytest.raises(UnsupportedPolicy, match=exactly(f"identity_policy: Statement[1].{variable}")):
        evaluate_all([parsed], "s3:GetObject", "arn:aws:s3:::elsewhere", {})


@pytest.mark.parametrize(
    "actions",
    [
        {"Action": ["iam:PassRole", "lambda:CreateFunction"]},
        {"Action": "*"},
        {"Action": "Lamb??:Get*"},
        {"Action": None, "NotAction": "iam:*"},
    ],
    ids=["a lambda action too", "every action", "a wildcard for the service", "all but others"],
)
def test_unsupported_parts_of_lambda_statements(actions: dict[str, Any]) -> None:
    """A statement that may apply to Lambda is rejected when the policy is read."""
    with pytest.raises(UnsupportedPolicy, match='condition key "iam:PassedToService" is not supported'):
        IdentityPolicy.parse(policy(allow(**actions, Condition=PASS_ROLE["Condition"])))


def test_malformed_statement_of_another_service() -> None:
    """A malformed statement is rejected, whichever service it names."""
    with pytest.raises(ValueError, match=exactly("identity_policy: Statement[0].Condition: is empty")):
        IdentityPolicy.parse(policy(allow(Action="s3:*", Condition={})))
