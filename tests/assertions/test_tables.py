"""Text laid out, no wider than the terminal."""

import os
import shutil

import pytest

from pytest_layerperm import plugin
from pytest_layerperm.assertions import tables
from pytest_layerperm.service import pytest_run


@pytest.mark.parametrize(("columns", "width"), [("100", 92), ("80", 72), ("10", 40), ("0", 72), ("wide", 72)])
def test_text_width(monkeypatch, columns, width):
    """COLUMNS says how wide the terminal is; pytest needs eight columns; nothing is narrower than forty."""
    monkeypatch.setattr(pytest_run, "terminal_columns", 80)
    monkeypatch.setenv("COLUMNS", columns)
    assert tables.text_width() == width


def test_a_terminal_that_nobody_can_see_now(monkeypatch):
    """What pytest saw when it started holds."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(pytest_run, "terminal_columns", 132)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda fallback: os.terminal_size(fallback))
    assert tables.screen_width() == 132


def test_the_terminal_is_seen_at_the_start(pytester, monkeypatch):
    """Failures are as wide as the terminal that pytest was started in."""
    monkeypatch.setattr(pytest_run, "terminal_columns", 80)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda fallback: os.terminal_size((132, 50)))
    plugin.pytest_configure(pytester.parseconfig())
    assert pytest_run.terminal_columns == 132


def test_a_table():
    """Columns are aligned; a column that is empty everywhere takes no room; nothing trails."""
    rows = [["a", "", "long", "x"], ["bcd", "", "e", ""]]
    assert tables.table(rows) == "  a    long  x\n  bcd  e"


def test_a_wide_cell_is_wrapped():
    """The last cell is wrapped in its column, words whole."""
    rows = [["name", "one two three four five six"]]
    assert tables.table(rows, width=30) == "  name  one two three four\n        five six"


def test_no_room_for_a_cell():
    """If the last column has no room left, its cell goes below; short cells of other rows stay."""
    rows = [["a-very-long-name", "one two three four"], ["short", "one"]]
    assert tables.table(rows, width=30) == ("  a-very-long-name\n      one two three four\n  short             one")


@pytest.mark.parametrize(
    ("words", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_joined(words, text):
    """Words as English lists them."""
    assert tables.joined(words) == text
