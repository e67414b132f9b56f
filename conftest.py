"""Where an optional package is not installed, the files that import it are skipped, and the report says why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

OPTIONAL = (
    "aiobotocore",
    "backoff",
    "hypothesis",
    "pytest_randomly",
    "pytest_rerunfailures",
    "stamina",
    "tenacity",
    "time_machine",
    "uvicorn",
    "xdist",
)
MISSING = [package for package in OPTIONAL if find_spec(package) is None]


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    text = module_path.read_text(encoding="utf-8")
    tested = module_path.with_name(module_path.name.removeprefix("test_"))
    if tested.is_file():
        text += tested.read_text(encoding="utf-8")
    for package in MISSING:
        if re.search(rf"^(from|import) {package}\b", text, re.MULTILINE):
            return _Skipped.from_parent(parent, path=module_path, package=package)
    return None


class _Skipped(pytest.Module):
    def __init__(self, *, package: str, **settings: object) -> None:
        super().__init__(**settings)  # pyright: ignore[reportArgumentType]
        self.package = package

    def collect(self) -> Iterator[pytest.Item]:
        pytest.skip(f"{self.package} is not installed")
