"""The records and events of calls."""

import base64
import json
import re
from contextlib import suppress

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_layerperm import ConnectionLost, Fault, LayerPerm, ServiceFailure, Slow, Throttle
from pytest_layerperm.fake.layerperm import service_of
from pytest_layerperm.lambda_api.wire import Response
from pytest_layerperm.service.trail import READS
from tests.helpers import add_permission
from tests.service import recorded_trail
from tests.service.recorded_trail import RECORDED, recorded

ADD = "AddLayerVersionPermission"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def snake(operation):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


OF_ITS_OWN = {
    "principalId", "accessKeyId", "eventTime", "sourceIPAddress", "userAgent", "requestID", "eventID", "createdDate",
    "revisionId",
}  # fmt: skip
"""Ids, times and addresses."""


def without_ids(value):
    """The same with all that differs from run to run replaced, in its own order."""
    if isinstance(value, dict):
        return {
            name: type(found).__name__ if name in OF_ITS_OWN else without_ids(found) for name, found in value.items()
        }
    return [without_ids(item) for item in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def ours():
    """The records of the recorded calls, made here by a user of the same name."""
    with LayerPerm(recorded_trail.ACCOUNT) as fake:
        iam = boto3.client("iam")
        iam.create_user(UserName="Delegated")
        key = iam.create_access_key(UserName="Delegated")["AccessKey"]
        client = boto3.client(
            "lambda", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
        )
        for operation, given, *_ in RECORDED.values():
            if "Content" in given:
                given = {**given, "Content": {"ZipFile": base64.b64decode(given["Content"])}}
            with suppress(client.exceptions.ResourceNotFoundException):
                getattr(client, snake(operation))(**given)
        records = [call.record for call in fake.calls]
        entries = client_of_trail(key).lookup_events()["Events"]
    return dict(zip(RECORDED, records, strict=True)), entries


def client_of_trail(key=None, **kwargs):
    if key is not None:
        kwargs = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    return boto3.client("cloudtrail", **kwargs)


@pytest.mark.parametrize("name", RECORDED)
def test_a_record_equals_the_recorded_one(ours, name):
    """Member for member and in their order, but for ids, times and addresses."""
    assert json.dumps(without_ids(ours[0][name])) == json.dumps(without_ids(recorded(name)))


def test_a_looked_up_event_equals_the_recorded_one(ours):
    """Members and their values; its record is the same text."""
    records, entries = ours
    entry = next(entry for entry in entries if entry["EventName"] == f"{ADD}20181031")
    assert json.loads(entry.pop("CloudTrailEvent")) == records["add"]
    assert [*entry] == [*recorded_trail.LOOKUP_ENTRY]
    for name in ("EventName", "ReadOnly", "EventSource", "Username", "Resources"):
        assert entry[name] == recorded_trail.LOOKUP_ENTRY[name]


def test_all_nine_operations_are_recorded():
    """The table is whole."""
    assert {operation for operation, *_ in RECORDED.values()} == {
        "AddLayerVersionPermission", "DeleteLayerVersion", "GetLayerVersion", "GetLayerVersionByArn",
        "GetLayerVersionPolicy", "ListLayers", "ListLayerVersions", "PublishLayerVersion",
        "RemoveLayerVersionPermission",
    }  # fmt: skip
    assert all((operation in READS) == read_only for operation, _, _, read_only, _ in RECORDED.values())


def test_an_object_in_s3_is_recorded(layerperm, layerperm_client):
    """Recorded too: what was asked for, and with REFERENCE which version was found."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="artifacts")
    s3.put_bucket_versioning(Bucket="artifacts", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="artifacts", Key="a.zip", Body=base64.b64decode(recorded_trail.ZIP))["VersionId"]
    content = {"S3Bucket": "artifacts", "S3Key": "a.zip", "S3ObjectStorageMode": "REFERENCE"}
    layerperm_client.publish_layer_version(LayerName="tools", Content=content)
    record = layerperm.calls.last.record
    assert record["requestParameters"] == {
        "layerName": "tools",
        "content": {"s3Bucket": "artifacts", "s3Key": "a.zip", "s3ObjectStorageMode": "REFERENCE"},
    }
    assert [*record["responseElements"]["content"].items()] == [
        ("codeSha256", "Hq2+8DtYb5Qkp27L2/GAA5GtBYc6voTFvJUFGGCeBmk="),
        ("codeSize", 140),
        ("uncompressedCodeSize", 0),
        ("resolvedS3Object", {"s3Bucket": "artifacts", "s3Key": "a.zip", "s3ObjectVersion": version}),
    ]


# --- every attempt


def test_the_request_id_is_the_responses(layerperm, layerperm_client, layerperm_layer):
    """Of successes and failures; each attempt has its own."""
    with layerperm.inject(Throttle()):
        sent = add_permission(layerperm_client)
    with pytest.raises(ClientError) as rejected:
        add_permission(layerperm_client)
    ids = [call.request_id for call in layerperm.calls]
    assert len(set(ids)) == 3
    assert all(re.fullmatch(UUID, request_id) for request_id in ids)
    assert ids[1:] == [found["ResponseMetadata"]["RequestId"] for found in (sent, rejected.value.response)]
    assert [call.record["requestID"] for call in layerperm.calls] == ids
    assert "request_id" in repr(layerperm.calls.last)
    assert "Kept(" not in repr(layerperm.calls.last)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Throttle(), "TooManyRequestsException"),
        (Throttle(code="ThrottlingException"), "ThrottlingException"),
        (ServiceFailure(), "ServiceException"),
        (ServiceFailure(applied=True), "ServiceException"),
    ],
)
def test_throttled_and_failed_attempts_have_records(layerperm, layerperm_client, layerperm_layer, fault, code):
    """With the error that the response had, and no response elements."""
    with layerperm.inject(fault), suppress(ClientError):
        add_permission(layerperm_client)
    record = layerperm.calls[0].record
    assert (record["errorCode"], record["responseElements"]) == (code, None)
    assert record["errorMessage"]
    assert record["requestParameters"]["statementId"] == "partner"


def test_a_lost_response_is_recorded_as_the_service_gave_it(layerperm, layerperm_client, layerperm_layer):
    """A grant that the client knows nothing of is in the trail."""
    with layerperm.inject(ConnectionLost(applied=True)), suppress(ClientError):
        add_permission(layerperm_client)
    lost, rejected = [call.record for call in layerperm.calls]
    assert "errorCode" not in lost
    assert lost["responseElements"]["revisionId"] == layerperm_layer.revision_id
    assert rejected["errorCode"] == "ResourceConflictException"


def test_a_lost_read_is_recorded(layerperm, layerperm_client):
    """And a slow one, on which the client gave up."""
    with layerperm.inject(ConnectionLost(applied=True), Slow(100)):
        layerperm_client.list_layers()
    assert [("errorCode" in call.record, call.record["eventName"]) for call in layerperm.calls] == [
        (False, "ListLayers20181031")
    ] * len(layerperm.calls)


def test_a_request_that_never_arrived_has_no_record(layerperm, layerperm_client):
    """No service could have written it."""
    with layerperm.inject(ConnectionLost(error="EndpointConnectionError")):
        layerperm_client.list_layers()
    first, second = layerperm.calls
    assert (first.record, first.event) == ({}, {})
    assert [event["detail"] for event in layerperm.events()] == [second.record]


def test_a_denied_call_is_access_denied(layerperm):
    """Not AccessDeniedException: rules that look for that see nothing."""
    client = layerperm.client(identity_policy={"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    with pytest.raises(ClientError) as denied:
        client.list_layers()
    record = layerperm.calls.last.record
    assert record["errorCode"] == "AccessDenied"
    assert record["errorMessage"] == denied.value.response["Error"]["Message"]


@pytest.mark.parametrize("body", [b"", b"oops", b"[]", b'{"": 1, "Message": "m"}', b'{"Content": 1}'])
@pytest.mark.parametrize("code", [None, "Odd"])
def test_odd_responses_of_a_users_own_fault_have_records(layerperm, layerperm_client, body, code):
    """Whatever the body is."""

    class Odd(Fault):
        def strike(self, call, proceed):
            return Response(400 if code else 201, body, code)

    with layerperm.inject(Odd()), suppress(Exception):
        layerperm_client.publish_layer_version(LayerName="tools", Content={"ZipFile": b""})
    assert layerperm.calls.last.record.get("errorCode") == code


def test_odd_requests_have_records(layerperm):
    """Members of wrong types, as they were sent, and JSON that is Python's alone."""
    from pytest_layerperm.lambda_api.wire import Request

    auth = "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host"
    deep = b'{"Description": ' + b"[" * 900 + b"]" * 900 + b"}"
    for headers, query, body in (
        ({"Authorization": auth}, "MaxItems=many", b""),
        ({}, "", b""),
        ({"Authorization": auth}, None, b'{"Content": "text", "Description": NaN}'),
        ({"Authorization": auth}, None, b"["),
        ({"Authorization": auth}, None, deep),
    ):
        path = "/2018-10-31/layers" if query is not None else "/2018-10-31/layers/tools/versions"
        method = "GET" if query is not None else "POST"
        service_of(layerperm).handle(Request(method, "localhost", path, query or "", headers, body))
    asked = [call.record["requestParameters"] for call in layerperm.calls]
    assert asked[:4] == [
        {"maxItems": "many"},
        None,
        {"layerName": "tools", "description": "NaN", "content": "text"},
        {"layerName": "tools"},
    ]
    assert "layerName" in asked[4] or "…" in asked[4]
    assert layerperm.calls[1].record["userIdentity"] == {
        "type": "AWSAccount",
        "principalId": "",
        "accountId": "ANONYMOUS_PRINCIPAL",
    }
    assert layerperm.calls[1].record["userAgent"] == "-"


# --- who


def test_the_root_is_named(layerperm, layerperm_client):
    """Keys of twelve digits are an account's root."""
    layerperm.client("222222222222", region_name="cn-north-1").list_layers()
    assert layerperm.calls.last.record["userIdentity"] == {
        "type": "Root",
        "principalId": "222222222222",
        "arn": "arn:aws-cn:iam::222222222222:root",
        "accountId": "222222222222",
        "accessKeyId": "222222222222",
    }


def test_an_unknown_key_is_the_default_accounts_root(layerperm):
    """As its calls are."""
    client = boto3.client("lambda", aws_access_key_id="A" * 20, aws_secret_access_key="x")
    client.list_layers()
    identity = layerperm.calls.last.record["userIdentity"]
    assert (identity["type"], identity["accountId"], identity["accessKeyId"]) == ("Root", "123456789012", "A" * 20)


def test_a_restricted_client_is_a_user(layerperm):
    """With an id that is always the same."""
    client = layerperm.client(
        identity_policy={"Statement": [{"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}]}
    )
    client.list_layers()
    client.list_layers()
    one, other = [call.record["userIdentity"] for call in layerperm.calls]
    assert one == other
    assert (one["type"], one["userName"]) == ("IAMUser", "layerperm")
    assert re.fullmatch("AIDA[A-Z2-7]{17}", one["principalId"])


def test_moto_users_and_roles_are_named(layerperm):
    """As STS names them; also after IAM has forgotten them."""
    iam, sts = boto3.client("iam"), boto3.client("sts")
    iam.create_role(RoleName="Releases", AssumeRolePolicyDocument="{}")
    role = sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/Releases", RoleSessionName="ci")
    keys = role["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    session.client("lambda").list_layers()
    user_id = session.client("sts").get_caller_identity()["UserId"]
    iam.delete_role(RoleName="Releases")
    record = layerperm.calls.last.record
    assert record["userIdentity"] == {
        "type": "AssumedRole",
        "principalId": user_id,
        "arn": "arn:aws:sts::123456789012:assumed-role/Releases/ci",
        "accountId": "123456789012",
        "accessKeyId": keys["AccessKeyId"],
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": user_id.partition(":")[0],
                "arn": "arn:aws:iam::123456789012:role/Releases",
                "accountId": "123456789012",
                "userName": "Releases",
            },
            "attributes": {"creationDate": record["eventTime"], "mfaAuthenticated": "false"},
        },
    }
    assert boto3.client("cloudtrail").lookup_events()["Events"][0]["Username"] == "ci"


# --- events


def test_a_foreign_call_gives_the_owner_a_record_of_its_own(layerperm, layerperm_layer):
    """With the caller's account only, its own account as recipient, and an id that both share."""
    layerperm_layer.grant("222222222222")
    layerperm.client("222222222222").get_layer_version_by_arn(Arn=layerperm_layer.arn)
    callers, owners = [event["detail"] for event in layerperm.events()]
    assert callers == layerperm.calls.last.record
    assert (callers["recipientAccountId"], owners["recipientAccountId"]) == ("222222222222", "123456789012")
    assert callers["sharedEventID"] == owners["sharedEventID"]
    assert callers["eventID"] != owners["eventID"]
    assert callers["requestID"] == owners["requestID"]
    assert callers["resources"] == owners["resources"] != []
    assert owners["userIdentity"] == {
        "type": "AWSAccount",
        "principalId": "222222222222",
        "accountId": "222222222222",
    }


def test_another_regions_owner_gets_none(layerperm, layerperm_layer):
    """The layer is not there."""
    with suppress(ClientError):
        layerperm.client("222222222222", region_name="eu-west-1").get_layer_version_by_arn(Arn=layerperm_layer.arn)
    assert [event["account"] for event in layerperm.events()] == ["222222222222"]


def test_an_event_is_what_eventbridge_delivers(layerperm, layerperm_client, layerperm_layer):
    """Documented: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html."""
    layerperm.freeze("2026-03-01T12:00:00.900Z")
    add_permission(layerperm_client)
    event = layerperm.calls.last.event
    assert re.fullmatch(UUID, event.pop("id"))
    assert event == {
        "version": "0",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.lambda",
        "account": "123456789012",
        "time": "2026-03-01T12:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": layerperm.calls.last.record,
    }


def test_events_of_an_operation(layerperm, layerperm_client, layerperm_layer):
    """Reads too; an unknown name is an error."""
    layerperm_client.list_layers()
    add_permission(layerperm_client)
    assert [event["detail"]["eventName"] for event in layerperm.events()] == ["ListLayers20181031", f"{ADD}20181031"]
    assert layerperm.events(ADD) == [layerperm.calls.last.event]
    with pytest.raises(ValueError, match=r"operation must be one of AddLayerVersionPermission, .*, not 'Add'"):
        layerperm.events("Add")


def test_unlogged_calls_have_none(layerperm, layerperm_layer):
    """Set-up is not what the code under test did."""
    layerperm_layer.grant("*")
    assert layerperm.events() == []
