"""The examples of retries that are not botocore's, with the libraries that they use."""

import backoff  # noqa: F401 - without it, and without the next two, this file is skipped
import stamina  # noqa: F401
import tenacity  # noqa: F401


def test_own_retries(collect_example):
    """All tests of the folder are found."""
    assert collect_example("own_retries") == {"tests": 12}
