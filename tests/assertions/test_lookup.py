"""What the assertion helpers look at: the fake, any client, several regions."""

import threading

import boto3
import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from pytest_layerperm import (
    LayerPerm,
    Throttle,
    assert_layer_calls,
    assert_layer_not_public,
    assert_layer_policy_unchanged,
    assert_layer_private,
    assert_layer_public,
    assert_layer_shared_with,
)
from tests.limits import start_and_join

PARTNER = "222222222222"
ARN = "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps"


def unchanged():
    with assert_layer_policy_unchanged():
        """It has nowhere to look, and says so before the block."""


@pytest.mark.parametrize("helper", [assert_layer_public, lambda: assert_layer_calls([]), unchanged])
def test_no_fake(helper):
    """Without a fake and without client= the error says how to get one."""
    with pytest.raises(RuntimeError) as refused:
        helper()
    assert str(refused.value) == (
        "no layerperm fake is on: use the fixture layerperm in this test (or `with LayerPerm():`), "
        "or pass client=, a boto3 Lambda client to look through"
    )


def test_a_client_without_credentials(monkeypatch, tmp_path):
    """Without a fake, a client that has no credentials is rejected before anything is sent."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    client = botocore.session.Session().create_client("lambda", "us-east-1", endpoint_url="http://127.0.0.1:1")
    with pytest.raises(ValueError, match=r"^client: it has no credentials: Unable to locate credentials$"):
        assert_layer_public(client=client)


def test_an_asynchronous_client(layerperm_client, monkeypatch):
    """A client whose operations are coroutine functions is rejected."""

    async def get_layer_version_policy(**parameters):
        """As aiobotocore's."""

    monkeypatch.setattr(layerperm_client, "get_layer_version_policy", get_layer_version_policy, raising=False)
    with pytest.raises(TypeError, match=r"^client must be a boto3 Lambda client, not an asynchronous one$"):
        assert_layer_public(client=layerperm_client)


@pytest.fixture
def answered():
    """A client of some endpoint, without a fake, that gives these responses to GetLayerVersionPolicy and others."""
    client = boto3.client("lambda", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")

    def answer(*answers):
        stubber = Stubber(client)
        for operation, given in answers:
            if isinstance(given, str):
                stubber.add_client_error(operation, given, "Not here.")
            else:
                stubber.add_response(operation, given)
        stubber.activate()
        return client

    return answer


def test_another_endpoint_words_it_differently(answered):
    """Whether a version without a policy exists at all is asked if the message does not say."""
    missing = ("get_layer_version_policy", "ResourceNotFoundException")
    assert_layer_private(client=answered(missing, ("get_layer_version", {"Version": 1})), layer=f"{ARN}:1")


def test_another_endpoint_without_the_version(answered):
    """A version that GetLayerVersion does not find either does not exist."""
    missing = ("get_layer_version_policy", "ResourceNotFoundException")
    client = answered(missing, ("get_layer_version", "ResourceNotFoundException"))
    with pytest.raises(ValueError, match=r":1 does not exist in us-east-1$"):
        assert_layer_private(client=client, layer=f"{ARN}:1")


def test_an_endpoint_without_layers(answered):
    """A 404 instead of an empty list is an empty list."""
    with pytest.raises(AssertionError, match=r"^no layer version exists, so there is none to check\n"):
        assert_layer_private(client=answered(("list_layers", "ResourceNotFoundException")))


def test_an_endpoint_with_other_arns(answered):
    """Anything but a layer ARN is an error."""
    with pytest.raises(ValueError, match=r"^client: it lists a layer with the ARN 'shared-deps'$"):
        assert_layer_private(client=answered(("list_layers", {"Layers": [{"LayerArn": "shared-deps"}]})))


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("", "Expecting value: line 1 column 1 (char 0)"),
        ('{"Statement":{}}', "it has no list of statements: {'Statement': {}}"),
        ('{"Statement":[{"Effect":"Deny"}]}', "a statement that no layer has: {'Effect': 'Deny'}"),
    ],
)
def test_a_policy_that_no_layer_has(answered, policy, message):
    """What cannot be understood is an error, and allows nobody."""
    with pytest.raises(ValueError, match=r"^client: ") as refused:
        assert_layer_not_public(client=answered(("get_layer_version_policy", {"Policy": policy})), layer=f"{ARN}:1")
    assert str(refused.value) == f"client: the policy of {ARN}:1: {message}"


def test_an_emptied_policy_of_another_endpoint(answered):
    """A policy without statements is an emptied one."""
    client = answered(("get_layer_version_policy", {"Policy": '{"Statement":[]}', "RevisionId": "1"}))
    with pytest.raises(AssertionError, match=r"\n  no statement: the last one was removed\n"):
        assert_layer_public(client=client, layer=f"{ARN}:1")


def test_a_finding_stays_one(layerperm, layerperm_layer):
    """If a client may read the policy and not list versions, the failure has no near miss."""
    only_policies = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "lambda:GetLayerVersionPolicy", "Resource": "*"}],
    }
    layerperm.publish_layer().grant("*")
    with pytest.raises(AssertionError, match=r"^shared-deps:1 is not public\n") as failed:
        assert_layer_public(layer=layerperm_layer, client=layerperm.client(identity_policy=only_policies))
    assert "Nearest" not in str(failed.value)


def test_an_answer_that_is_no_finding(answered):
    """What the endpoint fails with otherwise is raised as it is."""
    with pytest.raises(ClientError, match="ServiceException"):
        assert_layer_private(client=answered(("get_layer_version_policy", "ServiceException")), layer=f"{ARN}:1")


def test_a_client_cannot_tell_who_is_a_member(answered, monkeypatch):
    """Without a fake nobody has declared members: a failure says so."""
    monkeypatch.setenv("COLUMNS", "80")
    statement = (
        '{"Sid":"org","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion","Resource":"*",'
        '"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}}'
    )
    policy = ("get_layer_version_policy", {"Policy": f'{{"Statement":[{statement}]}}', "RevisionId": "1"})
    listed = ("list_layer_versions", {"LayerVersions": [{"Version": 1}]})
    with pytest.raises(AssertionError) as failed:
        assert_layer_shared_with(PARTNER, client=answered(policy, listed), layer=f"{ARN}:1")
    assert str(failed.value).split("\n\n")[2:] == [
        "Nearest: shared with o-exampleorgid, and a client cannot tell whether\n  222222222222 is a member.",
        "What to do: if 222222222222 is a member of o-exampleorgid, declare it,\n  with a fake on: "
        'layerperm.organization("o-exampleorgid",\n  accounts=["222222222222"]).',
    ]


def test_clients_of_several_regions(layerperm):
    """A mapping of regions to clients looks in each region, with paging."""
    regions = ["us-east-1", "eu-west-1"]
    clients = {region: layerperm.client(region_name=region) for region in regions}
    for region in regions:
        layerperm.publish_layer(region_name=region).grant(PARTNER)
    assert_layer_shared_with(PARTNER, layer="shared-deps", client=clients, regions=regions)
    assert_layer_shared_with(PARTNER, client=clients, regions=regions)
    assert_layer_shared_with(PARTNER, layer="shared-deps", client=clients)
    layerperm.publish_layer(region_name="eu-west-1")
    with pytest.raises(AssertionError, match=r"^shared-deps:2 in eu-west-1 is not shared with 222222222222\n"):
        assert_layer_shared_with(PARTNER, layer="shared-deps", client=clients)
    with pytest.raises(AssertionError, match=r"^3 layer versions exist, and layer= does not say which is meant\n"):
        assert_layer_shared_with(PARTNER, client=clients)


def test_regions_of_a_version(layerperm):
    """A version ARN means the same version in each region."""
    layer = layerperm.publish_layer()
    for _ in range(2):
        layerperm.publish_layer(region_name="cn-north-1").grant("*")
    assert_layer_private(layer=layer, regions=["us-east-1", "us-east-1"])
    with pytest.raises(AssertionError, match=r"^shared-deps:1 in cn-north-1 is not private\n"):
        assert_layer_private(layer=layer, regions=["us-east-1", "cn-north-1"])


def test_a_name_means_every_layer_of_that_name(layerperm):
    """A name means the layers of that name in all regions and accounts; regions= narrows it."""
    layerperm.publish_layer("deps")
    layerperm.publish_layer("deps", region_name="eu-west-1").grant("*")
    layerperm.publish_layer("deps", region_name="eu-west-2", account_id=PARTNER)
    with pytest.raises(AssertionError, match=r"^deps:1 in eu-west-1 of account 123456789012 is public\n"):
        assert_layer_not_public(layer="deps")
    with pytest.raises(AssertionError, match=r"^2 of 3 versions of deps are not public: "):
        assert_layer_public(layer="deps")
    assert_layer_not_public(layer="deps", regions=["us-east-1", "eu-west-2"])
    assert_layer_public(layer="deps", regions=["eu-west-1"])
    assert_layer_not_public(layer="arn:aws:lambda:us-east-1:123456789012:layer:deps")


def test_through_a_client_a_name_is_its_own(layerperm, layerperm_client):
    """With client= a name is one of that client's account and region."""
    layerperm.publish_layer("deps")
    layerperm.publish_layer("deps", region_name="eu-west-1").grant("*")
    assert_layer_not_public(layer="deps", client=layerperm_client)
    assert_layer_public(layer="deps", client=layerperm.client(region_name="eu-west-1"))


def test_the_same_layer_in_another_account(layerperm):
    """A layer that does not exist is named with the accounts that have it."""
    layerperm.publish_layer("deps", account_id=PARTNER, region_name="eu-west-1")
    layerperm.publish_layer("deps", region_name="eu-west-2")
    with pytest.raises(ValueError, match="does not exist") as rejected:
        assert_layer_public(layer=f"{ARN.replace('shared-deps', 'deps')}:1")
    assert str(rejected.value) == (
        "layer: arn:aws:lambda:us-east-1:123456789012:layer:deps:1 does not exist; "
        "the fake has deps in eu-west-1 of account 222222222222 and eu-west-2 of account 123456789012"
    )


def test_a_deleted_version_does_not_exist(layerperm_layer, layerperm_client):
    """The handle of a deleted version is rejected."""
    layerperm_client.delete_layer_version(LayerName="shared-deps", VersionNumber=1)
    for through, instead in (({}, ""), ({"client": layerperm_client}, " in us-east-1")):
        with pytest.raises(ValueError, match=rf"^layer: {ARN}:1 does not exist{instead}; there is no layer version$"):
            assert_layer_private(layer=layerperm_layer, **through)


def test_a_misspelt_layer_among_many(layerperm):
    """The versions of the layers whose names come closest are named first."""
    for name in ("tracing", "logging", "shared-deps", "shared-deps", "metrics"):
        layerperm.publish_layer(name)
    with pytest.raises(ValueError, match=r"^layer: ") as refused:
        assert_layer_private(layer="shared_dep")
    first, _, rest = str(refused.value).removeprefix("layer: shared_dep does not exist; there is ").partition(", ")
    assert (first, rest.partition(", ")[0]) == (f"{ARN}:2", f"{ARN}:1")
    assert rest.endswith(" and 2 others")


def test_the_innermost_fake_is_looked_at(layerperm_layer):
    """Fakes nest; the helpers look at the innermost one, and know nothing of the layers of others."""
    layerperm_layer.grant("*")
    with LayerPerm() as inner:
        inner.publish_layer()
        assert_layer_private()
    assert_layer_public()


def test_looking_is_no_call_of_the_test(layerperm, layerperm_layer, layerperm_client):
    """Looking through a client of the fake meets no fault, takes no token and leaves no trace; others' calls do."""
    layerperm.inject(Throttle(operation="GetLayerVersionPolicy"))
    assert_layer_private(client=layerperm_client)
    assert not len(layerperm.calls)
    with pytest.raises(ClientError, match="No policy is associated"):
        layerperm_client.get_layer_version_policy(LayerName="shared-deps", VersionNumber=1)
    assert [call.outcome for call in layerperm.calls] == [
        "429 TooManyRequestsException",
        "404 ResourceNotFoundException",
    ]


def test_other_threads_calls_are_the_tests(layerperm, layerperm_layer, layerperm_client, monkeypatch):
    """While a helper looks through a client, what another thread does with the same client is logged."""
    real = layerperm_client.meta.events.register

    def register(*arguments):
        real(*arguments)
        other = threading.Thread(target=layerperm_client.list_layers)
        start_and_join(other)

    monkeypatch.setattr(layerperm_client.meta.events, "register", register)
    assert_layer_private(client=layerperm_client, layer=layerperm_layer)
    assert [call.operation for call in layerperm.calls] == ["ListLayers"]
