"""Real clients of the Lambda API, each making the same calls through the live server."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.limits import LIMIT, line_of

NODE = Path(__file__).parent / "node"


def found(tool, path, remedy):
    """The tool's path. If it is missing, the test is skipped with a reason; in CI, which has all tools, it fails."""
    if path is None:
        missing = f"{tool} is not on this machine: {remedy}"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return str(path)


class AwsCli:
    """The AWS CLI: one process for each call."""

    def __init__(self, server, tmp_path):
        beside = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
        self.command = found("the AWS CLI", shutil.which("aws", path=beside), "pip install awscli")
        self.server = server
        self.tmp_path = tmp_path

    def run(self, *arguments, account="123456789012"):
        """The finished process of ``aws`` with these arguments."""
        env = {**os.environ, **self.server.env_for(account), "PYTHONWARNINGS": "ignore"}
        return subprocess.run([self.command, *arguments], env=env, capture_output=True, text=True, timeout=LIMIT)

    def call(self, account, operation, parameters):
        arguments = []
        for name, value in parameters.items():
            if name == "Content":
                archive = self.tmp_path / "layer.zip"
                archive.write_bytes(base64.b64decode(value["ZipFile"]))
                arguments += ["--zip-file", f"fileb://{archive}"]
            else:
                arguments += [f"--{kebab(name)}", *([str(value)] if not isinstance(value, list) else value)]
        done = self.run("lambda", kebab(operation), *arguments, account=account)
        if done.returncode == 0:
            return {"output": json.loads(done.stdout) if done.stdout else {}}
        error = re.fullmatch(
            rf"\s*(?:aws: \[ERROR\]: )?An error occurred \((\w+)\) when calling the {operation} operation: (.*)\s*",
            done.stderr,
        )
        assert error, done.stderr
        return {"code": error[1], "message": error[2]}


class Node:
    """The AWS SDK for JavaScript: one process for all calls."""

    def __init__(self, server):
        node = found("Node.js", shutil.which("node"), "install Node.js 20 or newer")
        installed = NODE / "node_modules" / "@aws-sdk" / "client-lambda"
        found("the AWS SDK for JavaScript", installed if installed.is_dir() else None, f"npm ci --prefix {NODE}")
        self.process = subprocess.Popen(
            [node, "--no-warnings", NODE / "calls.mjs"],
            env={**os.environ, **server.env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **line):
        """The response to one line."""
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        return json.loads(line_of(self.process))

    def call(self, account, operation, parameters):
        return self.ask(account=account, operation=operation, parameters=parameters)

    def close(self):
        with self.process:
            self.process.stdin.close()


PATHS = {
    "PublishLayerVersion": ("POST", "{LayerName}/versions"),
    "AddLayerVersionPermission": ("POST", "{LayerName}/versions/{VersionNumber}/policy"),
    "GetLayerVersionPolicy": ("GET", "{LayerName}/versions/{VersionNumber}/policy"),
    "RemoveLayerVersionPermission": ("DELETE", "{LayerName}/versions/{VersionNumber}/policy/{StatementId}"),
    "GetLayerVersion": ("GET", "{LayerName}/versions/{VersionNumber}"),
    "GetLayerVersionByArn": ("GET", "?find=LayerVersion&Arn={Arn}"),
    "ListLayerVersions": ("GET", "{LayerName}/versions"),
    "ListLayers": ("GET", ""),
    "DeleteLayerVersion": ("DELETE", "{LayerName}/versions/{VersionNumber}"),
}


class Requests:
    """``requests``, signing with botocore's SigV4, as scripts without an SDK do."""

    def __init__(self, server):
        import requests

        self.url = server.url
        self.session = requests.Session()

    def call(self, account, operation, parameters):
        from urllib.parse import quote, urlencode

        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        method, template = PATHS[operation]
        in_path = {name: quote(str(value), safe="") for name, value in parameters.items() if f"{{{name}}}" in template}
        rest = {name: value for name, value in parameters.items() if name not in in_path}
        path = template.format(**in_path)
        if "RevisionId" in rest:
            path += "?" + urlencode({"RevisionId": rest.pop("RevisionId")})
        joint = "" if path.startswith("?") or not path else "/"
        data = json.dumps(rest) if method == "POST" else None
        request = AWSRequest(method, f"{self.url}/2018-10-31/layers{joint}{path}", data=data)
        credentials = Credentials(account or "123456789012", "layerperm")
        SigV4Auth(credentials, "lambda", "us-east-1").add_auth(request)
        response = self.session.request(method, request.url, headers=dict(request.headers), data=data, timeout=30)
        body = response.json() if response.content else {}
        if response.ok:
            return {"output": body}
        return {"code": response.headers["x-amzn-errortype"], "message": body.get("message", body.get("Message"))}

    def close(self):
        self.session.close()


class Boto3:
    """boto3 in this process, through the port like all the others."""

    def __init__(self, server):
        self.url = server.url

    def call(self, account, operation, parameters):
        import boto3
        from botocore.exceptions import ClientError

        client = boto3.client(
            "lambda", endpoint_url=self.url, aws_access_key_id=account or "123456789012", aws_secret_access_key="x"
        )
        if "Content" in parameters:
            parameters = {**parameters, "Content": {"ZipFile": base64.b64decode(parameters["Content"]["ZipFile"])}}
        try:
            response = getattr(client, kebab(operation).replace("-", "_"))(**parameters)
        except ClientError as error:
            return {"code": error.response["Error"]["Code"], "message": error.response["Error"]["Message"]}
        finally:
            client.close()
        response.pop("ResponseMetadata")
        return {"output": response}


def kebab(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


@pytest.fixture
def aws_cli(layerperm_server, tmp_path):
    return AwsCli(layerperm_server, tmp_path)


@pytest.fixture
def node(layerperm_server):
    started = Node(layerperm_server)
    yield started
    started.close()


@pytest.fixture
def signed_requests(layerperm_server):
    opened = Requests(layerperm_server)
    yield opened
    opened.close()


@pytest.fixture
def through_boto3(layerperm_server):
    return Boto3(layerperm_server)
