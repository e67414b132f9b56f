"""What is still in place after the fake is off, since someone else put it back, passes everything through."""

import sys

from pytest_layerperm.patches import children, imports


def test_starting_a_program():
    """With the arguments as they came."""
    seen = []
    init = children._guarding_init(lambda *args, **kwargs: seen.append((args, kwargs)))
    init("popen", ["true"], env={"A": "1"})
    assert seen == [(("popen", ["true"]), {"env": {"A": "1"}})]


def test_an_import_hook_that_is_gone():
    """Someone else may have put back a list of finders from before."""
    before = list(sys.meta_path)
    with imports.on_import({"layerperm_never_imported": lambda module: None}):
        assert len(sys.meta_path) == len(before) + 1
        sys.meta_path[:] = before
    assert sys.meta_path == before


def test_a_place_among_no_finders(monkeypatch):
    """Where the interpreter's own are gone, the hook comes first."""
    monkeypatch.setattr(sys, "meta_path", [])
    assert imports._place() == 0
