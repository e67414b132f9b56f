"""What people read when a test fails: the reports of examples/failing, word for word, however pytest is run."""

import re
import shutil
from pathlib import Path

import pytest

FAILING = Path(__file__).parents[2] / "examples" / "failing"
EXPECTED = (FAILING / "output.txt").read_text(encoding="utf-8")


@pytest.fixture
def report(pytester, monkeypatch):
    """Runs the failing examples as a user does; returns what was printed, without what differs from run to run."""
    for name in ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    directory = pytester.path / "examples" / "failing"
    directory.mkdir(parents=True)
    shutil.copy(FAILING / "test_release.py", directory)

    def run(*options, apart=False):
        """``apart``: in a process of its own, in which nothing is imported yet."""
        runpytest = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
        result = runpytest("-q", "-p", "no:randomly", "-p", "no:hypothesispytest", "examples/failing", *options)
        assert result.ret == 1
        # Python 3.11 and newer point at the failing expression.
        lines = [line.rstrip() for line in result.outlines if not re.fullmatch(r" +\^+", line)]
        text = re.sub(r"\d\d:\d\d:\d\d\.\d{3}", "12:00:00.000", "\n".join(lines))
        return re.sub(r"in \d+\.\d\ds", "in 0.50s", text) + "\n"

    return run


def failures_of(text):
    """The report of each failed test."""
    reports = re.split(r"^_+ (test_\w+) _+$", text.partition("\n===")[2].partition("\n===")[0], flags=re.MULTILINE)
    return {
        name: re.sub(r"^\[gw\d\].*\n+", "", report.lstrip("\n"), flags=re.MULTILINE).strip()
        for name, report in zip(reports[1::2], reports[2::2], strict=True)
    }


def summary_of(text):
    return sorted(line for line in text.splitlines() if line.startswith("FAILED "))


def test_word_for_word(report):
    """The whole output is examples/failing/output.txt."""
    assert report() == EXPECTED


def test_without_rewritten_asserts(report):
    """The helpers' texts are their own: --assert=plain changes nothing."""
    assert report("--assert=plain", apart=True) == EXPECTED


def test_on_continuous_integration(report, monkeypatch):
    """If pytest prints messages in full, the summary still has only the verdicts."""
    monkeypatch.setenv("CI", "true")
    assert report() == EXPECTED


def test_with_autoload(report, monkeypatch):
    """Found by its entry point, among all plugins that are installed, the plugin says the same."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    monkeypatch.delenv("PYTEST_PLUGINS")
    assert report(apart=True) == EXPECTED


def test_on_two_workers(report):
    """From the workers of pytest-xdist the same reports arrive, calls included."""
    pytest.importorskip("xdist", reason="xdist is not installed")
    text = report("-p", "xdist", "-n2", apart=True)
    assert failures_of(text) == failures_of(EXPECTED)
    assert len(failures_of(text)) == 5
    assert summary_of(text) == summary_of(EXPECTED)


def test_the_summary_has_the_verdicts(report):
    """Quiet, and without tracebacks, the verdicts are still there, whole."""
    verdicts = [line.partition(" - ")[2] for line in summary_of(report("--tb=no"))]
    assert sorted(verdicts) == [
        "shared-deps:1 is not shared with 222222222222",
        "shared-deps:1 is not shared with 222222222222",
        "shared-deps:1 is not shared with 222222222222",
        "shared-deps:1 is public",
        "shared-deps:2 is not shared with 222222222222",
    ]


def test_not_collected_unless_asked_for(pytester):
    """A run of the examples does not include the failing ones."""
    for name in ("conftest.py", "failing/test_release.py"):
        (pytester.path / "examples" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FAILING.parent / name, pytester.path / "examples" / name)
    (pytester.path / "examples" / "test_other.py").write_text("def test_it(): pass\n", encoding="utf-8")
    collected = pytester.runpytest_inprocess("--collect-only", "-q", "examples").outlines
    assert [line for line in collected if "::" in line] == ["examples/test_other.py::test_it"]
