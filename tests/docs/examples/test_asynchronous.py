"""The example of aiobotocore."""

import aiobotocore  # noqa: F401 - without it, this file is skipped


def test_asynchronous(run_example):
    """All tests of the folder pass."""
    assert set(run_example("asynchronous").parseoutcomes()) == {"passed"}
