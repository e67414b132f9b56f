"""Input constraints: every violation, in AWS's words, in one message."""

from __future__ import annotations

from ..model import Fact
from .steps import (
    add,
    fact,
    invalid,
    publish,
    remove,
    too_long,
    violation,
)

_PRINCIPAL = r"satisfy regular expression pattern: \d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root"
_ACTION = "satisfy regular expression pattern: lambda:GetLayerVersion"
_STATEMENT_ID = "satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"
_ORGANIZATION_ID = "satisfy regular expression pattern: o-[a-z0-9]{10,32}"
_NULL = "not be null"
_MODEL = "MODEL:AddLayerVersionPermissionRequest, in the words of other recordings"


def _principal(name: str, principal: str, sentence: str) -> Fact:
    return fact(
        f"validation/principal-{name}",
        sentence,
        "inferred",
        "AMPLIFY:with another value",
        publish(),
        add("s1", principal, invalid(violation(f"'{principal}'", "principal", _PRINCIPAL))),
    )


FACTS: tuple[Fact, ...] = (
    fact(
        "validation/action",
        "The only action is lambda:GetLayerVersion.",
        "recorded",
        "LS:policy_exc",
        publish(),
        add(Action="*", expected=invalid(violation("'*'", "action", _ACTION))),
    ),
    fact(
        "validation/action-other",
        "No other operation is a valid action in a layer's policy.",
        "reported",
        "LATEST",
        publish(),
        add(
            Action="lambda:ListLayers",
            expected=invalid(violation("'lambda:ListLayers'", "action", _ACTION)),
        ),
    ),
    fact(
        "validation/action-case",
        "The action is case-sensitive.",
        "inferred",
        "LS:policy_exc, with another value",
        publish(),
        add(
            Action="lambda:getLayerVersion",
            expected=invalid(violation("'lambda:getLayerVersion'", "action", _ACTION)),
        ),
    ),
    fact(
        "validation/action-empty",
        "An empty action violates the pattern only.",
        "inferred",
        _MODEL,
        publish(),
        add(Action="", expected=invalid(violation("''", "action", _ACTION))),
    ),
    fact(
        "validation/action-too-long",
        "One member can violate two constraints: length, then pattern.",
        "inferred",
        "LS:layer_exc, of another member",
        publish(),
        add(
            Action="lambda:ListLayerVersions",
            expected=invalid(
                violation("'lambda:ListLayerVersions'", "action", too_long(22)),
                violation("'lambda:ListLayerVersions'", "action", _ACTION),
            ),
        ),
    ),
    fact(
        "validation/principal",
        "A principal is an account id, * or the ARN of an account's root.",
        "recorded",
        "AMPLIFY",
        publish(),
        add("s1", "XXXXXXXXXXXXfa1cebac", invalid(violation("'XXXXXXXXXXXXfa1cebac'", "principal", _PRINCIPAL))),
    ),
    _principal("short", "12345678901", "Eleven digits are not an account id."),
    _principal(
        "digits",
        "\uff11\uff12\uff13" * 4,
        "An account id has ASCII digits only.",
    ),
    _principal("user", "arn:aws:iam::123456789012:user/dev", "A user is not a valid principal."),
    _principal("service", "s3.amazonaws.com", "A service is not a valid principal."),
    _principal("list", "123456789012,223456789012", "Two accounts are not a valid principal."),
    _principal("newline", "123456789012\n", "A newline may not follow the account id."),
    fact(
        "validation/statement-id",
        "A statement id consists of letters, digits, - and _.",
        "inferred",
        "LS:perm_exc, of functions",
        publish(),
        add("example.com", expected=invalid(violation("'example.com'", "statementId", _STATEMENT_ID))),
    ),
    fact(
        "validation/statement-id-too-long",
        "A statement id has at most 100 characters.",
        "inferred",
        _MODEL,
        publish(),
        add("s" * 101, expected=invalid(violation(f"'{'s' * 101}'", "statementId", too_long(100)))),
    ),
    fact(
        "validation/statement-id-on-remove",
        "Remove checks the statement id as Add does.",
        "inferred",
        "MODEL:RemoveLayerVersionPermissionRequest",
        publish(),
        remove("a b", invalid(violation("'a b'", "statementId", _STATEMENT_ID))),
    ),
    fact(
        "validation/statement-id-too-long-on-remove",
        "Remove checks the length of the statement id as Add does.",
        "inferred",
        "MODEL:RemoveLayerVersionPermissionRequest",
        publish(),
        remove("s" * 101, invalid(violation(f"'{'s' * 101}'", "statementId", too_long(100)))),
    ),
    fact(
        "validation/organization-id",
        "An organization id is o- and 10 to 32 lower-case letters and digits.",
        "inferred",
        _MODEL,
        publish(),
        add(OrganizationId="x", expected=invalid(violation("'x'", "organizationId", _ORGANIZATION_ID))),
    ),
    fact(
        "validation/organization-id-too-long",
        "An organization id that is too long violates length and pattern.",
        "inferred",
        _MODEL,
        publish(),
        add(
            OrganizationId="o-" + "a" * 33,
            expected=invalid(
                violation(f"'o-{'a' * 33}'", "organizationId", too_long(34)),
                violation(f"'o-{'a' * 33}'", "organizationId", _ORGANIZATION_ID),
            ),
        ),
    ),
    fact(
        "validation/missing-principal",
        "A missing required member is reported as null.",
        "inferred",
        "LS:'Value null at …', of another member",
        publish(),
        add(Principal=None, expected=invalid(violation("null", "principal", _NULL))),
    ),
    fact(
        "validation/missing-members",
        "All missing members are reported in one message.",
        "inferred",
        "LS:layer_exc; the order is the model's",
        publish(),
        add(
            body="{}",
            expected=invalid(*[violation("null", name, _NULL) for name in ("statementId", "action", "principal")]),
        ),
    ),
    fact(
        "validation/no-body",
        "A missing body counts as one without members.",
        "inferred",
        "DECISION",
        publish(),
        add(
            body="",
            expected=invalid(*[violation("null", name, _NULL) for name in ("statementId", "action", "principal")]),
        ),
    ),
    fact(
        "validation/null-member",
        "A null member counts as missing.",
        "inferred",
        "DECISION",
        publish(),
        add(
            body='{"StatementId":null,"Action":"lambda:GetLayerVersion","Principal":"*","OrganizationId":null}',
            expected=invalid(violation("null", "statementId", _NULL)),
        ),
    ),
    fact(
        "validation/several",
        "Violations of several members are reported in one message, in the order of the model.",
        "inferred",
        "LS:layer_exc; the order is not AWS's in every case",
        publish(),
        add(
            "a b",
            "nobody",
            invalid(
                violation("'a b'", "statementId", _STATEMENT_ID),
                violation("'*'", "action", _ACTION),
                violation("'nobody'", "principal", _PRINCIPAL),
                violation("'x'", "organizationId", _ORGANIZATION_ID),
            ),
            Action="*",
            OrganizationId="x",
        ),
    ),
)
