"""Revokes every grant that is not on an allow list, on every version of every layer."""

import json

from botocore.exceptions import ClientError


def audit(client, allowed):
    """Removes each statement whose principal is not allowed; returns (version ARN, statement id) of the removed.

    ``allowed`` holds account ids, organization ids, and ``"*"`` for everyone.
    """
    removed = []
    for arn, name, version in layer_versions(client):
        for statement in statements(client, name, version):
            if grantee(statement) not in allowed:
                remove(client, name, version, statement["Sid"])
                removed.append((arn, statement["Sid"]))
    return removed


def remove(client, name, version, statement_id):
    try:
        client.remove_layer_version_permission(LayerName=name, VersionNumber=version, StatementId=statement_id)
    except client.exceptions.ResourceNotFoundException:
        # Gone meanwhile, or by an attempt whose response was lost: go on with the next one.
        print(f"{statement_id} of {name}:{version} is gone already")


def remove_first_draft(client, name, version, statement_id):
    """Stops the whole audit at a 404, which its own first attempt may have caused."""
    client.remove_layer_version_permission(LayerName=name, VersionNumber=version, StatementId=statement_id)


def layer_versions(client):
    for page in client.get_paginator("list_layers").paginate():
        for layer in page["Layers"]:
            for versions in client.get_paginator("list_layer_versions").paginate(LayerName=layer["LayerName"]):
                for version in versions["LayerVersions"]:
                    yield version["LayerVersionArn"], layer["LayerName"], version["Version"]


def statements(client, name, version):
    try:
        policy = client.get_layer_version_policy(LayerName=name, VersionNumber=version)
    except client.exceptions.ResourceNotFoundException:
        return []  # It has no policy: only its owner may use it.
    return json.loads(policy["Policy"])["Statement"]


def statements_first_draft(client, name, version):
    """The first draft, before there were tests: takes every error for "no policy", even a throttle."""
    try:
        policy = client.get_layer_version_policy(LayerName=name, VersionNumber=version)
    except ClientError:
        return []
    return json.loads(policy["Policy"])["Statement"]


def grantee(statement):
    """Whom a statement allows: an account id, an organization id, or ``"*"``."""
    condition = statement.get("Condition", {}).get("StringEquals", {})
    if "aws:PrincipalOrgID" in condition:
        return condition["aws:PrincipalOrgID"]
    principal = statement["Principal"]
    return principal if principal == "*" else principal["AWS"].split(":")[4]
