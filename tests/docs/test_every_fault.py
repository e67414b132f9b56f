"""The report of examples/every_fault/first_draft.py, as README shows it."""

import shutil
from pathlib import Path

import boto3  # noqa: F401
import freezegun  # noqa: F401

import pytest_layerperm.explore.sweep
import pytest_layerperm.fake.layerperm
import pytest_layerperm.transports.moto.hooks  # noqa: F401 - what pytester's run imports first, it forgets

EXAMPLE = Path(__file__).parents[2] / "examples" / "every_fault"


def test_the_report_is_word_for_word_what_the_readme_shows(pytester, monkeypatch):
    """From its first line to the command."""
    monkeypatch.setenv("COLUMNS", "100")
    folder = pytester.mkdir("examples") / "every_fault"
    folder.mkdir()
    shutil.copy(EXAMPLE / "first_draft.py", folder)
    quick = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
    result = pytester.runpytest_inprocess("examples/every_fault/first_draft.py", *quick)
    result.assert_outcomes(failed=1)
    lines = [line[1:].removeprefix("       ").rstrip() for line in result.outlines if line.startswith("E  ")]
    text = "\n".join(lines).removeprefix("AssertionError: ") + "\n"
    assert text == (EXAMPLE / "first_draft.txt").read_text(encoding="utf-8")
