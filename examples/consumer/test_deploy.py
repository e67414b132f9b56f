import pytest
from botocore.exceptions import ClientError
from deploy import LayerNotShared, deploy, execution_role

OWNER, CONSUMER = "111111111111", "222222222222"


@pytest.fixture
def consumer(layerperm):
    return layerperm.session(CONSUMER)


@pytest.fixture
def role(consumer):
    return execution_role(consumer, "functions")


def test_a_layer_that_is_shared_can_be_used(layerperm, consumer, role):
    layer = layerperm.publish_layer("shared-deps", account_id=OWNER)
    layer.grant(CONSUMER)

    assert deploy(consumer, "api", role, [layer.arn]) == [layer.arn]


def test_a_layer_that_is_not_shared_says_whom_to_ask(layerperm, consumer, role):
    layer = layerperm.publish_layer("shared-deps", account_id=OWNER)

    with pytest.raises(LayerNotShared, match=f"^ask account {OWNER} to share {layer.arn} with {CONSUMER}$"):
        deploy(consumer, "api", role, [layer.arn])


def test_the_next_version_has_to_be_shared_again(layerperm, consumer, role):
    first = layerperm.publish_layer("shared-deps", account_id=OWNER)
    first.grant(CONSUMER)
    second = layerperm.publish_layer("shared-deps", account_id=OWNER)
    deploy(consumer, "api", role, [first.arn])

    with pytest.raises(LayerNotShared, match="shared-deps:2 with"):
        deploy(consumer, "api", role, [second.arn])


def test_a_function_keeps_a_layer_that_is_revoked(layerperm, consumer, role):
    layer = layerperm.publish_layer("shared-deps", account_id=OWNER)
    statement_id = layer.grant(CONSUMER)
    deploy(consumer, "api", role, [layer.arn])

    layerperm.client(OWNER).remove_layer_version_permission(
        LayerName="shared-deps", VersionNumber=1, StatementId=statement_id
    )

    kept = consumer.client("lambda").get_function_configuration(FunctionName="api")["Layers"]
    assert [one["Arn"] for one in kept] == [layer.arn]
    with pytest.raises(LayerNotShared):
        deploy(consumer, "worker", role, [layer.arn])


def test_a_deployer_who_may_use_the_owners_layers_only(layerperm, role):
    only_the_owners = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "lambda:GetLayerVersion", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"],
                "Resource": "*",
                "Condition": {"ForAllValues:StringLike": {"lambda:Layer": f"arn:aws:lambda:*:{OWNER}:layer:*:*"}},
            },
        ],
    }
    deployer = layerperm.session(CONSUMER, identity_policy=only_the_owners)
    trusted = layerperm.publish_layer("shared-deps", account_id=OWNER)
    trusted.grant(CONSUMER)
    stranger = layerperm.publish_layer("tracing", account_id="333333333333")
    stranger.grant("*")

    assert deploy(deployer, "api", role, [trusted.arn]) == [trusted.arn]
    assert deploy(deployer, "worker", role, []) == []  # ForAllValues also holds without any layers.
    with pytest.raises(ClientError, match="no identity-based policy allows the lambda:CreateFunction action"):
        deploy(deployer, "mixed", role, [trusted.arn, stranger.arn])
