"""Which layers moto's functions may have, with AWS's errors."""

import struct
from contextlib import suppress

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws

from pytest_layerperm import LayerPerm
from pytest_layerperm.fake import service_of
from pytest_layerperm.lambda_api.content import unzipped_size
from pytest_layerperm.lambda_api.wire import Request
from pytest_layerperm.service.layers import zip_of
from pytest_layerperm.transports.moto.functions import without_empty_layers
from pytest_layerperm.transports.moto.services import moto_of

CODE = zip_of({"app.py": "def handler(event, context): ..."})
OTHER = "222222222222"
ARN_PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:"
    r"[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)"
)
DIFFERENT = (
    "Two different versions of the same layer are not allowed to be referenced in the same function. "
    "{} and {} are versions of the same layer."
)


def zip_claiming(size):
    """A small zip whose directory claims an unzipped size for its only file."""
    archive = bytearray(zip_of({"file": "x"}))
    struct.pack_into("<L", archive, archive.index(b"PK\x01\x02") + 24, size)
    return bytes(archive)


class Functions:
    """Functions of the default account."""

    def __init__(self, **client):
        self.client = boto3.client("lambda", **client)
        with suppress(ClientError):  # It may be there from before.
            boto3.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")

    def create(self, layers, name="app", code=CODE):
        made = self.client.create_function(
            FunctionName=name,
            Role="arn:aws:iam::123456789012:role/role",
            Runtime="python3.12",
            Handler="app.handler",
            Code={"ZipFile": code},
            Layers=layers,
        )
        return [entry["Arn"] for entry in made.get("Layers", [])]

    def update(self, layers, **more):
        changed = self.client.update_function_configuration(FunctionName="app", Layers=layers, **more)
        return [entry["Arn"] for entry in changed.get("Layers", [])]

    @property
    def layers(self):
        configuration = self.client.get_function_configuration(FunctionName="app")
        return [entry["Arn"] for entry in configuration.get("Layers", [])]


@pytest.fixture
def functions(layerperm):
    return Functions()


def refusal(call, *args, **kwargs):
    """Status, code, and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def invalid(text):
    return 400, "InvalidParameterValueException", text


def denied(arn, action="lambda:GetLayerVersion", caller="arn:aws:iam::123456789012:root"):
    return (
        403,
        "AccessDeniedException",
        f"User: {caller} is not authorized to perform: {action} on resource: {arn} "
        f"because no resource-based policy allows the {action} action",
    )


def both(functions, layers):
    """The error of CreateFunction, which must equal that of UpdateFunctionConfiguration."""
    found = refusal(functions.create, layers, name="refused")
    assert functions.create([]) == []
    assert refusal(functions.update, layers, Description="changed") == found
    configuration = functions.client.get_function_configuration(FunctionName="app")
    assert (configuration["Description"], configuration.get("Layers")) == ("", None)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        functions.client.get_function(FunctionName="refused")
    return found


# --- what is accepted


def test_own_layers(layerperm, functions):
    """A function has layers of its own account, in the order given, with the size of their archives."""
    one, two = layerperm.publish_layer("one"), layerperm.publish_layer("two", content={"a.py": "x" * 100})
    assert functions.create([two.arn, one.arn]) == [two.arn, one.arn]
    sizes = [
        entry["CodeSize"] for entry in functions.client.get_function(FunctionName="app")["Configuration"]["Layers"]
    ]
    content = functions.client.get_layer_version_by_arn(Arn=two.arn)["Content"]
    assert sizes[0] == content["CodeSize"]


def test_update_replaces(layerperm, functions):
    """UpdateFunctionConfiguration replaces the layers, an empty list removes them, none leaves them unchanged."""
    one, two = layerperm.publish_layer("one"), layerperm.publish_layer("two")
    functions.create([one.arn])
    assert functions.update([two.arn]) == [two.arn]
    functions.client.update_function_configuration(FunctionName="app", Description="as before")
    assert functions.layers == [two.arn]
    assert functions.update([]) == []


def test_five_layers(layerperm, functions):
    """Five layers are accepted, six are not."""
    arns = [layerperm.publish_layer(f"layer-{n}").arn for n in range(6)]
    assert functions.create(arns[:5], name="five") == arns[:5]
    assert both(functions, arns) == invalid("Cannot reference more than 5 layers.")


# --- what is rejected


def test_two_versions(layerperm, functions):
    """Two versions of one layer are rejected, and the first two named."""
    arns = [layerperm.publish_layer("deps").arn for _ in range(3)]
    assert both(functions, arns) == invalid(DIFFERENT.format(arns[0], arns[1]))


def test_same_version_twice(layerperm, functions):
    """So is one version given twice."""
    arn = layerperm.publish_layer("deps").arn
    assert both(functions, [arn, arn]) == invalid(DIFFERENT.format(arn, arn))


@pytest.mark.parametrize("arn", ["doesnotexist:1", "shared-deps:9"])
def test_missing(layerperm, functions, arn):
    """A missing layer, and a missing version, of the caller's account."""
    layerperm.publish_layer()
    arn = f"arn:aws:lambda:us-east-1:123456789012:layer:{arn}"
    assert both(functions, [arn]) == invalid(f"Layer version {arn} does not exist.")


def test_aws_own_layers(functions):
    """A layer of AWS itself (":::awslayer:") matches the pattern, and does not exist (inferred)."""
    arn = "arn:aws:lambda:::awslayer:AmazonLinux1803"
    assert both(functions, [arn]) == invalid(f"Layer version {arn} does not exist.")


def test_other_region(layerperm, functions):
    """A layer of the caller's account in another region."""
    arn = layerperm.publish_layer(region_name="eu-central-1").arn
    assert both(functions, [arn]) == invalid(
        "Layers are not in the same region as the function. Layers are expected to be in region us-east-1."
    )


def test_without_version(functions):
    """A layer ARN without a version violates the constraint, and the whole list is quoted."""
    good = "arn:aws:lambda:us-east-1:123456789012:layer:good:1"
    assert both(functions, [good, good[:-2]]) == (
        400,
        "ValidationException",
        f"1 validation error detected: Value '[{good}, {good[:-2]}]' at 'layers' failed to satisfy constraint: "
        "Member must satisfy constraint: [Member must have length less than or equal to 2048, "
        "Member must have length greater than or equal to 1, "
        f"Member must satisfy regular expression pattern: {ARN_PATTERN}, Member must not be null]",
    )


def test_too_long(functions):
    """An ARN of more than 2048 characters violates the same constraint."""
    arn = f"arn:aws:lambda:us-east-1:123456789012:layer:{'x' * 2048}:1"
    assert both(functions, [arn])[1] == "ValidationException"


@pytest.mark.parametrize(
    ("layers", "text"),
    [
        ('"no list"', "Expected list or null"),
        ("[1]", "NUMBER_VALUE can not be converted to a String"),
        ("[null]", "NULL_VALUE can not be converted to a String"),
    ],
)
def test_wrong_types(functions, layers, text):
    """Layers that are not a list of strings cannot be read (inferred)."""
    functions.create([])
    url = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/app/configuration"
    request = AWSRequest("PUT", url, data=f'{{"Layers":{layers}}}')
    SigV4Auth(boto3.Session().get_credentials(), "lambda", "us-east-1").add_auth(request)
    answer = requests.put(url, data=request.data, headers=dict(request.headers), timeout=5)
    assert (answer.status_code, answer.headers["x-amzn-errortype"]) == (400, "SerializationException")
    assert answer.json() == {"Type": "User", "Message": text}


def test_layers_come_before_the_name(functions):
    """CreateFunction checks the layers before it looks for a function of that name."""
    functions.create([])
    arn = "arn:aws:lambda:eu-central-1:123456789012:layer:deps:1"
    assert refusal(functions.create, [arn]) == invalid(
        "Layers are not in the same region as the function. Layers are expected to be in region us-east-1."
    )
    assert refusal(functions.create, [])[1] == "ResourceConflictException"


def test_the_form_of_layers_comes_before_the_function(layerperm, functions):
    """UpdateFunctionConfiguration validates before it looks for the function, and looks for the layers after it."""
    unchecked = Functions(config=Config(parameter_validation=False))
    assert refusal(unchecked.update, [""])[1:] == (
        "ValidationException",
        "1 validation error detected: Value '[]' at 'layers' failed to satisfy constraint: "
        "Member must satisfy constraint: [Member must have length less than or equal to 2048, "
        "Member must have length greater than or equal to 1, "
        f"Member must satisfy regular expression pattern: {ARN_PATTERN}, Member must not be null]",
    )
    arn = "arn:aws:lambda:us-east-1:123456789012:layer:missing:1"
    assert refusal(functions.update, [arn])[1] == "ResourceNotFoundException"


def test_a_function_without_layers_has_no_such_member(layerperm, functions):
    """In no response; its other members are unchanged."""
    arn = layerperm.publish_layer().arn
    functions.create([])
    functions.create([arn], name="with-layer")
    client = functions.client
    listed = {one["FunctionName"]: one.get("Layers") for one in client.list_functions()["Functions"]}
    assert listed["app"] is None
    assert [one["Arn"] for one in listed["with-layer"]] == [arn]
    assert "Layers" not in client.get_function(FunctionName="app")["Configuration"]
    assert "Layers" not in client.update_function_configuration(FunctionName="app", Timeout=5)
    assert "Layers" not in client.publish_version(FunctionName="app")
    url = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/app/configuration"
    with mock_aws():
        request = AWSRequest("GET", url)
        SigV4Auth(boto3.Session().get_credentials(), "lambda", "us-east-1").add_auth(request)
        response = requests.get(url, headers=dict(request.headers), timeout=5)
    assert response.json()["FunctionName"] == "app"
    assert "Layers" not in response.json()


@pytest.mark.parametrize("body", ["{", "[]", ""])
def test_calls_that_cannot_be_read(layerperm, functions, body):
    """They are moto's to reject; our checks raise nothing of their own."""
    request = Request("POST", "host", "/2015-03-31/functions", "", {}, body.encode())
    layers = moto_of(service_of(layerperm)).layers
    layers.check_call(request, "123456789012", "us-east-1")


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/2015-03-31/functions/app", b'{"a": 1}'),
        ("/2015-03-31/functions/app/invocations", b'{"a": 1, "Layers": []}'),
        ("/2018-10-31/layers", b'{"a": 1, "Layers": []}'),
    ],
)
def test_only_responses_about_functions_are_changed(path, sent):
    """A function's own response is unchanged."""
    assert without_empty_layers(path, b'{"a": 1, "Layers": []}') == sent


# --- layers of other accounts


def test_foreign_needs_a_grant(layerperm, functions):
    """Another account's layer is denied without a grant, in GetLayerVersion's words, and accepted with one."""
    layer = layerperm.publish_layer(account_id=OTHER)
    assert both(functions, [layer.arn]) == denied(layer.arn)
    layer.grant("123456789012")
    assert functions.update([layer.arn]) == [layer.arn]


def test_foreign_missing(layerperm, functions):
    """So is a version that does not exist: other accounts cannot find out what exists."""
    arn = f"arn:aws:lambda:us-east-1:{OTHER}:layer:nothing:1"
    assert both(functions, [arn]) == denied(arn)


def test_foreign_other_region(layerperm, functions):
    """From another region a grant does not help, and the text is the same."""
    layer = layerperm.publish_layer(account_id=OTHER, region_name="eu-central-1")
    layer.grant("*")
    assert both(functions, [layer.arn]) == denied(layer.arn)


def test_foreign_deleted(layerperm, functions):
    """A deleted version that was public passes authorization, and does not exist."""
    layer = layerperm.publish_layer(account_id=OTHER)
    layer.grant("*")
    layerperm.client(OTHER).delete_layer_version(LayerName=layer.name, VersionNumber=1)
    assert both(functions, [layer.arn]) == invalid(f"Layer version {layer.arn} does not exist.")


def test_organization(layerperm, functions):
    """A grant to an organization allows its members to attach the layer."""
    layer = layerperm.publish_layer(account_id=OTHER)
    organization = layerperm.organization(accounts=["123456789012"])
    layer.grant("*", organization_id=organization)
    assert functions.create([layer.arn]) == [layer.arn]


def test_a_deleted_layer_of_the_same_account(layerperm, functions):
    """It cannot be attached, even to a function that has it already."""
    layer = layerperm.publish_layer()
    assert functions.create([layer.arn]) == [layer.arn]
    functions.client.delete_layer_version(LayerName=layer.name, VersionNumber=1)
    missing = invalid(f"Layer version {layer.arn} does not exist.")
    assert refusal(functions.update, [layer.arn]) == missing
    assert refusal(functions.create, [layer.arn], name="another") == missing
    assert functions.layers == [layer.arn]


def test_revocation_and_deletion(layerperm, functions):
    """A function keeps a layer whose grant is revoked, and which is deleted; it cannot be attached again."""
    layer = layerperm.publish_layer(account_id=OTHER)
    sid = layer.grant("123456789012")
    functions.create([layer.arn])
    owner = layerperm.client(OTHER)
    owner.remove_layer_version_permission(LayerName=layer.name, VersionNumber=1, StatementId=sid)
    functions.client.update_function_configuration(FunctionName="app", Timeout=30)
    functions.client.update_function_code(FunctionName="app", ZipFile=CODE)
    assert functions.layers == [layer.arn]
    assert refusal(functions.update, [layer.arn]) == denied(layer.arn)
    owner.delete_layer_version(LayerName=layer.name, VersionNumber=1)
    assert functions.layers == [layer.arn]
    functions.client.publish_version(FunctionName="app")
    assert functions.layers == [layer.arn]


def test_role_session(layerperm):
    """The denial names the role session that creates the function."""
    role = boto3.client("sts").assume_role(RoleArn="arn:aws:iam::333333333333:role/deploy", RoleSessionName="ci")
    keys = role["Credentials"]
    functions = Functions(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    layer = layerperm.publish_layer()
    assert refusal(functions.create, [layer.arn]) == denied(
        layer.arn, caller="arn:aws:sts::333333333333:assumed-role/deploy/ci"
    )


# --- sizes


def test_sizes_of_a_claiming_zip():
    """The size of a zip is that of its files; for anything else, it is the data's own size."""
    assert unzipped_size(zip_claiming(1000)) == 1000
    assert unzipped_size(b"no zip") == 6


def test_layers_too_large(layerperm, functions):
    """Layers that are too large by themselves."""
    arns = [layerperm.publish_layer(name, content=zip_claiming(150_000_000)).arn for name in ("one", "two")]
    assert both(functions, arns) == invalid("Layers consume more than the available size of 262144000 bytes")


def test_function_and_layers_too_large(layerperm, functions):
    """Layers that are too large together with the code: on creation, and on a change of either."""
    layer = layerperm.publish_layer(content=zip_claiming(150_000_000))
    large = zip_claiming(112_144_001)
    text = (
        "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
        "The actual size is 262144001 bytes."
    )
    assert refusal(functions.create, [layer.arn], code=large) == invalid(text)
    functions.create([], code=large)
    assert refusal(functions.update, [layer.arn]) == invalid(text)
    assert functions.layers == []
    functions.client.update_function_code(FunctionName="app", ZipFile=CODE)
    functions.update([layer.arn])
    before = functions.client.get_function_configuration(FunctionName="app")["CodeSha256"]
    assert refusal(functions.client.update_function_code, FunctionName="app", ZipFile=large) == invalid(text)
    assert functions.client.get_function_configuration(FunctionName="app")["CodeSha256"] == before


def test_exactly_as_large_as_allowed(layerperm, functions):
    """262144000 bytes together are accepted."""
    layer = layerperm.publish_layer(content=zip_claiming(150_000_000))
    assert functions.create([layer.arn], code=zip_claiming(112_144_000)) == [layer.arn]


# --- moto's side


def test_users_mock():
    """The same under a mock of the test's own; moto's own rules are restored at the end of the fake."""
    with mock_aws():
        with LayerPerm() as fake:
            layer = fake.publish_layer(account_id=OTHER)
            assert both(Functions(), [layer.arn]) == denied(layer.arn)
        with pytest.raises(ClientError, match="One or more LayerVersion does not exist"):
            Functions(region_name="us-east-1").create([layer.arn], name="motos")


def test_nested_fakes():
    """Each fake's functions use the layers of that fake."""
    with LayerPerm() as outer:
        outer_arn = outer.publish_layer("outer").arn
        assert Functions().create([outer_arn]) == [outer_arn]
        with LayerPerm() as inner:
            inner_arn = inner.publish_layer("inner").arn
            functions = Functions()
            assert functions.update([inner_arn]) == [inner_arn]
            assert refusal(functions.update, [outer_arn])[1] == "InvalidParameterValueException"
        assert functions.update([outer_arn]) == [outer_arn]


def test_moto_reads_our_layers(layerperm, functions):
    """moto's backend finds a function's layers in the fake's store, even deleted ones, to run it in Docker."""
    from moto.awslambda.models import lambda_backends

    layer = layerperm.publish_layer(account_id=OTHER, content={"a.py": "1"})
    layer.grant("*")
    functions.create([layer.arn])
    layerperm.client(OTHER).delete_layer_version(LayerName=layer.name, VersionNumber=1)
    backend = lambda_backends["123456789012"]["us-east-1"]
    assert backend.layers_versions_by_arn(layer.arn).code_bytes == zip_of({"a.py": "1"})
    assert backend.layers_versions_by_arn("arn:aws:lambda:us-east-1:123456789012:layer:x:1") is None
    assert backend.layers_versions_by_arn("no arn") is None


def test_functions_after_a_reset(layerperm):
    """A fake that was reset while it was on has no functions, and none of its earlier layers."""
    functions = Functions()
    before = layerperm.publish_layer("before")
    functions.create([before.arn])
    layerperm.reset()
    with pytest.raises(ClientError, match="ResourceNotFound"):
        functions.update([before.arn])
    after = layerperm.publish_layer("after")
    functions = Functions()
    assert functions.create([after.arn]) == [after.arn]
    with pytest.raises(ClientError, match="before:1 does not exist"):
        functions.update([before.arn])


# --- the account's settings


def settings(client):
    found = client.get_account_settings()
    return found["AccountLimit"]["TotalCodeSize"], found["AccountUsage"]


def test_account_settings_count_layers(layerperm):
    """TotalCodeSize counts the layer versions that exist in the account and region; moto need not be imported."""
    layer = layerperm.publish_layer()
    size = layerperm.client().get_layer_version_by_arn(Arn=layer.arn)["Content"]["CodeSize"]
    layerperm.publish_layer(region_name="eu-west-1")
    layerperm.publish_layer(account_id=OTHER)
    assert settings(layerperm.client()) == (80_530_636_800, {"TotalCodeSize": size, "FunctionCount": 0})
    layer.grant("*")
    layerperm.client().delete_layer_version(LayerName=layer.name, VersionNumber=1)
    assert settings(layerperm.client()) == (80_530_636_800, {"TotalCodeSize": 0, "FunctionCount": 0})


def test_account_settings_count_functions(layerperm):
    """Each version of a function counts with its own code."""
    functions = Functions()
    functions.create([])
    client = layerperm.client()
    size = client.get_function_configuration(FunctionName="app")["CodeSize"]
    assert settings(client)[1] == {"TotalCodeSize": size, "FunctionCount": 1}
    client.publish_version(FunctionName="app")
    assert settings(client)[1] == {"TotalCodeSize": 2 * size, "FunctionCount": 1}
    assert settings(layerperm.client(OTHER))[1] == {"TotalCodeSize": 0, "FunctionCount": 0}


def test_motos_switch_for_code_in_s3(layerperm, monkeypatch):
    """VALIDATE_LAMBDA_S3 is moto's, and applies to functions; a layer's content must exist in any case."""
    functions = Functions()
    monkeypatch.setenv("VALIDATE_LAMBDA_S3", "false")
    absent = {"S3Bucket": "absent", "S3Key": "code.zip"}
    layer = layerperm.publish_layer()
    made = functions.client.create_function(
        FunctionName="app",
        Role="arn:aws:iam::123456789012:role/role",
        Runtime="python3.12",
        Handler="app.handler",
        Code=absent,
        Layers=[layer.arn],
    )
    assert [entry["Arn"] for entry in made["Layers"]] == [layer.arn]
    with pytest.raises(ClientError, match="NoSuchBucket"):
        layerperm.client().publish_layer_version(LayerName="deps", Content=absent)
