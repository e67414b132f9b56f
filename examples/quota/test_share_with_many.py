import pytest
from botocore.exceptions import ClientError
from share_with_many import share_with_all, share_with_all_in_a_hurry

pytestmark = [
    pytest.mark.layerperm_rate_limit(per_second=15),
    pytest.mark.usefixtures("layerperm_clock"),  # Time is what the code waits, whatever the machine's speed.
]
ACCOUNTS = [f"{number:012}" for number in range(40)]


def accounts_with_access(layer):
    return [statement["Principal"]["AWS"].split(":")[4] for statement in layer.policy["Statement"]]


def test_all_forty_get_access(layerperm, layerperm_layer):
    share_with_all(layerperm_layer.arn, ACCOUNTS)

    assert accounts_with_access(layerperm_layer) == ACCOUNTS
    first, *_, last = layerperm.calls
    assert last.seconds - first.seconds > (40 - 15) / 15  # Virtual seconds: the test itself waits for none.


def test_in_a_hurry_most_get_none(layerperm_layer):
    """The naive version fails: it stops in the middle of the list."""
    with pytest.raises(ClientError, match="Rate exceeded"):
        share_with_all_in_a_hurry(layerperm_layer.arn, ACCOUNTS)

    assert accounts_with_access(layerperm_layer) == ACCOUNTS[:15]


def test_the_quota_is_shared_with_everything_else(layerperm, layerperm_layer):
    """A dashboard that lists layers in the same account and region takes from the same 15."""
    for _ in range(15):
        layerperm.client().list_layers()

    share_with_all(layerperm_layer.arn, ACCOUNTS[:1])

    assert [call.status for call in layerperm.calls.of("AddLayerVersionPermission")][-2:] == [429, 201]
