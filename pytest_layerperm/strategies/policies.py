"""Statements and whole policies, as GetLayerVersionPolicy returns them, parsed."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from .names import account_ids, layer_version_arns, organization_ids, statement_ids


@st.composite
def statements(draw: st.DrawFn, resource: str | None = None) -> dict[str, Any]:
    """A statement for an account, for everyone, or for an organization.

    ``resource`` is the ARN of the layer version, drawn by default. https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html

    >>> from hypothesis import find
    >>> find(statements(), lambda statement: "Condition" in statement)["Condition"]
    {'StringEquals': {'aws:PrincipalOrgID': 'o-...'}}
    """
    resource = draw(layer_version_arns()) if resource is None else resource
    partition = resource.split(":", 2)[1]
    organization_id = draw(st.none() | organization_ids())
    account_id = None if organization_id is not None else draw(st.none() | account_ids())
    found: dict[str, Any] = {
        "Sid": draw(statement_ids()),
        "Effect": "Allow",
        "Principal": "*" if account_id is None else {"AWS": f"arn:{partition}:iam::{account_id}:root"},
        "Action": "lambda:GetLayerVersion",
        "Resource": resource,
    }
    if organization_id is not None:
        found["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": organization_id}}
    return found


@st.composite
def policies(draw: st.DrawFn, resource: str | None = None, *, max_statements: int = 5) -> dict[str, Any]:
    """The policy of one layer version: 1 to ``max_statements`` statements with different ids.

    ``resource`` is the ARN of the layer version, drawn by default. https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionPolicy.html

    >>> from hypothesis import find
    >>> list(find(policies(), lambda policy: len(policy["Statement"]) == 2))
    ['Version', 'Id', 'Statement']
    """
    resource = draw(layer_version_arns()) if resource is None else resource
    several = st.lists(
        statements(resource), min_size=1, max_size=max_statements, unique_by=lambda statement: statement["Sid"]
    )
    return {"Version": "2012-10-17", "Id": "default", "Statement": draw(several)}
