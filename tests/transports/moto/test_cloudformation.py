"""Layers and their permissions in moto's CloudFormation stacks."""

import json
import re
import struct

import boto3
import pytest
from botocore.exceptions import ClientError, WaiterError

from pytest_layerperm import LayerPerm, Throttle
from pytest_layerperm.service.layers import zip_of

ACCOUNT = "123456789012"
OTHER = "222222222222"
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

YAML = """
Parameters:
  Consumer:
    Type: String
    Default: "222222222222"
  Key:
    Type: String
    Default: one.zip
Resources:
  Share:
    Type: AWS::Lambda::LayerVersionPermission
    Properties:
      Action: lambda:GetLayerVersion
      LayerVersionArn: !Ref SharedDependencies
      Principal: !Ref Consumer
  SharedDependencies:
    Type: AWS::Lambda::LayerVersion
    Properties:
      LayerName: deps
      Description: Shared
      CompatibleRuntimes: [python3.12]
      CompatibleArchitectures: [arm64]
      LicenseInfo: MIT
      Content:
        S3Bucket: artifacts
        S3Key: !Ref Key
Outputs:
  Layer:
    Value: !Ref SharedDependencies
  LayerAgain:
    Value: !GetAtt SharedDependencies.LayerVersionArn
  Permission:
    Value: !Ref Share
  PermissionId:
    Value: !GetAtt Share.Id
"""


class Cloud:
    """CloudFormation and S3 of the default account."""

    def __init__(self, session):
        self.client = session.client("cloudformation")
        s3 = session.client("s3")
        s3.create_bucket(Bucket="artifacts")
        for name in ("one", "two"):
            s3.put_object(Bucket="artifacts", Key=f"{name}.zip", Body=zip_of({"a": name}))

    def create(self, template, name="stack", **parameters):
        return self.client.create_stack(StackName=name, **self._given(template, parameters))["StackId"]

    def update(self, template, name="stack", **parameters):
        self.client.update_stack(StackName=name, **self._given(template, parameters))

    def _given(self, template, parameters):
        return {
            "TemplateBody": template if isinstance(template, str) else json.dumps(template),
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        }

    def stack(self, name="stack"):
        return self.client.describe_stacks(StackName=name)["Stacks"][0]

    def status(self, name="stack"):
        return self.stack(name)["StackStatus"]

    def outputs(self, name="stack"):
        return {output["OutputKey"]: output["OutputValue"] for output in self.stack(name)["Outputs"]}

    def events(self, name="stack"):
        """(logical id, status, reason) of a stack's events, oldest first."""
        found = self.client.describe_stack_events(StackName=name)["StackEvents"]
        return [
            (event["LogicalResourceId"], event["ResourceStatus"], event.get("ResourceStatusReason"))
            for event in reversed(found)
        ]

    def resources(self, name="stack"):
        found = self.client.describe_stack_resources(StackName=name)["StackResources"]
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}


@pytest.fixture
def cloud(layerperm):
    return Cloud(layerperm.session())


def permission(layer_arn, principal=OTHER, **more):
    """A template of one permission."""
    properties = {"Action": "lambda:GetLayerVersion", "LayerVersionArn": layer_arn, "Principal": principal, **more}
    return {"Resources": {"Share": {"Type": "AWS::Lambda::LayerVersionPermission", "Properties": properties}}}


def layer_version(**more):
    """A template of one layer version."""
    properties = {"Content": {"S3Bucket": "artifacts", "S3Key": "one.zip"}, **more}
    return {"Resources": {"Deps": {"Type": "AWS::Lambda::LayerVersion", "Properties": properties}}}


def matches(pattern, text):
    """Whether the text matches the pattern, in which UUID is any UUID."""
    return re.fullmatch(re.escape(pattern).replace("UUID", UUID), text) is not None


# --- create


def test_yaml_stack(layerperm, cloud):
    """A layer version and its permission, in YAML, in either order; the values of Ref and Fn::GetAtt."""
    cloud.create(YAML)
    layer = layerperm.layers[0]
    assert cloud.status() == "CREATE_COMPLETE"
    assert layer.arn == f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:deps:1"
    sid = layer.policy["Statement"][0]["Sid"]
    assert re.fullmatch("Share-[a-zA-Z0-9]{12}", sid)
    assert cloud.outputs() == {
        "Layer": layer.arn,
        "LayerAgain": layer.arn,
        "Permission": f"{layer.arn}#{sid}",
        "PermissionId": f"{layer.arn}#{sid}",
    }
    assert cloud.resources() == {"SharedDependencies": layer.arn, "Share": f"{layer.arn}#{sid}"}
    published = layerperm.client(OTHER).get_layer_version_by_arn(Arn=layer.arn)
    described = [published[name] for name in ("Description", "LicenseInfo", "CompatibleRuntimes")]
    assert described == ["Shared", "MIT", ["python3.12"]]
    assert published["CompatibleArchitectures"] == ["arm64"]


def test_json_stack(layerperm, cloud):
    """In JSON, with an organization; the statement is as AddLayerVersionPermission writes it."""
    layer = layerperm.publish_layer()
    cloud.create(permission(layer.arn, "*", OrganizationId="o-t194hfs8cz"))
    statement = layer.policy["Statement"][0]
    assert statement == {
        "Sid": statement["Sid"],
        "Effect": "Allow",
        "Principal": "*",
        "Action": "lambda:GetLayerVersion",
        "Resource": layer.arn,
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-t194hfs8cz"}},
    }


def test_generated_ids(layerperm, cloud):
    """A statement's id is the first 27 characters of the logical id and 12 more; so is an omitted layer name."""
    layer = layerperm.publish_layer()
    template = permission(layer.arn)
    template["Resources"] = {"PrismaPgLayerremoteaccountgrant": template["Resources"]["Share"]}
    cloud.create(template)
    assert re.fullmatch("PrismaPgLayerremoteaccountg-[a-zA-Z0-9]{12}", layer.policy["Statement"][0]["Sid"])
    cloud.create(layer_version(), name="another")
    assert re.fullmatch("Deps-[a-zA-Z0-9]{12}", layerperm.layers[1].name)


def test_same_template_twice(layerperm, cloud):
    """Two stacks share one version in statements of their own."""
    layer = layerperm.publish_layer()
    cloud.create(permission(layer.arn))
    cloud.create(permission(layer.arn), name="second")
    assert len({statement["Sid"] for statement in layer.policy["Statement"]}) == 2


def test_neither_logged_nor_hit(layerperm, cloud):
    """A stack's layer calls are CloudFormation's: they are not logged, and faults do not strike them."""
    fault = Throttle(None)
    layerperm.inject(fault)
    cloud.create(YAML)
    assert cloud.status() == "CREATE_COMPLETE"
    assert layerperm.calls.attempts("AddLayerVersionPermission") == 0


# --- update


def test_replaced_layer_version(layerperm, cloud):
    """A changed layer version is published anew and shared anew, and the old one is deleted."""
    cloud.create(YAML)
    old = layerperm.layers[0]
    cloud.update(YAML, Key="two.zip")
    assert cloud.status() == "UPDATE_COMPLETE"
    (new,) = layerperm.layers
    assert (old.version, new.version) == (1, 2)
    assert old.policy is None
    assert len(new.policy["Statement"]) == 1
    assert cloud.outputs()["Permission"] == f"{new.arn}#{new.policy['Statement'][0]['Sid']}"
    assert layerperm.client(OTHER).get_layer_version_by_arn(Arn=new.arn)["Version"] == 2


def test_retained_layer_version(layerperm, cloud):
    """With UpdateReplacePolicy on the layer alone, the old version stays and loses its permission."""
    retained = YAML.replace(
        "AWS::Lambda::LayerVersion\n", "AWS::Lambda::LayerVersion\n    UpdateReplacePolicy: Retain\n"
    )
    cloud.create(retained)
    cloud.update(retained, Key="two.zip")
    old, new = layerperm.layers
    assert (old.version, new.version) == (1, 2)
    assert old.policy is None
    assert new.policy is not None


def test_retained_permission(layerperm, cloud):
    """With the policy on both, the old version stays shared."""
    retained = YAML.replace("    Properties:\n", "    UpdateReplacePolicy: Retain\n    Properties:\n")
    cloud.create(retained)
    cloud.update(retained, Key="two.zip")
    old, new = layerperm.layers
    assert len(old.policy["Statement"]) == len(new.policy["Statement"]) == 1


def test_replaced_permission(layerperm, cloud):
    """Another principal is another statement; the old one goes last."""
    layer = layerperm.publish_layer()
    cloud.create(permission(layer.arn))
    before = layer.policy["Statement"][0]["Sid"]
    cloud.update(permission(layer.arn, "333333333333"))
    (statement,) = layer.policy["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::333333333333:root"}
    assert statement["Sid"] != before
    assert cloud.resources() == {"Share": f"{layer.arn}#{statement['Sid']}"}


def test_unchanged_properties(layerperm, cloud):
    """A change outside the resource's properties replaces nothing, and applies from then on."""
    layer = layerperm.publish_layer()
    cloud.create(permission(layer.arn))
    before = layer.revision_id
    template = permission(layer.arn)
    template["Resources"]["Share"]["DeletionPolicy"] = "Retain"
    cloud.update(template)
    assert layer.revision_id == before
    cloud.client.delete_stack(StackName="stack")
    assert len(layer.policy["Statement"]) == 1


def test_removed_and_added(layerperm, cloud):
    """A resource removed from the template is deleted, one added to it is created."""
    layer = layerperm.publish_layer()
    cloud.create(permission(layer.arn))
    template = permission(layer.arn, "*")
    template["Resources"] = {"Everybody": template["Resources"]["Share"]}
    cloud.update(template)
    assert [statement["Principal"] for statement in layer.policy["Statement"]] == ["*"]
    assert list(cloud.resources()) == ["Everybody"]


def test_removed_and_retained(layerperm, cloud):
    """A retained resource that is removed from the template stays."""
    layer = layerperm.publish_layer()
    template = permission(layer.arn)
    template["Resources"]["Share"]["DeletionPolicy"] = "Retain"
    cloud.create(template)
    cloud.update(layer_version())
    assert len(layer.policy["Statement"]) == 1


@pytest.mark.parametrize(
    "reference",
    [
        {"Ref": "Deps"},
        {"Fn::GetAtt": ["Deps", "LayerVersionArn"]},
        {"Fn::Sub": "${Deps}"},
        {"Fn::Sub": "${Deps.LayerVersionArn}"},
    ],
)
def test_followers(layerperm, cloud, reference):
    """However a permission refers to a layer version, it is updated when that is replaced."""
    template = layer_version(LayerName="deps")
    template["Resources"].update(permission(reference)["Resources"])
    cloud.create(template)
    template["Resources"]["Deps"]["Properties"]["Description"] = "changed"
    cloud.update(template)
    assert [(layer.version, len(layer.policy["Statement"])) for layer in layerperm.layers] == [(2, 1)]


def with_partner(template, reference={"Ref": "Deps"}, **attributes):  # noqa: B006
    """The template with another permission, on the referenced version."""
    share = permission(reference)["Resources"]["Share"]
    return {**template, "Resources": {"Partner": {**share, **attributes}, **template["Resources"]}}


def change(cloud, template, kind="UPDATE", stack="stack", name="changes", **given):
    """Deploys a template as CDK and SAM do, with a change set."""
    body = template if isinstance(template, str) else json.dumps(template)
    named = {"ChangeSetName": name, "StackName": stack}
    cloud.client.create_change_set(**named, ChangeSetType=kind, TemplateBody=body, **given)
    cloud.client.execute_change_set(**named)


@pytest.mark.parametrize("by", ["update", "change set"])
def test_replaced_and_shared_at_once(layerperm, cloud, by):
    """A permission added by the update that replaces its layer version is on the new one."""
    cloud.create(layer_version(LayerName="deps"))
    template = with_partner(layer_version(LayerName="deps", Description="changed"))
    if by == "update":
        cloud.update(template)
    else:
        change(cloud, template)
    assert cloud.status() == "UPDATE_COMPLETE"
    (new,) = layerperm.layers
    assert new.version == 2
    assert len(new.policy["Statement"]) == 1
    assert cloud.resources()["Partner"].startswith(f"{new.arn}#Partner-")
    assert layerperm.client(OTHER).get_layer_version_by_arn(Arn=new.arn)["Version"] == 2


def test_update_follows_dependencies(layerperm, cloud):
    """DependsOn orders an update too: a permission that depends on another one is created after it."""
    layer = layerperm.publish_layer()
    cloud.create(permission(layer.arn))
    template = with_partner(permission(layer.arn, "*"), layer.arn, DependsOn="Share")
    cloud.update(template)
    sids = [statement["Sid"].partition("-")[0] for statement in layer.policy["Statement"]]
    assert sids == ["Share", "Partner"]


CONDITIONAL = """
Parameters:
  Shared:
    Type: String
Conditions:
  IsShared: !Equals [!Ref Shared, "yes"]
Resources:
  Share:
    Type: AWS::Lambda::LayerVersionPermission
    Condition: IsShared
    Properties:
      Action: lambda:GetLayerVersion
      LayerVersionArn: {}
      Principal: "222222222222"
  Table:
    Type: AWS::SSM::Parameter
    Properties: {{Name: table, Type: String, Value: table}}
"""


def test_condition_that_changes(layerperm, cloud):
    """A permission is created and deleted with its condition."""
    layer = layerperm.publish_layer()
    template = CONDITIONAL.format(layer.arn)
    cloud.create(template, Shared="no")
    assert layer.policy is None
    cloud.update(template, Shared="yes")
    assert len(layer.policy["Statement"]) == 1
    cloud.update(template, Shared="no")
    assert layer.policy is None
    cloud.update(template + "    Metadata: {changed: true}\n", Shared="no")
    assert cloud.status() == "UPDATE_COMPLETE"


def test_import_that_changes(layerperm, cloud):
    """A permission in another stack moves to the new exported layer version at its own next update."""
    exported = YAML.replace(
        "    Value: !Ref SharedDependencies\n", "    Value: !Ref SharedDependencies\n    Export: {Name: deps}\n"
    )
    exported = exported.replace(
        "AWS::Lambda::LayerVersion\n", "AWS::Lambda::LayerVersion\n    UpdateReplacePolicy: Retain\n"
    )
    cloud.create(exported)
    importing = permission({"Fn::ImportValue": "deps"}, "*")
    cloud.create(importing, name="importing")
    cloud.update(exported, Key="two.zip")
    cloud.update({**importing, "Description": "again"}, name="importing")
    old, new = layerperm.layers
    assert old.policy is None
    assert len(new.policy["Statement"]) == 2


def test_change_sets(layerperm, cloud):
    """Change sets create and update stacks in the same way."""
    given = {"StackName": "stack", "TemplateBody": YAML}
    cloud.client.create_change_set(ChangeSetName="first", ChangeSetType="CREATE", **given)
    cloud.client.execute_change_set(ChangeSetName="first", StackName="stack")
    assert cloud.status() == "CREATE_COMPLETE"
    given["TemplateBody"] = YAML.replace("S3Key: !Ref Key", "S3Key: two.zip")
    cloud.client.create_change_set(ChangeSetName="second", ChangeSetType="UPDATE", **given)
    cloud.client.execute_change_set(ChangeSetName="second", StackName="stack")
    assert cloud.status() == "UPDATE_COMPLETE"
    assert [(layer.version, len(layer.policy["Statement"])) for layer in layerperm.layers] == [(2, 1)]


# --- delete


def test_deleted(layerperm, cloud):
    """A layer is deleted with its stack; describing the deleted stack does not recreate it."""
    stack_id = cloud.create(YAML)
    cloud.client.delete_stack(StackName="stack")
    assert layerperm.layers == ()
    assert cloud.stack(stack_id)["StackStatus"] == "DELETE_COMPLETE"
    assert layerperm.layers == ()


def test_deleted_permission(layerperm, cloud):
    """A permission's stack leaves the layer and its other statements."""
    layer = layerperm.publish_layer()
    layer.grant("*", statement_id="by-hand")
    cloud.create(permission(layer.arn))
    cloud.client.delete_stack(StackName="stack")
    assert [statement["Sid"] for statement in layer.policy["Statement"]] == ["by-hand"]


@pytest.mark.parametrize("gone", ["statement", "version"])
def test_deleted_after_by_hand(layerperm, cloud, gone):
    """A stack whose statement, or layer version, was removed by hand can still be deleted."""
    layer = layerperm.publish_layer()
    cloud.create(permission(layer.arn))
    client = layerperm.client()
    sid = layer.policy["Statement"][0]["Sid"]
    if gone == "statement":
        client.remove_layer_version_permission(LayerName=layer.name, VersionNumber=1, StatementId=sid)
    else:
        client.delete_layer_version(LayerName=layer.name, VersionNumber=1)
    cloud.client.delete_stack(StackName="stack")
    with pytest.raises(ClientError, match="does not exist"):
        cloud.stack()


def test_retained(layerperm, cloud):
    """DeletionPolicy: Retain leaves both."""
    cloud.create(YAML.replace("    Properties:\n", "    DeletionPolicy: Retain\n    Properties:\n"))
    cloud.client.delete_stack(StackName="stack")
    assert len(layerperm.layers[0].policy["Statement"]) == 1


# --- failures

TEXT = (
    'Resource handler returned message: "{} (Service: Lambda, Status Code: {}, Request ID: UUID) '
    '(SDK Attempt Count: 1)" (RequestToken: UUID, HandlerErrorCode: {})'
)
BAD_PRINCIPAL = (
    "1 validation error detected: Value 'XXXXXXXXXXXXfa1cebac' at 'principal' failed to satisfy constraint: "
    r"Member must satisfy regular expression pattern: \d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root"
)


def test_bad_principal(layerperm, cloud):
    """A handler's error rolls the stack back, in the recorded words."""
    cloud.create(YAML, Consumer="XXXXXXXXXXXXfa1cebac")
    assert cloud.status() == "ROLLBACK_COMPLETE"
    assert layerperm.layers == ()
    events = cloud.events()
    assert [event[:2] for event in events] == [
        ("stack", "CREATE_IN_PROGRESS"),
        ("Share", "CREATE_FAILED"),
        ("stack", "ROLLBACK_IN_PROGRESS"),
        ("stack", "ROLLBACK_COMPLETE"),
    ]
    assert matches(TEXT.format(BAD_PRINCIPAL, 400, "InvalidRequest"), events[1][2])
    assert events[2][2] == "The following resource(s) failed to create: [Share]. Rollback requested by user."


def test_waiter_sees_the_failure(cloud):
    """boto3's waiter reports the status that AWS's stack would have."""
    cloud.create(YAML, Consumer="nobody")
    with pytest.raises(WaiterError, match='matched expected path: "ROLLBACK_COMPLETE"'):
        cloud.client.get_waiter("stack_create_complete").wait(StackName="stack")


def test_describing_a_failed_stack(layerperm, cloud):
    """Describing a failed stack does not recreate its resources, and it can be deleted."""
    cloud.create(YAML, Consumer="nobody")
    assert "Outputs" not in cloud.stack()
    assert cloud.resources() == {}
    cloud.client.delete_stack(StackName="stack")
    assert layerperm.layers == ()


def test_failure_while_exporting(layerperm, cloud):
    """moto creates exported resources first; a failure there is the same."""
    exported = YAML.replace("    Value: !Ref Share\n", "    Value: !Ref Share\n    Export:\n      Name: shared\n")
    cloud.create(exported, Consumer="nobody")
    assert cloud.status() == "ROLLBACK_COMPLETE"
    assert layerperm.layers == ()


@pytest.mark.parametrize(
    ("arn", "text", "status", "handler"),
    [
        (
            f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:nothing:1",
            f"Layer version arn:aws:lambda:us-east-1:{ACCOUNT}:layer:nothing:1 does not exist.",
            404,
            "NotFound",
        ),
        (
            f"arn:aws:lambda:us-east-1:{OTHER}:layer:deps:1",
            f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: lambda:AddLayerVersionPermission on "
            f"resource: arn:aws:lambda:us-east-1:{OTHER}:layer:deps:1 because no resource-based policy allows the "
            "lambda:AddLayerVersionPermission action",
            403,
            "AccessDenied",
        ),
    ],
)
def test_other_errors(cloud, arn, text, status, handler):
    """Other errors have the same form (inferred)."""
    cloud.create(permission(arn))
    assert matches(TEXT.format(text, status, handler), cloud.events()[1][2])


NO_VERSION = "Value null at 'versionNumber' failed to satisfy constraint: Member must not be null"


@pytest.mark.parametrize("name", ["deps", f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:deps"])
def test_layer_without_a_version(layerperm, cloud, name):
    """A layer's ARN or name names no version, although version 1 exists: the stack rolls back."""
    layer = layerperm.publish_layer("deps")
    cloud.create(permission(name))
    text = f"1 validation error detected: {NO_VERSION}"
    assert matches(TEXT.format(text, 400, "InvalidRequest"), cloud.events()[1][2])
    assert cloud.status() == "ROLLBACK_COMPLETE"
    assert layer.policy is None


def test_version_below_one(layerperm, cloud):
    """Version 0 is not a version either."""
    layer = layerperm.publish_layer("deps")
    cloud.create(permission(f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:deps:0"))
    assert matches(TEXT.format("Layer Version Cannot be less than 1", 400, "InvalidRequest"), cloud.events()[1][2])
    assert layer.policy is None


def test_update_without_a_version(layerperm, cloud):
    """An update to a layer's ARN rolls back, and the old statement stays."""
    layer = layerperm.publish_layer("deps")
    cloud.create(permission(layer.arn))
    cloud.update(permission(layer.layer_arn))
    assert cloud.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert len(layer.policy["Statement"]) == 1


def test_texts_that_are_not_version_arns(cloud):
    """Anything else violates the pattern of LayerName as well."""
    cloud.create(permission("no arn"))
    reason = cloud.events()[1][2]
    assert "2 validation errors detected: " in reason
    assert "Value 'no arn' at 'layerName' failed to satisfy constraint" in reason
    assert NO_VERSION in reason


def test_missing_object(layerperm, cloud):
    """Content that does not exist publishes nothing."""
    cloud.create(layer_version(Content={"S3Bucket": "artifacts", "S3Key": "none.zip"}))
    assert (
        "S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist. (Service:"
        in (cloud.events()[1][2])
    )
    assert layerperm.layers == ()


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (
            {"Share": {"Type": "AWS::Lambda::LayerVersionPermission", "Properties": {"StatementId": "mine"}}},
            "Properties validation failed for resource Share with message:\n"
            "#: required key [Action] not found\n"
            "#: required key [LayerVersionArn] not found\n"
            "#: required key [Principal] not found\n"
            "#: extraneous key [StatementId] is not permitted",
        ),
        (
            {"Share": {"Type": "AWS::Lambda::LayerVersion"}},
            "Properties validation failed for resource Share with message:\n#: required key [Content] not found",
        ),
        (
            layer_version(Content={"ZipFile": "UEs="})["Resources"],
            "Properties validation failed for resource Deps with message:\n"
            "#/Content: required key [S3Bucket] not found\n"
            "#/Content: required key [S3Key] not found\n"
            "#/Content: extraneous key [ZipFile] is not permitted",
        ),
    ],
)
def test_schema(cloud, template, text):
    """Missing and unknown properties are rejected by the schema, before any handler is called."""
    cloud.create({"Resources": template})
    assert cloud.events()[1][2] == text


def test_failed_update(layerperm, cloud):
    """A failed update leaves everything unchanged, and can be repeated."""
    cloud.create(YAML)
    layer = layerperm.layers[0]
    before = (cloud.outputs(), layer.policy)
    cloud.update(YAML, Key="two.zip", Consumer="nobody")
    assert cloud.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert [layer.version for layer in layerperm.layers] == [1]
    assert (cloud.outputs(), layer.policy) == before
    statuses = [event[:2] for event in cloud.events()]
    assert statuses[-3:] == [
        ("Share", "UPDATE_FAILED"),
        ("stack", "UPDATE_ROLLBACK_IN_PROGRESS"),
        ("stack", "UPDATE_ROLLBACK_COMPLETE"),
    ]
    assert cloud.events()[-2][2] == "The following resource(s) failed to update: [Share]. "
    cloud.update(YAML, Key="two.zip")
    assert [layer.version for layer in layerperm.layers] == [3]


def test_failed_update_keeps_what_was_removed(layerperm, cloud):
    """Resources removed from the template are deleted only at the end, so that a failed update can keep them."""
    layer = layerperm.publish_layer()
    cloud.create(permission(layer.arn))
    template = permission(layer.arn, "nobody")
    template["Resources"] = {"Other": template["Resources"]["Share"]}
    cloud.update(template)
    assert cloud.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert len(layer.policy["Statement"]) == 1
    assert list(cloud.resources()) == ["Share"]


def test_failed_change_set(layerperm, cloud):
    """A change set that fails rolls back as well: a new stack, and one that is changed."""
    bad = YAML.replace("Principal: !Ref Consumer", "Principal: nobody")
    for name, template, kind, status in (
        ("first", bad, "CREATE", "ROLLBACK_COMPLETE"),
        ("second", YAML, "CREATE", "CREATE_COMPLETE"),
        ("third", bad, "UPDATE", "UPDATE_ROLLBACK_COMPLETE"),
    ):
        stack = "failing" if name == "first" else "stack"
        cloud.client.create_change_set(ChangeSetName=name, ChangeSetType=kind, StackName=stack, TemplateBody=template)
        cloud.client.execute_change_set(ChangeSetName=name, StackName=stack)
        assert cloud.status(stack) == status
    assert [layer.version for layer in layerperm.layers] == [2]


@pytest.mark.parametrize(
    ("allowed", "denied"),
    [("lambda:List*", "GetLayerVersionPolicy"), ("lambda:Get*", "RemoveLayerVersionPermission")],
)
def test_failed_deletion(layerperm, allowed, denied):
    """A permission that may not be read or removed makes the deletion fail; the stack can be deleted later."""
    layer = layerperm.publish_layer()
    cloud = Cloud(layerperm.session())
    cloud.create(permission(layer.arn))
    policy = {"Statement": {"Effect": "Allow", "Action": allowed, "Resource": "*"}}
    weak = layerperm.session(identity_policy=policy).client("cloudformation")
    weak.delete_stack(StackName="stack")
    assert cloud.status() == "DELETE_FAILED"
    assert matches(
        f'Resource handler returned message: "Lambda:{denied} access denied" '
        "(RequestToken: UUID, HandlerErrorCode: AccessDenied)",
        cloud.events()[-2][2],
    )
    cloud.client.delete_stack(StackName="stack")
    assert layer.policy is None


def test_deploying_caller_is_authorized(layerperm):
    """A caller whose policy does not allow the layer call cannot deploy it."""
    layer = layerperm.publish_layer()
    policy = {"Statement": {"Effect": "Allow", "Action": "lambda:Get*", "Resource": "*"}}
    cloud = Cloud(layerperm.session(identity_policy=policy))
    cloud.create(permission(layer.arn))
    assert "because no identity-based policy allows the lambda:AddLayerVersionPermission action" in cloud.events()[1][2]


def test_cleaning_up_may_fail(layerperm, cloud):
    """What an update cannot delete at its end is left behind, as in AWS, and the update succeeds."""
    layer = layerperm.publish_layer()
    cloud.create(permission(layer.arn))
    policy = {
        "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "lambda:Remove*", "Resource": "*"},
        ]
    }
    weak = layerperm.session(identity_policy=policy).client("cloudformation")
    weak.update_stack(StackName="stack", TemplateBody=json.dumps(permission(layer.arn, "*")))
    assert cloud.status() == "UPDATE_COMPLETE"
    assert len(layer.policy["Statement"]) == 2


# --- functions in stacks


def function(layers):
    """A template of one function."""
    properties = {
        "FunctionName": "app",
        "Role": f"arn:aws:iam::{ACCOUNT}:role/role",
        "Runtime": "python3.12",
        "Handler": "app.handler",
        "Code": {"ZipFile": "def handler(event, context): ..."},
        "Layers": layers,
    }
    return {"Resources": {"App": {"Type": "AWS::Lambda::Function", "Properties": properties}}}


def zip_claiming(size):
    """A small zip whose directory claims an unzipped size for its only file."""
    archive = bytearray(zip_of({"file": "x"}))
    struct.pack_into("<L", archive, archive.index(b"PK\x01\x02") + 24, size)
    return bytes(archive)


def layers_of(name="app"):
    configuration = boto3.client("lambda").get_function_configuration(FunctionName=name)
    return [entry["Arn"] for entry in configuration.get("Layers", [])]


def test_function_with_a_forbidden_layer(layerperm, cloud):
    """The stack of a function that may not have its layer fails in the recorded words; with a grant it succeeds."""
    layer = layerperm.publish_layer(account_id=OTHER)
    boto3.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")
    cloud.create(function([layer.arn]), name="failing")
    assert cloud.status("failing") == "ROLLBACK_COMPLETE"
    assert matches(
        f'Resource handler returned message: "User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: '
        f"lambda:GetLayerVersion on resource: {layer.arn} because no resource-based policy allows the "
        'lambda:GetLayerVersion action (Service: Lambda, Status Code: 403, Request ID: UUID) (SDK Attempt Count: 1)" '
        "(RequestToken: UUID, HandlerErrorCode: AccessDenied)",
        cloud.events("failing")[1][2],
    )
    layer.grant(ACCOUNT)
    cloud.create(function([layer.arn]))
    assert layers_of() == [layer.arn]


def test_function_follows_its_layer(layerperm, cloud):
    """A function in the layer's own stack gets the new version when that is replaced."""
    boto3.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")
    template = layer_version(LayerName="deps")
    template["Resources"].update(function([{"Ref": "Deps"}])["Resources"])
    cloud.create(template)
    template["Resources"]["Deps"]["Properties"]["Description"] = "changed"
    cloud.update(template)
    assert layers_of() == [f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:deps:2"]


def test_function_too_large_with_its_layers(layerperm, cloud):
    """A function that is rejected for its size after moto has created it is deleted again."""
    boto3.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")
    layer = layerperm.publish_layer(content=zip_claiming(262_143_999))
    cloud.create(function([layer.arn]))
    assert "Function code combined with layers exceeds the maximum allowed size" in cloud.events()[1][2]
    assert boto3.client("lambda").list_functions()["Functions"] == []


def test_function_whose_code_is_in_s3(layerperm, cloud):
    """A function with code from S3 follows its layers too, and loses them when they are removed from the template."""
    boto3.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")
    template = function([layerperm.publish_layer().arn])
    template["Resources"]["App"]["Properties"]["Code"] = {"S3Bucket": "artifacts", "S3Key": "one.zip"}
    cloud.create(template)
    assert len(layers_of()) == 1
    del template["Resources"]["App"]["Properties"]["Layers"]
    cloud.update(template)
    assert layers_of() == []


# --- what CDK, SAM and Serverless need


EXPORTED = YAML.replace(
    "    Value: !Ref SharedDependencies\n", "    Value: !Ref SharedDependencies\n    Export: {Name: deps}\n"
)


def test_outputs_after_a_change_set(layerperm, cloud):
    """After an update by a change set, a stack has the new outputs and parameters."""
    change(cloud, YAML, "CREATE", name="first")
    assert cloud.outputs()["Layer"] == layerperm.layers[0].arn
    parameters = [{"ParameterKey": "Key", "ParameterValue": "two.zip"}]
    change(cloud, YAML + "  More:\n    Value: more\n", name="second", Parameters=parameters)
    assert cloud.outputs()["Layer"] == layerperm.layers[0].arn
    assert cloud.outputs()["More"] == "more"
    named = {"StackName": "stack", "ChangeSetName": "third"}
    try:
        cloud.client.create_change_set(**named, ChangeSetType="UPDATE", UsePreviousTemplate=True, Parameters=parameters)
        reason = cloud.client.describe_change_set(**named)["StatusReason"]
    except ClientError as refused:  # moto of 2024
        reason = str(refused)
    assert re.search("didn't contain changes|No updates are to be performed", reason)


@pytest.mark.parametrize("by", ["update", "change set"])
def test_previous_values(layerperm, cloud, by):
    """UsePreviousValue is the parameter's given or default value, of any type."""
    template = YAML.replace(
        "    Default: one.zip\n", "    Default: one.zip\n  Number:\n    Type: Number\n    Default: 5\n"
    )
    cloud.create(template, Consumer="333333333333")
    layer = layerperm.layers[0]
    changed = template.replace("Outputs:\n", "Outputs:\n  Number:\n    Value: !Ref Number\n")
    given = {
        "TemplateBody": changed,
        "Parameters": [{"ParameterKey": key, "UsePreviousValue": True} for key in ("Consumer", "Key", "Number")],
    }
    if by == "update":
        cloud.client.update_stack(StackName="stack", **given)
    else:
        change(cloud, changed, Parameters=given["Parameters"])
    assert cloud.status() == "UPDATE_COMPLETE"
    assert cloud.outputs()["Number"] == "5"
    (statement,) = layer.policy["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::333333333333:root"}


def test_no_previous_value(layerperm, cloud):
    """A parameter that the stack does not have, or of a stack that does not exist, has no previous value."""
    layer = layerperm.publish_layer()
    cloud.create(permission(layer.arn))
    parameters = [{"ParameterKey": "None", "UsePreviousValue": True}]
    for name in ("stack", "none"):
        with pytest.raises((ClientError, KeyError)):
            cloud.client.update_stack(StackName=name, TemplateBody=YAML, Parameters=parameters)


def test_change_sets_of_one_name(layerperm, cloud):
    """CDK gives the change sets of all stacks one name; each belongs to its own stack."""
    layer = layerperm.publish_layer()
    for stack, principal in (("one", "111111111111"), ("two", "222222222222")):
        named = {"ChangeSetName": "cdk-deploy-change-set", "StackName": stack}
        template = json.dumps(permission(layer.arn, principal))
        cloud.client.create_change_set(**named, ChangeSetType="CREATE", TemplateBody=template)
    cloud.client.execute_change_set(ChangeSetName="cdk-deploy-change-set", StackName="one")
    assert cloud.status("one") == "CREATE_COMPLETE"
    assert cloud.status("two") == "REVIEW_IN_PROGRESS"
    cloud.client.delete_change_set(ChangeSetName="cdk-deploy-change-set", StackName="two")
    described = cloud.client.describe_change_set(ChangeSetName="cdk-deploy-change-set", StackName="one")
    assert described["StackName"] == "one"
    with pytest.raises(cloud.client.exceptions.ChangeSetNotFoundException) as absent:
        cloud.client.describe_change_set(ChangeSetName="cdk-deploy-change-set", StackName="two")
    assert absent.value.response["Error"]["Message"] == "ChangeSet [cdk-deploy-change-set] does not exist"
    assert absent.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_deleting_a_change_set_that_does_not_exist(cloud):
    """CDK deletes a change set before it creates one, whether or not it exists."""
    cloud.create(YAML)
    for named in ({"StackName": "stack"}, {}):
        name = "none" if named else "arn:aws:cloudformation:us-east-1:123456789012:changeSet/none/1"
        response = cloud.client.delete_change_set(ChangeSetName=name, **named)
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_first_change_set_twice(layerperm, cloud):
    """Repeating the first change set of a stack does not create a second stack."""
    named = {"ChangeSetName": "first", "StackName": "stack"}
    cloud.client.create_change_set(**named, ChangeSetType="CREATE", TemplateBody=YAML)
    cloud.client.delete_change_set(**named)
    change(cloud, YAML, "CREATE", name="second")
    assert [stack["StackStatus"] for stack in cloud.client.describe_stacks()["Stacks"]] == ["CREATE_COMPLETE"]


@pytest.mark.parametrize("by", ["update", "change set"])
def test_exports(layerperm, cloud, by):
    """A stack's exports change with it, are seen by stacks that existed before, and are deleted with it."""
    importing = with_partner(layer_version(LayerName="other"), {"Fn::ImportValue": "deps"})
    cloud.create(layer_version(LayerName="other"), name="importing")
    cloud.create(YAML)
    if by == "update":
        cloud.update(EXPORTED, Key="two.zip")
    else:
        change(cloud, EXPORTED.replace("Default: one.zip", "Default: two.zip"))
    newest = cloud.outputs()["Layer"]
    assert [export["Value"] for export in cloud.client.list_exports()["Exports"]] == [newest]
    cloud.update(importing, name="importing")
    assert cloud.resources("importing")["Partner"].startswith(f"{newest}#")
    cloud.client.delete_stack(StackName="stack")
    assert cloud.client.list_exports()["Exports"] == []


def test_exports_of_a_failed_update(cloud):
    """A failed update exports what was exported before."""
    cloud.create(EXPORTED)
    before = cloud.client.list_exports()["Exports"]
    cloud.update(EXPORTED, Key="two.zip", Consumer="nobody")
    assert cloud.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert cloud.client.list_exports()["Exports"] == before


def test_warnings_are_not_errors(cloud):
    """A template that cfn-lint has only warnings for is valid; one with errors is not."""
    unused = YAML.replace("Parameters:\n", "Parameters:\n  Unused:\n    Type: String\n")
    assert cloud.client.validate_template(TemplateBody=unused)["Parameters"] == []
    with pytest.raises(ClientError, match="ValidationError"):
        cloud.client.validate_template(TemplateBody='{"Resources": {"A": {"Type": "AWS::No::Type"}}}')


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:49152/art.ifacts/nested.yaml",
        "http://localhost:49152/art.ifacts/nested.yaml?versionId=null",
        "https://s3.us-east-1.amazonaws.com/art.ifacts/nested.yaml",
        "https://art.ifacts.s3.us-east-1.amazonaws.com/nested.yaml",
        "https://art.ifacts.s3-eu-west-1.amazonaws.com/nested.yaml",
    ],
)
def test_template_url(layerperm, cloud, url):
    """A template is found on AWS's hosts and on this machine, to which cdk and sam have uploaded it."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="art.ifacts")
    s3.put_object(Bucket="art.ifacts", Key="nested.yaml", Body=YAML)
    cloud.client.create_stack(StackName="stack", TemplateURL=url)
    assert cloud.status() == "CREATE_COMPLETE"
    cloud.create(
        {"Resources": {"In": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}}}, "out"
    )
    assert cloud.status("out") == "CREATE_COMPLETE"


def test_motos_own_failure(layerperm, cloud):
    """A failure in one of moto's own resources leaves the stack unchanged."""
    layer = layerperm.publish_layer()
    cloud.create(permission(layer.arn))
    template = permission(layer.arn, "*")
    template["Resources"]["Bad"] = {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketName": {"Fn::GetAtt": ["No", "No"]}},
    }
    with pytest.raises(ClientError, match="undefined resource No"):
        cloud.update(template)
    assert cloud.status() == "CREATE_COMPLETE"
    (statement,) = layer.policy["Statement"]
    assert cloud.resources() == {"Share": f"{layer.arn}#{statement['Sid']}"}


# --- stacks in stacks, accounts, moto


def nested(cloud, template):
    """A template whose one resource is a stack of that template."""
    boto3.client("s3").put_object(Bucket="artifacts", Key="nested.json", Body=json.dumps(template))
    url = "https://s3.amazonaws.com/artifacts/nested.json"
    return {"Resources": {"Inner": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}}}


def test_nested_stack(layerperm, cloud):
    """A nested stack shares layers, and its failure fails the outer one."""
    layer = layerperm.publish_layer()
    cloud.create(nested(cloud, permission(layer.arn)))
    assert len(layer.policy["Statement"]) == 1
    cloud.create(nested(cloud, permission(layer.arn, "nobody")), name="failing")
    assert cloud.status("failing") == "ROLLBACK_COMPLETE"
    logical_id, status, reason = cloud.events("failing")[1]
    assert (logical_id, status) == ("Inner", "CREATE_FAILED")
    assert reason.startswith(f"Embedded stack arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/")
    assert reason.endswith(" was not successfully created: The following resource(s) failed to create: [Share]. ")


def test_changed_nested_stack(layerperm, cloud):
    """A nested stack that is replaced is cleaned up with the outer one."""
    layer = layerperm.publish_layer()
    cloud.create(nested(cloud, permission(layer.arn)))
    template = nested(cloud, permission(layer.arn, "*"))
    template["Resources"]["Inner"]["Properties"]["Tags"] = [{"Key": "changed", "Value": "yes"}]
    cloud.update(template)
    assert [statement["Principal"] for statement in layer.policy["Statement"]] == ["*"]


def test_nested_stack_that_is_given_a_layer_version(layerperm, cloud):
    """A nested stack with a layer version among its parameters follows it like any resource."""
    share = {**permission({"Ref": "Layer"}), "Parameters": {"Layer": {"Type": "String"}}}
    template = nested(cloud, share)
    template["Resources"]["Inner"]["Properties"]["Parameters"] = {"Layer": {"Ref": "Deps"}}
    template["Resources"].update(layer_version(LayerName="deps")["Resources"])
    cloud.create(template)
    template["Resources"]["Deps"]["Properties"]["Description"] = "changed"
    cloud.update(template)
    assert cloud.status() == "UPDATE_COMPLETE"
    assert [(layer.version, len(layer.policy["Statement"])) for layer in layerperm.layers] == [(2, 1)]


def test_other_account_and_region(layerperm):
    """A stack's layers are in its caller's account and region."""
    session = layerperm.session(OTHER, region_name="eu-west-1")
    layer = layerperm.publish_layer(account_id=OTHER, region_name="eu-west-1")
    session.client("cloudformation").create_stack(
        StackName="stack", TemplateBody=json.dumps(permission(layer.arn, ACCOUNT))
    )
    assert len(layer.policy["Statement"]) == 1


def test_stack_set(layerperm, cloud):
    """A stack set shares layers in the account to which it is deployed, whoever deploys it."""
    layer = layerperm.publish_layer(account_id=OTHER)
    cloud.client.create_stack_set(StackSetName="shares", TemplateBody=json.dumps(permission(layer.arn, "*")))
    cloud.client.create_stack_instances(StackSetName="shares", Accounts=[OTHER], Regions=["us-east-1"])
    assert len(layer.policy["Statement"]) == 1


def test_motos_own_resources(layerperm, cloud):
    """Resources of other types are moto's, and so are their failures."""
    cloud.create({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "mybucket"}}}})
    assert cloud.resources() == {"Bucket": "mybucket"}
    with pytest.raises(cloud.client.exceptions.ChangeSetNotFoundException):
        cloud.client.execute_change_set(ChangeSetName="arn:aws:none", StackName="stack")


def test_nested_fakes(layerperm, cloud):
    """A stack uses the layers of the innermost fake."""
    with LayerPerm() as inner:
        boto3.client("cloudformation").create_stack(StackName="stack", TemplateBody=YAML)
        assert len(inner.layers) == 1
    assert layerperm.layers == ()


def test_moto_is_restored():
    """When the fake is off, moto's CloudFormation is as it was."""
    from moto.cloudformation import models, parsing, responses

    names = [
        (parsing, "resource_class_from_type"),
        (parsing, "parse_and_create_resource"),
        (parsing, "parse_and_update_resource"),
        (parsing.ResourceMap, "build_resource_diff"),
        (parsing.ResourceMap, "update"),
        (getattr(models, "Stack", None) or models.FakeStack, "parse_template"),
        (getattr(models, "ChangeSet", None) or models.FakeChangeSet, "_parse_template"),
        (models, "get_stack_from_s3_url"),
        (responses, "get_stack_from_s3_url"),
        (models.CloudFormationBackend, "create_change_set"),
        (models.CloudFormationBackend, "delete_change_set"),
        (models.CloudFormationBackend, "validate_template"),
        (models.CloudFormationBackend, "create_stack"),
        (models.CloudFormationBackend, "update_stack"),
        (models.CloudFormationBackend, "execute_change_set"),
        (models.CloudFormationBackend, "delete_stack"),
    ]
    before = [getattr(target, name) for target, name in names]
    with LayerPerm() as fake:
        fake.session().client("cloudformation").list_stacks()
        assert [getattr(target, name) for target, name in names] != before
    assert [getattr(target, name) for target, name in names] == before
