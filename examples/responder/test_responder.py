import boto3
import pytest
from responder import handler, made_public, shared_outside

from pytest_layerperm import (
    ConnectionLost,
    ServiceFailure,
    Throttle,
    assert_layer_not_public,
    assert_layer_private,
    assert_layer_public,
    assert_layer_shared_with_organization,
)

OWN = "123456789012"
PARTNER = "222222222222"
ADD = "AddLayerVersionPermission"


@pytest.fixture
def responder(layerperm):
    """The responder behind its EventBridge rule."""
    with layerperm.on_event(lambda event: handler(event, None), operations=[ADD]):
        yield


def share(layer, statement_id="release", **whom):
    boto3.client("lambda", region_name=layer.region_name).add_layer_version_permission(
        LayerName=layer.layer_arn,
        VersionNumber=layer.version,
        StatementId=statement_id,
        Action="lambda:GetLayerVersion",
        **whom,
    )


def test_a_public_grant_is_revoked(layerperm, responder, layerperm_layer):
    share(layerperm_layer, Principal="*")

    assert_layer_not_public()
    assert [call.operation for call in layerperm.calls] == [ADD, "RemoveLayerVersionPermission"]


def test_in_its_own_region(layerperm, responder):
    layer = layerperm.publish_layer(region_name="eu-west-1")

    share(layer, Principal="*")

    assert_layer_private()


def test_an_organizations_grant_is_left_alone(layerperm, responder, layerperm_layer):
    share(layerperm_layer, Principal="*", OrganizationId="o-exampleorgid")

    assert_layer_shared_with_organization("o-exampleorgid")
    assert layerperm.calls.attempts("RemoveLayerVersionPermission") == 0


@pytest.mark.parametrize(
    "fault",
    [
        Throttle(times=2, operation="RemoveLayerVersionPermission"),
        ServiceFailure(operation="RemoveLayerVersionPermission"),
        ConnectionLost(operation="RemoveLayerVersionPermission"),
        ConnectionLost(operation="RemoveLayerVersionPermission", applied=True),
    ],
    ids=repr,
)
def test_the_responder_survives_a_failure(layerperm, responder, layerperm_layer, fault):
    with layerperm.inject(fault):
        share(layerperm_layer, Principal="*")

    assert_layer_not_public()


def test_a_grant_whose_response_was_lost_is_revoked_too(layerperm, responder, layerperm_layer):
    with layerperm.inject(ConnectionLost(operation=ADD, applied=True)):
        share(layerperm_layer, Principal="*")  # botocore tries again, and finds it revoked.

    assert_layer_not_public()


def test_what_the_rule_sees(layerperm, layerperm_layer):
    share(layerperm_layer, "partner", Principal=PARTNER)
    share(layerperm_layer, "root", Principal=f"arn:aws:iam::{PARTNER}:root")
    share(layerperm_layer, "everyone", Principal="*")
    share(layerperm_layer, "own", Principal=OWN)

    seen = [shared_outside(event["detail"], {OWN}) for event in layerperm.events(ADD)]

    assert seen == [True, True, True, False]


def test_what_the_rule_misses(layerperm, layerperm_layer):
    """Its false negatives, to be accepted or mended."""
    share(layerperm_layer, "foreign", Principal="*", OrganizationId="o-foreignorgid")
    layerperm.inject(ServiceFailure(operation=ADD, applied=True, times=None))
    with pytest.raises(Exception, match="ServiceException"):
        share(layerperm_layer, "failed", Principal="*")

    assert not any(shared_outside(event["detail"], {OWN}) for event in layerperm.events(ADD))
    assert_layer_public()


def test_a_denied_attempt_is_no_public_grant(layerperm, responder, layerperm_layer):
    denied = layerperm.client(
        identity_policy={"Statement": [{"Effect": "Deny", "Action": "lambda:*", "Resource": "*"}]}
    )
    with pytest.raises(denied.exceptions.ClientError, match="AccessDenied"):
        denied.add_layer_version_permission(
            LayerName="shared-deps",
            VersionNumber=1,
            StatementId="release",
            Action="lambda:GetLayerVersion",
            Principal="*",
        )

    record = layerperm.calls.last.record
    assert (record["errorCode"], made_public(record)) == ("AccessDenied", False)
