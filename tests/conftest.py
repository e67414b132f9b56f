import gc
from functools import partial
from importlib.util import find_spec

import pytest

from tests.limits import LIMIT

pytest_plugins = ["pytester"]


def pytest_collection_finish() -> None:
    """Each run of pytest inside this one looks through all objects for garbage; what is there by now is none."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without the extra ``server``, tests of the live server are skipped, and the report says why."""
    if find_spec("uvicorn") is None:
        for item in items:
            if "layerperm_server" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason="uvicorn is not installed"))


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """pytest's own, with this plugin alone: others are named with ``-p``. No run of it is without end."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "pytest_layerperm.plugin")
    monkeypatch.setattr(pytester, "runpytest_subprocess", partial(pytester.runpytest_subprocess, timeout=LIMIT))
    return pytester
