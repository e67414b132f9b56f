import pytest
from hypothesis import given, settings
from partners import add_partner, add_partner_first_draft, drop_partner

from pytest_layerperm import LayerPerm, assert_layer_not_shared_with, assert_layer_private, assert_layer_shared_with
from pytest_layerperm.strategies import LayerSharingMachine, account_ids

# The first example loads botocore's models, which is slow.
unhurried = settings(deadline=None, max_examples=25)


@unhurried
@given(account_ids().filter("123456789012".__ne__))
def test_any_account_can_be_a_partner(account_id):
    with LayerPerm() as fake:
        layer = fake.publish_layer()
        add_partner(layer.arn, account_id)
        assert_layer_shared_with(account_id, via="account")
        drop_partner(layer.arn, account_id)
        assert_layer_not_shared_with(account_id)
        assert_layer_private()


class Partners(LayerSharingMachine):
    def share(self, layer, account_id):
        add_partner(layer.arn, account_id)

    def unshare(self, layer, account_id):
        drop_partner(layer.arn, account_id)


TestPartners = Partners.TestCase
TestPartners.settings = settings(unhurried, stateful_step_count=20)


@pytest.mark.layerperm_every_fault
def test_adding_survives_every_failure(layerperm_layer):
    add_partner(layerperm_layer.arn, "222222222222")
    assert_layer_shared_with("222222222222")


@pytest.mark.layerperm_every_fault
def test_dropping_survives_every_failure(layerperm_layer):
    drop_partner(layerperm_layer.arn, "222222222222")
    assert_layer_not_shared_with("222222222222")


def test_the_first_draft_takes_someone_elses_statement_for_its_own(layerperm, layerperm_layer):
    with pytest.raises(AssertionError, match="does not survive 1 of 10 failures"):
        for run in layerperm.every_fault():
            with run:
                add_partner_first_draft(layerperm_layer.arn, "222222222222")
                assert_layer_shared_with("222222222222")
