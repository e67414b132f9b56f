"""Uses of the assertion helpers, for the type checkers: never run. A line that must be refused says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_layerperm import (
    Explanation,
    LayerPerm,
    LayerVersion,
    assert_layer_calls,
    assert_layer_not_public,
    assert_layer_not_shared_with,
    assert_layer_policy,
    assert_layer_policy_unchanged,
    assert_layer_private,
    assert_layer_public,
    assert_layer_shared_with,
    assert_layer_shared_with_organization,
)


def in_a_test(layerperm: LayerPerm, layer: LayerVersion, client: Any, clients: Mapping[str, Any]) -> None:
    assert_layer_shared_with("222222222222")
    assert_layer_shared_with("222222222222", via="account", layer=layer)
    assert_layer_shared_with("222222222222", via=None, layer=layer.arn, client=client, regions=["us-east-1"])
    assert_layer_not_shared_with("222222222222", layer="shared-deps", client=clients, regions=("us-east-1",))
    assert_layer_shared_with_organization("o-exampleorgid", layer=layer)
    assert_layer_public(layer=None)
    assert_layer_not_public(client=client)
    assert_layer_private(regions={"us-east-1", "eu-west-1"})
    assert_layer_policy(["222222222222", "*", {"Principal": "*", "OrganizationId": "o-exampleorgid"}], ids=False)
    if layer.policy is not None:
        assert_layer_policy(layer.policy, ids=True, order=True, layer=layer)
    assert_layer_calls(["AddLayerVersionPermission"], layer=layer)
    assert_layer_calls(at_most=15, with_revision_id=True, no_page_twice=True)
    assert_layer_calls(at_most={"ListLayerVersions": 1})
    with layerperm.all_assertions(), assert_layer_policy_unchanged(layer=layer, client=client):
        assert_layer_private()
    explained: Explanation = layerperm.explain("222222222222", layer)
    reasons: list[str] = [statement.reason for statement in explained.statements if not statement.matches]
    assert explained.allowed or reasons, str(explained)


def must_be_refused(layerperm: LayerPerm, layer: LayerVersion) -> None:
    assert_layer_shared_with(222222222222)  # type: ignore[arg-type]
    assert_layer_shared_with()  # type: ignore[call-arg]
    assert_layer_shared_with("222222222222", via="root")  # type: ignore[arg-type]
    assert_layer_shared_with("222222222222", layer)  # type: ignore[arg-type, call-arg]
    assert_layer_public(layer)  # type: ignore[call-arg]
    assert_layer_private(layer=1)  # type: ignore[arg-type]
    assert_layer_private(regions=1)  # type: ignore[arg-type]
    assert_layer_policy([1])  # type: ignore[list-item]
    assert_layer_calls(at_most="15")  # type: ignore[arg-type]
    layerperm.explain(layer)  # type: ignore[arg-type]
    layerperm.explain("222222222222", layer).allowed = True  # type: ignore[misc]
