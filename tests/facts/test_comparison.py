"""The README's table of facts, and moto's known differences."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("flask", reason="moto's server needs moto[server]")

from pytest_layerperm.facts import compare
from pytest_layerperm.facts.compare import BEGIN, END, embed, markdown, moto_version, of_moto, of_this_fake
from pytest_layerperm.facts.reporting import Result

README = Path(__file__).parents[2] / "README.md"
RUN_AGAIN = "the README's table is stale: python -m pytest_layerperm.facts.compare README.md"


@pytest.fixture(scope="module")
def ours() -> list[Result]:
    return of_this_fake()


@pytest.fixture(scope="module")
def motos() -> list[Result]:
    return of_moto()


def as_numbers(version: str) -> tuple[int, ...]:
    return tuple([int(part) for part in version.split(".")])


def without_last_column(table: str) -> list[str]:
    return [line.rsplit("|", 2)[0] for line in table.splitlines() if line.startswith("| ")]


def test_readme_has_the_table_of_today(ours: list[Result], motos: list[Result]) -> None:
    """Made by the comparison, not typed. A moto older than the README's is not compared with its column."""
    text = README.read_text(encoding="utf-8")
    region = text.partition(BEGIN)[2].partition(END)[0]
    named = re.search(r"moto (\d+\.\d+\.\d+)", region)
    assert named is not None, RUN_AGAIN
    table = markdown(ours, motos, f"moto {named[1]}")
    if as_numbers(moto_version()) >= as_numbers(named[1]):
        assert embed(text, table) == text, RUN_AGAIN
    else:
        assert without_last_column(region) == without_last_column(table), RUN_AGAIN


def test_this_fake_holds_every_fact(ours: list[Result]) -> None:
    """The comparison's own way in is no exception."""
    assert [result for result in ours if result.verdict != "held"] == []


@pytest.mark.parametrize(
    ("id", "expected", "got"),
    [
        ("operations/add-status", "201", "200"),
        ("errors/statement-exists", "409", "200"),
        ("errors/wrong-revision-on-add", "412", "200"),
        ("revisions/right-on-remove", "a success", "412 PreconditionFailedException"),
        ("statements/account", '"Principal":{"AWS":"arn:aws:iam::223456789012:root"}', '"Principal": "223456789012"'),
        ("statements/organization", '"aws:PrincipalOrgID":"o-t194hfs8cz"', '"OrganizationId": "o-t194hfs8cz"'),
        ("operations/get-version-and-by-arn-agree", "200", "500"),
    ],
)
def test_known_differences_of_moto_are_found(motos: list[Result], id: str, expected: str, got: str) -> None:  # noqa: A002
    """Duplicate ids, revisions ignored and refused, raw principals, 200 for 201, no GetLayerVersionByArn."""
    result = next(result for result in motos if result.id == id)
    assert result.verdict == "differs"
    assert any(expected in one[1] and got in one[2] for one in result.differences), result.differences


def test_command_prints_the_table(
    ours: list[Result], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Or puts it into the file that is named."""
    monkeypatch.setattr(compare, "of_this_fake", lambda: ours[:2])
    monkeypatch.setattr(compare, "of_moto", lambda: ours[:2])
    monkeypatch.setattr(compare, "moto_version", lambda: "9.9.9")
    assert compare.main([]) == 0
    table = capsys.readouterr().out
    assert table == (
        "| facts | | this plugin | moto 9.9.9 |\n"
        "|---|---:|---:|---:|\n"
        "| recorded | 2 | 2 | 2 |\n"
        "| documented | 0 | 0 | 0 |\n"
        "| reported | 0 | 0 | 0 |\n"
        "| inferred | 0 | 0 | 0 |\n"
        "\n"
        "By group, the inferred ones left out:\n"
        "\n"
        "| facts | | this plugin | moto 9.9.9 |\n"
        "|---|---:|---:|---:|\n"
        "| operations | 2 | 2 | 2 |\n"
        "\n"
        "<details><summary>What was recorded of AWS, and is otherwise in moto 9.9.9</summary>\n"
        "\n"
        "\n"
        "</details>\n"
    )
    path = tmp_path / "README.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    assert compare.main([str(path)]) == 0
    assert path.read_text(encoding="utf-8") == f"before\n{BEGIN}\n{table}{END}\nafter\n"


def test_document_must_have_a_region(tmp_path: Path) -> None:
    """Told before the comparison is made; nothing is written into a file that has no place for it."""
    path = tmp_path / "README.md"
    path.write_text("# Title\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest_layerperm.facts.compare", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.endswith(f"error: {path}: the document has no region from {BEGIN} to {END}\n")
    assert path.read_text(encoding="utf-8") == "# Title\n"
