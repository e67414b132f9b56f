"""LayerPerm itself: on and off, as a context manager and a decorator, and what it is asked."""

import asyncio
import gc
import inspect
import os
import subprocess
import sys
import threading
import unittest
import weakref

import boto3
import pytest
from botocore.config import Config

import pytest_layerperm
from pytest_layerperm import LayerPerm, RateLimit, ServiceFailure, Throttle
from pytest_layerperm.fake import service_of
from pytest_layerperm.service import pytest_run
from pytest_layerperm.service.active import active_service
from pytest_layerperm.service.layers import zip_of
from tests.helpers import add_permission
from tests.limits import start_and_join


def names():
    return [layer["LayerName"] for layer in boto3.client("lambda").list_layers()["Layers"]]


# --- on and off


def test_context_manager():
    """On inside the block, off outside, and what happened can still be read."""
    with LayerPerm() as fake:
        assert fake.active
        assert active_service() is service_of(fake)
        fake.publish_layer("deps")
        assert names() == ["deps"]
    assert not fake.active
    assert active_service() is None
    assert [layer.name for layer in fake.layers] == ["deps"]
    assert fake.calls.attempts("ListLayers") == 1


def test_entered_again_it_starts_empty():
    """Layers, calls, organizations, faults and errors of an earlier run are gone."""
    fake = LayerPerm()
    with fake:
        fake.publish_layer("deps")
        fake.organization(accounts=["222222222222"])
        fake.inject(Throttle(None))
    with fake:
        assert names() == []
        assert fake.layers == ()
        assert fake.organization_of("222222222222") is None
        assert [call.outcome for call in fake.calls] == ["200"]


def test_faults_and_layers_from_before_it_is_entered():
    """A fake can be prepared before it is on the first time."""
    fake = LayerPerm()
    fake.publish_layer("deps")
    fake.inject(Throttle())
    with fake:
        assert names() == ["deps"]
        assert len(fake.calls) == 2


def test_nested_in_itself():
    """Entering what is on counts; it goes off with the outermost block, and is checked there."""
    fake = LayerPerm()
    with pytest.raises(AssertionError, match="never triggered: Throttle"), fake:
        fake.inject(Throttle(operation="ListLayerVersions"))
        with fake as same:
            assert same is fake
        assert fake.active
        assert names() == []


def test_nested_in_another():
    """The inner one gets the calls of the inner block, the outer one after it."""
    with LayerPerm() as outer, LayerPerm("222222222222"):
        outer.publish_layer("outer")
        assert names() == []
    with LayerPerm() as outer:
        outer.publish_layer("outer")
        with LayerPerm() as inner:
            inner.publish_layer("inner")
            assert names() == ["inner"]
        assert names() == ["outer"]


def test_left_in_the_wrong_order():
    """Leaving the outer one switches all off that came later, and says so; leaving these says that they are off."""
    outer, inner = LayerPerm(), LayerPerm(frozen_at="2026-01-01")
    before = dict(os.environ)
    outer.start()
    inner.start()
    with pytest.raises(RuntimeError, match=r"^1 LayerPerm entered after this one and never left; switched off now$"):
        outer.stop()
    assert active_service() is None
    assert dict(os.environ) == before
    with pytest.raises(
        RuntimeError, match=r"^this LayerPerm is not on: it was never started, or stopped with one entered before it$"
    ):
        inner.stop()
    with outer, inner:
        assert names() == []


def test_reset_while_it_is_off():
    """What it has kept to be read is removed."""
    with LayerPerm() as fake:
        fake.publish_layer()
    fake.reset()
    assert fake.layers == ()


def test_left_once_too_often():
    """Stopping a fake that is off is an error."""
    with pytest.raises(
        RuntimeError, match=r"^this LayerPerm is not on: it was never started, or stopped with one entered before it$"
    ):
        LayerPerm().stop()


def test_a_fake_that_the_test_left_on(pytester):
    """The test that leaves one on gets the error, and the next test is untouched."""
    pytester.makepyfile(
        """
        import boto3
        from pytest_layerperm import LayerPerm
        from pytest_layerperm.fake import service_of
        from pytest_layerperm.service.active import active_service

        def test_leaves_one_on(layerperm):
            LayerPerm().start()

        def test_next(layerperm):
            assert active_service() is service_of(layerperm)
            assert boto3.client("lambda").list_layers()["Layers"] == []
            assert len(layerperm.calls) == 1
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:hypothesispytest")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["E*RuntimeError: 1 LayerPerm entered after this one and never left*"])


def test_clients_only_while_it_is_on():
    """A client of a fake that is off would call AWS."""
    fake = LayerPerm()
    for make in (fake.client, fake.session):
        with pytest.raises(RuntimeError, match=r"^this LayerPerm is not on: its clients would call AWS$"):
            make()
    with fake:
        assert fake.client().list_layers()["Layers"] == []


def test_frozen_only_while_it_is_the_innermost():
    """The clock of a fake that is off, or has another one inside, is not frozen by it."""
    fake = LayerPerm()
    with pytest.raises(RuntimeError, match="is not the one that was entered last"):
        fake.freeze()
    with fake, LayerPerm(), pytest.raises(RuntimeError, match="is not the one that was entered last"):
        fake.freeze()


def test_failing_to_start_changes_nothing(monkeypatch):
    """If a part of it cannot be switched on, the others are off again."""
    import freezegun.api

    before = dict(os.environ)
    monkeypatch.setattr(freezegun.api, "freeze_time", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        LayerPerm(frozen_at="2026-01-01").start()
    assert active_service() is None
    assert dict(os.environ) == before


def test_threads_share_it():
    """It is the process that the fake is under, not the thread."""
    with LayerPerm() as fake:
        threads = [threading.Thread(target=fake.publish_layer, args=(f"deps-{number}",)) for number in range(5)]
        start_and_join(*threads)
        assert sorted(names()) == [f"deps-{number}" for number in range(5)]


# --- as a decorator


def test_decorator_without_parentheses():
    """What stands below it would be taken for an account id; the refusal says what is missing."""
    with pytest.raises(TypeError) as raised:

        @LayerPerm
        def test_it():
            pass

    assert str(raised.value) == (
        "account_id must be text of twelve digits, not test_decorator_without_parentheses.<locals>.test_it; "
        "as a decorator write @LayerPerm(), with parentheses"
    )


def test_decorated_function():
    """The fake is on while the function runs, whose arguments, result and name are its own."""

    @LayerPerm()
    def release(name, *, version=1):
        """Releases."""
        return names(), name, version

    assert release("deps", version=2) == ([], "deps", 2)
    assert (release.__name__, release.__doc__) == ("release", "Releases.")
    assert list(inspect.signature(release).parameters) == ["name", "version"]
    assert active_service() is None


def test_decorated_function_answers_for_its_faults():
    """It fails if a fault never struck, but not beside an error of its own."""
    fake = LayerPerm()

    @fake
    def idle(error=None):
        fake.inject(Throttle())
        if error is not None:
            raise error

    with pytest.raises(AssertionError, match="never triggered: Throttle"):
        idle()
    with pytest.raises(ZeroDivisionError):
        idle(ZeroDivisionError())


def test_decorated_coroutine_function():
    """The fake is on until the coroutine is done."""
    fake = LayerPerm()

    @fake
    async def release():
        await asyncio.sleep(0)
        assert active_service() is service_of(fake)
        return names()

    assert inspect.iscoroutinefunction(release)
    assert asyncio.run(release()) == []
    assert active_service() is None


def test_decorated_generator_functions_are_refused():
    """Their bodies would run without the fake."""

    def fixture():
        yield

    async def async_fixture():
        yield

    for function in (fixture, async_fixture):
        with pytest.raises(TypeError) as raised:
            LayerPerm()(function)
        assert str(raised.value) == (
            f"{function.__qualname__} is a generator function, whose body runs when the decorator is over; "
            "use 'with LayerPerm() as fake:' inside it"
        )


def run_cases(*classes):
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(each) for each in classes)
    result = unittest.TestResult()
    suite.run(result)
    return result


def test_decorated_test_case():
    """setUp, tests, tearDown and cleanups of a TestCase are under the fake, each test with an empty one."""
    fake = LayerPerm()
    seen = []

    @fake
    class Release(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            seen.append(("class", active_service() is not None))

        def setUp(self):
            self.addCleanup(lambda: seen.append(("cleanup", active_service())))
            seen.append(("set-up", names()))
            fake.publish_layer("deps")

        def tearDown(self):
            seen.append(("tear-down", names()))

        def test_one(self):
            seen.append(("test", names()))

        test_two = test_one
        tests_in_all = 2

    result = run_cases(Release)
    assert result.testsRun == Release.tests_in_all
    assert result.wasSuccessful()
    one = [("set-up", []), ("test", ["deps"]), ("tear-down", ["deps"]), ("cleanup", service_of(fake))]
    assert seen == [("class", True), *one, *one]
    assert active_service() is None


def test_decorated_test_case_answers_for_its_faults():
    """One failure for each test whose fault never struck, and nothing beside a failure of its own."""
    fake = LayerPerm()

    @fake
    class Release(unittest.TestCase):
        def setUp(self):
            fake.inject(Throttle())

        def test_idle(self):
            pass

        def test_fails(self):
            self.fail("on its own account")

        def test_strikes(self):
            assert names() == []

        def test_skips(self):
            self.skipTest("not today")

    result = run_cases(Release)
    assert (len(result.failures), len(result.errors), len(result.skipped)) == (2, 0, 1)
    texts = {case.id().rpartition(".")[2]: text for case, text in result.failures}
    assert "AssertionError: on its own account" in texts["test_fails"]
    assert "never triggered" not in texts["test_fails"]
    assert "AssertionError: an injected fault was never triggered: Throttle" in texts["test_idle"]
    assert active_service() is None


def test_decorated_async_test_case():
    """IsolatedAsyncioTestCase: asyncSetUp and coroutine tests are under the fake."""
    fake = LayerPerm()

    @fake
    class Release(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self):
            self.found = names()

        async def test_it(self):
            await asyncio.sleep(0)
            assert self.found == names()

        async def test_idle(self):
            fake.inject(Throttle())

    result = run_cases(Release)
    assert not result.errors
    ((case, text),) = result.failures
    assert case.id().endswith("test_idle")
    assert "never triggered" in text


def test_decorated_test_case_whose_child_has_a_set_up_of_its_own():
    """Tests that a child inherits are under the fake, though its setUp does not call the parent's."""

    @LayerPerm()
    class Parent(unittest.TestCase):
        def test_it(self):
            assert names() == []

    class Child(Parent):
        def setUp(self):
            """Without super()."""

    assert run_cases(Parent, Child).wasSuccessful()


def test_decorated_plain_class():
    """Its test methods, and nothing else of it."""
    fake = LayerPerm()

    @fake
    class TestRelease:
        helper = staticmethod(names)

        def test_it(self):
            return active_service()

        def other(self):
            return active_service()

    assert TestRelease().test_it() is service_of(fake)
    assert TestRelease().other() is None


# --- what it is made with


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"account_id": "12"}, ValueError, "account_id must be twelve digits, not '12'"),
        ({"account_id": 123456789012}, TypeError, "account_id must be text of twelve digits, not 123456789012"),
        ({"region_name": "Europe"}, ValueError, "region_name must be a region such as 'us-east-1', not 'Europe'"),
        ({"real_sleep": 1}, TypeError, "real_sleep must be True or False, not 1"),
        ({"frozen_at": "soon"}, ValueError, "frozen_at must be a datetime, a date or ISO text, not 'soon'"),
        ({"frozen_at": 0}, ValueError, "frozen_at must be a datetime, a date or ISO text, not 0"),
    ],
)
def test_misuse(arguments, error, text):
    """Impossible arguments are rejected by name."""
    with pytest.raises(error) as raised:
        LayerPerm(**arguments)
    assert str(raised.value) == text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"account_id": ""}, "account_id must be twelve digits, not ''"),
        ({"account_id": "12"}, "account_id must be twelve digits, not '12'"),
        ({"region_name": ""}, "region_name must be a region such as 'us-east-1', not ''"),
        ({"region_name": "mars"}, "region_name must be a region such as 'us-east-1', not 'mars'"),
    ],
)
def test_misuse_of_client_and_session(layerperm, arguments, text):
    """The same for its clients and sessions."""
    for make in (layerperm.client, layerperm.session):
        with pytest.raises(ValueError) as raised:  # noqa: PT011 - its text is compared
            make(**arguments)
        assert str(raised.value) == text


def test_clients_of_accounts_and_regions(layerperm):
    """Each is signed in as its account in its region, with what else boto3 takes."""
    client = layerperm.client("222222222222", region_name="eu-west-1", config=Config(user_agent_extra="release"))
    assert client.meta.region_name == "eu-west-1"
    client.list_layers()
    layerperm.session("333333333333", region_name="cn-north-1").client("lambda").list_layers()
    layerperm.session().client("lambda").list_layers()
    assert [(call.account_id, call.region_name) for call in layerperm.calls] == [
        ("222222222222", "eu-west-1"),
        ("333333333333", "cn-north-1"),
        ("123456789012", "us-east-1"),
    ]


# --- what exists


def test_published_layer(layerperm):
    """A handle that says what was published, and reads its policy anew each time."""
    layer = layerperm.publish_layer("deps", account_id="222222222222", region_name="eu-west-1")
    assert layer.arn == "arn:aws:lambda:eu-west-1:222222222222:layer:deps:1"
    assert layer.layer_arn == "arn:aws:lambda:eu-west-1:222222222222:layer:deps"
    assert (layer.name, layer.version, layer.account_id, layer.region_name) == ("deps", 1, "222222222222", "eu-west-1")
    assert (layer.policy, layer.revision_id) == (None, None)
    assert layer.grant("*") == "grant-1"
    revision_id = layer.revision_id
    assert layer.grant("333333333333", statement_id="three") == "three"
    assert layer.revision_id != revision_id
    assert layer.policy == {
        "Version": "2012-10-17",
        "Id": "default",
        "Statement": [
            {
                "Sid": "grant-1",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "lambda:GetLayerVersion",
                "Resource": layer.arn,
            },
            {
                "Sid": "three",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::333333333333:root"},
                "Action": "lambda:GetLayerVersion",
                "Resource": layer.arn,
            },
        ],
    }
    assert len(layerperm.calls) == 0
    assert layerperm.layers == (layer,)
    assert layerperm.publish_layer("deps", account_id="222222222222", region_name="eu-west-1").version == 2


def test_published_content_and_settings(layerperm):
    """What is published is what the API describes."""
    archive = zip_of({"python/deps.py": "VERSION = 2\n"})
    layer = layerperm.publish_layer(
        content={"python/deps.py": "VERSION = 2\n"},
        Description="Shared",
        LicenseInfo="MIT",
        CompatibleRuntimes=("python3.13", "python3.12"),
        CompatibleArchitectures=["arm64"],
    )
    answer = layerperm.client().get_layer_version(LayerName="shared-deps", VersionNumber=1)
    assert (answer["Description"], answer["LicenseInfo"]) == ("Shared", "MIT")
    assert answer["CompatibleRuntimes"] == ["python3.13", "python3.12"]
    assert answer["CompatibleArchitectures"] == ["arm64"]
    same = layerperm.publish_layer(content=archive)
    again = layerperm.client().get_layer_version(LayerName="shared-deps", VersionNumber=2)
    assert again["Content"]["CodeSha256"] == answer["Content"]["CodeSha256"]
    assert (layer.version, same.version) == (1, 2)


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"name": "my layer"}, ValueError, "name must be a layer name of 1 to 140 letters, digits, hyphens and "),
        ({"name": ""}, ValueError, "name must be a layer name of 1 to 140 letters, digits, hyphens and underscores, "),
        ({"name": "a" * 141}, ValueError, "name must be a layer name of 1 to 140 letters, digits, hyphens and "),
        ({"name": None}, ValueError, "name must be a layer name of 1 to 140 letters, digits, hyphens and "),
        ({"account_id": "1"}, ValueError, "account_id must be twelve digits, not '1'"),
        ({"region_name": "mars"}, ValueError, "region_name must be a region such as 'us-east-1', not 'mars'"),
        ({"content": b"no zip"}, ValueError, "content: Could not unzip uploaded file. Please check your file, "),
        ({"content": {}}, ValueError, "content: Uploaded file must be a non-empty zip"),
        ({"content": "text"}, TypeError, "content must be the bytes of a zip, or a mapping of file names to files, "),
        ({"Description": "d" * 257}, ValueError, "1 validation error detected: Value 'ddd"),
        ({"CompatibleRuntimes": ["cobol"]}, ValueError, "1 validation error detected: Value '[cobol]' at 'compatibl"),
        (
            {"CompatibleRuntimes": "python3.13"},
            TypeError,
            "CompatibleRuntimes must be a list of texts, not 'python3.13'",
        ),
        (
            {"CompatibleArchitectures": [1]},
            TypeError,
            "CompatibleArchitectures must be a list of texts, not [1]",
        ),
        ({"description": "d"}, TypeError, "publish_layer() takes Description, LicenseInfo, CompatibleRuntimes, "),
    ],
)
def test_misuse_of_publish_layer(layerperm, arguments, error, text):
    """What the API rejects, and what it has no member for, is rejected before anything changes."""
    with pytest.raises(error) as raised:
        layerperm.publish_layer(**arguments)
    assert str(raised.value).startswith(text)
    assert layerperm.layers == ()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            {"principal": "partner"},
            "principal must be twelve digits, '*' or the ARN of an account's root, not 'partner'",
        ),
        ({"principal": "*", "statement_id": "no spaces"}, "1 validation error detected: Value 'no spaces' at 'stat"),
        ({"principal": "*", "organization_id": "acme"}, "1 validation error detected: Value 'acme' at 'organization"),
        (
            {"principal": "222222222222", "organization_id": "o-exampleorgid"},
            "organization_id can only be given with principal '*', not '222222222222'",
        ),
        ({"principal": "*", "statement_id": "taken"}, "The statement id (taken) provided already exists. "),
    ],
)
def test_misuse_of_grant(layerperm_layer, arguments, text):
    """What the API rejects is rejected in its words."""
    layerperm_layer.grant("*", statement_id="taken")
    revision_id = layerperm_layer.revision_id
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - its text is compared
        layerperm_layer.grant(**arguments)
    assert str(raised.value).startswith(text)
    assert layerperm_layer.revision_id == revision_id


def test_grants_find_ids_of_their_own(layerperm_layer):
    """Even if the next one in line is taken."""
    assert layerperm_layer.grant("*", statement_id="grant-2") == "grant-2"
    assert layerperm_layer.grant("*") == "grant-2-more"
    assert layerperm_layer.grant("*", organization_id="o-exampleorgid") == "grant-3"
    assert layerperm_layer.policy["Statement"][2]["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}
    }


def test_policy_of_an_emptied_layer(layerperm, layerperm_layer):
    """No policy, but a revision."""
    layerperm_layer.grant("*", statement_id="one")
    layerperm.client().remove_layer_version_permission(LayerName="shared-deps", VersionNumber=1, StatementId="one")
    assert layerperm_layer.policy is None
    assert layerperm_layer.revision_id is not None


# --- the log


def test_log(layerperm, layerperm_layer):
    """Every attempt, oldest first, with what came of it; it can be iterated, indexed and counted."""
    client = layerperm.client()
    assert layerperm.calls.last is None
    layerperm.inject(ServiceFailure(operation="GetLayerVersionPolicy"))
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_layer_version_policy(LayerName="shared-deps", VersionNumber=1)
    add_permission(client, "one", "*", layer=layerperm_layer)
    client.list_layers(MaxItems=5)
    log = layerperm.calls
    assert [call.outcome for call in log] == ["500 ServiceException", "404 ResourceNotFoundException", "201", "200"]
    assert [call.succeeded for call in log] == [False, False, True, True]
    assert len(log) == 4
    assert repr(log) == "<CallLog of 4 attempts>"
    assert log[0].invocation_id == log[1].invocation_id != log[2].invocation_id
    assert log[0].fault == "ServiceFailure 1 of 1"
    assert log.attempts("GetLayerVersionPolicy") == 2
    assert log.of("ListLayers") == [log.last]
    added, listed = log[2], log[-1]
    assert added.layer == layerperm_layer.arn
    assert added.parameters == {
        "LayerName": layerperm_layer.layer_arn,
        "VersionNumber": 1,
        "StatementId": "one",
        "Action": "lambda:GetLayerVersion",
        "Principal": "*",
    }
    assert (listed.layer, listed.status, listed.error_code, listed.fault) == (None, 200, None, None)
    assert log.attempts("PublishLayerVersion") == 0


@pytest.mark.parametrize("ask", ["of", "attempts"])
def test_log_of_no_operation(layerperm, ask):
    """A misspelt operation is rejected: that it was never called would be true, and mean nothing."""
    with pytest.raises(ValueError, match=r"^operation must be one of ") as refused:
        getattr(layerperm.calls, ask)("AddLayerPermission")
    assert str(refused.value) == (
        "operation must be one of AddLayerVersionPermission, DeleteLayerVersion, GetLayerVersion, "
        "GetLayerVersionByArn, GetLayerVersionPolicy, ListLayerVersions, ListLayers, PublishLayerVersion, "
        "RemoveLayerVersionPermission, not 'AddLayerPermission'; "
        "did you mean AddLayerVersionPermission?"
    )


def test_log_of_a_publication_has_no_content(layerperm):
    """The bytes of a layer are not kept in the log."""
    layerperm.client().publish_layer_version(LayerName="deps", Content={"ZipFile": zip_of({"a": ""})})
    assert layerperm.calls.last.parameters == {"LayerName": "deps"}


# --- the package


def test_everything_public_is_there():
    """Each public name leads to the object of that name, and no other name to any."""
    for name in pytest_layerperm.__all__:
        assert getattr(pytest_layerperm, name).__name__ == name
    with pytest.raises(AttributeError, match=r"^module 'pytest_layerperm' has no attribute 'Nothing'$"):
        pytest_layerperm.Nothing  # noqa: B018 - it is the access that fails


def test_importing_costs_next_to_nothing():
    """The plugin imports neither boto3 nor anything else that is big."""
    big = ("boto3", "botocore", "moto", "responses", "werkzeug", "hypothesis", "freezegun", "uvicorn", "unittest")
    program = (
        "import sys, pytest; before = set(sys.modules); import pytest_layerperm.plugin; "
        f"print(sorted(set({big}) & (set(sys.modules) - before)))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert printed == "[]\n"


def test_rate_limit_for_ever_is_no_expectation():
    """A quota that was never reached is no failure."""
    with LayerPerm() as fake:
        fake.inject(RateLimit())
        assert names() == []


def test_a_fake_that_nobody_holds_is_freed_at_once(monkeypatch):
    """It does not wait for the garbage collector, with all that was published and logged in it."""
    monkeypatch.setattr(pytest_run, "services", None)  # A report of a test needs its last one.
    gc.collect()
    gc.disable()
    try:
        with LayerPerm() as fake:
            client = boto3.client("lambda")
            published = client.publish_layer_version(LayerName="deps", Content={"ZipFile": zip_of({"a": "b"})})
            client.get_layer_version_by_arn(Arn=published["LayerVersionArn"])
        freed = [weakref.ref(part) for part in (fake, service_of(fake).store, service_of(fake).callers, fake.calls)]
        del fake
        assert [part() for part in freed] == [None] * 4
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("organization_id", "accounts", "error", "text"),
    [
        (
            "o-short",
            [],
            ValueError,
            "organization_id must be 'o-' and 10 to 32 lower-case letters and digits, not 'o-short'",
        ),
        (7, [], ValueError, "organization_id must be 'o-' and 10 to 32 lower-case letters and digits, not 7"),
        (
            "o-exampleorgid",
            "222222222222",
            TypeError,
            "accounts must be a list of account ids, not the text '222222222222'",
        ),
        (
            "o-exampleorgid",
            ["333333333333", "222222222222"],
            ValueError,
            "account_id 222222222222 is a member of o-anotherorgid, and an account is in one organization at most",
        ),
    ],
)
def test_an_organization_that_cannot_be(organization_id, accounts, error, text):
    """The error is in words, and nobody has become a member."""
    fake = LayerPerm()
    fake.organization("o-anotherorgid", accounts=["222222222222"])
    with pytest.raises(error) as refused:
        fake.organization(organization_id, accounts=accounts)
    assert str(refused.value) == text
    assert service_of(fake).callers.organizations == {"222222222222": "o-anotherorgid"}


@pytest.mark.parametrize(
    ("principal", "hint"),
    [
        ("22222222222", ""),
        (222222222222, ""),
        ("arn:aws:iam::222222222222:user/alice", ""),
        ("o-exampleorgid", "; an organization goes with '*', as organization_id='o-exampleorgid'"),
    ],
)
def test_a_grant_to_nobody(layerperm_layer, principal, hint):
    """It says who can be granted something, and nothing has changed."""
    with pytest.raises(ValueError, match="principal must be") as refused:
        layerperm_layer.grant(principal)
    assert str(refused.value) == (
        f"principal must be twelve digits, '*' or the ARN of an account's root, not {principal!r}{hint}"
    )
    assert layerperm_layer.policy is None


@pytest.mark.parametrize("principal", ["222222222222", "*", "arn:aws:iam::222222222222:root"])
def test_a_grant_to_somebody(layerperm_layer, principal):
    """Whoever the API takes."""
    assert layerperm_layer.grant(principal) == "grant-1"


def test_a_handle_revokes_and_deletes(layerperm, layerperm_layer):
    """As its owner would, without a logged call."""
    layerperm_layer.grant("222222222222", statement_id="partner")
    layerperm_layer.grant("*", statement_id="everyone")
    layerperm_layer.revoke("everyone")
    assert [statement["Sid"] for statement in layerperm_layer.policy["Statement"]] == ["partner"]
    with pytest.raises(ValueError, match="statement_id 'everyone': Statement everyone is not found in resource policy"):
        layerperm_layer.revoke("everyone")
    layerperm_layer.delete()
    layerperm_layer.delete()
    assert layerperm.layers == ()
    with pytest.raises(ValueError, match="does not exist"):
        layerperm_layer.revoke("partner")
    assert list(layerperm.calls) == []
