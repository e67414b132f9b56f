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
    """pytest's own, with this plugin alone: others are named with ``-p``. No run of it is without end."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "pytest_layerperm.plugin")
    monkeypatch.setattr(pytester, "runpytest_subprocess", partial(pytester.runpytest_subprocess, timeout=LIMIT))
    return pytester
