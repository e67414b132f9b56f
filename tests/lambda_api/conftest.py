"""What all tests of the pure layer API need."""

from __future__ import annotations

import sys

import pytest

from pytest_layerperm.lambda_api import constraints


@pytest.fixture(autouse=True, scope="session")
def nothing_known_yet() -> None:
    """Caches are cleared: mutmut forks each run from a process that has filled them."""
    kept = [accepted for members in constraints._TEXTS.values() for _, _, accepted in members]
    for name, module in list(sys.modules.items()):
        if name.startswith("pytest_layerperm.lambda_api."):
            kept += [value for value in vars(module).values() if hasattr(value, "cache_clear")]
    for function in kept:
        function.cache_clear()
