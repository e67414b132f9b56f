"""``python -m tests.mutation``: mutates each expression of ``lambda_api``, and shows which mutants no test notices.

mutmut creates the mutants, in a copy of the project, and runs the tests of ``tests/lambda_api`` that reach the mutated
function. Survivors must be in ``survivors.toml``, with a reason. Exits with 1 if fewer than 95 % are killed, a survivor
has no reason there, or a reason has no survivor. ``--keep DIRECTORY`` continues with the copy in that directory.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import tomllib

ROOT = Path(__file__).parents[2]
COPIED = ("pytest_layerperm", "tests", "conftest.py", "pyproject.toml", "README.md")
SETTINGS = """
[tool.mutmut]
source_paths = ["pytest_layerperm"]
only_mutate = ["pytest_layerperm/lambda_api/*"]
also_copy = ["conftest.py", "README.md"]
pytest_add_cli_args_test_selection = ["tests/lambda_api"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "--assert=plain"]
"""
PACKAGE = "pytest_layerperm.lambda_api."
LEAST = 95.0
"""Per cent that must be killed."""


class Survivor(NamedTuple):
    """A mutant that no test notices: its function, and the line before and after."""

    where: str
    was: str
    became: str


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--keep", type=Path, help="a directory for the copy and the results so far")
    kept: Path | None = parser.parse_args().keep
    with tempfile.TemporaryDirectory() as temporary:
        directory = kept or Path(temporary)
        if not (directory / "pyproject.toml").exists():
            _copy(directory)
        subprocess.run(
            [sys.executable, "-m", "mutmut", "run", "--max-children", "2"], cwd=directory, check=False, timeout=4 * 3600
        )
        _mutmut(directory, "export-cicd-stats")
        counts = json.loads((directory / "mutants/mutmut-cicd-stats.json").read_text(encoding="utf-8"))
        return judge(counts, [_shown(directory, name) for name in _names(directory)], reasons())


def judge(counts: dict[str, int], survivors: list[Survivor], known: dict[Survivor, str]) -> int:
    """Prints the verdict; returns the exit status."""
    killed = counts["killed"] + counts["timeout"] + counts["segfault"]
    percent = 100 * killed / counts["total"]
    print(f"{counts['total']} mutants, {killed} killed ({percent:.1f} %), {len(survivors)} survived")
    unexplained = [survivor for survivor in survivors if survivor not in known]
    for survivor in unexplained:
        print(f"no reason: {survivor.where}\n  - {survivor.was}\n  + {survivor.became}")
    stale = [survivor for survivor in known if survivor not in survivors]
    for survivor in stale:
        print(f"no survivor any more: {survivor.where}\n  - {survivor.was}\n  + {survivor.became}")
    # What mutmut could not judge counts as alive.
    unjudged = counts["total"] - killed - len(survivors)
    if unjudged:
        print(f"not judged: {unjudged}")
    return 1 if percent < LEAST or unexplained or stale or unjudged else 0


def reasons() -> dict[Survivor, str]:
    """The survivors that are accounted for."""
    listed = tomllib.loads(Path(__file__).with_name("survivors.toml").read_text(encoding="utf-8"))
    return {Survivor(one["where"], one["was"], one["became"]): one["reason"] for one in listed["survivor"]}


def shown(diff: str, where: str) -> Survivor:
    """A survivor as mutmut's diff shows it."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    was = " ".join([line[1:].strip() for line in lines if line.startswith("-")])
    became = " ".join([line[1:].strip() for line in lines if line.startswith("+")])
    return Survivor(where, was, became)


def _copy(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, directory)
    with (directory / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)


def _mutmut(directory: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=directory, check=True, capture_output=True, text=True, timeout=600).stdout


def _names(directory: Path) -> list[str]:
    """The mutants that were not killed: survivors, and those that no test reaches."""
    lines = _mutmut(directory, "results").splitlines()
    return [line.split(":")[0].strip() for line in lines if line.endswith((": survived", ": no tests"))]


def _shown(directory: Path, name: str) -> Survivor:
    where = name.removeprefix(PACKAGE).partition("__mutmut_")[0]
    # mutmut's own spelling of function and method names
    where = where.replace(".x_", ".").replace(".xǁ", ".").replace("ǁ", ".")
    return shown(_mutmut(directory, "show", name), where)


if __name__ == "__main__":
    sys.exit(main())
