"""The plugin as a test suite meets it: markers, ini options, fixtures, and what fails a test."""

import re

import boto3  # noqa: F401
import freezegun  # noqa: F401
import pytest

import pytest_layerperm.explore.sweep
import pytest_layerperm.fake.layerperm
import pytest_layerperm.transports.moto.hooks  # noqa: F401 - what pytester's run imports first, it forgets
from pytest_layerperm.plugin.options import MARKERS, SWEEP

PRELUDE = """
import asyncio, os, unittest
import boto3, pytest
from botocore.config import Config
from pytest_layerperm import Interleave, LayerPerm, RequestRefused, ServiceFailure, Throttle
from pytest_layerperm.service.layers import zip_of

def share(statement_id="partner"):
    boto3.client("lambda").add_layer_version_permission(
        LayerName="shared-deps", VersionNumber=1, StatementId=statement_id,
        Action="lambda:GetLayerVersion", Principal="222222222222",
    )

def list_layers():
    return boto3.client("lambda").list_layers()["Layers"]
"""


@pytest.fixture
def run(pytester):
    """Runs a test module, with warnings as errors, in this process."""

    def run_module(source, *arguments, **files):
        for name, text in files.items():
            pytester.path.joinpath(name.replace("__", ".")).write_text(text, encoding="utf-8")
        pytester.makepyfile(PRELUDE + source)
        # Hypothesis' plugin imports the whole of it, and pytester's run forgets what it imported first.
        quick = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
        return pytester.runpytest_inprocess("-W", "error", "--strict-markers", *quick, *arguments)

    return run_module


# --- where a marker may stand


def test_marker_on_a_function_without_the_fixture(run):
    """The fake is on, and the fault strikes, though the test names no fixture."""
    run(
        """
        @pytest.mark.layerperm_throttle(times=2)
        def test_it():
            assert list_layers() == []
    """.replace("\n        ", "\n")
    ).assert_outcomes(passed=1)


def test_markers_on_function_class_and_module_in_reading_order(run):
    """Stacked faults strike in the order in which one reads them: module, class, top decorator, bottom decorator."""
    run(
        """
pytestmark = pytest.mark.layerperm_throttle(operation="ListLayers")

@pytest.mark.layerperm_service_failure(operation="ListLayers")
class TestStacked:
    @pytest.mark.layerperm_throttle(operation="ListLayers", code="ThrottlingException")
    @pytest.mark.layerperm_service_failure(operation="ListLayers")
    def test_order(self, layerperm):
        layerperm.client(config=Config(retries={"max_attempts": 4})).list_layers()
        assert [call.outcome for call in layerperm.calls] == [
            "429 TooManyRequestsException",
            "500 ServiceException",
            "400 ThrottlingException",
            "500 ServiceException",
            "200",
        ]

    def test_without_its_own(self, layerperm):
        list_layers()
        assert [call.status for call in layerperm.calls] == [429, 500, 200]

def test_without_a_class(layerperm):
    list_layers()
    assert [call.status for call in layerperm.calls] == [429, 200]
"""
    ).assert_outcomes(passed=3)


def test_closest_settings_win(run):
    """``layerperm`` sets what it names; the rest comes from further out, the ini file last."""
    run(
        """
pytestmark = pytest.mark.layerperm(account_id="222222222222", region_name="eu-west-1")

@pytest.mark.layerperm(region_name="eu-west-2", real_sleep=False)
class TestSettings:
    def test_class(self, layerperm):
        assert (layerperm.account_id, layerperm.region_name) == ("222222222222", "eu-west-2")
        assert not layerperm.real_sleep

    @pytest.mark.layerperm("333333333333", "cn-north-1")
    def test_function(self, layerperm, layerperm_client, layerperm_layer):
        assert (layerperm.account_id, layerperm.region_name) == ("333333333333", "cn-north-1")
        assert layerperm_layer.arn == "arn:aws-cn:lambda:cn-north-1:333333333333:layer:shared-deps:1"
        assert layerperm_client.meta.region_name == "cn-north-1"

def test_module(layerperm):
    assert (layerperm.account_id, layerperm.region_name) == ("222222222222", "eu-west-1")
    assert layerperm.real_sleep
""",
        pytest__ini="[pytest]\nlayerperm_account_id = 444444444444\nlayerperm_real_sleep = true\n",
    ).assert_outcomes(passed=3)


def test_ini_options(run):
    """Account, region and waiting can be set for the whole suite."""
    run(
        """
def test_it(layerperm):
    assert (layerperm.account_id, layerperm.region_name) == ("444444444444", "ap-south-1")
    assert layerperm.real_sleep
""",
        pytest__ini=(
            "[pytest]\nlayerperm_account_id = 444444444444\nlayerperm_region = ap-south-1\nlayerperm_real_sleep = 1\n"
        ),
    ).assert_outcomes(passed=1)


def test_unittest_methods(run):
    """Markers on a TestCase, on its methods, and with its own set-up and tear-down under the fake."""
    run(
        """
@pytest.mark.layerperm_throttle(operation="ListLayers")
class TestRelease(unittest.TestCase):
    def setUp(self):
        self.before = list_layers()

    def tearDown(self):
        boto3.client("lambda").list_layer_versions(LayerName="shared-deps")

    def test_class_marker(self):
        assert self.before == []

    @pytest.mark.layerperm_service_failure(operation="GetLayerVersionPolicy")
    def test_method_marker(self):
        client = boto3.client("lambda")
        with self.assertRaises(client.exceptions.ResourceNotFoundException):
            client.get_layer_version_policy(LayerName="shared-deps", VersionNumber=1)
"""
    ).assert_outcomes(passed=2)


def test_unittest_failures_are_the_tests_own(run):
    """A TestCase that fails, or is skipped, says only that; one that passes fails if a fault never struck."""
    result = run(
        """
@pytest.mark.layerperm_throttle
class TestRelease(unittest.TestCase):
    def test_fails(self):
        self.fail("on its own account")

    def test_skips(self):
        self.skipTest("on its own account")

    def test_passes(self):
        pass

    @unittest.expectedFailure
    def test_expected(self):
        self.fail("as expected")
"""
    )
    result.assert_outcomes(failed=2, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(["E*AssertionError: on its own account", "*never triggered: Throttle"])
    assert result.outlines.count("an injected fault was never triggered: Throttle") == 1


ASYNC_CONFTEST = """
import asyncio, inspect, pytest

@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        asyncio.run(pyfuncitem.obj())
        return True
"""


def test_async_tests(run):
    """Coroutine tests, run by a plugin or by unittest, are under the fake and fail if a fault never struck."""
    result = run(
        """
@pytest.mark.layerperm_throttle
async def test_struck():
    assert list_layers() == []

@pytest.mark.layerperm_throttle
async def test_never_struck():
    await asyncio.sleep(0)

@pytest.mark.layerperm_throttle
class TestAsync(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        assert list_layers() == []

    async def test_struck(self):
        assert list_layers() == []
""",
        conftest__py=ASYNC_CONFTEST,
    )
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["FAILED *::test_never_struck - *"])


def test_one_parameter_set_with_a_marker(run):
    """A marker on one set of parameters is that set's alone: the fake is not on for the others."""
    run(
        """
@pytest.mark.parametrize("on", [
    False,
    pytest.param(True, marks=pytest.mark.layerperm_throttle),
])
def test_it(on, request):
    assert ("layerperm" in request.fixturenames) is on
    assert (os.environ.get("AWS_SECRET_ACCESS_KEY") == "layerperm") is on
    if on:
        list_layers()
"""
    ).assert_outcomes(passed=2)


def test_marker_and_fixtures_of_wider_scope(run):
    """Fixtures that outlive the test are set up before the fake, those of the test under it."""
    run(
        """
@pytest.fixture(scope="session", autouse=True)
def outlives():
    assert os.environ.get("AWS_SECRET_ACCESS_KEY") != "layerperm"
    yield
    assert os.environ.get("AWS_SECRET_ACCESS_KEY") != "layerperm"

@pytest.fixture(autouse=True)
def published():
    archive = zip_of({"python/deps.py": ""})
    boto3.client("lambda").publish_layer_version(LayerName="deps", Content={"ZipFile": archive})

@pytest.mark.layerperm
def test_it():
    assert [layer["LayerName"] for layer in list_layers()] == ["deps"]
"""
    ).assert_outcomes(passed=1)


def test_marker_on_what_is_no_function(pytester):
    """Items of other plugins, which know no fixtures, are left alone."""
    pytester.makeconftest(
        """
import pytest

class Item(pytest.Item):
    def runtest(self):
        pass

class File(pytest.File):
    def collect(self):
        item = Item.from_parent(self, name="it")
        item.add_marker(pytest.mark.layerperm)
        yield item

def pytest_collect_file(file_path, parent):
    if file_path.suffix == ".item":
        return File.from_parent(parent, path=file_path)
"""
    )
    pytester.makefile(".item", one="")
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


# --- misuse of a marker


def test_a_misspelt_marker(pytester):
    """It fails its test even if pytest only warns of it: without the fault the test would hold, and say nothing."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.layerperm_throtle(times=2)
        def test_it():
            assert False

        @pytest.mark.layerperm_of_ones_own
        def test_registered(request):
            assert "layerperm" not in request.fixturenames
        """
    )
    pytester.makeini("[pytest]\nmarkers =\n    layerperm_of_ones_own(any): somebody else's")
    result = pytester.runpytest_inprocess("-W", "default", "-p", "no:hypothesispytest")
    result.assert_outcomes(errors=1, passed=1, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "@pytest.mark.layerperm_throtle: there is no such marker",
            "There are layerperm, layerperm_throttle, layerperm_service_failure, layerperm_connection_lost, "
            "layerperm_slow, layerperm_rate_limit and layerperm_every_fault.",
        ],
        consecutive=True,
    )


OPERATIONS = (
    "AddLayerVersionPermission, DeleteLayerVersion, GetLayerVersion, GetLayerVersionByArn, GetLayerVersionPolicy, "
    "ListLayerVersions, ListLayers, PublishLayerVersion, RemoveLayerVersionPermission"
)


@pytest.mark.parametrize(
    ("marker", "problem"),
    [
        ("layerperm_throttle(time=2)", "got an unexpected keyword argument 'time'; did you mean times=?"),
        ("layerperm_throttle(1, 'ListLayers')", "too many positional arguments"),
        ("layerperm_throttle(times=0)", "times must be at least 1, or None for every call, not 0"),
        ("layerperm_throttle(times=-1)", "times must be at least 1, or None for every call, not -1"),
        ("layerperm_throttle(times='2')", "times must be a whole number or None, not '2'"),
        ("layerperm_throttle(operation='Invoke')", f"operation must be one of {OPERATIONS}, not 'Invoke'"),
        (
            "layerperm_throttle(code='SlowDown')",
            "code must be TooManyRequestsException or ThrottlingException, not 'SlowDown'",
        ),
        ("layerperm_service_failure(applied=None)", "applied must be True or False, not None"),
        ("layerperm_service_failure(times=0)", "times must be at least 1, or None for every call, not 0"),
        ("layerperm_service_failure(layer=1)", "layer must be a LayerVersion, an ARN or a layer name, not 1"),
        ("layerperm_rate_limit(0)", "per_second must be a number above 0, not 0"),
        ("layerperm_rate_limit(15, 20)", "too many positional arguments"),
        ("layerperm_rate_limit(burst=0)", "burst must be a number of calls, at least 1, not 0"),
        (
            "layerperm(account='222222222222')",
            "got an unexpected keyword argument 'account'; did you mean account_id=?",
        ),
        ("layerperm(region='eu-west-1')", "got an unexpected keyword argument 'region'; did you mean region_name=?"),
        ("layerperm(account_id='22')", "account_id must be twelve digits, not '22'"),
        ("layerperm(region_name='mars')", "region_name must be a region such as 'us-east-1', not 'mars'"),
        ("layerperm(real_sleep='no')", "real_sleep must be True or False, not 'no'"),
        (
            "layerperm(frozen_at='next week, perhaps')",
            "frozen_at must be a datetime, a date or ISO text, not 'next week, perhaps'",
        ),
        ("layerperm(frozen_at=7)", "frozen_at must be a datetime, a date or ISO text, not 7"),
    ],
)
def test_misuse_of_a_marker(run, marker, problem):
    """One error at setup that names the marker and the problem, and says what the marker takes."""
    result = run(f"@pytest.mark.{marker}\ndef test_it():\n    assert False")
    result.assert_outcomes(errors=1)
    name = marker.partition("(")[0]
    text = result.stdout.str()
    assert f"\n@pytest.mark.{name}: {problem}\nIt takes {name}(" in text
    assert "Traceback" not in text
    assert "site-packages" not in text.split("= ERRORS =")[1]


def test_markers_are_registered(pytester):
    """``pytest --markers`` explains each of them."""
    text = pytester.runpytest_inprocess("--markers").stdout.str()
    for name in MARKERS:
        assert re.search(rf"^@pytest\.mark\.{name}\(.*\): ", text, re.MULTILINE)


def test_marker_texts_are_the_signatures():
    """What a marker is said to take is what it takes."""
    import inspect
    from itertools import pairwise

    from pytest_layerperm.explore.settings import settings_of
    from pytest_layerperm.plugin.markers import fault_class

    faults = {name: fault for name in MARKERS if (fault := fault_class(name)) is not None}
    assert set(MARKERS) - set(faults) == {"layerperm", SWEEP}
    sweep = ", ".join([f"{p.name}={p.default!r}" for p in inspect.signature(settings_of).parameters.values()][1:])
    assert MARKERS[SWEEP].startswith(f"{SWEEP}(*faults, {sweep}): ")
    marker = inspect.Parameter("marker", inspect.Parameter.POSITIONAL_ONLY)
    for name, fault in faults.items():
        parameters = ", ".join(
            ("*, " if parameter.kind is parameter.KEYWORD_ONLY and before.kind is not parameter.KEYWORD_ONLY else "")
            + parameter.name
            + ("" if parameter.default is parameter.empty else f"={parameter.default!r}".replace("'", '"'))
            for before, parameter in pairwise([marker, *inspect.signature(fault).parameters.values()])
        )
        assert MARKERS[name].startswith(f"{name}({parameters}): ")


# --- ini options


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ("layerperm_account_id = 12", "layerperm_account_id must be twelve digits, not '12'"),
        ("layerperm_region = mars", "layerperm_region must be a region such as us-east-1, not 'mars'"),
        ("layerperm_real_sleep = perhaps", "layerperm_real_sleep must be true or false: invalid truth value 'perhaps'"),
        (
            "layerperm_account = 123456789012",
            "unknown ini option layerperm_account; "
            "pytest-layerperm has layerperm_account_id, layerperm_region, layerperm_real_sleep, layerperm_autouse",
        ),
    ],
)
@pytest.mark.parametrize("where", ["ini", "override"])
def test_wrong_ini_option(run, option, problem, where):
    """A usage error that names the option and what is valid, before any test runs."""
    if where == "ini":
        result = run("def test_it(): pass", pytest__ini=f"[pytest]\n{option}\n")
    else:
        result = run("def test_it(): pass", "-o", option.replace(" = ", "="))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {problem}"])


def test_empty_ini_options_are_as_if_left_out(run):
    """An option without a value sets nothing."""
    run(
        "def test_it(layerperm):\n    assert layerperm.account_id == '123456789012'",
        pytest__ini="[pytest]\nlayerperm_account_id =\nlayerperm_region =\n",
    ).assert_outcomes(passed=1)


# --- what fails a test


def test_fault_that_never_struck_fails_the_test(run):
    """One FAILED and no ERROR; the report says which fault, and what calls there were."""
    result = run(
        """
@pytest.mark.layerperm_throttle(operation="AddLayerVersionPermission")
def test_it(layerperm_layer):
    assert list_layers()
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "an injected fault was never triggered: Throttle",
            "  Throttle(times=1, operation='AddLayerVersionPermission') of @pytest.mark.layerperm_throttle: *",
            "What to do: have the code under test make such a call, or pass times=None for a fault *need not strike.",
        ],
        consecutive=True,
    )
    assert "Traceback" not in result.stdout.str()
    assert "All traceback entries are hidden" not in result.stdout.str()


def test_an_assertion_of_a_block_without_a_block(run):
    """``assert_layer_policy_unchanged()`` without ``with`` would look at nothing, and hold."""
    result = run(
        """
from pytest_layerperm import LayerPerm, assert_layer_policy_unchanged

def test_it(layerperm_layer):
    with assert_layer_policy_unchanged():
        pass
    assert_layer_policy_unchanged(layer=layerperm_layer)
    layerperm_layer.grant("*")

def test_script():
    with LayerPerm() as fake:
        fake.publish_layer()
        block = assert_layer_policy_unchanged()
        for _ in range(2):
            with block:
                pass
"""
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "assert_layer_policy_unchanged() was called without a block, and looked at nothing",
            "What to do: write `with assert_layer_policy_unchanged():` around the code under test.",
        ],
        consecutive=True,
    )


def test_fault_that_never_struck_without_any_call(run):
    """If no call came in, the report says so."""
    result = run("@pytest.mark.layerperm_service_failure\ndef test_it():\n    pass")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "an injected fault was never triggered: ServiceFailure",
            "  ServiceFailure(times=1) of @pytest.mark.layerperm_service_failure: never struck",
            "What to do: have the code under test make such a call, or pass times=None for a fault *need not strike.",
        ],
        consecutive=True,
    )


def test_nothing_beside_a_failure_of_the_tests_own(run):
    """A test that fails by itself says nothing of faults that it never came to."""
    result = run(
        """
@pytest.mark.layerperm_throttle
def test_fails():
    assert 1 == 2

@pytest.mark.layerperm_throttle
def test_skips():
    pytest.skip("not today")

@pytest.mark.layerperm_throttle
@pytest.mark.xfail(strict=True)
def test_expected():
    assert 1 == 2

@pytest.mark.layerperm_throttle
@pytest.mark.xfail(reason="the fault has nothing to strike yet", strict=True)
def test_expected_for_the_fault():
    pass
"""
    )
    result.assert_outcomes(failed=1, skipped=1, xfailed=2)
    assert "never triggered" not in result.stdout.str()


def test_faults_for_ever_need_not_strike(run):
    """``times=None`` and the rate limit are conditions, not expectations."""
    run(
        """
@pytest.mark.layerperm_throttle(times=None)
@pytest.mark.layerperm_service_failure(times=None, applied=True)
@pytest.mark.layerperm_rate_limit
def test_it(layerperm):
    layerperm.inject(Throttle(None))
"""
    ).assert_outcomes(passed=1)


def test_fault_that_struck_less_often_than_it_might(run):
    """Once is enough: how often code retries is its own affair."""
    run(
        """
@pytest.mark.layerperm_throttle(times=3)
def test_it():
    client = boto3.client("lambda", config=Config(retries={"max_attempts": 0}))
    with pytest.raises(client.exceptions.TooManyRequestsException):
        client.list_layers()
"""
    ).assert_outcomes(passed=1)


def test_swallowed_error_of_an_interleaved_writer(run):
    """It fails the test with its own traceback, though the code under test caught it."""
    result = run(
        """
def rival():
    raise LookupError("the rival lost its way")

def test_it(layerperm, layerperm_layer):
    layerperm.inject(Interleave(rival))
    try:
        share()
    except Exception:
        pass
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["    def rival():", ">*raise LookupError(*", "E*LookupError: the rival lost its way"])


def test_swallowed_refusal(run):
    """A request that would have left this machine fails the test that swallowed the refusal, naming the call."""
    result = run(
        """
def test_it(layerperm):
    try:
        boto3.client("lambda", endpoint_url="https://example.com").list_functions()
    except Exception:
        pass
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*RequestRefused: *GET https://example.com/2015-03-31/functions*"])


def test_rate_limit_marker(run):
    """A loop over 40 accounts at AWS's quota, under boto3's defaults."""
    run(
        """
@pytest.mark.layerperm_rate_limit(per_second=15)
def test_it(layerperm, layerperm_layer, layerperm_clock):
    for number in range(40):
        share(f"account-{number}")
    assert layerperm.calls.attempts("AddLayerVersionPermission") > 40
"""
    ).assert_outcomes(passed=1)


def test_fixtures_alone(run):
    """Each fixture brings the fake with it."""
    run(
        """
def test_client(layerperm_client):
    assert layerperm_client.list_layers()["Layers"] == []

def test_layer(layerperm_layer):
    assert layerperm_layer.policy is None
    assert list_layers()[0]["LayerArn"] == layerperm_layer.layer_arn

def test_clock(layerperm_clock):
    import datetime
    assert datetime.datetime.now(datetime.timezone.utc).isoformat() == "2026-01-01T00:00:00+00:00"
    layerperm_clock.tick(60)
    layerperm_clock.move_to("2026-06-01")
    assert list_layers() == []

def test_next_test_is_empty(layerperm):
    assert layerperm.layers == ()
    assert len(layerperm.calls) == 0
"""
    ).assert_outcomes(passed=4)


def test_slow_responses_and_lost_connections_are_marked(run):
    """By the arguments that the faults have; ``after`` lets calls pass first."""
    run(
        """
@pytest.mark.layerperm_slow(30, operation="ListLayers")
@pytest.mark.layerperm_connection_lost(after=1)
def test_it(layerperm, layerperm_clock):
    list_layers()
    list_layers()
    assert layerperm_clock().second >= 30
    assert [call.outcome for call in layerperm.calls] == ["200", "ConnectionClosedError", "200"]
"""
    ).assert_outcomes(passed=1)


AUTOUSE = """
    import unittest
    import boto3
    import pytest

    def test_without_a_fixture():
        assert boto3.client("lambda").list_layers()["Layers"] == []

    @pytest.mark.layerperm(account_id="222222222222")
    def test_with_a_marker(layerperm):
        assert layerperm.account_id == "222222222222"

    class TestOfUnittest(unittest.TestCase):
        def test_it(self):
            assert boto3.client("lambda").list_layers()["Layers"] == []
"""


def test_every_test_has_the_fake(pytester):
    """With one ini option, so that a forgotten fixture cannot reach AWS."""
    pytester.makepyfile(AUTOUSE)
    pytester.makeini("[pytest]\nlayerperm_autouse = true\n")
    pytester.runpytest().assert_outcomes(passed=3)


def test_a_wrong_autouse_is_a_usage_error(pytester):
    """It names what is valid."""
    pytester.makepyfile("def test_it(): pass")
    pytester.makeini("[pytest]\nlayerperm_autouse = sometimes\n")
    result = pytester.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: layerperm_autouse must be true or false: *"])
