"""CloudTrail's LookupEvents, as boto3 asks for it."""

import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_layerperm import LayerPerm
from pytest_layerperm.service.trail_lookup import lookup_events

ONE_ID = {"AttributeKey": "EventId", "AttributeValue": "x"}


@pytest.fixture
def trail(layerperm):
    """CloudTrail of the default account."""
    return boto3.client("cloudtrail")


def names(response):
    return [event["EventName"].removesuffix("20181031") for event in response["Events"]]


@pytest.fixture
def three_calls(layerperm, layerperm_client, layerperm_layer):
    """A minute between each two."""
    clock = layerperm.freeze("2026-01-01T00:00:00Z")
    layerperm_client.list_layers()
    clock.tick(60)
    layerperm_client.list_layer_versions(LayerName="shared-deps")
    clock.tick(60)
    layerperm_client.delete_layer_version(LayerName="shared-deps", VersionNumber=1)


def test_the_newest_comes_first(trail, three_calls):
    """Every event of the account and region."""
    assert names(trail.lookup_events()) == ["DeleteLayerVersion", "ListLayerVersions", "ListLayers"]


def test_no_calls_no_events(trail):
    """An empty page."""
    response = trail.lookup_events()
    assert response["Events"] == []
    assert "NextToken" not in response


def test_accounts_and_regions_see_their_own(layerperm, trail, three_calls, layerperm_layer):
    """And an owner what others did with its layers."""
    partner = layerperm.client("222222222222")
    with pytest.raises(ClientError):
        partner.get_layer_version_policy(LayerName=layerperm_layer.layer_arn, VersionNumber=1)
    of_partner = layerperm.session("222222222222").client("cloudtrail")
    assert names(of_partner.lookup_events()) == ["GetLayerVersionPolicy"]
    (owners, *_) = trail.lookup_events()["Events"]
    assert owners["EventName"] == "GetLayerVersionPolicy20181031"
    assert "AccessKeyId" not in owners
    assert "Username" not in owners
    assert boto3.client("cloudtrail", "eu-west-1").lookup_events()["Events"] == []


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("EventName", "ListLayers20181031", 1),
        ("EventName", "ListLayers", 0),
        ("EventSource", "lambda.amazonaws.com", 3),
        ("ReadOnly", "true", 2),
        ("ReadOnly", "false", 1),
        ("Username", "root", 3),
        ("AccessKeyId", "123456789012", 3),
        ("AccessKeyId", "222222222222", 0),
        ("ResourceName", "shared-deps", 0),
        ("ResourceType", "AWS::Lambda::LayerVersion", 0),
    ],
)
def test_an_attribute_narrows_the_events(trail, three_calls, key, value, found):
    """Those that AWS documents."""
    attributes = [{"AttributeKey": key, "AttributeValue": value}]
    assert len(trail.lookup_events(LookupAttributes=attributes)["Events"]) == found


def test_an_event_is_found_by_its_id(layerperm, trail, three_calls):
    """That of its record."""
    record = layerperm.calls[0].record
    attributes = [{"AttributeKey": "EventId", "AttributeValue": record["eventID"]}]
    (event,) = trail.lookup_events(LookupAttributes=attributes)["Events"]
    assert json.loads(event["CloudTrailEvent"]) == record


def test_times_narrow_the_events(trail, three_calls):
    """Both ends included."""
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    minute = timedelta(minutes=1)
    assert names(trail.lookup_events(StartTime=start + minute)) == ["DeleteLayerVersion", "ListLayerVersions"]
    assert names(trail.lookup_events(EndTime=start)) == ["ListLayers"]
    assert names(trail.lookup_events(StartTime=start + minute, EndTime=start + minute)) == ["ListLayerVersions"]


def test_pages_hold_while_calls_come(layerperm_client, trail, three_calls):
    """Each event once, the new ones not."""
    first = trail.lookup_events(MaxResults=2)
    layerperm_client.list_layers()
    second = trail.lookup_events(MaxResults=2, NextToken=first["NextToken"])
    assert names(first) + names(second) == ["DeleteLayerVersion", "ListLayerVersions", "ListLayers"]
    assert "NextToken" not in second


def test_boto3_pages_through_many(layerperm_client, trail):
    """Fifty in each page."""
    for _ in range(120):
        layerperm_client.list_layers()
    pages = [page["Events"] for page in trail.get_paginator("lookup_events").paginate()]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({event["EventId"] for page in pages for event in page}) == 120


def test_there_are_no_insights(trail, three_calls):
    """The only other category."""
    assert trail.lookup_events(EventCategory="insight")["Events"] == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        ({"NextToken": "x"}, "InvalidNextTokenException"),
        ({"NextToken": "9"}, "InvalidNextTokenException"),
        ({"StartTime": 2, "EndTime": 1}, "InvalidTimeRangeException"),
        ({"LookupAttributes": [{"AttributeKey": "Name", "AttributeValue": "x"}]}, "InvalidLookupAttributesException"),
        ({"LookupAttributes": [ONE_ID, ONE_ID]}, "InvalidLookupAttributesException"),
    ],
)
def test_wrong_arguments_are_errors(trail, three_calls, given, code):
    """As CloudTrail names them."""
    with pytest.raises(ClientError) as raised:
        trail.lookup_events(**given)
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["Error"]["Message"]
    assert type(raised.value).__name__ == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "SerializationException"),
        (b"[]", "SerializationException"),
        (b'{"MaxResults": true}', "InvalidMaxResultsException"),
        (b'{"StartTime": "now"}', "InvalidTimeRangeException"),
        (b'{"LookupAttributes": {"a": 1}}', "InvalidLookupAttributesException"),
        (b'{"LookupAttributes": [1]}', "InvalidLookupAttributesException"),
        (b'{"LookupAttributes": [{"AttributeKey": "EventId"}]}', "InvalidLookupAttributesException"),
        (b'{"NextToken": 1}', "InvalidNextTokenException"),
    ],
)
def test_what_boto3_would_not_send_is_an_error(body, code):
    """From other SDKs."""
    response = lookup_events([], "123456789012", "us-east-1", body)
    assert (response.status, response.error_code, json.loads(response.body)["__type"]) == (400, code, code)


def test_moto_answers_the_other_operations(layerperm_client, trail):
    """Beside it, the events are answered as before."""
    layerperm_client.list_layers()
    boto3.client("s3").create_bucket(Bucket="trails")
    trail.create_trail(Name="all", S3BucketName="trails")
    assert [found["Name"] for found in trail.describe_trails()["trailList"]] == ["all"]
    assert names(trail.lookup_events()) == ["ListLayers"]


def test_moto_is_not_imported_for_it():
    """It costs more than the whole test."""
    code = (
        "import sys, boto3\nfrom pytest_layerperm import LayerPerm\nwith LayerPerm():\n"
        "    boto3.client('lambda').list_layers()\n"
        "    assert len(boto3.client('cloudtrail').lookup_events()['Events']) == 1\n"
        "    assert 'moto.core.models' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_it_is_answered_within_a_fake_alone():
    """No fixture is needed."""
    with LayerPerm("222222222222", "eu-west-1") as fake:
        fake.client().list_layers()
        assert names(boto3.client("cloudtrail").lookup_events()) == ["ListLayers"]
