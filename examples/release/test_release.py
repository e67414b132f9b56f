import io
import zipfile

import pytest
from release import release, release_first_draft, share_trustingly, share_with_contact

from pytest_layerperm import Interleave, assert_layer_private, assert_layer_shared_with

REGIONS = ["us-east-1", "eu-central-1", "ap-southeast-2"]
PARTNERS = ["222222222222", "333333333333"]


@pytest.fixture
def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("python/shared_deps.py", "VERSION = 2\n")
    return buffer.getvalue()


def test_every_partner_may_use_every_region(layerperm, archive):
    for arn in release("shared-deps", archive, REGIONS, PARTNERS):
        for account in PARTNERS:
            assert_layer_shared_with(account, layer=arn, via="account")


@pytest.mark.layerperm_throttle(times=3, operation="AddLayerVersionPermission")
@pytest.mark.layerperm_service_failure(times=1, operation="AddLayerVersionPermission", applied=True)
def test_a_bad_day_at_aws_changes_nothing(layerperm, archive):
    for arn in release("shared-deps", archive, REGIONS, PARTNERS):
        for account in PARTNERS:
            assert_layer_shared_with(account, layer=arn)


def test_another_writer_in_between_is_not_overwritten(layerperm, archive):
    def support_grants_access():
        layer = layerperm.layers[-1]
        layer.grant("444444444444", statement_id="support")

    layerperm.inject(Interleave(support_grants_access, before="AddLayerVersionPermission"))
    [arn] = release("shared-deps", archive, ["us-east-1"], PARTNERS)

    for account in [*PARTNERS, "444444444444"]:
        assert_layer_shared_with(account, layer=arn)


def test_the_first_draft_published_two_regions_that_nobody_may_use(layerperm, archive):
    release_first_draft("shared-deps", archive, REGIONS, PARTNERS)

    published = {layer.region_name: layer for layer in layerperm.layers}
    assert_layer_shared_with("222222222222", layer=published["ap-southeast-2"])
    with pytest.raises(AssertionError, match=r"^shared-deps:1 is not shared with 222222222222"):
        assert_layer_shared_with("222222222222", layer=published["us-east-1"])


def test_a_statement_id_with_an_at_sign_shares_nothing(layerperm_client, layerperm_layer, capsys):
    share_with_contact(layerperm_client, "shared-deps", 1, "222222222222", "ops@example.com")

    assert "Value 'ops@example.com' at 'statementId' failed to satisfy constraint" in capsys.readouterr().out
    assert_layer_private()


@pytest.mark.layerperm_every_fault
def test_it_survives_every_failure(archive):
    [arn] = release("shared-deps", archive, ["us-east-1"], PARTNERS)

    for account in PARTNERS:
        assert_layer_shared_with(account, layer=arn)


def test_the_trusting_draft_takes_someone_elses_statement_for_its_own(layerperm, layerperm_layer, layerperm_client):
    with pytest.raises(AssertionError, match=r"does not survive 1 of 10 failures[^@]*another writer takes the"):
        for run in layerperm.every_fault():
            with run:
                share_trustingly(layerperm_client, "shared-deps", 1, "222222222222")
                assert_layer_shared_with("222222222222")
