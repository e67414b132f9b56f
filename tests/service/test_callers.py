"""Identity policies: what a caller's own policies allow, beside what a layer's policy does."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import set_initial_no_auth_action_count

from pytest_layerperm import LayerPerm
from pytest_layerperm.fake import service_of
from pytest_layerperm.lambda_api.access import Caller
from pytest_layerperm.lambda_api.iam import IdentityPolicy, UnsupportedPolicy
from pytest_layerperm.lambda_api.wire import Request
from pytest_layerperm.service.layers import zip_of
from pytest_layerperm.transports.moto.functions import check_function_call

ACCOUNT = "123456789012"
OTHER = "222222222222"
USER = f"arn:aws:iam::{ACCOUNT}:user/layerperm"
CODE = zip_of({"app.py": ""})


def allow(action="lambda:*", resource="*", **more):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}


def deny(**statement):
    """A policy that allows everything but what the statement says."""
    policy = allow("*")
    policy["Statement"].append({"Effect": "Deny", **statement})
    return policy


def message(call, **arguments):
    """The message of an AccessDeniedException."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    assert (error["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]) == (
        "AccessDeniedException",
        403,
    )
    return error["Message"]


def not_allowed(action, resource, caller=USER, kind="identity-based"):
    return (
        f"User: {caller} is not authorized to perform: {action} on resource: {resource} "
        f"because no {kind} policy allows the {action} action"
    )


def denied(action, resource, caller=USER):
    return (
        f"User: {caller} is not authorized to perform: {action} on resource: {resource} "
        "with an explicit deny in an identity-based policy"
    )


LAYER = f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:shared-deps"
NINE = [
    ("list_layers", {}, "ListLayers", "*"),
    ("list_layer_versions", {"LayerName": "shared-deps"}, "ListLayerVersions", LAYER),
    ("get_layer_version", {"LayerName": "shared-deps", "VersionNumber": 1}, "GetLayerVersion", f"{LAYER}:1"),
    ("get_layer_version_by_arn", {"Arn": f"{LAYER}:1"}, "GetLayerVersion", f"{LAYER}:1"),
    (
        "get_layer_version_policy",
        {"LayerName": "shared-deps", "VersionNumber": 1},
        "GetLayerVersionPolicy",
        f"{LAYER}:1",
    ),
    (
        "add_layer_version_permission",
        {
            "LayerName": "shared-deps",
            "VersionNumber": 1,
            "StatementId": "more",
            "Action": "lambda:GetLayerVersion",
            "Principal": "*",
        },
        "AddLayerVersionPermission",
        f"{LAYER}:1",
    ),
    (
        "remove_layer_version_permission",
        {"LayerName": "shared-deps", "VersionNumber": 1, "StatementId": "there"},
        "RemoveLayerVersionPermission",
        f"{LAYER}:1",
    ),
    (
        "publish_layer_version",
        {"LayerName": "shared-deps", "Content": {"ZipFile": CODE}},
        "PublishLayerVersion",
        LAYER,
    ),
    ("delete_layer_version", {"LayerName": "shared-deps", "VersionNumber": 1}, "DeleteLayerVersion", f"{LAYER}:1"),
]


@pytest.mark.parametrize(("operation", "arguments", "action", "resource"), NINE)
def test_every_operation(layerperm, operation, arguments, action, resource):
    """Each operation needs its action on its resource: without it nothing happens, with just it the call succeeds."""
    layer = layerperm.publish_layer()
    layer.grant("*", statement_id="there")
    before = layer.policy
    nothing = layerperm.client(identity_policy=allow("s3:*"))
    assert message(getattr(nothing, operation), **arguments) == not_allowed(f"lambda:{action}", resource)
    forbidden = layerperm.client(identity_policy=deny(Action=f"lambda:{action}", Resource=resource))
    assert message(getattr(forbidden, operation), **arguments) == denied(f"lambda:{action}", resource)
    assert (layer.policy, len(layerperm.layers)) == (before, 1)
    allowed = layerperm.client(identity_policy=allow(f"lambda:{action}", resource))
    getattr(allowed, operation)(**arguments)


def test_aws_own_layers(layerperm):
    """One of AWS's own layers is judged by its ARN, and is not there."""
    arn = "arn:aws:lambda:::awslayer:AmazonLinux1803"
    client = layerperm.client(identity_policy=allow("s3:*"))
    assert message(client.get_layer_version_by_arn, Arn=arn) == not_allowed("lambda:GetLayerVersion", arn)


def test_off_without_a_policy(layerperm):
    """Nobody is judged unless a policy is given."""
    layer = layerperm.publish_layer()
    layerperm.client().get_layer_version_by_arn(Arn=layer.arn)
    assert service_of(layerperm).callers.judged == {}


def test_session(layerperm):
    """A session's policy holds for every client that is made of it; JSON text will do."""
    session = layerperm.session(OTHER, region_name="eu-west-1", identity_policy=json.dumps(allow("lambda:ListLayers")))
    client = session.client("lambda")
    assert client.list_layers()["Layers"] == []
    assert layerperm.calls.last.account_id == OTHER
    arn = f"arn:aws:lambda:eu-west-1:{OTHER}:layer:deps"
    assert message(client.list_layer_versions, LayerName="deps") == not_allowed(
        "lambda:ListLayerVersions", arn, f"arn:aws:iam::{OTHER}:user/layerperm"
    )


def test_other_services_are_motos(layerperm):
    """A policy judges layer calls and functions; moto, which answers the rest, sees the account."""
    session = layerperm.session(OTHER, identity_policy=allow("lambda:ListLayers"))
    assert session.client("sts").get_caller_identity()["Account"] == OTHER


def test_other_calls_of_lambda(layerperm):
    """Calls of Lambda that neither make nor change a function are not judged."""
    client = layerperm.client(identity_policy=allow("s3:*"))
    assert client.list_functions()["Functions"] == []


@pytest.mark.parametrize("path", ["/2015-03-31/event-source-mappings", "/2017-10-31/tags/arn", "/"])
def test_calls_of_lambda_about_no_function(path):
    """Nor are those about something else, which not every moto has."""
    caller = Caller(ACCOUNT, policies=(IdentityPolicy.parse(allow("s3:*")),))
    asked = Request("GET", "lambda.us-east-1.amazonaws.com", path, "", {}, b"")
    assert check_function_call(asked, caller, "us-east-1") is False


def test_two_callers_at_once(layerperm):
    """Each client has the policy that it was made with."""
    reader = layerperm.client(identity_policy=allow("lambda:Get*"))
    lister = layerperm.client(identity_policy=allow("lambda:List*"))
    layer = layerperm.publish_layer()
    reader.get_layer_version_by_arn(Arn=layer.arn)
    lister.list_layers()
    message(reader.list_layers)
    message(lister.get_layer_version_by_arn, Arn=layer.arn)


def test_partition(layerperm):
    """In China the user is one of China's partition."""
    client = layerperm.client(region_name="cn-north-1", identity_policy=allow("s3:*"))
    assert message(client.list_layers) == not_allowed(
        "lambda:ListLayers", "*", f"arn:aws-cn:iam::{ACCOUNT}:user/layerperm"
    )


# --- both sides


def test_cross_account_needs_both(layerperm):
    """Another account's layer needs its policy and the caller's own; one missing side is told, the layer's first."""
    layer = layerperm.publish_layer(account_id=OTHER)
    neither = layerperm.client(identity_policy=allow("s3:*"))
    allowed = layerperm.client(identity_policy=allow("lambda:GetLayerVersion", f"arn:aws:lambda:*:{OTHER}:layer:*"))
    get = "lambda:GetLayerVersion"
    assert message(allowed.get_layer_version_by_arn, Arn=layer.arn) == not_allowed(
        get, layer.arn, kind="resource-based"
    )
    assert message(neither.get_layer_version_by_arn, Arn=layer.arn) == not_allowed(
        get, layer.arn, kind="resource-based"
    )
    layer.grant(ACCOUNT)
    assert message(neither.get_layer_version_by_arn, Arn=layer.arn) == not_allowed(get, layer.arn)
    assert allowed.get_layer_version_by_arn(Arn=layer.arn)["Version"] == 1
    forbidden = layerperm.client(identity_policy=deny(Action=get, Resource=layer.arn))
    assert message(forbidden.get_layer_version_by_arn, Arn=layer.arn) == denied(get, layer.arn)


def test_principal_keys(layerperm):
    """aws:PrincipalOrgID, aws:PrincipalAccount and aws:PrincipalArn are the caller's."""
    layerperm.organization("o-ourownorganization", accounts=[ACCOUNT])
    ours = {"StringEquals": {"aws:PrincipalOrgID": "o-ourownorganization"}}
    for condition, account_id, expected in [
        (ours, ACCOUNT, True),
        (ours, OTHER, False),
        ({"StringEquals": {"aws:PrincipalAccount": OTHER}}, OTHER, True),
        ({"StringEquals": {"aws:PrincipalAccount": OTHER}}, ACCOUNT, False),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/*"}}, ACCOUNT, True),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}}, ACCOUNT, False),
    ]:
        client = layerperm.client(account_id, identity_policy=allow(Condition=condition))
        if expected:
            client.list_layers()
        else:
            message(client.list_layers)


# --- lambda:Layer

# The published example, "only layers of account 123456789012 whose names start with test".
EXAMPLE = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "ConfigureFunctions",
            "Effect": "Allow",
            "Action": ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"],
            "Resource": "*",
            "Condition": {"ForAllValues:StringLike": {"lambda:Layer": ["arn:aws:lambda:*:123456789012:layer:test*:*"]}},
        },
        {"Effect": "Allow", "Action": "lambda:GetLayerVersion", "Resource": "*"},
    ],
}


def with_layers(client, layers, name="app"):
    """Creates a function with these layers; returns how many it has."""
    with_role = boto3.client("iam")
    if not with_role.list_roles()["Roles"]:
        with_role.create_role(RoleName="role", AssumeRolePolicyDocument="{}")
    made = client.create_function(
        FunctionName=name,
        Role=f"arn:aws:iam::{ACCOUNT}:role/role",
        Runtime="python3.12",
        Handler="app.handler",
        Code={"ZipFile": CODE},
        **({} if layers is None else {"Layers": layers}),
    )
    return len(made.get("Layers", []))


FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:app"


def test_published_example(layerperm):
    """Layers that fit, and functions with none, are allowed; mixed lists are not. ForAllValues is true for none."""
    fits, another = layerperm.publish_layer("test-one").arn, layerperm.publish_layer("test-two").arn
    other = layerperm.publish_layer("other").arn
    client = layerperm.client(identity_policy=EXAMPLE)
    for name, layers in (("none", None), ("empty", []), ("one", [fits]), ("two", [fits, another])):
        assert with_layers(client, layers, name) == len(layers or [])
    for layers in ([other], [fits, other]):
        assert message(with_layers, client=client, layers=layers) == not_allowed("lambda:CreateFunction", FUNCTION)
    update = {"FunctionName": "two", "Layers": [other]}
    assert message(client.update_function_configuration, **update) == not_allowed(
        "lambda:UpdateFunctionConfiguration", FUNCTION.replace(":app", ":two")
    )
    assert client.update_function_configuration(FunctionName="two", Layers=[fits])["Layers"][0]["Arn"] == fits
    by_arn = {"FunctionName": FUNCTION.replace(":app", ":two"), "Layers": [other]}
    assert message(client.update_function_configuration, **by_arn) == not_allowed(
        "lambda:UpdateFunctionConfiguration", FUNCTION.replace(":app", ":two")
    )


def test_null_demands_layers(layerperm):
    """With Null beside it, a function without layers does not pass."""
    policy = json.loads(json.dumps(EXAMPLE))
    policy["Statement"][0]["Condition"]["Null"] = {"lambda:Layer": "false"}
    client = layerperm.client(identity_policy=policy)
    assert with_layers(client, [layerperm.publish_layer("test-one").arn]) == 1
    assert message(with_layers, client=client, layers=None, name="none") == not_allowed(
        "lambda:CreateFunction", FUNCTION.replace(":app", ":none")
    )


def test_deny_any_foreign_layer(layerperm):
    """A Deny for any layer that is not of the own account."""
    policy = deny(
        Action=["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"],
        Resource="*",
        Condition={"ForAnyValue:StringNotLike": {"lambda:Layer": f"arn:aws:lambda:*:{ACCOUNT}:layer:*"}},
    )
    client = layerperm.client(identity_policy=policy)
    own, foreign = layerperm.publish_layer("own"), layerperm.publish_layer("foreign", account_id=OTHER)
    foreign.grant("*")
    assert with_layers(client, [own.arn]) == 1
    update = {"FunctionName": "app", "Layers": [own.arn, foreign.arn]}
    assert message(client.update_function_configuration, **update) == denied(
        "lambda:UpdateFunctionConfiguration", FUNCTION
    )


def test_attaching_needs_get_layer_version(layerperm):
    """To attach a layer of the own account the caller's policies must allow lambda:GetLayerVersion on it (6.10)."""
    layer = layerperm.publish_layer()
    client = layerperm.client(identity_policy=allow("lambda:*Function*"))
    assert message(with_layers, client=client, layers=[layer.arn]) == not_allowed("lambda:GetLayerVersion", layer.arn)


# --- what is no policy


@pytest.mark.parametrize("method", ["client", "session"])
@pytest.mark.parametrize(
    ("policy", "text"),
    [
        ("{", "identity_policy: is not JSON: "),
        ({"Version": "2012-10-17"}, "identity_policy: has no Statement"),
        (allow(Condition={"StringSimilar": {"lambda:Layer": "*"}}), 'operator "StringSimilar" is not supported'),
        (allow(Condition={"StringLike": {"aws:SourceIp": "*"}}), 'condition key "aws:SourceIp" is not supported'),
        (7, "identity_policy: must be a policy document, as a dict or as JSON text, not a number"),
    ],
)
def test_malformed(layerperm, method, policy, text):
    """What is no policy, or uses what is not supported, is an error of the call that gives it."""
    with pytest.raises(ValueError, match=r"^identity_policy: ") as caught:
        getattr(layerperm, method)(identity_policy=policy)
    assert text in str(caught.value)


# --- moto's IAM


def user_of(fake, *documents, name="builder"):
    """A client of an IAM user with these inline policies."""
    iam = fake.session().client("iam")
    iam.create_user(UserName=name)
    for index, document in enumerate(documents):
        iam.put_user_policy(UserName=name, PolicyName=f"policy-{index}", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return boto3.client("lambda", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])


def test_motos_iam_is_off(layerperm):
    """moto's users may do everything until their enforcement is asked for."""
    user_of(layerperm).list_layers()
    assert service_of(layerperm).callers.judged == {}


@set_initial_no_auth_action_count(3)
def test_motos_users(layerperm):
    """With moto's enforcement, the policies of an IAM user judge layer calls, conditions included."""
    client = user_of(layerperm, allow("lambda:List*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}))
    arn = f"arn:aws:iam::{ACCOUNT}:user/builder"
    assert client.list_layers()["Layers"] == []
    layer = layerperm.publish_layer()
    assert message(client.get_layer_version_by_arn, Arn=layer.arn) == not_allowed(
        "lambda:GetLayerVersion", layer.arn, arn
    )
    assert service_of(layerperm).callers.judged == {arn: "moto's IAM"}


@set_initial_no_auth_action_count(3)
def test_our_own_keys_stay_free(layerperm):
    """Clients of the fake's own, and code without keys, are nobody of moto's and may do everything with layers."""
    user_of(layerperm)
    layerperm.client(OTHER).list_layers()
    boto3.client("lambda").list_layers()
    boto3.client("lambda", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x").list_layers()


def test_motos_groups_and_managed_policies(layerperm):
    """Attached policies and those of a user's groups count too."""
    iam = layerperm.session().client("iam")
    client = user_of(layerperm)
    made = iam.create_policy(PolicyName="lists", PolicyDocument=json.dumps(allow("lambda:ListLayers")))
    iam.attach_user_policy(UserName="builder", PolicyArn=made["Policy"]["Arn"])
    iam.create_group(GroupName="readers")
    iam.put_group_policy(GroupName="readers", PolicyName="r", PolicyDocument=json.dumps(allow("lambda:Get*")))
    iam.add_user_to_group(GroupName="readers", UserName="builder")
    layer = layerperm.publish_layer()

    @set_initial_no_auth_action_count(0)
    def enforced():
        client.list_layers()
        client.get_layer_version_by_arn(Arn=layer.arn)
        message(client.list_layer_versions, LayerName=layer.name)

    enforced()


@pytest.mark.parametrize("exists", [True, False])
def test_motos_role_sessions(layerperm, exists):
    """A role session is judged by its role's policies; one of a role that does not exist has none."""
    if exists:
        iam = layerperm.session().client("iam")
        iam.create_role(RoleName="deploy", AssumeRolePolicyDocument="{}")
        document = allow(Condition={"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/deploy"}})
        iam.put_role_policy(RoleName="deploy", PolicyName="p", PolicyDocument=json.dumps(document))
    client = assumed(layerperm)

    @set_initial_no_auth_action_count(0)
    def enforced():
        if exists:
            assert client.list_layers()["Layers"] == []
        else:
            assert message(client.list_layers) == not_allowed(
                "lambda:ListLayers", "*", f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci"
            )

    enforced()


def assumed(fake, **more):
    """A client of a session of the role "deploy"."""
    role = boto3.client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/deploy", RoleSessionName="ci", **more)
    keys = role["Credentials"]
    return boto3.client(
        "lambda",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def test_session_policy(layerperm):
    """A session policy narrows its role's policies, and a refusal names it."""
    iam = layerperm.session().client("iam")
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument="{}")
    iam.put_role_policy(RoleName="deploy", PolicyName="p", PolicyDocument=json.dumps(allow()))
    document = deny(Action="lambda:DeleteLayerVersion", Resource="*")
    document["Statement"][0]["NotAction"] = "lambda:ListLayers"
    del document["Statement"][0]["Action"]
    client = assumed(layerperm, Policy=json.dumps(document))
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci"

    @set_initial_no_auth_action_count(0)
    def enforced():
        assert message(client.list_layers) == not_allowed("lambda:ListLayers", "*", session, "session")
        assert message(client.delete_layer_version, LayerName="shared-deps", VersionNumber=1) == (
            f"User: {session} is not authorized to perform: lambda:DeleteLayerVersion on resource: {LAYER}:1 "
            "with an explicit deny in a session policy"
        )
        assert client.list_layer_versions(LayerName="shared-deps")["LayerVersions"] == []

    enforced()


def test_functions_of_motos_users(layerperm):
    """Where moto judges functions by IAM, it leaves those with a condition on layers to us: it knows none."""
    fits, other = layerperm.publish_layer("test-one").arn, layerperm.publish_layer("other").arn
    condition = {"ForAnyValue:StringNotLike": {"lambda:Layer": "*:test*"}}
    client = user_of(layerperm, deny(Action="lambda:CreateFunction", Resource="*", Condition=condition))
    with_layers(boto3.client("lambda"), None, "makes-the-role")

    @set_initial_no_auth_action_count(0)
    def enforced():
        arguments = {
            "Role": f"arn:aws:iam::{ACCOUNT}:role/role",
            "Runtime": "python3.12",
            "Handler": "app.handler",
            "Code": {"ZipFile": CODE},
        }
        made = client.create_function(FunctionName="fits", Layers=[fits], **arguments)
        assert [entry["Arn"] for entry in made["Layers"]] == [fits]
        assert message(client.create_function, FunctionName="app", Layers=[other], **arguments) == denied(
            "lambda:CreateFunction", FUNCTION, f"arn:aws:iam::{ACCOUNT}:user/builder"
        )
        message(layerperm.client(identity_policy=allow("s3:*")).create_function, FunctionName="app", **arguments)

    enforced()


def test_unsupported_in_motos_iam(layerperm):
    """A policy of moto's with what is not supported fails the call, and the test, naming user and place."""
    layer = layerperm.publish_layer()
    client = user_of(layerperm, allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    text = f'policy of arn:aws:iam::{ACCOUNT}:user/builder: Statement\\[0\\].Condition: operator "IpAddress" is not'

    @set_initial_no_auth_action_count(0)
    def enforced():
        with pytest.raises(UnsupportedPolicy, match=text):
            client.get_layer_version_by_arn(Arn=layer.arn)

    enforced()
    assert isinstance(layerperm.escaped.pop(), UnsupportedPolicy)


# --- organizations


def test_motos_organizations(layerperm):
    """Accounts of an organization made in moto are its members, the management account too."""
    organizations = layerperm.session().client("organizations")
    made = organizations.create_organization(FeatureSet="ALL")["Organization"]
    member = organizations.create_account(AccountName="member", Email="member@example.com")["CreateAccountStatus"]
    layer = layerperm.publish_layer(account_id=OTHER)
    layer.grant("*", organization_id=made["Id"])
    for account_id in (ACCOUNT, member["AccountId"]):
        assert layerperm.organization_of(account_id) == made["Id"]
        assert layerperm.client(account_id).get_layer_version_by_arn(Arn=layer.arn)["Version"] == 1
    assert layerperm.organization_of("333333333333") is None
    message(layerperm.client("333333333333").get_layer_version_by_arn, Arn=layer.arn)
    organizations.remove_account_from_organization(AccountId=member["AccountId"])
    assert layerperm.organization_of(member["AccountId"]) is None
    message(layerperm.client(member["AccountId"]).get_layer_version_by_arn, Arn=layer.arn)


def test_invited_accounts(layerperm):
    """moto cannot invite accounts: those are declared, members of moto's organization."""
    made = layerperm.session().client("organizations").create_organization()["Organization"]
    layerperm.organization(made["Id"], accounts=[OTHER])
    layer = layerperm.publish_layer()
    layer.grant("*", organization_id=made["Id"])
    assert layerperm.client(OTHER).get_layer_version_by_arn(Arn=layer.arn)["Version"] == 1


def test_declared_wins(layerperm):
    """Where both say something, the declaration counts; without moto, only it does."""
    assert LayerPerm().organization_of(ACCOUNT) is None
    layerperm.session().client("organizations").create_organization()
    layerperm.organization(accounts=[ACCOUNT])
    assert layerperm.organization_of(ACCOUNT) == "o-exampleorgid"


# --- reports


def test_report(pytester):
    """The report of a failed test says whose calls identity policies have judged."""
    pytester.makepyfile("""
        import pytest

        POLICY = {"Statement": {"Effect": "Allow", "Action": "lambda:List*", "Resource": "*"}}

        def test_judged(layerperm):
            layerperm.client(identity_policy=POLICY).list_layers()
            assert False

        def test_free(layerperm):
            layerperm.client().list_layers()
            assert False
    """)
    result = pytester.runpytest("-p", "no:cacheprovider")
    result.assert_outcomes(failed=2)
    sections = [line for line in result.outlines if "identity" in line and line.startswith("-")]
    assert len(sections) == 1
    assert " layerperm identity policies " in sections[0]
    assert "arn:aws:iam::123456789012:user/layerperm by identity_policy" in result.outlines


def test_motos_organizations_after_a_reset(layerperm):
    """moto is emptied with the fake, and so are its organizations."""
    layerperm.session().client("organizations").create_organization()
    assert layerperm.organization_of(ACCOUNT) is not None
    layerperm.reset()
    assert layerperm.organization_of(ACCOUNT) is None
