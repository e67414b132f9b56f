"""The live server: other AWS services, and downloads of layer content."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from pytest_layerperm.fake import service_of

pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
pytest.importorskip("httptools", reason="the live server needs the extra 'server'")

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_layerperm.lambda_api.wire import NO_OPERATION
from pytest_layerperm.service.layers import zip_of

LAYERS = "/2018-10-31/layers"


@pytest.fixture
def connect(layerperm_server, monkeypatch):
    """Clients of this process that go through the port, for any service."""
    for name, value in layerperm_server.env.items():
        monkeypatch.setenv(name, value)
    config = Config(retries={"mode": "standard", "total_max_attempts": 1})
    with ExitStack() as opened:
        yield lambda service, **settings: opened.enter_context(
            closing(boto3.Session().client(service, config=config, **settings))
        )


def signed(service, account_id="123456789012", region_name="us-east-1"):
    scope = f"{account_id}/20260101/{region_name}/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}


def send(server, method, path, headers=None, body=None):
    """Status, headers and body of one raw request."""
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def test_a_subprocess_reaches_other_services_behind_the_same_port(layerperm_server):
    """One endpoint for all services: EC2, STS, S3, CloudFormation, Lambda functions, SES."""
    program = """
import boto3, json
s3 = boto3.client("s3")
s3.create_bucket(Bucket="builds")
s3.put_object(Bucket="builds", Key="a b/\\u00fc.zip", Body=b"x" * 100_000)
print(json.dumps({
    "account": boto3.client("sts").get_caller_identity()["Account"],
    "regions": "eu-west-1" in [r["RegionName"] for r in boto3.client("ec2").describe_regions()["Regions"]],
    "object": len(s3.get_object(Bucket="builds", Key="a b/\\u00fc.zip")["Body"].read()),
    "head": s3.head_object(Bucket="builds", Key="a b/\\u00fc.zip")["ContentLength"],
    "stacks": boto3.client("cloudformation").list_stacks()["StackSummaries"],
    "functions": boto3.client("lambda").list_functions()["Functions"],
    "identities": boto3.client("ses").list_identities()["Identities"],
}))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={**os.environ, **layerperm_server.env_for("222222222222")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "account": "222222222222",
        "regions": True,
        "object": 100_000,
        "head": 100_000,
        "stacks": [],
        "functions": [],
        "identities": [],
    }


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("braket", "search_devices", {"filters": []}),
        ("globalaccelerator", "list_accelerators", {}),
        ("ec2", "describe_aws_network_performance_metric_subscriptions", {}),
        ("sts", "decode_authorization_message", {"EncodedMessage": "x"}),
    ],
    ids=["rest-json", "json", "ec2", "query"],
)
def test_an_operation_that_moto_lacks_is_an_error_in_the_services_own_form(
    connect, layerperm, service, operation, parameters
):
    """501 with a message that every protocol's parser reads; it is the program's error, and does not fail the test."""
    client = connect(service)
    with pytest.raises(ClientError) as error:
        getattr(client, operation)(**parameters)
    assert error.value.response["Error"]["Code"] == "NotImplemented"
    assert error.value.response["Error"]["Message"].endswith(
        f" goes to moto's {service}, and moto has no such operation."
    )
    assert layerperm.escaped == []


def test_an_exception_inside_moto_is_an_error_response(connect, monkeypatch):
    """SDKs do not retry it."""

    def broken(self, *args):
        raise KeyError("Regions")

    monkeypatch.setattr("moto.ec2.responses.EC2Response.describe_regions", broken)
    with pytest.raises(ClientError) as error:
        connect("ec2").describe_regions()
    assert error.value.response["Error"]["Message"] == (
        "pytest-layerperm: POST / goes to moto's ec2, and moto failed with KeyError: 'Regions'."
    )


def test_s3_errors_are_s3s(connect):
    """A missing key is S3's own 404."""
    s3 = connect("s3")
    s3.create_bucket(Bucket="builds")
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="builds", Key="none")
    s3.delete_bucket(Bucket="builds")


@pytest.mark.parametrize("path", ["/2099-01-01/functions", "/2015-03-31/widgets"])
def test_a_path_that_is_not_an_operation_of_lambda_is_a_403_in_xml(layerperm_server, layerperm, path):
    """As AWS sends it, to the byte."""
    status, headers, body = send(layerperm_server, "GET", path, signed("lambda"))
    assert (status, headers["x-amzn-errortype"]) == (403, "AccessDeniedException")
    assert (body, headers["content-type"]) == (NO_OPERATION.body, "application/xml")
    assert layerperm.escaped == []


def test_an_operation_of_lambda_that_moto_lacks_is_a_501(layerperm_server, layerperm):
    """It is an operation, so AWS would not send that 403."""
    status, headers, body = send(layerperm_server, "GET", "/2020-04-22/code-signing-configs/", signed("lambda"))
    assert (status, headers["x-amzn-errortype"]) == (501, "NotImplemented")
    assert b"GET /2020-04-22/code-signing-configs/ goes to moto's lambda" in body
    assert layerperm.escaped == []


def test_a_header_that_a_client_makes_s3_send_cannot_break_the_response(connect, layerperm_server):
    """Line breaks in a header that S3 is asked to send become spaces."""
    s3 = connect("s3")
    s3.create_bucket(Bucket="builds")
    s3.put_object(Bucket="builds", Key="k", Body=b"x")
    path = "/builds/k?response-content-type=a%0D%0Ax-evil%3A%201"
    status, headers, _ = send(layerperm_server, "GET", path, signed("s3"))
    assert status == 200
    assert headers["content-type"] in ("a  x-evil: 1", "binary/octet-stream")  # The oldest moto sends its own.
    assert "x-evil" not in headers


def test_content_is_downloaded_from_the_same_port(connect, layerperm):
    """Content.Location is the archive, byte for byte, for anyone who has the address."""
    published = layerperm.publish_layer("with-dash-9", region_name="eu-west-1", content={"python/a.py": "1"})
    client = connect("lambda", region_name="eu-west-1")
    content = client.get_layer_version(LayerName="with-dash-9", VersionNumber=1)["Content"]
    with urlopen(content["Location"], timeout=10) as response:
        archive = response.read()
        assert response.headers["content-type"] == "application/zip"
    assert len(archive) == content["CodeSize"]
    assert archive == service_of(layerperm).store.find(*published_place(layerperm)).content.archive
    with urlopen(Request(content["Location"], method="HEAD"), timeout=10) as response:
        assert (response.read(), response.headers["content-length"]) == (b"", str(content["CodeSize"]))
    client.delete_layer_version(LayerName="with-dash-9", VersionNumber=published.version)
    with pytest.raises(HTTPError) as gone:
        urlopen(content["Location"], timeout=10)
    assert gone.value.code == 404
    assert b"<Code>NoSuchKey</Code>" in gone.value.read()
    gone.value.close()


def published_place(layerperm):
    (published,) = service_of(layerperm).store
    return published.layer, published.version


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/awslambda-us-east-1-layers/snapshots/123456789012/x-1"),
        ("GET", "/awslambda-us-east-1-layers/snapshots/1/x-1"),
        ("GET", f"/awslambda-us-east-1-layers/snapshots/123456789012/x-{'9' * 5000}"),
    ],
)
def test_other_paths_are_not_downloads(layerperm_server, method, path):
    """Only the address of a version is one."""
    status, _, body = send(layerperm_server, method, path)
    assert (status, body) == (403, NO_OPERATION.body)


TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Deps:
    Type: AWS::Serverless::LayerVersion
    Properties:
      ContentUri: s3://artifacts/layer.zip
  Partner:
    Type: AWS::Lambda::LayerVersionPermission
    Properties:
      Action: lambda:GetLayerVersion
      LayerVersionArn: !Ref Deps
      Principal: "222222222222"
"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_template_on_the_servers_own_address(layerperm, layerperm_server, connect, host):
    """CloudFormation finds a template that ``cdk deploy`` or ``sam deploy`` has uploaded to the server."""
    pytest.importorskip("openapi_spec_validator", reason="CloudFormation needs moto[cloudformation]")
    s3, stacks = connect("s3"), connect("cloudformation")
    s3.create_bucket(Bucket="artifacts")
    s3.put_object(Bucket="artifacts", Key="layer.zip", Body=zip_of({"a": "1"}))
    s3.put_object(Bucket="artifacts", Key="a/b.template", Body=TEMPLATE)
    url = f"{layerperm_server.url.replace('127.0.0.1', host)}/artifacts/a/b.template"
    stacks.validate_template(TemplateURL=url)
    named = {"StackName": "stack", "ChangeSetName": "changes"}
    stacks.create_change_set(**named, ChangeSetType="CREATE", TemplateURL=url, Capabilities=["CAPABILITY_AUTO_EXPAND"])
    stacks.get_waiter("change_set_create_complete").wait(**named)
    stacks.execute_change_set(**named)
    stacks.get_waiter("stack_create_complete").wait(StackName="stack")
    (layer,) = layerperm.layers
    assert len(layer.policy["Statement"]) == 1


def test_account_settings_over_the_server(layerperm, connect):
    """GetAccountSettings works there as in process."""
    layerperm.publish_layer()
    usage = connect("lambda").get_account_settings()["AccountUsage"]
    assert usage["FunctionCount"] == 0
    assert usage["TotalCodeSize"] > 0
