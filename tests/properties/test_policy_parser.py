"""Policies, parsed by a third-party library."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("policyuniverse", reason="the third-party parser of policies")

from policyuniverse.policy import Policy

from pytest_layerperm import LayerPerm, strategies

quick = settings(deadline=None, max_examples=100)


@quick
@given(
    st.lists(
        strategies.add_requests("shared-deps", 1), min_size=1, max_size=4, unique_by=lambda one: one["StatementId"]
    )
)
def test_policies_mean_the_same_to_another_parser(requests: list[dict[str, Any]]) -> None:
    """policyuniverse finds the principals, conditions, action and resource of the requests."""
    with LayerPerm() as fake:
        layer = fake.publish_layer()
        client = fake.client()
        for request in requests:
            client.add_layer_version_permission(**request)
        document = json.loads(client.get_layer_version_policy(LayerName="shared-deps", VersionNumber=1)["Policy"])
    parsed = Policy(document)
    assert len(parsed.statements) == len(requests)
    for statement, request in zip(parsed.statements, requests, strict=True):
        principal = request["Principal"]
        wanted = f"arn:aws:iam::{principal}:root" if principal.isdigit() else principal
        assert statement.effect == "Allow"
        assert statement.principals == {wanted}
        assert statement.actions == {"lambda:GetLayerVersion"}
        assert statement.resources == {layer.arn}
        organization_id = request.get("OrganizationId")
        conditions = [(one.category, one.value) for one in statement.condition_entries]
        assert conditions == ([] if organization_id is None else [("organization", organization_id)])
    public = any(request["Principal"] == "*" and "OrganizationId" not in request for request in requests)
    assert parsed.is_internet_accessible() == public
