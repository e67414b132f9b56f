"""README shows what runs: its code blocks are files of examples/, its links lead somewhere."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from pytest_layerperm.facts import CONFIDENCES, FACTS
from tests.docs.readme import README, ROOT, expected, fences, source_text, updated

TEXT = README.read_text(encoding="utf-8")
CODE = ("python", "bash", "javascript", "yaml", "json")


@pytest.mark.parametrize("fence", [f for f in fences(TEXT) if f.source], ids=lambda fence: fence.source)
def test_a_code_block_equals_the_example_it_names(fence):
    """What README shows is what the tests run, to the letter."""
    assert fence.body == expected(fence)


def test_every_code_block_names_its_example():
    """README contains no code that no test runs."""
    assert [f.body for f in fences(TEXT) if f.language in CODE and not f.source.startswith("examples/")] == []


def test_blocks_without_source_are_commands_settings_or_output():
    """Only these need no file: shell commands, ini settings, and output."""
    assert {f.language for f in fences(TEXT) if not f.source} <= {"sh", "toml", "text", "console"}


def test_links_within_the_page_lead_to_headings():
    """A link to a chapter is one to a chapter that exists."""
    headings = [re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.+)$", TEXT, re.M)]
    assert [link for link in re.findall(r"\]\(#([^)]+)\)", TEXT) if link not in headings] == []


def test_links_to_files_lead_to_files():
    """A link to a file of the project is one to a file that exists."""
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", TEXT)
    assert [path for path in linked if not (ROOT / path).exists()] == []


def test_the_page_can_be_brought_up_to_date(monkeypatch, tmp_path):
    """A stale block is rewritten from its source, and nothing else changes."""
    stale = "before\n```python examples/sharing/share_layer.py\nold\n```\nafter\n```sh\nkept\n```\n"
    shown = source_text("examples/sharing/share_layer.py")

    assert updated(stale) == f"before\n```python examples/sharing/share_layer.py\n{shown}```\nafter\n```sh\nkept\n```\n"


def test_what_is_installed_with_an_extra_has_it():
    """pip only warns of an extra that does not exist, and installs nothing for it."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    _, _, rest = project.partition("[project.optional-dependencies]\n")
    extras = set(re.findall(r"^(\w+) = ", rest.partition("\n\n")[0], re.M))
    named = re.findall(r"(?:pytest-layerperm|'\.)\[([\w,]+)\]", TEXT)
    assert named
    assert {extra for names in named for extra in names.split(",")} <= extras


def test_the_number_of_facts():
    """Their number, and their confidence."""
    counts = Counter(fact.confidence for fact in FACTS)
    stated = ", ".join([f"{counts[confidence]} {confidence}" for confidence in CONFIDENCES])
    assert f"| {len(FACTS)}: {stated} |" in TEXT


def test_the_number_of_mutants():
    """The survivors are those that have a reason."""
    stated = re.search(r"\| ([\d,]+), of which ([\d,]+) are noticed \(([\d.]+) %\)", TEXT)
    assert stated is not None
    made, noticed = [int(number.replace(",", "")) for number in stated.groups()[:2]]
    reasons = (ROOT / "tests/mutation/survivors.toml").read_text(encoding="utf-8").count("[[survivor]]")
    assert made - noticed == reasons
    assert f"{100 * noticed / made:.1f}" == stated[3]


def test_the_speed_is_within_its_budget():
    """The table of the benchmark, as it was printed, in which every row holds."""
    _, _, chapter = TEXT.partition("## Performance\n")
    rows = re.findall(r"^\| (.*) \| (.*) \| (.*) \| (.*) \|$", chapter.partition("\n## ")[0], re.M)[2:]
    assert len(rows) == 20
    assert {holds for _, must, _, holds in rows if must} == {"yes"}
