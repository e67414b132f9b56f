import auditor
import pytest
from botocore.config import Config

from pytest_layerperm import (
    Throttle,
    assert_layer_not_public,
    assert_layer_policy_unchanged,
    assert_layer_private,
    assert_layer_shared_with,
    assert_layer_shared_with_organization,
)

ALLOWED = {"222222222222", "o-exampleorgid"}


@pytest.fixture
def layers(layerperm):
    """Three layers: one as it should be, one public by mistake, one never shared."""
    in_order = layerperm.publish_layer("in-order")
    in_order.grant("222222222222")
    in_order.grant("*", organization_id="o-exampleorgid")
    public = layerperm.publish_layer("oops")
    public.grant("222222222222", statement_id="partner")
    public.grant("*", statement_id="quick-fix")
    layerperm.publish_layer("fresh")
    return layerperm.layers


def test_only_what_is_not_allowed_is_revoked(layers, layerperm_client):
    removed = auditor.audit(layerperm_client, ALLOWED)

    assert [statement_id for _, statement_id in removed] == ["quick-fix"]
    assert_layer_not_public(layer="oops")
    assert_layer_shared_with("222222222222", layer="oops")
    assert_layer_shared_with_organization("o-exampleorgid", layer="in-order")
    assert_layer_private(layer="fresh")


def test_a_second_run_finds_nothing_to_do(layers, layerperm_client):
    auditor.audit(layerperm_client, ALLOWED)

    with assert_layer_policy_unchanged(layer="oops"):
        assert auditor.audit(layerperm_client, ALLOWED) == []


def test_more_versions_than_fit_on_one_page_are_all_seen(layerperm):
    for _ in range(51):
        layerperm.publish_layer("many").grant("*")

    assert len(auditor.audit(layerperm.client(), allowed=set())) == 51
    assert_layer_private(layer="many")


def test_the_first_draft_took_a_throttle_for_no_policy(layers, layerperm, monkeypatch):
    impatient = layerperm.client(config=Config(retries={"total_max_attempts": 1}))
    monkeypatch.setattr(auditor, "statements", auditor.statements_first_draft)
    layerperm.inject(Throttle(times=None, operation="GetLayerVersionPolicy"))

    assert auditor.audit(impatient, ALLOWED) == []  # "All is well", it says, and the layer is public.
    with pytest.raises(AssertionError, match=r"^oops:1 is public"):
        assert_layer_not_public(layer="oops")


@pytest.mark.layerperm_every_fault
def test_it_survives_every_failure(layers, layerperm_client):
    auditor.audit(layerperm_client, {*ALLOWED, "999999999999"})

    assert_layer_not_public(layer="oops")


def test_the_first_draft_stops_at_its_own_removal(layers, layerperm, layerperm_client, monkeypatch):
    monkeypatch.setattr(auditor, "remove", auditor.remove_first_draft)

    with pytest.raises(AssertionError, match="RemoveLayerVersionPermission:\n  - carried out, and its response lost"):
        for run in layerperm.every_fault():
            with run:
                auditor.audit(layerperm_client, {*ALLOWED, "999999999999"})
