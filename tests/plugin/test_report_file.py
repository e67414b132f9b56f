"""``--layerperm-report``: the page of the tests of a run."""

import json
import re

import pytest

TESTS = """
    import pytest

    def test_shares(layerperm, layerperm_layer):
        layerperm.client().add_layer_version_permission(
            LayerName="shared-deps", VersionNumber=1, StatementId="partner",
            Action="lambda:GetLayerVersion", Principal="222222222222",
        )

    def test_fails(layerperm, layerperm_layer):
        layerperm_layer.grant("*", statement_id="everyone")
        assert layerperm_layer.policy is None, "</script><script>alert(1)</script>"

    @pytest.fixture
    def broken(layerperm):
        yield
        raise RuntimeError("cannot clean up")

    def test_breaks_after_it_passed(layerperm, broken):
        layerperm.publish_layer("late")

    def test_raises_nothing_but_a_name(layerperm):
        raise LookupError

    def test_uses_no_layerperm():
        assert False
"""


def shown_in(path):
    """What the page was given, by test."""
    text = path.read_text("utf-8")
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert json.loads(data)["mode"] == "report"
    return {test["name"].partition("::")[2]: test for test in json.loads(data)["tests"]}


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "2")], ids=["one process", "xdist"])
def test_the_page_has_the_tests_that_failed(pytester, workers):
    """Each failed test that used layerperm is there with its failure, layers and calls, from whatever process."""
    if workers:
        pytest.importorskip("xdist")
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess("--layerperm-report=out/page.html", *workers)
    result.stdout.fnmatch_lines(["layerperm report of 3 tests: out/page.html"])
    tests = shown_in(pytester.path / "out/page.html")
    assert sorted(tests) == ["test_breaks_after_it_passed", "test_fails", "test_raises_nothing_but_a_name"]
    failed = tests["test_fails"]
    assert failed["outcome"] == "failed"
    assert failed["failure"].startswith("</script><script>alert(1)</script>\nassert ")
    assert "layerperm_layer.policy is None" in failed["details"]
    (layer,) = failed["state"]["layers"]
    assert layer["statements"] == [{"sid": "everyone", "principal": "*", "organization_id": None, "way": "public"}]
    late = tests["test_breaks_after_it_passed"]
    assert (late["outcome"], late["failure"]) == ("failed", "RuntimeError: cannot clean up")
    assert [layer["name"] for layer in late["state"]["layers"]] == ["late"]
    assert tests["test_raises_nothing_but_a_name"]["failure"] == "LookupError"


def test_all_tests_on_request(pytester):
    """--layerperm-report-all adds those that passed."""
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_inprocess("--layerperm-report", "page.html", "--layerperm-report-all")
    result.stdout.fnmatch_lines(["layerperm report of 4 tests: page.html"])
    passed = shown_in(pytester.path / "page.html")["test_shares"]
    assert (passed["outcome"], passed["failure"], passed["details"]) == ("passed", None, None)
    (call,) = passed["state"]["calls"]
    assert (call["operation"], call["attempts"]) == (
        "AddLayerVersionPermission",
        [{"outcome": "201", "status": 201, "fault": None}],
    )


def test_nothing_in_the_page_can_end_its_script(pytester):
    """What a test says is data: no markup of its reaches the document."""
    pytester.makepyfile(TESTS)
    pytester.runpytest_inprocess("--layerperm-report=page.html")
    text = (pytester.path / "page.html").read_text("utf-8")
    assert text.count("<script") == text.count("</script>") == 2
    assert "alert(1)" in text
    assert not re.search(r'(?:src|href)="(?!#|data:)', text)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--layerperm-report-all"], "ERROR: --layerperm-report-all goes with --layerperm-report=PATH"),
        (["--layerperm-report=."], "ERROR: --layerperm-report must be the path of a file, and . is a directory"),
        (["--layerperm-report=file/page.html"], "ERROR: --layerperm-report: *File exists*"),
    ],
)
def test_what_cannot_be_written_is_a_usage_error(pytester, arguments, message):
    """The run does not start, and the message names the option."""
    (pytester.path / "file").write_text("")
    result = pytester.runpytest_inprocess(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


def test_help(pytester):
    """The options of the page stand apart from those of the facts."""
    printed = pytester.runpytest_inprocess("--help").stdout.str()
    _, page, rest = printed.partition("pytest-layerperm: what tests did, as a page:\n")
    assert page
    options, _, _ = rest.partition("\n\n")
    assert "--layerperm-report=PATH" in options
    assert "--layerperm-endpoint" not in options
    _, _, facts = printed.partition("pytest-layerperm: facts about AWS, on any endpoint:\n")
    assert "--layerperm-report" not in facts.partition("\n\n")[0]
