"""How the assertion helpers reject bad input: never as a finding."""

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from pytest_layerperm import (
    assert_layer_calls,
    assert_layer_not_shared_with,
    assert_layer_policy,
    assert_layer_policy_unchanged,
    assert_layer_public,
    assert_layer_shared_with,
    assert_layer_shared_with_organization,
)

PARTNER = "222222222222"
ARN = "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps"
LAYER_FORMS = "layer must be a LayerVersion, a version ARN, a layer name or a layer ARN, not "
STATEMENT_FORMS = (
    "statements: each must be an account id, '*', an organization id, a statement of a policy, "
    "or the parameters of add_layer_version_permission; not "
)
OPERATIONS = (
    "AddLayerVersionPermission, DeleteLayerVersion, GetLayerVersion, GetLayerVersionByArn, GetLayerVersionPolicy, "
    "ListLayerVersions, ListLayers, PublishLayerVersion, RemoveLayerVersionPermission"
)


def client_of_partner():
    return boto3.client("lambda", aws_access_key_id=PARTNER, aws_secret_access_key="x")


REJECTED = [
    (
        lambda: assert_layer_shared_with("22222222222"),
        ValueError,
        "account_id must be twelve digits, not '22222222222'",
    ),
    (
        lambda: assert_layer_shared_with(222222222222),
        TypeError,
        "account_id must be text of twelve digits, not 222222222222",
    ),
    (
        lambda: assert_layer_shared_with([PARTNER]),
        TypeError,
        "account_id must be text of twelve digits, not ['222222222222']; call the helper once for each account",
    ),
    (
        lambda: assert_layer_shared_with(PARTNER, "333333333333"),
        TypeError,
        "assert_layer_shared_with(): too many positional arguments; it takes one account: call it once for each",
    ),
    (
        lambda: assert_layer_shared_with(PARTNER, ARN),
        TypeError,
        "assert_layer_shared_with(): too many positional arguments; pass the layer as layer=",
    ),
    (
        lambda: assert_layer_public(ARN),
        TypeError,
        "assert_layer_public(): too many positional arguments; pass the layer as layer=",
    ),
    (
        lambda: assert_layer_public(ARN, regions=["us-east-1"]),
        TypeError,
        "assert_layer_public(): too many positional arguments; pass the layer as layer=",
    ),
    (
        lambda: assert_layer_policy_unchanged(ARN),
        TypeError,
        "assert_layer_policy_unchanged(): too many positional arguments; pass the layer as layer=",
    ),
    (
        lambda: assert_layer_public(region="eu-west-1"),
        TypeError,
        "assert_layer_public(): got an unexpected keyword argument 'region'; did you mean regions=?",
    ),
    (
        lambda: assert_layer_public(account="1"),
        TypeError,
        "assert_layer_public(): got an unexpected keyword argument 'account'",
    ),
    (
        lambda: assert_layer_shared_with(),
        TypeError,
        "assert_layer_shared_with(): missing a required argument: 'account_id'",
    ),
    (
        lambda: assert_layer_shared_with("*"),
        ValueError,
        "account_id must be twelve digits, not '*'; "
        "for everyone there are assert_layer_public and assert_layer_not_public",
    ),
    (
        lambda: assert_layer_not_shared_with("o-exampleorgid"),
        ValueError,
        "account_id must be twelve digits, not 'o-exampleorgid'; "
        "for an organization there is assert_layer_shared_with_organization",
    ),
    (
        lambda: assert_layer_shared_with(PARTNER, via="root"),
        ValueError,
        "via must be one of account, public, organization, not 'root'",
    ),
    (
        lambda: assert_layer_shared_with_organization("o-short"),
        ValueError,
        "organization_id must be 'o-' and 10 to 32 lower-case letters and digits, not 'o-short'",
    ),
    (
        lambda: assert_layer_shared_with_organization(None),
        TypeError,
        "organization_id must be text such as 'o-exampleorgid', not None",
    ),
    (lambda: assert_layer_public(layer="other"), ValueError, f"layer: other does not exist; there is {ARN}:1"),
    (lambda: assert_layer_public(layer=f"{ARN}:2"), ValueError, f"layer: {ARN}:2 does not exist; there is {ARN}:1"),
    (lambda: assert_layer_public(layer=f"{ARN}s"), ValueError, f"layer: {ARN}s does not exist; there is {ARN}:1"),
    (lambda: assert_layer_public(layer=1), TypeError, f"{LAYER_FORMS}1"),
    (lambda: assert_layer_public(layer="not a layer"), ValueError, f"{LAYER_FORMS}'not a layer'"),
    (
        lambda: assert_layer_public(layer="other", regions=["eu-west-1", "eu-west-2"]),
        ValueError,
        f"layer: other does not exist in eu-west-1, eu-west-2; there is {ARN}:1",
    ),
    (
        lambda: assert_layer_public(regions="us-east-1"),
        TypeError,
        "regions must be a list of region names, not 'us-east-1'",
    ),
    (lambda: assert_layer_public(regions=1), TypeError, "regions must be a list of region names, not 1"),
    (lambda: assert_layer_public(regions=[]), ValueError, "regions must name at least one region"),
    (
        lambda: assert_layer_public(regions=["nowhere"]),
        ValueError,
        "regions must be a list of region names such as 'us-east-1', not of 'nowhere'",
    ),
    (lambda: assert_layer_public(client="lambda"), TypeError, "client must be a boto3 Lambda client, not 'lambda'"),
    (
        lambda: assert_layer_public(client=boto3.client("s3")),
        ValueError,
        "client must be a boto3 Lambda client, not one for s3",
    ),
    (
        lambda: assert_layer_public(client={"us-east-1": boto3.client("lambda", region_name="eu-west-1")}),
        ValueError,
        "client: each key must be its client's region; the clients are of eu-west-1",
    ),
    (
        lambda: assert_layer_public(client=boto3.client("lambda"), layer="shared-deps", regions=["eu-west-1"]),
        ValueError,
        "client: it is of us-east-1, and cannot read layers in eu-west-1; "
        "client= also takes a mapping of region names to clients",
    ),
    (
        lambda: assert_layer_public(client=boto3.client("lambda", config=Config(signature_version=UNSIGNED))),
        ValueError,
        "client: it has no valid credentials: Missing Authentication Token",
    ),
    (
        lambda: assert_layer_public(client=client_of_partner(), layer=f"{ARN}:1"),
        ValueError,
        "client: it is denied access; pass the layer owner's client. User: arn:aws:iam::222222222222:root is "
        f"not authorized to perform: lambda:GetLayerVersionPolicy on resource: {ARN}:1 because no "
        "resource-based policy allows the lambda:GetLayerVersionPolicy action",
    ),
    (
        lambda: assert_layer_policy_unchanged(layer="other").__enter__(),
        ValueError,
        f"layer: other does not exist; there is {ARN}:1",
    ),
    (lambda: assert_layer_policy("*"), TypeError, "statements must be a list of statements, not '*'"),
    (lambda: assert_layer_policy({}), TypeError, "statements must be a list of statements, not {}"),
    (lambda: assert_layer_policy(None), TypeError, "statements must be a list of statements, not None"),
    (lambda: assert_layer_policy([1]), TypeError, f"{STATEMENT_FORMS}1"),
    (lambda: assert_layer_policy(["22222222222"]), ValueError, f"{STATEMENT_FORMS}'22222222222'"),
    (
        lambda: assert_layer_policy([{"Principal": "*", "OrganizationId": "o-short"}]),
        ValueError,
        "statements: 'o-short' is not an organization id",
    ),
    (
        lambda: assert_layer_policy([{"Sid": "partner"}]),
        ValueError,
        "statements: {'Sid': 'partner'} has no Principal",
    ),
    (
        lambda: assert_layer_policy([PARTNER], ids=True),
        ValueError,
        "statements: with ids=True each needs its id; that for account 222222222222 has none",
    ),
    (
        lambda: assert_layer_policy([{"Principal": PARTNER, "Action": "lambda:*"}]),
        ValueError,
        "statements: a statement that no layer has: "
        "{'Effect': 'Allow', 'Action': 'lambda:*', 'Principal': '222222222222'}",
    ),
    (
        lambda: assert_layer_calls(),
        TypeError,
        "nothing is demanded: give operations, at_most=, with_revision_id=True or no_page_twice=True",
    ),
    (
        lambda: assert_layer_calls("ListLayers"),
        TypeError,
        "operations must be a list of operation names, not 'ListLayers'",
    ),
    (
        lambda: assert_layer_calls(["list_layers"]),
        ValueError,
        f"operations must be one of {OPERATIONS}, not 'list_layers'; did you mean ListLayers?",
    ),
    (lambda: assert_layer_calls([[]]), ValueError, f"operations must be one of {OPERATIONS}, not []"),
    (
        lambda: assert_layer_calls(at_most=-1),
        ValueError,
        "at_most must be a number of calls, or such a number for each operation, not -1",
    ),
    (
        lambda: assert_layer_calls(at_most={"ListLayers": True}),
        ValueError,
        "at_most must be a number of calls, or such a number for each operation, not True",
    ),
    (
        lambda: assert_layer_calls(at_most={"AddLayerPermission": 1}),
        ValueError,
        f"at_most must be one of {OPERATIONS}, not 'AddLayerPermission'; did you mean AddLayerVersionPermission?",
    ),
    (
        lambda: assert_layer_calls({"ListLayers": 5}),
        TypeError,
        "operations must be a list of operation names, not {'ListLayers': 5}; "
        "numbers of calls go into at_most=, which limits them",
    ),
    (
        lambda: assert_layer_calls(at_most=0, layer="shared-dep"),
        ValueError,
        "layer: shared-dep never existed, and no call names it; did you mean shared-deps?",
    ),
    (
        lambda: assert_layer_calls(at_most=0, layer="unrelated"),
        ValueError,
        "layer: unrelated never existed, and no call names it; there is shared-deps",
    ),
    (
        lambda: assert_layer_calls(at_most=0, layer=ARN.replace("us-east-1", "eu-west-1")),
        ValueError,
        f"layer: {ARN.replace('us-east-1', 'eu-west-1')} never existed, and no call names it; did you mean {ARN}?",
    ),
    (
        lambda: assert_layer_calls(at_most=0, layer=f"{ARN}:2"),
        ValueError,
        f"layer: {ARN}:2 never existed, and no call names it; the fake has shared-deps, without such a version",
    ),
    (
        lambda: assert_layer_public(layer="shared-deps:1"),
        ValueError,
        f"{LAYER_FORMS}'shared-deps:1'; for one version pass its ARN, or the LayerVersion that publish_layer returned",
    ),
    (
        lambda: assert_layer_public(layer=boto3.client("lambda").get_layer_version_by_arn(Arn=f"{ARN}:1")),
        TypeError,
        f"{LAYER_FORMS}a dict of boto3; pass its 'LayerVersionArn'",
    ),
    (
        lambda: assert_layer_public(layer={"LayerArn": ARN}),
        TypeError,
        f"{LAYER_FORMS}a dict of boto3; pass its 'LayerArn'",
    ),
    (lambda: assert_layer_public(layer={}), TypeError, f"{LAYER_FORMS}{{}}"),
    (
        lambda: assert_layer_public(layer="shared-deps", regions=["eu-west-1"]),
        ValueError,
        "layer: shared-deps does not exist in eu-west-1; the fake has shared-deps in us-east-1",
    ),
    (
        lambda: assert_layer_public(layer=ARN.replace("123456789012", "444444444444")),
        ValueError,
        f"layer: {ARN.replace('123456789012', '444444444444')} does not exist; the fake has shared-deps in us-east-1",
    ),
    (
        lambda: assert_layer_public(layer="shared-deps", client=boto3.client("lambda", region_name="eu-west-1")),
        ValueError,
        "layer: shared-deps does not exist in eu-west-1; the fake has shared-deps in us-east-1",
    ),
    (
        lambda: assert_layer_calls([], client=boto3.client("lambda")),
        ValueError,
        "client: calls are seen only by the fake that received them, not through a client",
    ),
]


@pytest.mark.parametrize(("helper", "error", "message"), REJECTED, ids=range(len(REJECTED)))
@pytest.mark.usefixtures("layerperm_layer")
def test_bad_input(helper, error, message):
    """Bad input is a TypeError or ValueError that names the argument."""
    with pytest.raises(error) as rejected:
        helper()
    assert type(rejected.value) is error  # UnicodeError and its like are ValueErrors too
    assert str(rejected.value) == message
