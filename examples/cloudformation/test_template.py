import io
import zipfile
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_layerperm import assert_layer_shared_with

pytest.importorskip("openapi_spec_validator", reason="CloudFormation needs moto[cloudformation]")

TEMPLATE = Path(__file__).with_name("template.yaml").read_text()


@pytest.fixture
def stacks(layerperm):
    """CloudFormation, with two archives of the layer in the bucket of build results."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="artifacts")
    for release in (1, 2):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as opened:
            opened.writestr("python/shared_deps.py", f"VERSION = {release}\n")
        s3.put_object(Bucket="artifacts", Key=f"shared-deps-{release}.zip", Body=archive.getvalue())
    return boto3.client("cloudformation")


def test_the_stack_shares_the_layer(stacks):
    stacks.create_stack(StackName="layers", TemplateBody=TEMPLATE)

    assert_layer_shared_with("222222222222")


def test_an_update_takes_the_old_version_from_its_users(stacks, layerperm):
    """The classic surprise: the version that the partner's functions name is deleted with the update."""
    stacks.create_stack(StackName="layers", TemplateBody=TEMPLATE)
    [first] = layerperm.layers

    stacks.update_stack(
        StackName="layers",
        TemplateBody=TEMPLATE,
        Parameters=[{"ParameterKey": "Archive", "ParameterValue": "shared-deps-2.zip"}],
    )

    [second] = layerperm.layers
    assert second.version == first.version + 1
    assert_layer_shared_with("222222222222", layer=second)
    with pytest.raises(ClientError, match=r"AccessDenied|ResourceNotFound"):
        layerperm.client("222222222222").get_layer_version_by_arn(Arn=first.arn)
