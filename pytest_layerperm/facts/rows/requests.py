"""Requests that cannot be read."""

from __future__ import annotations

from ..model import Expected, Fact
from .steps import NO_POLICY, add, error, fact, get_policy, get_version, list_versions, publish, remove

_POLICY = "/2018-10-31/layers/${layer}/versions/%s/policy"
_VERSION = "/2018-10-31/layers/${layer}/versions/%s"
_CODE = "SerializationException"
_NO_OPERATION = Expected(
    403,
    "AccessDeniedException",
    raw=(
        "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n"
        "</AccessDeniedException>\n"
    ),
)


def _body(name: str, sentence: str, body: str) -> Fact:
    return fact(
        f"requests/{name}",
        sentence,
        "inferred",
        "DECISION",
        publish(),
        add(body=body, expected=Expected(400, _CODE, keys=("Type", "Message"))),
        get_policy(NO_POLICY),
    )


def _unreadable(value: str, java_type: str) -> Expected:
    return error(400, _CODE, f"'{value}' can not be converted to {java_type}")


def _with(member: str) -> str:
    members = {
        "StatementId": '"s1"',
        "Action": '"lambda:GetLayerVersion"',
        "Principal": '"*"',
        "OrganizationId": "null",
    }
    name, _, value = member.partition("=")
    members[name] = value
    return "{" + ",".join([f'"{name}":{value}' for name, value in members.items()]) + "}"


FACTS: tuple[Fact, ...] = (
    _body("not-json", "A body that is not JSON: 400 SerializationException.", "StatementId=s1"),
    _body("cut-off", "A body that is cut off: 400 SerializationException.", '{"StatementId":"s1"'),
    _body("list", "A body that is a JSON list: 400 SerializationException.", "[]"),
    _body("text", "A body that is a JSON string: 400 SerializationException.", '"s1"'),
    _body("null", "A body that is null: 400 SerializationException.", "null"),
    _body("number-as-text", "A number instead of a string: 400 SerializationException.", _with("StatementId=1")),
    _body(
        "account-as-number", "An account id as a number: 400 SerializationException.", _with("Principal=123456789012")
    ),
    _body("boolean", "A boolean instead of a string: 400 SerializationException.", _with("Action=true")),
    _body("object", "An object instead of a string: 400 SerializationException.", _with('Principal={"AWS":"*"}')),
    _body("array", "A list instead of a string: 400 SerializationException.", _with('Principal=["*"]')),
    _body("organization", "The same applies to optional members.", _with("OrganizationId=1")),
    *[
        fact(
            f"requests/version-{name}",
            f"{sentence}: 400 SerializationException.",
            "inferred",
            "DECISION",
            publish(),
            get_policy(_unreadable(number, "Long"), path=_POLICY % number),
            get_version(_unreadable(number, "Long"), path=_VERSION % number),
        )
        for name, sentence, number in (
            ("text", "A version that is not a number", "latest"),
            ("fraction", "A version that is not a whole number", "1.5"),
            ("too-large", "A version beyond 64 bits", "9223372036854775808"),
            ("too-long", "A version of many digits", "1" * 100),
        )
    ],
    *[
        fact(
            f"requests/no-operation-{name}",
            f"A path that is not an operation's ({what}): 403 AccessDeniedException, in XML of 130 bytes.",
            "inferred",
            "SAM:other paths of Lambda",
            step,
        )
        for name, what, step in (
            ("below-version", "below a version", get_version(_NO_OPERATION, path=_VERSION % "1/policies")),
            ("layer", "a layer without versions", get_version(_NO_OPERATION, path="/2018-10-31/layers/${layer}")),
            ("no-version", "no version number", get_version(_NO_OPERATION, path=_VERSION % "")),
            ("method", "a method of another path", remove(expected=_NO_OPERATION, path=_POLICY % 1)),
        )
    ],
    fact(
        "requests/page-size",
        "A MaxItems that is not a number: 400 SerializationException.",
        "inferred",
        "DECISION",
        list_versions(_unreadable("many", "Integer"), MaxItems="many"),
    ),
    fact(
        "requests/runtimes",
        "A string instead of a list: 400 SerializationException.",
        "inferred",
        "DECISION",
        publish(Expected(400, _CODE), body='{"Content":{},"CompatibleRuntimes":"python3.13"}'),
    ),
    fact(
        "requests/content",
        "A string instead of an object: 400 SerializationException.",
        "inferred",
        "DECISION",
        publish(Expected(400, _CODE), body='{"Content":"zip"}'),
    ),
    fact(
        "requests/archive",
        "A ZipFile that is not base64: 400 SerializationException.",
        "inferred",
        "DECISION",
        publish(Expected(400, _CODE), body='{"Content":{"ZipFile":"%%%"}}'),
    ),
)
