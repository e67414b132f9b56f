"""The examples of retries that are not botocore's, with the libraries that they use."""

import backoff  # noqa: F401 - without it, and without the next two, this file is skipped
import stamina  # noqa: F401
import tenacity  # noqa: F401


def test_own_retries(run_example):
    """All tests of the folder pass."""
    assert run_example("own_retries").parseoutcomes() == {"passed": 4}
