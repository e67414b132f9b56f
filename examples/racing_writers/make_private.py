"""Removes every permission of a layer version, even those that are added meanwhile."""

import json

import boto3


def make_private(layer_version_arn: str) -> None:
    """Removes statements until none is left, each only from the policy that was read."""
    client, place = boto3.client("lambda"), _place_of(layer_version_arn)
    while True:
        try:
            response = client.get_layer_version_policy(**place)
        except client.exceptions.ResourceNotFoundException:
            return  # There is no policy any more.
        statement = json.loads(response["Policy"])["Statement"][0]
        try:
            client.remove_layer_version_permission(
                **place, StatementId=statement["Sid"], RevisionId=response["RevisionId"]
            )
        except (client.exceptions.PreconditionFailedException, client.exceptions.ResourceNotFoundException):
            continue  # Someone changed the policy, or removed the statement: what is in it now?


def make_private_naively(layer_version_arn: str) -> None:
    """Removes the statements of the policy as it was a moment ago."""
    client, place = boto3.client("lambda"), _place_of(layer_version_arn)
    policy = json.loads(client.get_layer_version_policy(**place)["Policy"])
    for statement in policy["Statement"]:
        client.remove_layer_version_permission(**place, StatementId=statement["Sid"])


def _place_of(layer_version_arn: str) -> dict[str, object]:
    layer_arn, _, version = layer_version_arn.rpartition(":")
    return {"LayerName": layer_arn, "VersionNumber": int(version)}
