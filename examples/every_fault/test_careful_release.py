import io
import zipfile

import pytest
from careful_release import release

from pytest_layerperm import Throttle, assert_layer_private, assert_layer_shared_with

PARTNERS = ["222222222222", "333333333333"]


@pytest.fixture
def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr(zipfile.ZipInfo("python/shared_deps.py"), "VERSION = 2\n")
    return buffer.getvalue()


def test_the_release_survives_every_failure(layerperm, archive):
    for run in layerperm.every_fault():
        with run:
            release("shared-deps", archive, PARTNERS)

            assert len(layerperm.layers) == 1, "a version that nobody may use is left behind"
            for account in PARTNERS:
                assert_layer_shared_with(account)


@pytest.mark.layerperm_every_fault
def test_a_second_release_survives_it_too(layerperm_layer, archive):
    """The body of a marked test is the block; what its fixtures made is there at the start of each run."""
    arn = release(layerperm_layer.name, archive, PARTNERS)

    for account in PARTNERS:
        assert_layer_shared_with(account, layer=arn)
    assert_layer_private(layer=layerperm_layer)


def test_one_throttled_attempt_stops_no_sharing(layerperm, archive):
    """Failures of one's own choice, and no error accepted."""
    for run in layerperm.every_fault(Throttle(), operations="AddLayerVersionPermission", may_fail=False):
        with run:
            release("shared-deps", archive, PARTNERS)
