"""Docstrings and comments that cite a fact name one that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_layerperm.facts import FACTS

ROOT = Path(__file__).parents[2]
GROUPS = "|".join(sorted({fact.group for fact in FACTS}))
IDS = {fact.id for fact in FACTS}
CITATION = re.compile(rf"(?:``|\()((?:{GROUPS})/[a-z0-9-]+)\b")
SOURCES = [
    path
    for folder in ("pytest_layerperm", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "node_modules" not in path.parts
]


@pytest.mark.skipif(not (ROOT / "tox.ini").exists(), reason="needs the sources")
def test_cited_facts_exist() -> None:
    """By their ids, in double backquotes or parentheses."""
    cited = [(path, id_) for path in SOURCES for id_ in CITATION.findall(path.read_text(encoding="utf-8"))]
    assert cited
    assert [f"{path.relative_to(ROOT)}: {id_}" for path, id_ in cited if id_ not in IDS] == []
