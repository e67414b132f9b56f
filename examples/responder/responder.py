"""Takes back public grants of Lambda layers: the target of an EventBridge rule on AddLayerVersionPermission."""

import json

import boto3

EVENT_NAME = "AddLayerVersionPermission"  # CloudTrail appends the version of the API, 20181031.


def handler(event, context):
    """Removes the statement if it made the layer version public; returns the ids of what was removed."""
    record = event["detail"]
    if not made_public(record):
        return []
    asked = record["requestParameters"]
    client = boto3.client("lambda", region_name=record["awsRegion"])
    statement = json.loads(record["responseElements"]["statement"])
    layer_arn, _, version = statement["Resource"].rpartition(":")
    try:
        client.remove_layer_version_permission(
            LayerName=layer_arn, VersionNumber=int(version), StatementId=asked["statementId"]
        )
    except client.exceptions.ResourceNotFoundException:
        return []  # Somebody was faster, or this is the second attempt of a call whose response was lost.
    return [asked["statementId"]]


def made_public(record):
    """Whether the call of a record has given everyone access: not what was denied, nor an organization's grant."""
    if not record["eventName"].startswith(EVENT_NAME) or "errorCode" in record:
        return False
    asked = record["requestParameters"]
    return asked["principal"] == "*" and "organizationId" not in asked


def shared_outside(record, own_accounts):
    """A detection rule: whether the call of a record has shared a layer version outside one's own accounts."""
    if record["eventName"] != f"{EVENT_NAME}20181031" or "errorCode" in record:
        return False
    asked = record["requestParameters"]
    return "organizationId" not in asked and account_in(asked["principal"]) not in own_accounts


def account_in(principal):
    """The account of an account id or of an account's root ARN; ``*`` stays as it is."""
    return principal.split(":")[4] if principal.startswith("arn:") else principal
