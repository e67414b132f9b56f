"""The calls of a failed test in its report."""

import re

import pytest

APART = ("-p", "no:randomly", "-p", "no:hypothesispytest")
"""Plugins that have no part in these runs."""

CALLS = """
    import boto3, pytest

    def add(client, layer, sid, principal):
        client.add_layer_version_permission(
            LayerName=layer.layer_arn, VersionNumber=layer.version, StatementId=sid,
            Action="lambda:GetLayerVersion", Principal=principal)
"""


@pytest.fixture
def section(pytester, monkeypatch):
    """Runs a test that fails; returns the section of its calls, at a time of its own."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(body, *options):
        pytester.makepyfile(CALLS + body)
        result = pytester.runpytest_inprocess(*APART, *options)
        text = "\n".join(result.outlines)
        found = re.search(r"^-+ layerperm calls -+\n(.*?)\n(?:=|-|_)", text, re.MULTILINE | re.DOTALL)
        return found and "\n".join([line.rstrip() for line in found[1].split("\n")])

    return run


RETRIED = """
    @pytest.mark.layerperm(frozen_at="2026-01-01T12:00:00Z")
    @pytest.mark.layerperm_throttle(2, operation="AddLayerVersionPermission")
    def test_it(layerperm, layerperm_layer, monkeypatch):
        from botocore.config import Config

        monkeypatch.setattr("random.random", lambda: 0.5)
        layerperm_client = layerperm.client(config=Config(retries={"mode": "legacy"}))
        add(layerperm_client, layerperm_layer, "partner", "222222222222")
        layerperm_client.list_layers()
        with pytest.raises(layerperm_client.exceptions.ResourceConflictException):
            add(layerperm_client, layerperm_layer, "partner", "333333333333")
        partner = layerperm.client("222222222222", region_name="us-east-1")
        partner.get_layer_version(LayerName=layerperm_layer.layer_arn, VersionNumber=1)
        raise ValueError
"""


def test_retries_are_one_row(section):
    """A call and its retries are one row, with every outcome and what the fault did; a line marks each caller."""
    assert section(RETRIED) == (
        "time          operation                  layer          statement  outcome\n"
        "account 123456789012\n"
        "12:00:00.000  AddLayerVersionPermission  shared-deps:1  partner\n"
        "    429, 429, 201 (Throttle 2 of 2)\n"
        "12:00:01.500  ListLayers                                           200\n"
        "12:00:01.500  AddLayerVersionPermission  shared-deps:1  partner\n"
        "    409 ResourceConflictException\n"
        "account 222222222222\n"
        "12:00:01.500  GetLayerVersion            shared-deps:1             200"
    )


def test_whole_with_vv(section):
    """-vv lists every attempt, in a line each."""
    arn = "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1"
    gap = " " * (len(arn) - len("layer"))
    assert section(RETRIED, "-vv") == (
        f"time                      operation                  layer{gap}  statement  outcome\n"
        "account 123456789012\n"
        f"2026-01-01T12:00:00.000Z  AddLayerVersionPermission  {arn}  partner    "
        "429 TooManyRequestsException (Throttle 1 of 2)\n"
        f"2026-01-01T12:00:00.500Z    retry 1                  {arn}  partner    "
        "429 TooManyRequestsException (Throttle 2 of 2)\n"
        f"2026-01-01T12:00:01.500Z    retry 2                  {arn}  partner    201\n"
        f"2026-01-01T12:00:01.500Z  ListLayers                 {' ' * len(arn)}             200\n"
        f"2026-01-01T12:00:01.500Z  AddLayerVersionPermission  {arn}  partner    409 ResourceConflictException\n"
        "account 222222222222\n"
        f"2026-01-01T12:00:01.500Z  GetLayerVersion            {arn}             200"
    )


def test_only_the_last_calls(section):
    """Of many calls the last twenty are listed, with the number of all."""
    lines = section(
        """
    def test_it(layerperm_client):
        for _ in range(23):
            layerperm_client.list_layers()
        raise ValueError
    """
    ).split("\n")
    assert lines[0] == "the last 20 of 23 calls; -vv shows all, and every attempt"
    assert [line.split(maxsplit=1)[1:] for line in lines[3:]] == [["ListLayers  200"]] * 20


def test_a_broken_connection(section):
    """A call without a response is listed with what broke it."""
    text = section(
        """
    from pytest_layerperm import ConnectionLost

    @pytest.mark.layerperm(frozen_at="2026-01-01T12:00:00Z")
    def test_it(layerperm, layerperm_layer, layerperm_client, monkeypatch):
        monkeypatch.setattr("random.random", lambda: 0.5)
        layerperm.inject(ConnectionLost(applied=True))
        add(layerperm_client, layerperm_layer, "partner", "222222222222")
    """
    )
    assert text == (
        "time          operation                  layer          statement  outcome\n"
        "account 123456789012\n"
        "12:00:00.000  AddLayerVersionPermission  shared-deps:1  partner\n"
        "    ConnectionClosedError, 409 ResourceConflictException (ConnectionLost 1 of 1,\n"
        "    answer 201 lost)"
    )


def test_regions(section):
    """Regions are a column if not all calls are of the default one; the layer is the one that the call names."""
    text = section(
        """
    @pytest.mark.layerperm(frozen_at="2026-01-01T12:00:00Z")
    def test_it(layerperm, layerperm_layer, layerperm_client):
        layerperm_client.list_layers()
        europe = layerperm.client(region_name="eu-west-1")
        with pytest.raises(europe.exceptions.ClientError):
            europe.list_layer_versions(LayerName=layerperm_layer.arn)
        europe.list_layer_versions(LayerName="deps")
        raise ValueError
    """
    )
    assert text == (
        "time          operation          region     layer          outcome\n"
        "account 123456789012\n"
        "12:00:00.000  ListLayers         us-east-1                 200\n"
        "12:00:00.000  ListLayerVersions  eu-west-1  shared-deps:1  400\n"
        "                                                           ValidationException\n"
        "12:00:00.000  ListLayerVersions  eu-west-1  deps           200"
    )


def test_one_region_that_is_not_the_default(section):
    """It is named too, with -vv as well."""
    text = section(
        """
    @pytest.mark.layerperm(frozen_at="2026-01-01T12:00:00Z")
    def test_it(layerperm):
        layerperm.client(region_name="eu-west-1").list_layers()
        raise ValueError
    """,
        "-vv",
    )
    assert text == (
        "time                      operation   region     outcome\n"
        "account 123456789012\n"
        "2026-01-01T12:00:00.000Z  ListLayers  eu-west-1  200"
    )


@pytest.mark.parametrize(
    "body",
    [
        """
    from pytest_layerperm import LayerPerm

    def test_it():
        with LayerPerm(frozen_at="2026-01-01T12:00:00Z") as fake:
            fake.client().list_layers()
            raise ValueError
    """,
        """
    from pytest_layerperm import LayerPerm

    def test_it():
        with LayerPerm() as first:
            first.publish_layer()
        with LayerPerm(frozen_at="2026-01-01T12:00:00Z"):
            boto3.client("lambda").list_layers()
        raise ValueError
    """,
        """
    from pytest_layerperm import LayerPerm

    @LayerPerm(frozen_at="2026-01-01T12:00:00Z")
    def test_it():
        boto3.client("lambda").list_layers()
        raise ValueError
    """,
        """
    import unittest
    from pytest_layerperm import LayerPerm

    @LayerPerm(frozen_at="2026-01-01T12:00:00Z")
    class TestIt(unittest.TestCase):
        def test_it(self):
            boto3.client("lambda").list_layers()
            raise ValueError
    """,
    ],
    ids=["block", "last of two blocks", "decorator", "TestCase"],
)
def test_fakes_without_the_fixture(section, body):
    """A test that starts its fake itself gets the section as well."""
    assert section(body) == ("time          operation   outcome\naccount 123456789012\n12:00:00.000  ListLayers  200")


def test_a_fake_inside_the_fixtures(pytester):
    """Both are listed."""
    pytester.makepyfile(
        CALLS
        + """
    from pytest_layerperm import LayerPerm

    def test_it(layerperm_client):
        layerperm_client.list_layers()
        with LayerPerm() as inner:
            inner.client().list_layer_versions(LayerName="deps")
        raise ValueError

    def test_the_next(): raise ValueError
    """
    )
    text = pytester.runpytest_inprocess(*APART).stdout.str()
    assert text.count("- layerperm calls -") == 2
    assert text.index("ListLayers") < text.index("ListLayerVersions")


def test_calls_that_went_elsewhere(section):
    """That the calls went to another server on this machine is said where they are missed."""
    text = section(
        """
    def test_it(layerperm):
        client = layerperm.client(endpoint_url="http://127.0.0.1:1")
        client.list_layers()
    """
    )
    assert text == (
        "no layer call reached the fake\n"
        "1 layer call went to http://127.0.0.1:1, and not to the fake: remove endpoint_url from its client"
    )


def test_a_fault_that_struck_too_seldom(pytester):
    """It is named in the report of a test that fails, with the line or the marker that it comes from."""
    pytester.makepyfile(
        """
        import pytest
        from botocore.config import Config
        from pytest_layerperm import ServiceFailure, Slow

        @pytest.mark.layerperm_throttle(times=3)
        def test_it(layerperm):
            layerperm.inject(ServiceFailure(5), Slow(1))
            layerperm.client(config=Config(retries={"total_max_attempts": 3})).list_layers()
        """
    )
    result = pytester.runpytest_inprocess(*APART)
    result.stdout.no_fnmatch_line("*layerperm faults*")
    pytester.makepyfile(
        """
        import pytest
        from botocore.config import Config
        from pytest_layerperm import ServiceFailure, Slow

        @pytest.mark.layerperm_throttle(times=3)
        def test_it(layerperm):
            layerperm.inject(ServiceFailure(5), Slow(1))
            layerperm.client(config=Config(retries={"total_max_attempts": 2})).list_layers()
        """
    )
    result = pytester.runpytest_inprocess(*APART)
    result.stdout.fnmatch_lines(
        [
            "*- layerperm faults -*",
            "Throttle(times=3) of @pytest.mark.layerperm_throttle: struck 2 of 3 times",
            "*- layerperm calls -*",
        ],
        consecutive=True,
    )


@pytest.mark.parametrize(
    "body",
    [
        """
    def test_it(layerperm): raise ValueError
    """,
        """
    @pytest.fixture
    def broken(layerperm): raise ValueError

    def test_it(broken): pass
    """,
    ],
    ids=["test", "setup"],
)
def test_no_calls(section, body):
    """That nothing came in is worth knowing too, even if the setup failed."""
    assert section(body) == "no layer call reached the fake"


@pytest.mark.parametrize(
    "body",
    [
        "\n    def test_it(layerperm_client): layerperm_client.list_layers()\n",
        "\n    def test_it(): raise ValueError\n",
    ],
    ids=["passed", "no fake"],
)
def test_no_section(section, body):
    """Tests that pass, and tests without the fake, have no such section."""
    assert section(body) is None


def test_only_a_helpers_verdict_is_put_first(pytester, monkeypatch):
    """Other failures keep their line in the summary, AssertionErrors of the test's own too."""
    monkeypatch.setenv("COLUMNS", "120")
    pytester.makepyfile(
        """
        import pytest
        from pytest_layerperm import assert_layer_public

        def test_helper(layerperm_layer): assert_layer_public()
        def test_own(layerperm): raise AssertionError("mine\\nand more")
        def test_fail(layerperm): pytest.fail("failed", pytrace=False)
        """
    )
    result = pytester.runpytest_inprocess("-q", "--tb=no", *APART)
    assert [line.partition(" - ")[2] for line in result.outlines if line.startswith("FAILED ")] == [
        "shared-deps:1 is not public",
        "AssertionError: mine",
        "Failed: failed",
    ]


def test_no_frames_of_ours(pytester):
    """The traceback of a helper's failure is the test's own line alone."""
    pytester.makepyfile(
        """
        from pytest_layerperm import (
            assert_layer_calls, assert_layer_policy, assert_layer_policy_unchanged, assert_layer_public,
            assert_layer_shared_with)

        def test_public(layerperm_layer): assert_layer_public()
        def test_account(layerperm_layer): assert_layer_shared_with("222")
        def test_no_layer(layerperm): assert_layer_public()
        def test_policy(layerperm_layer): assert_layer_policy(["*"])
        def test_calls(layerperm): assert_layer_calls(["ListLayers"])
        def test_together(layerperm, layerperm_layer):
            with layerperm.all_assertions(): assert_layer_public()
        def test_unchanged(layerperm_layer):
            with assert_layer_policy_unchanged(): layerperm_layer.grant("*")
        def test_does_not_exist(layerperm_layer): assert_layer_public(layer="other")
        """
    )
    result = pytester.runpytest_inprocess("-q", "--tb=short", *APART)
    places = [line.partition(":")[0] for line in result.outlines if re.match(r"\S+\.py:\d+: in ", line)]
    assert places == ["test_no_frames_of_ours.py"] * 8


def test_no_frames_of_the_fake_either(pytester):
    """What its methods raise for bad input is shown at the test's own line; of a blocked request botocore's remain."""
    pytester.makepyfile(
        """
        import boto3
        from pytest_layerperm import LayerPerm

        def test_grant(layerperm_layer): layerperm_layer.grant("x")
        def test_taken(layerperm_layer): layerperm_layer.grant("*", organization_id="o-1")
        def test_publish(layerperm): layerperm.publish_layer("no name")
        def test_content(layerperm): layerperm.publish_layer(content=b"x")
        def test_inject(layerperm): layerperm.inject(1)
        def test_organization(layerperm): layerperm.organization("x")
        def test_client(layerperm): layerperm.client("x")
        def test_policy(layerperm): layerperm.client(identity_policy={"Statement": 1})
        def test_session(layerperm): layerperm.session(region_name="mars")
        def test_freeze(layerperm): layerperm.freeze("soon")
        def test_init(): LayerPerm("1")
        def test_blocked(layerperm): boto3.client("bedrock-runtime").converse(modelId="m", messages=[])
        """
    )
    result = pytester.runpytest_inprocess("-q", "--tb=short", *APART)
    places = [line.partition(":")[0] for line in result.outlines if re.match(r"\S+\.py:\d+: in ", line)]
    ours = [place for place in places if "botocore" not in place]
    assert ours == ["test_no_frames_of_the_fake_either.py"] * 12
