"""What is still in place after the fake is off, since someone else put it back, passes everything through."""

import sys
from types import SimpleNamespace

from pytest_layerperm.patches import children, imports, own_sleeps, waiting


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


def test_a_sleep_that_nobody_measures():
    """It sleeps."""
    slept = []
    own_sleeps._measuring(slept.append)(0.5)
    assert slept == [0.5]


def test_a_token_bucket_whose_clock_was_set_back():
    """It owes nothing for the difference."""
    refilled = []
    tokens = SimpleNamespace(_last_timestamp=10.0, _clock=SimpleNamespace(current_time=lambda: 5.0))
    waiting._refilling(refilled.append)(tokens)
    assert refilled == [tokens]
    assert tokens._last_timestamp is None
