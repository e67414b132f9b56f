import json

import boto3


def share(layer_version_arn, account_id):
    client = boto3.client("lambda")
    layer_arn, _, version = layer_version_arn.rpartition(":")
    place = {"LayerName": layer_arn, "VersionNumber": int(version)}
    sid = f"account-{account_id}"
    try:
        client.add_layer_version_permission(
            **place, StatementId=sid, Action="lambda:GetLayerVersion", Principal=account_id
        )
    except client.exceptions.ResourceConflictException:
        # Ours, of an attempt whose response was lost? Then all is well.
        statements = json.loads(client.get_layer_version_policy(**place)["Policy"])["Statement"]
        if {s["Sid"]: s["Principal"] for s in statements}.get(sid) != {"AWS": f"arn:aws:iam::{account_id}:root"}:
            raise


def share_first_draft(layer_version_arn, account_id):
    layer_arn, _, version = layer_version_arn.rpartition(":")
    boto3.client("lambda").add_layer_version_permission(
        LayerName=layer_arn,
        VersionNumber=int(version),
        StatementId=f"account-{account_id}",
        Action="lambda:GetLayerVersion",
        Principal=account_id,
    )
