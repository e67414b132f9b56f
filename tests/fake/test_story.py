"""The whole story of a shared layer, with real calls only."""

import base64
import hashlib
from urllib.request import urlopen

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_layerperm.service.layers import zip_of

PUBLISHER, CONSUMER = "111111111111", "222222222222"
ARCHIVE = zip_of({"python/deps.py": "VERSION = 1\n"})


def as_role(account_id, name):
    """A session of a role in an account, by way of sts:AssumeRole."""
    role = boto3.client("sts").assume_role(RoleArn=f"arn:aws:iam::{account_id}:role/{name}", RoleSessionName="release")
    keys = role["Credentials"]
    return boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name="us-east-1")


def test_publish_share_use_revoke(layerperm):
    """Published and shared; denied, granted, attached, downloaded; revoked: the function stays, no other is made."""
    publisher = as_role(PUBLISHER, "publisher").client("lambda")
    consumer_session = as_role(CONSUMER, "consumer")
    consumer = consumer_session.client("lambda")
    layer = publisher.publish_layer_version(LayerName="shared-deps", Content={"ZipFile": ARCHIVE})
    arn = layer["LayerVersionArn"]
    assert arn == f"arn:aws:lambda:us-east-1:{PUBLISHER}:layer:shared-deps:1"
    version = {"LayerName": "shared-deps", "VersionNumber": 1}
    refusal = (
        f"User: arn:aws:sts::{CONSUMER}:assumed-role/consumer/release is not authorized to perform: "
        f"lambda:GetLayerVersion on resource: {arn} "
        "because no resource-based policy allows the lambda:GetLayerVersion action"
    )
    consumer_session.client("iam").create_role(RoleName="function", AssumeRolePolicyDocument="{}")

    def make_function(name):
        return consumer.create_function(
            FunctionName=name,
            Role=f"arn:aws:iam::{CONSUMER}:role/function",
            Runtime="python3.12",
            Handler="app.handler",
            Code={"ZipFile": zip_of({"app.py": ""})},
            Layers=[arn],
        )

    def layers_of(name):
        return [entry["Arn"] for entry in consumer.get_function_configuration(FunctionName=name)["Layers"]]

    for attempt in (lambda: consumer.get_layer_version_by_arn(Arn=arn), lambda: make_function("early")):
        with pytest.raises(ClientError) as denied:
            attempt()
        assert denied.value.response["Error"] == {"Code": "AccessDeniedException", "Message": refusal}

    publisher.add_layer_version_permission(
        **version, StatementId="partner", Action="lambda:GetLayerVersion", Principal=CONSUMER
    )
    content = consumer.get_layer_version_by_arn(Arn=arn)["Content"]
    with urlopen(content["Location"], timeout=10) as download:
        archive = download.read()
    assert (archive, len(archive)) == (ARCHIVE, content["CodeSize"])
    assert content["CodeSha256"] == base64.b64encode(hashlib.sha256(archive).digest()).decode()
    make_function("app")
    assert layers_of("app") == [arn]

    publisher.remove_layer_version_permission(**version, StatementId="partner")
    assert layers_of("app") == [arn]
    with pytest.raises(ClientError) as denied:
        make_function("second")
    assert denied.value.response["Error"]["Message"] == refusal
    publisher.delete_layer_version(**version)
    assert layers_of("app") == [arn]
