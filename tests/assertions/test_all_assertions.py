"""LayerPerm.all_assertions: several failures reported together."""

import sys
from textwrap import dedent

import pytest

from pytest_layerperm import (
    assert_layer_calls,
    assert_layer_not_public,
    assert_layer_not_shared_with,
    assert_layer_policy,
    assert_layer_policy_unchanged,
    assert_layer_private,
    assert_layer_public,
    assert_layer_shared_with,
    assert_layer_shared_with_organization,
)

PARTNER = "222222222222"


def here():
    """The line of the caller."""
    return sys._getframe(1).f_lineno


def test_together(layerperm, layerperm_layer, monkeypatch):
    """All failures, with their places, in one AssertionError; its first line has all verdicts."""
    monkeypatch.setenv("COLUMNS", "88")
    layerperm_layer.grant("*", statement_id="all")
    with pytest.raises(AssertionError) as failed, layerperm.all_assertions():
        line = here()
        assert_layer_shared_with(PARTNER)
        assert_layer_private()
        assert_layer_policy([PARTNER])
    assert (
        str(failed.value)
        == dedent(
            f"""
        2 layer assertions failed: shared-deps:1 is not private; shared-deps:1 has another policy than expected: \
222222222222 is missing; everyone is not expected

        1. test_all_assertions.py:{line + 2}: shared-deps:1 is not private

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          all  allows everyone

        What to do: do not add statement all, or remove it with
          remove_layer_version_permission.

        2. test_all_assertions.py:{line + 3}: shared-deps:1 has another policy than expected: \
222222222222 is missing; everyone is not expected

        arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1
          +  all  allows everyone
          -       allows account 222222222222

        What to do: lines with - are missing, lines with + are not expected: change the
          code, or what is expected.
        """
        ).strip()
    )


def test_one_alone(layerperm, layerperm_layer):
    """One failure reads as it does without the block."""
    with pytest.raises(AssertionError) as alone:
        assert_layer_public()
    with pytest.raises(AssertionError) as failed, layerperm.all_assertions():
        assert_layer_private()
        assert_layer_public()
    assert str(failed.value) == str(alone.value)


def test_none(layerperm, layerperm_layer):
    """A block without failures says nothing, and helpers fail at once after it."""
    with layerperm.all_assertions():
        assert_layer_private()
    with pytest.raises(AssertionError, match=r"^shared-deps:1 is not public\n"):
        assert_layer_public()


def test_every_helper(layerperm):
    """Helpers that find no layer, or work as a block, are collected too, and what follows goes on."""
    passed = []
    with pytest.raises(AssertionError) as failed, layerperm.all_assertions():
        assert_layer_shared_with(PARTNER)
        assert_layer_policy([])
        with assert_layer_policy_unchanged():
            passed.append("the block")
        assert_layer_calls(["ListLayers"])
        passed.append("the rest")
    assert str(failed.value).partition("\n")[0] == (
        "4 layer assertions failed: no layer version exists, so there is none to check; "
        "no layer version exists, so there is none to check; no layer version exists, so there is none to check; "
        "the layer calls are not as expected: ListLayers is missing"
    )
    assert passed == ["the block", "the rest"]


def test_an_exception(layerperm, layerperm_layer):
    """What else is raised in the block goes on, with the failures until then as its note."""
    with pytest.raises(ZeroDivisionError) as raised, layerperm.all_assertions():
        assert_layer_public()
        layerperm_layer.version / 0
    (note,) = raised.value.__notes__
    assert note.startswith("a layer assertion failed: shared-deps:1 is not public\n\n1. test_all_assertions.py:")


def test_nested(layerperm, layerperm_layer):
    """A block in a block has its own failures."""
    with pytest.raises(AssertionError, match=r"^shared-deps:1 is not public\n") as failed, layerperm.all_assertions():
        with pytest.raises(AssertionError, match=r"^shared-deps:1 is not public\n"), layerperm.all_assertions():
            assert_layer_public()
        assert_layer_public()
    assert "2 layer assertions" not in str(failed.value)


def test_a_policy_that_changed_before_an_exception(layerperm_layer):
    """A block that changed the policy fails even if an exception leaves it: a failed call must change nothing."""
    with pytest.raises(
        AssertionError, match=r"^the policy of shared-deps:1 changed: all \(everyone\) is new\n"
    ) as failed:
        with assert_layer_policy_unchanged():
            layerperm_layer.grant("*", statement_id="all")
            raise ConnectionError
    assert isinstance(failed.value.__context__, ConnectionError)


def test_an_exception_that_changed_nothing(layerperm_layer):
    """If nothing changed, the exception goes on."""
    with pytest.raises(ConnectionError), assert_layer_policy_unchanged(layer=layerperm_layer):
        raise ConnectionError


def test_unchanged_through_a_client_alone(layerperm, layerperm_layer, layerperm_client):
    """Only the calls since the start are listed."""
    layerperm_client.list_layers()
    with pytest.raises(AssertionError) as failed, assert_layer_policy_unchanged(client=layerperm_client):
        layerperm_client.delete_layer_version(LayerName="shared-deps", VersionNumber=1)
    assert "Calls in the block:\n  DeleteLayerVersion  shared-deps:1  204\n" in str(failed.value)


@pytest.mark.parametrize(
    "helper",
    [
        lambda: assert_layer_shared_with(PARTNER),
        lambda: assert_layer_not_shared_with(PARTNER),
        lambda: assert_layer_shared_with_organization("o-exampleorgid"),
        assert_layer_public,
        assert_layer_not_public,
        assert_layer_private,
        lambda: assert_layer_policy([]),
        lambda: assert_layer_policy_unchanged().__enter__(),
    ],
    ids=range(8),
)
def test_no_layer_is_collected(layerperm, helper):
    """That there is no layer to look at is collected as every other failure."""
    passed = False
    with pytest.raises(AssertionError, match=r"^no layer version exists, so there is none to check\n"):
        with layerperm.all_assertions():
            helper()
            passed = True
    assert passed
