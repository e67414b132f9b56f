"""SAM's layer versions in stacks."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_layerperm.service.layers import zip_of
from pytest_layerperm.transports.moto.sam import TRANSFORM, TransformFailed, expanded

LAYER = {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "s3://artifacts/one.zip"}}
TEXT = f"Transform {TRANSFORM} failed with: Invalid Serverless Application Specification document. "


def layer(**properties):
    """A SAM layer version."""
    return {**LAYER, "Properties": {**LAYER["Properties"], **properties}}


def template(resource, **more):
    """A template of that layer, Deps, and a permission for it."""
    properties = {"Action": "lambda:GetLayerVersion", "LayerVersionArn": {"Ref": "Deps"}, "Principal": "222222222222"}
    share = {"Type": "AWS::Lambda::LayerVersionPermission", "Properties": properties}
    return {"Transform": TRANSFORM, "Resources": {"Deps": resource, "Share": share}, **more}


@pytest.fixture
def stacks(layerperm):
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="artifacts")
    for name in ("one", "two"):
        s3.put_object(Bucket="artifacts", Key=f"{name}.zip", Body=zip_of({"a": name}))
    return boto3.client("cloudformation")


def deploy(stacks, resource, kind="UPDATE"):
    """As ``sam deploy`` does."""
    named = {"StackName": "stack", "ChangeSetName": "samcli-deploy"}
    body = json.dumps(template(resource))
    stacks.create_change_set(**named, ChangeSetType=kind, TemplateBody=body, Capabilities=["CAPABILITY_AUTO_EXPAND"])
    changes = stacks.describe_change_set(**named)["Changes"]
    stacks.execute_change_set(**named)
    stacks.delete_change_set(**named)
    return {(change["ResourceChange"]["Action"], change["ResourceChange"]["ResourceType"]) for change in changes}


@pytest.mark.parametrize(
    ("given", "versions"),
    [
        ({}, [(1, False), (2, True)]),
        ({"RetentionPolicy": "Retain"}, [(1, False), (2, True)]),
        ({"RetentionPolicy": "delete"}, [(2, True)]),
    ],
)
def test_deployed(layerperm, stacks, given, versions):
    """A changed layer is a new resource; the old version stays, without its permission, unless it is not retained."""
    changes = deploy(stacks, layer(**given), "CREATE")
    assert ("Add", "AWS::Lambda::LayerVersion") in changes
    changes = deploy(stacks, layer(**given, ContentUri="s3://artifacts/two.zip"))
    assert {("Add", "AWS::Lambda::LayerVersion"), ("Remove", "AWS::Lambda::LayerVersion")} <= changes
    assert [(found.version, found.policy is not None) for found in layerperm.layers] == versions
    assert layerperm.layers[-1].name == "Deps"
    assert stacks.describe_stacks(StackName="stack")["Stacks"][0]["StackStatus"] == "UPDATE_COMPLETE"


def test_created_and_updated_without_change_sets(layerperm, stacks):
    """Calls without change sets expand templates as well; the template's text is unchanged."""
    body = json.dumps(template(layer(LayerName="deps")))
    stacks.create_stack(StackName="stack", TemplateBody=body)
    stacks.update_stack(StackName="stack", TemplateBody=json.dumps(template(layer(LayerName="deps", Description="x"))))
    assert [(found.version, found.policy is not None) for found in layerperm.layers] == [(1, False), (2, True)]
    assert stacks.get_template(StackName="stack")["TemplateBody"]["Transform"] == TRANSFORM


def test_other_type(stacks):
    """Any other type of SAM is an error that names it, and nothing is deployed."""
    function = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "s3://artifacts/one.zip"}}
    text = (
        "Resource with id \\[Deps\\] is invalid. pytest-layerperm expands AWS::Serverless::LayerVersion "
        "and no other type of SAM; this is AWS::Serverless::Function."
    )
    with pytest.raises(ClientError, match=f"ValidationError.*{text}"):
        stacks.create_stack(StackName="stack", TemplateBody=json.dumps(template(function)))
    with pytest.raises(ClientError, match=f"ValidationError.*{text}"):
        deploy(stacks, function, "CREATE")


def test_expanded():
    """Each part of the resource, and each reference to it, as SAM generates them."""
    given = template(
        {
            **layer(CompatibleRuntimes=["python3.12"], LicenseInfo="MIT", PublishLambdaVersion=True),
            "Condition": "Always",
            "Metadata": {"SamResourceId": "Deps"},
        },
        Outputs={
            "Sub": {"Value": {"Fn::Sub": "${Deps} ${Deps.LayerVersionArn} ${Depth} ${!Deps}"}},
            "List": {"Value": {"Fn::Sub": ["${Deps}${x}", {"x": {"Ref": "Deps"}}]}},
            "GetAtt": {"Value": {"Fn::GetAtt": ["Deps", "LayerVersionArn"]}},
            "Text": {"Value": {"Fn::GetAtt": "Deps.LayerVersionArn"}, "DependsOn": ["Other", "Deps"]},
            "Odd": {"Value": {"Ref": 1}, "DependsOn": "Deps"},
        },
    )
    found = expanded(given)
    new = "Depsc6f8860e57"
    assert "Transform" not in found
    assert found["Resources"][new] == {
        "Type": "AWS::Lambda::LayerVersion",
        "Condition": "Always",
        "DeletionPolicy": "Retain",
        "Properties": {
            "LayerName": "Deps",
            "LicenseInfo": "MIT",
            "CompatibleRuntimes": ["python3.12"],
            "Content": {"S3Bucket": "artifacts", "S3Key": "one.zip"},
        },
    }
    assert found["Resources"]["Share"]["Properties"]["LayerVersionArn"] == {"Ref": new}
    assert found["Outputs"] == {
        "Sub": {"Value": {"Fn::Sub": f"${{{new}}} ${{{new}.LayerVersionArn}} ${{Depth}} ${{!Deps}}"}},
        "List": {"Value": {"Fn::Sub": [f"${{{new}}}${{x}}", {"x": {"Ref": new}}]}},
        "GetAtt": {"Value": {"Fn::GetAtt": [new, "LayerVersionArn"]}},
        "Text": {"Value": {"Fn::GetAtt": f"{new}.LayerVersionArn"}, "DependsOn": ["Other", new]},
        "Odd": {"Value": {"Ref": 1}, "DependsOn": new},
    }


def only(resource, **more):
    """The one resource that a layer expands to."""
    (found,) = expanded({"Transform": ["AWS::LanguageExtensions", TRANSFORM], "Resources": {"Deps": resource}, **more})[
        "Resources"
    ].values()
    return found


@pytest.mark.parametrize(
    ("uri", "content"),
    [
        ("s3://b/a/k.zip?versionId=v1", {"S3Bucket": "b", "S3Key": "a/k.zip", "S3ObjectVersion": "v1"}),
        ({"Bucket": "b", "Key": {"Ref": "Key"}}, {"S3Bucket": "b", "S3Key": {"Ref": "Key"}}),
        ({"Bucket": "b", "Key": "k", "Version": "v"}, {"S3Bucket": "b", "S3Key": "k", "S3ObjectVersion": "v"}),
    ],
)
def test_content(uri, content):
    """ContentUri is an S3 URI or an object."""
    assert only(layer(ContentUri=uri))["Properties"]["Content"] == content


def test_policies():
    """RetentionPolicy overrides a DeletionPolicy; with a parameter in the name, the replaced version is kept."""
    assert only({**layer(), "DeletionPolicy": "Delete"})["DeletionPolicy"] == "Delete"
    assert only({**layer(RetentionPolicy="RETAIN"), "DeletionPolicy": "Delete"})["DeletionPolicy"] == "Retain"
    assert "UpdateReplacePolicy" not in only(layer(LayerName="deps"))
    assert only(layer(LayerName={"Ref": "Name"}))["UpdateReplacePolicy"] == "Retain"


def test_globals():
    """Globals for all layer versions apply to this one."""
    found = only(layer(LicenseInfo="MIT"), Globals={"LayerVersion": {"LicenseInfo": "BSD", "Description": "all"}})
    assert (found["Properties"]["LicenseInfo"], found["Properties"]["Description"]) == ("MIT", "all")


@pytest.mark.parametrize(
    ("resource", "text"),
    [
        (layer(Permissions=[]), "property Permissions not defined for resource of type AWS::Serverless::LayerVersion"),
        ({"Type": "AWS::Serverless::LayerVersion"}, "Missing required property 'ContentUri'."),
        (
            layer(RetentionPolicy="Keep"),
            "'RetentionPolicy' must be one of the following options: ['Retain', 'Delete'].",
        ),
        (
            layer(RetentionPolicy={"Ref": "Keep"}),
            "'RetentionPolicy' does not accept intrinsic functions, please use one of the following options: "
            "['Retain', 'Delete']",
        ),
        (
            layer(ContentUri="layer/"),
            "'ContentUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.",
        ),
        (layer(ContentUri={"Bucket": "b"}), "'ContentUri' requires Bucket and Key properties to be specified."),
    ],
)
def test_invalid(resource, text):
    """What SAM rejects is rejected in SAM's words."""
    with pytest.raises(TransformFailed) as failed:
        expanded(template(resource))
    assert str(failed.value) == f"{TEXT}Number of errors found: 1. Resource with id [Deps] is invalid. {text}"


def test_without_the_transform():
    """SAM's types are unknown to CloudFormation itself."""
    with pytest.raises(TransformFailed) as failed:
        expanded({"Resources": {"A": LAYER, "B": LAYER}})
    assert str(failed.value) == "Template format error: Unrecognized resource types: [AWS::Serverless::LayerVersion]"


def test_nothing_of_sam():
    """Any other template is unchanged."""
    for given in ({}, {"Transform": TRANSFORM, "Resources": {"A": {"Type": "AWS::S3::Bucket"}, "B": None}}):
        assert expanded(given) is given
