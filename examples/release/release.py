"""Publishes a layer in several regions and shares each new version."""

import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

RETRIES = Config(retries={"mode": "standard", "max_attempts": 5})


def release(name, archive, regions, accounts):
    """Publishes the archive in every region and shares it with the accounts; returns the version ARNs."""
    arns = []
    for region in regions:
        client = boto3.client("lambda", region_name=region, config=RETRIES)
        version = client.publish_layer_version(LayerName=name, Content={"ZipFile": archive})["Version"]
        revision_id = None
        for account in accounts:
            revision_id = share(client, name, version, account, revision_id)
        arns.append(client.get_layer_version(LayerName=name, VersionNumber=version)["LayerVersionArn"])
    return arns


def share(client, name, version, account, revision_id=None):
    """Adds one account at the policy's known revision; returns the new revision."""
    request = {
        "LayerName": name,
        "VersionNumber": version,
        "StatementId": f"account-{account}",
        "Action": "lambda:GetLayerVersion",
        "Principal": account,
    }
    if revision_id:
        request["RevisionId"] = revision_id
    try:
        return client.add_layer_version_permission(**request)["RevisionId"]
    except client.exceptions.PreconditionFailedException:
        # Someone else changed the policy meanwhile: read it again, and continue from there.
        policy = client.get_layer_version_policy(LayerName=name, VersionNumber=version)
        return share(client, name, version, account, policy["RevisionId"])
    except client.exceptions.ResourceConflictException:
        # Is it ours, of an attempt that succeeded, though its response was lost? Or someone else's?
        policy = client.get_layer_version_policy(LayerName=name, VersionNumber=version)
        statements = {s["Sid"]: s["Principal"] for s in json.loads(policy["Policy"])["Statement"]}
        if statements[request["StatementId"]] != {"AWS": f"arn:aws:iam::{account}:root"}:
            raise
        return policy["RevisionId"]


def share_trustingly(client, name, version, account):
    """A draft that takes every conflict for its own statement."""
    try:
        client.add_layer_version_permission(
            LayerName=name,
            VersionNumber=version,
            StatementId=f"account-{account}",
            Action="lambda:GetLayerVersion",
            Principal=account,
        )
    except client.exceptions.ResourceConflictException:
        print(f"{account} may use it already")


def release_first_draft(name, archive, regions, accounts):
    """The first draft, before there were tests: it shares outside the loop over the regions."""
    for region in regions:
        client = boto3.client("lambda", region_name=region)
        version = client.publish_layer_version(LayerName=name, Content={"ZipFile": archive})["Version"]
    for account in accounts:
        client.add_layer_version_permission(
            LayerName=name,
            VersionNumber=version,
            StatementId=f"account-{account}",
            Action="lambda:GetLayerVersion",
            Principal=account,
        )


def share_with_contact(client, name, version, account, contact):
    """Another first draft: names the statement after the person who asked for it, which the API rejects."""
    try:
        client.add_layer_version_permission(
            LayerName=name,
            VersionNumber=version,
            StatementId=contact,
            Action="lambda:GetLayerVersion",
            Principal=account,
        )
    except ClientError as error:
        print(f"could not share: {error}")
