"""assert_layer_calls: which calls are as demanded. The texts of its failures are in messages/test_calls.py."""

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_layerperm import ServiceFailure, Throttle, assert_layer_calls
from tests.helpers import add_permission

ARN = "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps"


def fails(**demands):
    with pytest.raises(AssertionError) as failed:
        assert_layer_calls(**demands)
    return str(failed.value).partition("\n")[0]


def test_as_demanded(layerperm, layerperm_layer, layerperm_client):
    """Calls in their order, within all budgets; retries are no calls of their own."""
    layerperm.inject(Throttle(2))
    revision_id = add_permission(layerperm_client, "one")["RevisionId"]
    add_permission(layerperm_client, "two", RevisionId=revision_id)
    layerperm.publish_layer()
    page = layerperm_client.list_layer_versions(LayerName="shared-deps", MaxItems=1)
    layerperm_client.list_layer_versions(LayerName="shared-deps", Marker=page["NextMarker"])
    layerperm_client.list_layer_versions(LayerName="other")
    layerperm.client(region_name="eu-west-1").list_layer_versions(LayerName="shared-deps")
    assert_layer_calls(
        [*["AddLayerVersionPermission"] * 2, *["ListLayerVersions"] * 4],
        at_most=6,
        with_revision_id=True,
        no_page_twice=True,
    )
    assert_layer_calls(at_most={"AddLayerVersionPermission": 2, "ListLayers": 0})


def test_no_calls(layerperm):
    """No calls are what an empty list demands."""
    assert_layer_calls([])
    assert_layer_calls(at_most=0)


@pytest.mark.parametrize("layer", [None, "shared-deps", ARN, f"{ARN}:2"])
def test_calls_about_a_layer(layerperm, layerperm_client, layer):
    """With layer= only calls that name it count."""
    with pytest.raises(ClientError, match="does not exist"):
        add_permission(layerperm_client, "one", version=2)
    if layer is not None:
        layerperm_client.list_layers()
        layerperm_client.list_layer_versions(LayerName="others")
    assert_layer_calls(["AddLayerVersionPermission"], layer=layer)


def test_calls_about_a_layer_that_is_gone(layerperm, layerperm_layer, layerperm_client):
    """A layer or version that was deleted can be named still, by its name or ARN, without a call that names it."""
    layerperm_client.delete_layer_version(LayerName="shared-deps", VersionNumber=1)
    layerperm.calls.clear()
    for layer in (layerperm_layer, "shared-deps", ARN):
        assert_layer_calls([], layer=layer)
    with pytest.raises(ValueError, match=r"^layer: .*:2 never existed, .*; the fake has shared-deps, without such"):
        assert_layer_calls([], layer=f"{ARN}:2")


def test_calls_about_no_layer(layerperm):
    """Without any layer there is none to mean."""
    with pytest.raises(ValueError, match=r"^layer: deps never existed, and no call names it; there is no layer$"):
        assert_layer_calls([], layer="deps")


def test_calls_about_a_version(layerperm, layerperm_client):
    """With a version only calls about that version count."""
    layers = [layerperm.publish_layer(), layerperm.publish_layer()]
    for version in (1, 2):
        add_permission(layerperm_client, "one", version=version)
    layerperm_client.list_layer_versions(LayerName="shared-deps")
    assert_layer_calls(["AddLayerVersionPermission"], layer=layers[1])


def test_a_policy_from_before(layerperm, layerperm_layer, layerperm_client):
    """If the version had a policy before the first call, that call needs a RevisionId too."""
    layerperm_layer.grant("222222222222")
    add_permission(layerperm_client, "one")
    assert fails(with_revision_id=True) == "a call changed a policy without RevisionId"


def test_a_statement_from_before(layerperm, layerperm_layer, layerperm_client):
    """A statement that was removed without having been added shows that there was a policy before."""
    layerperm_layer.grant("222222222222", statement_id="before")
    layerperm_client.remove_layer_version_permission(LayerName="shared-deps", VersionNumber=1, StatementId="before")
    assert fails(with_revision_id=True) == "a call changed a policy without RevisionId"


def test_the_answer_was_lost(layerperm, layerperm_layer, layerperm_client):
    """A first statement whose response was lost was written all the same: it needs no RevisionId, the next one does."""
    layerperm.inject(ServiceFailure(applied=True))
    with pytest.raises(layerperm_client.exceptions.ResourceConflictException):
        add_permission(layerperm_client, "one")
    assert [call.applied for call in layerperm.calls] == [True, False]
    assert_layer_calls(with_revision_id=True)
    add_permission(layerperm_client, "two")
    assert fails(with_revision_id=True) == "a call changed a policy without RevisionId"


def test_calls_that_cannot_be_read(layerperm, layerperm_client):
    """A write to what is no layer at all is no write to a policy."""
    with pytest.raises(ClientError, match="ValidationException"):
        add_permission(layerperm_client, "one", layer="no layer")
    assert_layer_calls(with_revision_id=True)


def test_a_layer_of_another_account(layerperm, layerperm_client):
    """A denied write to another account's layer would be its first statement."""
    with pytest.raises(ClientError, match="AccessDenied"):
        add_permission(layerperm_client, "one", layer="arn:aws:lambda:us-east-1:222222222222:layer:x")
    assert_layer_calls(["AddLayerVersionPermission"], with_revision_id=True, layer="x")


def test_callers_without_an_invocation_id(layerperm, layerperm_layer):
    """If the client sends no invocation id, each attempt is a call."""
    client = boto3.client("lambda")

    def forget(request, **_):
        del request.headers["amz-sdk-invocation-id"]

    client.meta.events.register("before-send.lambda", forget)
    layerperm.inject(Throttle(1))
    client.list_layers()
    assert_layer_calls(["ListLayers", "ListLayers"])
