"""What tests of several rooms need: the call that shares a layer version, and a fake as an endpoint for facts."""

from __future__ import annotations

from typing import Any

from pytest_layerperm import LayerPerm, LayerVersion
from pytest_layerperm.facts.running import Sender


def add_permission(
    client: Any,
    statement_id: str = "partner",
    principal: str = "222222222222",
    *,
    layer: LayerVersion | str = "shared-deps",
    version: int = 1,
    **more: Any,
) -> Any:
    """AddLayerVersionPermission of a boto3 client, for a layer version, or for a layer's name or ARN and a version."""
    name, number = (layer, version) if isinstance(layer, str) else (layer.layer_arn, layer.version)
    return client.add_layer_version_permission(
        LayerName=name,
        VersionNumber=number,
        StatementId=statement_id,
        Action="lambda:GetLayerVersion",
        Principal=principal,
        **more,
    )


def remove_permission(client: Any, statement_id: str, *, layer: LayerVersion, **more: Any) -> Any:
    """RemoveLayerVersionPermission of a boto3 client."""
    return client.remove_layer_version_permission(
        LayerName=layer.layer_arn, VersionNumber=layer.version, StatementId=statement_id, **more
    )


class FactsEndpoint:
    """A fake as an endpoint on which every fact can be checked, with calls sent through ``send``."""

    account_id = "123456789012"
    other_account_id = "210987654321"
    other_organization = "o-layerpermfacts"
    region_name = "us-east-1"

    def __init__(self, fake: LayerPerm, send: Sender) -> None:
        self.fake = fake
        self.send = send
        fake.organization(self.other_organization, accounts=[self.other_account_id])

    def serves(self, partition: str) -> bool:
        return True


ACCOUNTS = {"owner": FactsEndpoint.account_id, "other": FactsEndpoint.other_account_id}
"""The accounts that a fact's calls are made by."""
