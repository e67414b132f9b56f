import io
import zipfile
from pathlib import Path

import boto3
import pytest

from pytest_layerperm import assert_layer_private, assert_layer_shared_with

pytest.importorskip("openapi_spec_validator", reason="CloudFormation needs moto[cloudformation]")

HERE = Path(__file__).parent
ASSETS = "cdk-hnb659fds-assets-123456789012-us-east-1"


@pytest.fixture
def stacks(layerperm):
    """CloudFormation, with two releases of the layer in the bucket of CDK's assets."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=ASSETS)
    for release in (1, 2):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as opened:
            opened.writestr("python/shared_deps.py", f"VERSION = {release}\n")
        s3.put_object(Bucket=ASSETS, Key=f"release-{release}.zip", Body=archive.getvalue())
    return boto3.client("cloudformation")


def deploy(stacks, template, kind):
    """As ``cdk deploy`` does: with a change set, which has the same name in all stacks."""
    change_set = {"StackName": "layers", "ChangeSetName": "cdk-deploy-change-set"}
    stacks.create_change_set(**change_set, ChangeSetType=kind, TemplateBody=(HERE / template).read_text())
    stacks.execute_change_set(**change_set)
    [stack] = stacks.describe_stacks(StackName="layers")["Stacks"]
    return stack["Outputs"][0]["OutputValue"]


def test_a_partner_added_with_new_content_may_use_the_new_version(stacks, layerperm):
    first = deploy(stacks, "cdk-1.template.json", "CREATE")
    assert_layer_private(layer=first)

    second = deploy(stacks, "cdk-2.template.json", "UPDATE")

    assert (first.rpartition(":")[2], second.rpartition(":")[2]) == ("1", "2")
    assert [layer.arn for layer in layerperm.layers] == [second]
    assert_layer_shared_with("222222222222", layer=second)


def test_a_layer_arn_without_a_version_shares_nothing(stacks, layerperm):
    layer = layerperm.publish_layer("shared-deps")

    stacks.create_stack(StackName="shares", TemplateBody=(HERE / "no-version.yaml").read_text())

    [stack] = stacks.describe_stacks(StackName="shares")["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    reasons = [
        event.get("ResourceStatusReason", "")
        for event in stacks.describe_stack_events(StackName="shares")["StackEvents"]
    ]
    assert any("Value null at 'versionNumber' failed to satisfy constraint" in reason for reason in reasons)
    assert_layer_private(layer=layer)
