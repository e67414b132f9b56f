"""The vocabulary of rows: calls on the fact's own layer, and expected responses."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Literal

from ...service.layers import zip_of
from ..model import By, Confidence, Expected, Fact, Matching, SameJson, Step, Steps

ZIP = zip_of({"python/layerperm_facts.py": "FACTS = True\n"})
ZIP_SHA256 = base64.b64encode(hashlib.sha256(ZIP).digest()).decode("ascii")
ACCOUNT = "223456789012"
"""An account that AWS's own examples grant to; whether it exists is not checked (``statements/unknown-account``)."""
ORGANIZATION = "o-t194hfs8cz"
ACTION = "lambda:GetLayerVersion"


def fact(id: str, sentence: str, confidence: Confidence, source: str, *steps: Step) -> Fact:  # noqa: A002
    return Fact(id, sentence, confidence, source, steps)


def computed(id: str, sentence: str, confidence: Confidence, source: str, steps: Steps) -> Fact:  # noqa: A002
    return Fact(id, sentence, confidence, source, steps)


def in_organization(id: str, sentence: str, confidence: Confidence, source: str, *steps: Step) -> Fact:  # noqa: A002
    """A fact whose other caller is a member of an organization."""
    return Fact(id, sentence, confidence, source, steps, needs_organization=True)


def _version(members: Mapping[str, Any]) -> dict[str, Any]:
    return {"LayerName": "${layer}", "VersionNumber": 1, **members}


def publish(
    expected: Expected | None = None,
    *,
    by: By = "owner",
    region: str = "${region}",
    body: str | None = None,
    **members: Any,
) -> Step:
    """Publishes a version of the fact's layer, with a small archive. A member given as None is omitted."""
    given = {"LayerName": "${layer}", "Content": {"ZipFile": ZIP}, **members}
    given = {name: value for name, value in given.items() if value is not None}
    return Step("PublishLayerVersion", given, expected, by=by, region=region, body=body)


def add(
    statement_id: str = "s1",
    principal: str = "*",
    expected: Expected | None = None,
    *,
    by: By = "owner",
    region: str = "${region}",
    path: str | None = None,
    body: str | None = None,
    **members: Any,
) -> Step:
    """Adds a statement to the first version of the fact's layer. A member given as None is omitted."""
    given = _version({"StatementId": statement_id, "Action": ACTION, "Principal": principal, **members})
    given = {name: value for name, value in given.items() if value is not None}
    return Step("AddLayerVersionPermission", given, expected, by=by, region=region, path=path, body=body)


def remove(
    statement_id: str = "s1",
    expected: Expected | None = None,
    *,
    by: By = "owner",
    region: str = "${region}",
    path: str | None = None,
    **members: Any,
) -> Step:
    given = _version({"StatementId": statement_id, **members})
    return Step("RemoveLayerVersionPermission", given, expected, by=by, region=region, path=path)


def get_policy(
    expected: Expected | None = None,
    *,
    by: By = "owner",
    region: str = "${region}",
    path: str | None = None,
    **members: Any,
) -> Step:
    return Step("GetLayerVersionPolicy", _version(members), expected, by=by, region=region, path=path)


def get_version(
    expected: Expected | None = None,
    *,
    by: By = "owner",
    region: str = "${region}",
    path: str | None = None,
    **members: Any,
) -> Step:
    return Step("GetLayerVersion", _version(members), expected, by=by, region=region, path=path)


def get_by_arn(
    arn: str = "${version_arn}", expected: Expected | None = None, *, by: By = "owner", region: str = "${region}"
) -> Step:
    return Step("GetLayerVersionByArn", {"Arn": arn}, expected, by=by, region=region)


def delete(expected: Expected | None = None, *, by: By = "owner", region: str = "${region}", **members: Any) -> Step:
    return Step("DeleteLayerVersion", _version(members), expected, by=by, region=region)


def list_versions(
    expected: Expected | None = None,
    *,
    by: By = "owner",
    region: str = "${region}",
    path: str | None = None,
    all_pages: bool = False,
    **members: Any,
) -> Step:
    given = {"LayerName": "${layer}", **members}
    return Step("ListLayerVersions", given, expected, by=by, region=region, path=path, all_pages=all_pages)


def list_layers(expected: Expected | None = None, *, all_pages: bool = True, **members: Any) -> Step:
    return Step("ListLayers", members, expected, all_pages=all_pages)


# --- expected responses

SUCCESS: Literal["a success"] = "a success"
"""Any success: only the facts about status codes distinguish them."""


def error(status: int, code: str, message: str | Matching) -> Expected:
    """An error; the members of its body are the group of facts ``envelopes``."""
    return Expected(status, code, message)


def not_found(message: str) -> Expected:
    return error(404, "ResourceNotFoundException", message)


def no_such_version(arn: str = "${version_arn}") -> Expected:
    return not_found(f"Layer version {arn} does not exist.")


NO_SUCH_RESOURCE = not_found("The resource you requested does not exist.")
NO_POLICY = not_found("No policy is associated with the given resource.")
VERSION_BELOW_ONE = error(400, "InvalidParameterValueException", "Layer Version Cannot be less than 1")
WRONG_REVISION = error(
    412,
    "PreconditionFailedException",
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetLayerPolicy API to retrieve the latest Revision Id",
)


def statement_exists(statement_id: str = "s1") -> Expected:
    return error(
        409,
        "ResourceConflictException",
        f"The statement id ({statement_id}) provided already exists. "
        "Please provide a new statement id, or remove the existing statement.",
    )


def no_such_statement(statement_id: str) -> Expected:
    return not_found(f"Statement {statement_id} is not found in resource policy.")


def invalid(*violations: str) -> Expected:
    """A ValidationException with these violations, each as ``Value … at '…' failed to satisfy constraint: …``."""
    errors = "error" if len(violations) == 1 else "errors"
    text = f"{len(violations)} validation {errors} detected: {'; '.join(violations)}"
    return error(400, "ValidationException", text)


def violation(value: str, member: str, constraint: str) -> str:
    return f"Value {value} at '{member}' failed to satisfy constraint: Member must {constraint}"


def too_long(length: int) -> str:
    return f"have length less than or equal to {length}"


def denied(action: str, resource: str, by: By = "owner") -> Expected:
    """The denial of a caller that no resource-based policy allows; root, user or role is named in full."""
    account = "${account}" if by == "owner" else "${other_account}"
    caller = rf"arn:aws[a-z-]*:(iam::{account}:(root|user/\S+)|sts::{account}:assumed-role/\S+)"
    return error(
        403,
        "AccessDeniedException",
        Matching(
            rf"User: {caller} is not authorized to perform: {action} on resource: {resource} "
            rf"because no resource-based policy allows the {action} action"
        ),
    )


def statement(
    statement_id: str = "s1",
    principal: str = '"*"',
    resource: str = "${version_arn}",
    organization_id: str | None = None,
) -> str:
    """A statement as AWS writes it; the principal is JSON."""
    condition = (
        f',"Condition":{{"StringEquals":{{"aws:PrincipalOrgID":"{organization_id}"}}}}' if organization_id else ""
    )
    return (
        f'{{"Sid":"{statement_id}","Effect":"Allow","Principal":{principal},'
        f'"Action":"lambda:GetLayerVersion","Resource":"{resource}"{condition}}}'
    )


def account_root(account_id: str, partition: str = "${partition}") -> str:
    return f'{{"AWS":"arn:{partition}:iam::{account_id}:root"}}'


def same_statement(*parts: str, **more: str) -> SameJson:
    """The statement in any spelling of its JSON, for a fact that is not about its bytes."""
    return SameJson(statement(*parts, **more))


def same_policy(*statements: str) -> SameJson:
    return SameJson(policy(*statements))


def policy(*statements: str) -> str:
    return f'{{"Version":"2012-10-17","Id":"default","Statement":[{",".join(statements)}]}}'
