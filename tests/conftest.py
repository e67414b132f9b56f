import gc
from functools import partial

import pytest

from tests.limits import LIMIT

pytest_plugins = ["pytester"]


def pytest_collection_finish() -> None:
    """Each run of pytest inside this one looks through all objects for garbage; what is there by now is none."""
    gc.freeze()


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """pytest's own; where this suite is run in random order, the runs inside it are not, and none runs without end."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:randomly")
    monkeypatch.setattr(pytester, "runpytest_subprocess", partial(pytester.runpytest_subprocess, timeout=LIMIT))
    return pytester
