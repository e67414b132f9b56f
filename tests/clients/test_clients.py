"""Every client gets the same responses: one table of calls, made by each of them."""

import base64
import hashlib
import io
import json
import subprocess
import zipfile
from urllib.request import urlopen

import pytest

pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
pytest.importorskip("httptools", reason="the live server needs the extra 'server'")


def archive_of(text):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("python/deps.py"), text)
    return buffer.getvalue()


ZIP = archive_of("VERSION = 1\n" * 1_000)
ARN = "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps"
OWNER, PARTNER, STRANGER = "123456789012", "222222222222", "333333333333"
VERSION = {"LayerName": "shared-deps", "VersionNumber": 1}
GRANT = {**VERSION, "Action": "lambda:GetLayerVersion"}


def statement(sid, principal, **condition):
    """The JSON text that AddLayerVersionPermission returns."""
    members = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "lambda:GetLayerVersion"}
    members["Resource"] = f"{ARN}:1"
    return json.dumps({**members, **condition}, separators=(",", ":"))


PARTNER_STATEMENT = statement("partner", {"AWS": f"arn:aws:iam::{PARTNER}:root"})
PUBLIC_STATEMENT = statement("public", "*")
ORGANIZATION_STATEMENT = statement(
    "engineering-org", "*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-t194hfs8cz"}}
)


def policy(*statements):
    return '{"Version":"2012-10-17","Id":"default","Statement":[' + ",".join(statements) + "]}"


LATEST = "the latest RevisionId"
"""As a parameter: the RevisionId that the call before returned."""

# The caller's account; the operation; its parameters; the members of the response, or error code and message.
STEPS = [
    (
        OWNER,
        "PublishLayerVersion",
        {"LayerName": "shared-deps", "Content": {"ZipFile": base64.b64encode(ZIP).decode()}, "Description": "for all"},
        {
            "LayerArn": ARN,
            "LayerVersionArn": f"{ARN}:1",
            "Version": 1,
            "Description": "for all",
        },
    ),
    (
        OWNER,
        "GetLayerVersionPolicy",
        VERSION,
        ("ResourceNotFoundException", "No policy is associated with the given resource."),
    ),
    (
        PARTNER,
        "GetLayerVersion",
        {"LayerName": ARN, "VersionNumber": 1},
        (
            "AccessDeniedException",
            f"User: arn:aws:iam::{PARTNER}:root is not authorized to perform: lambda:GetLayerVersion on resource: "
            f"{ARN}:1 because no resource-based policy allows the lambda:GetLayerVersion action",
        ),
    ),
    (
        OWNER,
        "AddLayerVersionPermission",
        {**GRANT, "StatementId": "partner", "Principal": PARTNER},
        {"Statement": PARTNER_STATEMENT},
    ),
    (PARTNER, "GetLayerVersion", {"LayerName": ARN, "VersionNumber": 1}, {"Version": 1}),
    (PARTNER, "GetLayerVersionByArn", {"Arn": f"{ARN}:1"}, {"LayerVersionArn": f"{ARN}:1"}),
    (
        OWNER,
        "AddLayerVersionPermission",
        {**GRANT, "StatementId": "engineering-org", "Principal": "*", "OrganizationId": "o-t194hfs8cz"},
        {"Statement": ORGANIZATION_STATEMENT},
    ),
    (
        OWNER,
        "AddLayerVersionPermission",
        {**GRANT, "StatementId": "public", "Principal": "*", "RevisionId": LATEST},
        {"Statement": PUBLIC_STATEMENT},
    ),
    (
        OWNER,
        "AddLayerVersionPermission",
        {**GRANT, "StatementId": "public", "Principal": "*"},
        (
            "ResourceConflictException",
            "The statement id (public) provided already exists. Please provide a new statement id, or remove the "
            "existing statement.",
        ),
    ),
    (
        OWNER,
        "RemoveLayerVersionPermission",
        {**VERSION, "StatementId": "public", "RevisionId": "35d87451-f796-4a3f-a618-95a3671b0a0c"},
        (
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve "
            "the latest Revision Id",
        ),
    ),
    (
        OWNER,
        "AddLayerVersionPermission",
        {**GRANT, "StatementId": "s", "Principal": "XXXXXXXXXXXXfa1cebac"},
        (
            "ValidationException",
            "1 validation error detected: Value 'XXXXXXXXXXXXfa1cebac' at 'principal' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: \d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root",
        ),
    ),
    (
        OWNER,
        "GetLayerVersionPolicy",
        VERSION,
        {"Policy": policy(PARTNER_STATEMENT, ORGANIZATION_STATEMENT, PUBLIC_STATEMENT)},
    ),
    (OWNER, "RemoveLayerVersionPermission", {**VERSION, "StatementId": "public", "RevisionId": LATEST}, {}),
    (
        OWNER,
        "RemoveLayerVersionPermission",
        {**VERSION, "StatementId": "public"},
        ("ResourceNotFoundException", "Statement public is not found in resource policy."),
    ),
    (
        STRANGER,
        "GetLayerVersionPolicy",
        {"LayerName": ARN, "VersionNumber": 1},
        (
            "AccessDeniedException",
            f"User: arn:aws:iam::{STRANGER}:root is not authorized to perform: lambda:GetLayerVersionPolicy on "
            f"resource: {ARN}:1 because no resource-based policy allows the lambda:GetLayerVersionPolicy action",
        ),
    ),
    (
        OWNER,
        "GetLayerVersionPolicy",
        {"LayerName": "shared-deps", "VersionNumber": 2},
        ("ResourceNotFoundException", f"Layer version {ARN}:2 does not exist."),
    ),
    (OWNER, "DeleteLayerVersion", VERSION, {}),
    (
        OWNER,
        "GetLayerVersion",
        VERSION,
        ("ResourceNotFoundException", "The resource you requested does not exist."),
    ),
]


# Each call of the CLI takes a second or more: calls of other accounts are left out, and so are those that its other
# tests make, and all but one of those that find nothing.
CLI_STEPS = [
    step
    for step in STEPS
    if step[0] == OWNER
    and not (isinstance(step[3], tuple) and step[3][0] in ("ResourceConflictException", "ValidationException"))
    and not (isinstance(step[3], tuple) and step[1] == "GetLayerVersionPolicy")
    and step[1] not in ("GetLayerVersion", "DeleteLayerVersion")
]


@pytest.mark.parametrize(
    ("client", "steps"),
    [("aws_cli", CLI_STEPS), ("node", STEPS), ("signed_requests", STEPS), ("through_boto3", STEPS)],
    ids=["aws_cli", "node", "signed_requests", "through_boto3"],
)
def test_every_client_gets_the_same_responses(client, steps, request, layerperm):
    """Publish, share in the three ways, read, revoke, and be denied: the responses of the table, in every client."""
    made_with = request.getfixturevalue(client)
    latest = None
    for account, operation, parameters, expected in steps:
        given = {name: latest if value is LATEST else value for name, value in parameters.items()}
        received = made_with.call(account, operation, given)
        if isinstance(expected, tuple):
            assert (received.get("code"), received.get("message")) == expected, operation
        else:
            assert "output" in received, (operation, received)
            assert {name: received["output"].get(name) for name in expected} == expected
            latest = received["output"].get("RevisionId", latest)
    assert [call.account_id for call in layerperm.calls] == [step[0] for step in steps]


# --- the AWS CLI

SHARE = [
    "lambda",
    "add-layer-version-permission",
    "--layer-name",
    "shared-deps",
    "--version-number",
    "1",
    "--action",
    "lambda:GetLayerVersion",
]


def test_the_cli_prints_the_statement_and_the_revision(aws_cli, layerperm_layer):
    """Scripts use --output text with --query."""
    done = aws_cli.run(
        *SHARE, "--statement-id", "xaccount", "--principal", PARTNER, "--output", "text", "--query", "RevisionId"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{layerperm_layer.revision_id}\n", "")


def test_the_cli_reports_an_error_by_exit_status_and_text(aws_cli, layerperm_layer):
    """A failed call exits with 255, or 254 from version 2 on, with AWS's message on stderr."""
    layerperm_layer.grant("*", statement_id="xaccount")
    done = aws_cli.run(*SHARE, "--statement-id", "xaccount", "--principal", "*")
    assert done.returncode in (254, 255)
    assert done.stdout == ""
    assert done.stderr.strip().removeprefix("aws: [ERROR]: ") == (
        "An error occurred (ResourceConflictException) when calling the AddLayerVersionPermission operation: "
        "The statement id (xaccount) provided already exists. Please provide a new statement id, or remove the "
        "existing statement."
    )


@pytest.mark.layerperm_throttle(times=2, operation="AddLayerVersionPermission")
def test_the_cli_retries_when_throttled(aws_cli, layerperm, layerperm_layer):
    """Two attempts are throttled, the third succeeds, and the log has all three."""
    assert aws_cli.run(*SHARE, "--statement-id", "xaccount", "--principal", PARTNER).returncode == 0
    assert [call.status for call in layerperm.calls] == [429, 429, 201]


# --- the SDK for JavaScript

ERRORS = [
    ("RemoveLayerVersionPermission", {**VERSION, "StatementId": "none"}, "ResourceNotFoundException", 404),
    ("AddLayerVersionPermission", {**GRANT, "StatementId": "all", "Principal": "*"}, "ResourceConflictException", 409),
    (
        "AddLayerVersionPermission",
        {**GRANT, "StatementId": "x", "Principal": "*", "RevisionId": "wrong"},
        "PreconditionFailedException",
        412,
    ),
    ("GetLayerVersion", {**VERSION, "VersionNumber": 0}, "InvalidParameterValueException", 400),
]


@pytest.mark.parametrize(("operation", "parameters", "name", "status"), ERRORS)
def test_node_gets_error_classes_by_name(node, layerperm_layer, operation, parameters, name, status):
    """A modelled error is an instance of its own class, with its name and status."""
    layerperm_layer.grant("*", statement_id="all")
    received = node.ask(operation=operation, parameters=parameters)
    assert (received["code"], received["class"], received["status"]) == (name, name, status)


@pytest.mark.layerperm_throttle(times=2)
def test_node_retries_when_throttled(node, layerperm, layerperm_layer):
    """SDK v3's standard retries: two throttles, then the response; $metadata.attempts has the number."""
    layerperm_layer.grant("*")
    received = node.ask(operation="GetLayerVersionPolicy", parameters=VERSION)
    assert received["attempts"] == 3
    assert [call.status for call in layerperm.calls] == [429, 429, 200]


@pytest.mark.layerperm_throttle(times=3)
def test_node_gives_up_after_three_attempts(node, layerperm, layerperm_layer):
    """If every attempt is throttled, the error is TooManyRequestsException."""
    received = node.ask(operation="GetLayerVersionPolicy", parameters=VERSION)
    assert (received["code"], received["attempts"], received["message"]) == (
        "TooManyRequestsException",
        3,
        "Rate exceeded",
    )


def test_nodes_paginator_goes_through_all_pages(node, layerperm):
    """paginateListLayerVersions follows NextMarker to the end, newest first."""
    for _ in range(5):
        layerperm.publish_layer()
    received = node.ask(paginate="ListLayerVersions", size=2, parameters={"LayerName": "shared-deps"})
    assert received == {"pages": [[5, 4], [3, 2], [1]]}


# --- downloads


def digest(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def test_content_is_downloaded_with_curl_and_urllib(through_boto3, layerperm, tmp_path):
    """Content.Location has what was published, byte for byte, and the digest is right."""
    layerperm.publish_layer(content=ZIP)
    content = through_boto3.call(OWNER, "GetLayerVersion", VERSION)["output"]["Content"]
    assert (content["CodeSha256"], content["CodeSize"]) == (digest(ZIP), len(ZIP))
    target = tmp_path / "layer.zip"
    subprocess.run(["curl", "--fail", "--silent", "--output", target, content["Location"]], check=True, timeout=60)
    assert target.read_bytes() == ZIP
    with urlopen(content["Location"], timeout=10) as response:
        assert response.read() == ZIP
