"""The example of aiobotocore."""

import aiobotocore  # noqa: F401 - without it, this file is skipped


def test_asynchronous(collect_example):
    """All tests of the folder are found."""
    assert set(collect_example("asynchronous")) == {"tests"}
