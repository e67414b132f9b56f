"""Being told of imports."""

import importlib
import importlib.util
import sys

import pytest

from pytest_layerperm.patches.imports import on_import


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """A package that nobody has imported."""
    package = tmp_path / "layerperm_fresh"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "late.py").write_text("VALUE = 1\n")
    (package / "broken.py").write_text("raise LookupError('broken')\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "layerperm_fresh.late"
    for name in [name for name in sys.modules if name.startswith("layerperm_fresh")]:
        del sys.modules[name]


def test_a_module_that_is_there_is_told_of_at_once():
    """What was imported before is told of when the block begins."""
    told = []
    with on_import({"json": told.append}):
        assert told == [sys.modules["json"]]
    assert told == [sys.modules["json"]]


def test_a_module_that_comes_later_is_told_of_when_it_is_whole(fresh):
    """What is imported in the block is told of each time that it has run."""
    told = []
    with on_import({fresh: lambda module: told.append(module.VALUE)}):
        assert told == []
        module = importlib.import_module(fresh)
        importlib.reload(module)
    assert told == [1, 1]


def test_the_module_keeps_its_own_loader(fresh):
    """Nothing of the telling stays on the module."""
    with on_import({fresh: lambda module: None}):
        module = importlib.import_module(fresh)
    plain = importlib.util.find_spec(fresh).loader
    assert type(module.__loader__) is type(module.__spec__.loader) is type(plain)
    assert module.__spec__.loader.get_source(fresh) == "VALUE = 1\n"


def test_nobody_is_told_after_the_block(fresh):
    """A module that was found in the block and loaded after it is not told of."""
    told = []
    before = list(sys.meta_path)
    with on_import({fresh: told.append}):
        spec = importlib.util.find_spec(fresh)
    assert sys.meta_path == before
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert told == []


def test_a_module_that_does_not_exist_is_not_found(fresh):
    """A name that no finder knows stays unknown."""
    with on_import({"layerperm_fresh.missing": lambda module: None}):
        assert importlib.util.find_spec("layerperm_fresh.missing") is None


def test_a_module_that_fails_is_not_told_of(fresh):
    """A module's own error is raised as ever."""
    told = []
    with on_import({"layerperm_fresh.broken": told.append}), pytest.raises(LookupError, match="broken"):
        importlib.import_module("layerperm_fresh.broken")
    assert told == []


def test_blocks_nest(fresh):
    """Two blocks that want the same module are both told."""
    told = []
    with on_import({fresh: lambda module: told.append("outer")}):
        with on_import({fresh: lambda module: told.append("inner")}):
            module = importlib.import_module(fresh)
    assert told == ["outer", "inner"]
    assert module.__loader__.get_source(fresh) == "VALUE = 1\n"
