"""The public strategies: valid requests are accepted, invalid ones are rejected."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_layerperm import LayerPerm, strategies
from pytest_layerperm.lambda_api.arn import layer_id, parse, resolve
from pytest_layerperm.lambda_api.constraints import read
from pytest_layerperm.lambda_api.members import MEMBERS
from pytest_layerperm.strategies.names import REGIONS

OWNER = "123456789012"
quick = settings(deadline=None, max_examples=100)


def error_of(client, method, arguments):
    try:
        getattr(client, method)(**arguments)
    except ClientError as error:
        return error.response["Error"]
    return None


@quick
@given(strategies.add_requests("shared-deps", 1))
def test_valid_requests_are_accepted(request):
    """Each becomes one statement with what was requested."""
    with LayerPerm() as fake:
        layer = fake.publish_layer()
        assert error_of(fake.client(), "add_layer_version_permission", request) is None
        [statement] = layer.policy["Statement"]
        assert statement["Sid"] == request["StatementId"]
        condition = request.get("OrganizationId")
        assert statement.get("Condition") == (
            None if condition is None else {"StringEquals": {"aws:PrincipalOrgID": condition}}
        )


@quick
@given(strategies.invalid_add_requests("shared-deps", 1))
def test_invalid_requests_are_rejected_for_what_is_wrong(request_and_wrong):
    """The message names every wrong member, and no other; nothing is changed."""
    request, wrong = request_and_wrong
    with LayerPerm() as fake:
        layer = fake.publish_layer()
        error = error_of(fake.client(), "add_layer_version_permission", request)
        assert error["Code"] == "ValidationException"
        for member in MEMBERS["AddLayerVersionPermission"]:
            assert (f" at '{member.label}' failed" in error["Message"]) == (member.name in wrong)
        assert layer.policy is None


@quick
@given(strategies.call_sequences("shared-deps", 1))
def test_calls_of_a_sequence_affect_one_another(calls):
    """boto3 has each of the methods; an add is rejected if its statement id exists, and only then."""
    with LayerPerm() as fake:
        layer = fake.publish_layer()
        client = fake.client()
        for call in calls:
            existing = {statement["Sid"] for statement in (layer.policy or {"Statement": []})["Statement"]}
            error = error_of(client, call.method, call.arguments)
            if call.method == "add_layer_version_permission":
                assert (error is not None) == (call.arguments["StatementId"] in existing)
            elif call.method == "remove_layer_version_permission":
                assert (error is not None) == (call.arguments["StatementId"] not in existing)
            else:
                assert (error is not None) == (not existing)


@quick
@given(strategies.policies("arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1"))
def test_policies_are_what_the_fake_would_return(policy):
    """Granting what a policy says makes the same policy, member for member."""
    with LayerPerm() as fake:
        layer = fake.publish_layer()
        for statement in policy["Statement"]:
            principal = statement["Principal"]
            layer.grant(
                principal if principal == "*" else principal["AWS"],
                organization_id=statement.get("Condition", {}).get("StringEquals", {}).get("aws:PrincipalOrgID"),
                statement_id=statement["Sid"],
            )
        assert json.dumps(layer.policy) == json.dumps(policy)


@quick
@given(strategies.account_ids(), strategies.region_names(), strategies.layer_names(), st.integers(1, 10**9))
def test_arns_round_trip(account_id, region_name, name, version):
    """A formatted ARN is parsed to the same layer and version, and resolved like a name."""
    layer = layer_id(name, account_id, region_name)
    assert parse(layer.arn) == (layer, None)
    assert parse(layer.version_arn(version)) == (layer, version)
    assert resolve(layer.arn, OWNER, "us-east-1") == layer
    assert resolve(name, account_id, region_name) == layer
    assert resolve(layer.version_arn(version), account_id, region_name) is None


@quick
@given(strategies.layer_arns(), strategies.layer_version_arns(), strategies.revision_ids())
def test_arns_are_accepted_as_parameters(layer_arn, version_arn, revision_id):
    """A layer's ARN as LayerName, a version's by GetLayerVersionByArn."""
    given_members = {"LayerName": layer_arn, "VersionNumber": "1", "StatementId": "s1", "RevisionId": revision_id}
    assert read("RemoveLayerVersionPermission", given_members)["LayerName"] == layer_arn
    assert read("GetLayerVersionByArn", {"Arn": version_arn}) == {"Arn": version_arn}


@quick
@given(strategies.layer_version_arns(OWNER, "cn-north-1", "shared-deps"))
def test_parts_of_an_arn_can_be_given(arn):
    """The rest is drawn."""
    assert arn.startswith("arn:aws-cn:lambda:cn-north-1:123456789012:layer:shared-deps:")


@quick
@given(strategies.remove_requests("shared-deps", 1), strategies.statements(), strategies.root_arns("aws-cn"))
def test_the_rest_is_well_formed(request, statement, root_arn):
    """Removals name one statement, statements have one resource, roots one partition."""
    assert set(request) == {"LayerName", "VersionNumber", "StatementId"}
    assert parse(statement["Resource"])[1]
    assert root_arn.startswith("arn:aws-cn:iam::")


def test_regions_are_of_several_partitions():
    """All of them match the API's own patterns."""
    for region_name in REGIONS:
        arn = layer_id("n", OWNER, region_name).version_arn(1)
        assert read("GetLayerVersionByArn", {"Arn": arn}) == {"Arn": arn}
    assert len({layer_id("n", OWNER, region_name).partition for region_name in REGIONS}) == 5


def test_plugin_does_not_import_hypothesis():
    """Only a test that uses the strategies pays for their import."""
    program = "import sys, pytest_layerperm, pytest_layerperm.plugin; print('hypothesis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False\n"


def test_without_hypothesis_the_extra_is_named():
    """The error says what is missing and how to install it."""
    program = "import sys; sys.modules['hypothesis'] = None; import pytest_layerperm.strategies"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: pytest_layerperm.strategies needs hypothesis, which is not installed: "
        "pip install 'pytest-layerperm[hypothesis]'"
    )


@pytest.mark.parametrize("name", strategies.__all__)
def test_every_name_exists_and_is_documented(name):
    """Names that are imported late would be missed otherwise."""
    assert getattr(strategies, name).__doc__
