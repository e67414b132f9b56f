"""Publishes a layer and shares the new version with two partners, so that it may be run again at any time."""

import base64
import hashlib
import json

import boto3
from botocore.config import Config

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})
ACTION = "lambda:GetLayerVersion"


def release(name, archive, accounts):
    """Shares the version that has this archive, published unless it is there; returns its ARN."""
    client = boto3.client("lambda")
    version = find(client, name, archive) or publish(name, archive)
    for account in accounts:
        share(client, name, version["Version"], account)
    return version["LayerVersionArn"]


def find(client, name, archive):
    """The newest version with this archive: an earlier run may have published it and not have come any further."""
    digest = base64.b64encode(hashlib.sha256(archive).digest()).decode()
    for page in client.get_paginator("list_layer_versions").paginate(LayerName=name):
        for version in page["LayerVersions"]:
            found = client.get_layer_version(LayerName=name, VersionNumber=version["Version"])
            if found["Content"]["CodeSha256"] == digest:
                return found
    return None


def publish(name, archive):
    """In one attempt: a second one, after a lost response, would publish a second version."""
    client = boto3.client("lambda", config=ONE_ATTEMPT)
    return client.publish_layer_version(LayerName=name, Content={"ZipFile": archive})


def share(client, name, version, account):
    """Lets the account use the version, whether or not it was allowed before."""
    place = {"LayerName": name, "VersionNumber": version}
    statement_id = f"account-{account}"
    try:
        client.add_layer_version_permission(**place, StatementId=statement_id, Action=ACTION, Principal=account)
    except client.exceptions.ResourceConflictException:
        # Ours, of an attempt whose response was lost? Or someone else's?
        statements = json.loads(client.get_layer_version_policy(**place)["Policy"])["Statement"]
        principals = {statement["Sid"]: statement["Principal"] for statement in statements}
        if principals.get(statement_id) != {"AWS": f"arn:aws:iam::{account}:root"}:
            raise
