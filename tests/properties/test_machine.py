"""The state machine that users subclass: it accepts correct code, and finds the mistakes of other code."""

from __future__ import annotations

import json
from contextlib import suppress

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from pytest_layerperm.service.active import active_service
from pytest_layerperm.strategies import LayerSharingMachine
from tests.helpers import add_permission

QUICK = settings(deadline=None, max_examples=40, stateful_step_count=15, database=None)
TO_FIND = settings(QUICK, max_examples=200, phases=(Phase.generate,), derandomize=True)


def where(layer):
    return {"LayerName": layer.name, "VersionNumber": layer.version}


def client_of(layer):
    return boto3.client("lambda", region_name=layer.region_name)


class Careful(LayerSharingMachine):
    """Shares with statement ids that contain the account id, and changes no other statement."""

    def share(self, layer, account_id):
        with suppress(client_of(layer).exceptions.ResourceConflictException):
            add_permission(client_of(layer), f"account-{account_id}", account_id, layer=layer)

    def unshare(self, layer, account_id):
        with suppress(client_of(layer).exceptions.ResourceNotFoundException):
            client_of(layer).remove_layer_version_permission(**where(layer), StatementId=f"account-{account_id}")


class Fragile(Careful):
    """Fails if it shares twice with the same account."""

    def share(self, layer, account_id):
        add_permission(client_of(layer), f"account-{account_id}", account_id, layer=layer)

    def unshare(self, layer, account_id):
        client_of(layer).remove_layer_version_permission(**where(layer), StatementId=f"account-{account_id}")


class FragileOnce(Fragile):
    repeats = False
    accounts = ("222222222222",)


class WithoutUnshare(LayerSharingMachine):
    share = Careful.share
    throttles = 0


class TooWide(Careful):
    """Shares with everyone."""

    def share(self, layer, account_id):
        with suppress(ClientError):
            add_permission(client_of(layer), "all", "*", layer=layer)
        super().share(layer, account_id)


class Forgetful(Careful):
    """Shares the first version only."""

    def share(self, layer, account_id):
        if layer.version == 1:
            super().share(layer, account_id)


class Clobbering(Careful):
    """Starts with an empty policy each time."""

    def share(self, layer, account_id):
        client = client_of(layer)
        with suppress(client.exceptions.ResourceNotFoundException):
            policy = json.loads(client.get_layer_version_policy(**where(layer))["Policy"])
            for statement in policy["Statement"]:
                if not statement["Sid"].startswith("account-"):
                    client.remove_layer_version_permission(**where(layer), StatementId=statement["Sid"])
        super().share(layer, account_id)


@pytest.mark.parametrize("machine", [Careful, FragileOnce, WithoutUnshare])
def test_correct_code_passes(machine):
    """Any steps in any order; and the fake is off afterwards."""
    run_state_machine_as_test(machine, settings=QUICK)
    assert active_service() is None


@pytest.mark.parametrize(
    ("machine", "error", "text"),
    [
        (Fragile, ClientError, r"^An error occurred \(Resource(Conflict|NotFound)Exception\)"),
        (TooWide, AssertionError, r"is shared with \*, but should not be\n"),
        (Forgetful, AssertionError, r":2 should be shared with arn:aws.*:iam::\d+:root, but is not\n"),
        (Clobbering, AssertionError, r"someone else's statement someone-else-\d was removed or changed\n"),
        (LayerSharingMachine, NotImplementedError, r"^a LayerSharingMachine needs share\(layer, account_id\)"),
    ],
)
def test_wrong_code_is_found(machine, error, text):
    """The error says what is wrong; the fake is off afterwards."""
    with pytest.raises(error, match=text):
        run_state_machine_as_test(machine, settings=TO_FIND)
    assert active_service() is None


def test_machine_is_a_test_case(pytester):
    """A subclass and its TestCase, as users write them."""
    pytester.makepyfile(
        """
        import boto3
        from hypothesis import settings
        from pytest_layerperm.strategies import LayerSharingMachine

        class Sharing(LayerSharingMachine):
            repeats = False

            def share(self, layer, account_id):
                boto3.client("lambda", region_name=layer.region_name).add_layer_version_permission(
                    LayerName=layer.name,
                    VersionNumber=layer.version,
                    StatementId=f"account-{account_id}",
                    Action="lambda:GetLayerVersion",
                    Principal=account_id,
                )

        TestSharing = Sharing.TestCase
        TestSharing.settings = settings(deadline=None, max_examples=5)
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
