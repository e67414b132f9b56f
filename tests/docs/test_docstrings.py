"""What the docstrings of public names contain, and that their examples run."""

import builtins
import doctest
import importlib
import inspect
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

import pytest_layerperm
from pytest_layerperm import LayerPerm, facts
from pytest_layerperm.facts import running, sources
from pytest_layerperm.lambda_api.members import MEMBERS as OPERATIONS
from pytest_layerperm.plugin import fixtures
from pytest_layerperm.transports.server.live import ServerAddress

PACKAGE = Path(pytest_layerperm.__file__).parent
DOCS = "https://docs.aws.amazon.com/lambda/latest/"
ADD = f"{DOCS}api/API_AddLayerVersionPermission.html"
DELETE = f"{DOCS}api/API_DeleteLayerVersion.html"
GET = f"{DOCS}api/API_GetLayerVersionPolicy.html"
PUBLISH = f"{DOCS}api/API_PublishLayerVersion.html"
REMOVE = f"{DOCS}api/API_RemoveLayerVersionPermission.html"
SHARING = f"{DOCS}dg/permissions-layer-cross-account.html"

IMPORTABLE = {name: getattr(pytest_layerperm, name) for name in pytest_layerperm.__all__}
STRATEGIES = {}
if find_spec("hypothesis") is not None:
    strategies = importlib.import_module("pytest_layerperm.strategies")
    STRATEGIES = {f"strategies.{name}": getattr(strategies, name) for name in strategies.__all__}
FACTS = {
    "facts": facts,
    "facts.Fact": facts.Fact,
    "facts.running.Endpoint": running.Endpoint,
    "facts.running.Outcome": running.Outcome,
    "facts.running.show": running.show,
    "facts.sources.explain": sources.explain,
}
# What pytest makes of a fixture carries its text in some versions of pytest only.
FIXTURES = {
    f"fixtures.{name}": getattr(getattr(fixtures, name), "__wrapped__", getattr(fixtures, name))
    for name in fixtures.__all__
}
HOLDERS = {**IMPORTABLE, **STRATEGIES, **FACTS, **FIXTURES, "ServerAddress": ServerAddress}


def members_of(holder):
    """The public methods and properties of a class, by name; without those of other packages' classes."""
    if not inspect.isclass(holder):
        return {}
    ours = [one for one in holder.__mro__ if one.__module__.startswith("pytest_layerperm")]
    names = {
        name for one in ours for name, value in vars(one).items() if callable(value) or isinstance(value, property)
    }
    return {name: getattr(holder, name) for name in sorted(names) if not name.startswith("_")}


PUBLIC = HOLDERS | {
    f"{name}.{member}": value for name, holder in HOLDERS.items() for member, value in members_of(holder).items()
}
FOLLOWED = {
    "Explanation": SHARING,
    "LayerPerm.publish_layer": PUBLISH,
    "LayerVersion.delete": DELETE,
    "LayerVersion.grant": ADD,
    "LayerVersion.policy": GET,
    "LayerVersion.revoke": REMOVE,
    "RateLimit": f"{DOCS}dg/gettingstarted-limits.html",
    "ServiceFailure": ADD,
    "Throttle": ADD,
    "assert_layer_not_public": SHARING,
    "assert_layer_not_shared_with": SHARING,
    "assert_layer_policy": GET,
    "assert_layer_policy_unchanged": GET,
    "assert_layer_private": SHARING,
    "assert_layer_public": SHARING,
    "assert_layer_shared_with": SHARING,
    "assert_layer_shared_with_organization": ADD,
    "strategies.add_requests": ADD,
    "strategies.invalid_add_requests": ADD,
    "strategies.layer_names": PUBLISH,
    "strategies.organization_ids": ADD,
    "strategies.policies": GET,
    "strategies.principals": ADD,
    "strategies.remove_requests": REMOVE,
    "strategies.statement_ids": ADD,
    "strategies.statements": ADD,
}
"""What follows an operation or a page of the developer guide, and which."""


def modules_with_examples():
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if ">>> " in text and (STRATEGIES or "strategies" not in path.parts):
            name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
            yield pytest.param(name, len(re.findall(r"^ *>>> ", text, re.MULTILINE)), id=name)


def doctests_of(module):
    """Those of the module itself and of all that is defined in it."""
    finder = doctest.DocTestFinder()
    found = finder.find(module)
    for name, value in vars(module).items():
        # Hypothesis makes strategies' functions anew, so that doctest takes them for another module's.
        if callable(value) and getattr(value, "__module__", None) in (module.__name__, "pytest_layerperm"):
            found += finder.find(value, f"{module.__name__}.{name}", module=False)
    return {test.name: test for test in found if test.examples}.values()


@pytest.fixture
def run_example(monkeypatch):
    """Runs a doctest as a reader would: with the package's public names, and the fixtures that it names."""
    monkeypatch.setattr(builtins, "_", None, raising=False)  # Showing values sets it.

    def run(test):
        source = "".join([example.source for example in test.examples])
        test.globs = {**IMPORTABLE, **{name.partition(".")[2]: value for name, value in STRATEGIES.items()}}
        said = []
        with LayerPerm() as fake:
            test.globs |= {"layerperm": fake, "layerperm_client": fake.client()}
            if "layerperm_layer" in source:
                test.globs["layerperm_layer"] = fake.publish_layer()
            doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)
        if said:
            raise AssertionError("".join(said))

    return run


@pytest.mark.parametrize(("name", "written"), list(modules_with_examples()))
def test_examples_run(name, written, run_example):
    """The examples of each docstring separately; none is overlooked."""
    tests = doctests_of(importlib.import_module(name))
    for test in tests:
        run_example(test)
    assert sum([len(test.examples) for test in tests]) == written


def test_a_wrong_example_is_seen(run_example):
    """The check itself: another value fails, and so does a fault that never strikes."""
    parsed = doctest.DocTestParser()
    with pytest.raises(AssertionError, match="Expected:\n    2\nGot:\n    1\n"):
        run_example(parsed.get_doctest(">>> layerperm_layer.version\n2\n", {}, "wrong", None, None))
    with pytest.raises(AssertionError, match="an injected fault was never triggered: Throttle"):
        run_example(parsed.get_doctest(">>> added = layerperm.inject(Throttle())\n", {}, "idle", None, None))


MY_TOOL = """
    import boto3
    import requests

    def add(layer_version_arn, **whom):
        layer_arn, _, version = layer_version_arn.rpartition(":")
        boto3.client("lambda").add_layer_version_permission(
            LayerName=layer_arn, VersionNumber=int(version), StatementId="s", Action="lambda:GetLayerVersion", **whom
        )

    def share(arn, account_id):
        add(arn, Principal=account_id)

    def share_with_organization(arn, organization_id):
        add(arn, Principal="*", OrganizationId=organization_id)

    def share_with_everyone(arn):
        add(arn, Principal="*")

    def share_and_tell(arn, account_id):
        share(arn, account_id)
        requests.post("https://chat.example.com/room", json={})

    def revoke(arn, account_id):
        pass

    def audit(arn):
        pass
"""
"""What the fixtures' examples test: the reader's own code."""


def literal_block(name):
    """The one example that is not a doctest."""
    _, found = inspect.getdoc(HOLDERS[name]).split("::\n\n")
    return "\n".join(
        [line[4:] for line in found.split("\n\n    ")[0].splitlines() if line.startswith("    ") or not line]
    )


@pytest.mark.parametrize("name", FIXTURES)
def test_the_example_of_a_fixture_takes_it(name):
    """It is a test, and names the fixture among its arguments."""
    example = literal_block(name)
    assert re.match(rf"def test_\w+\(.*\b{name.partition('.')[2]}\b.*\):\n", example)
    compile(example, name, "exec")


def test_the_examples_of_fixtures_run(pytester):
    """With a tool that does what its name says; the server's example needs a script too."""
    names = [name for name in FIXTURES if name != "fixtures.layerperm_server"]
    imports = "import my_tool\nfrom my_tool import share_and_tell\nfrom pytest_layerperm import *\n"
    files = {f"test_{name.replace('.', '_')}": f"{imports}\n\n{literal_block(name)}\n" for name in names}
    pytester.makepyfile(my_tool=MY_TOOL, **files)
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=len(names))


@pytest.mark.parametrize("name", PUBLIC)
def test_the_first_line_is_a_sentence(name):
    """What a list of names shows of it."""
    first = (inspect.getdoc(PUBLIC[name]) or "").partition("\n")[0]
    assert re.fullmatch(r"([A-Z]|``).{10,}[^.:,;]\.", first), first


@pytest.mark.parametrize("name", HOLDERS)
def test_it_has_an_example(name):
    """One that runs, or a literal block if it needs a program, a server or an endpoint of the reader's."""
    text = inspect.getdoc(HOLDERS[name])
    literal = re.search(r"::\n\n    \S", text) is not None
    needs_more = name in FIXTURES or name in (
        "ServerAddress",
        "facts.running.Endpoint",
        "facts.running.show",
        "strategies.LayerSharingMachine",
    )
    assert literal if needs_more else "\n>>> " in text


@pytest.mark.parametrize("name", [name for name in FOLLOWED if name in PUBLIC])
def test_it_names_the_page_that_it_follows(name):
    """A link to AWS's own documentation."""
    assert FOLLOWED[name] in inspect.getdoc(PUBLIC[name])


def test_every_page_is_named():
    """A page in a docstring is one that the table above has, and its operation is one that there is."""
    named = {name: re.findall(rf"{DOCS}\S+\.html", inspect.getdoc(value) or "") for name, value in PUBLIC.items()}
    assert {name for name, pages in named.items() if pages} == {name for name in FOLLOWED if name in PUBLIC}
    operations = [found for page in FOLLOWED.values() for found in re.findall(r"API_(\w+)\.html", page)]
    assert set(operations) <= set(OPERATIONS)
