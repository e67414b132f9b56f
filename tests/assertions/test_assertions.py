"""The assertion helpers decide right, whatever they look through and however the layer is named."""

import boto3
import pytest

import pytest_layerperm
from pytest_layerperm import (
    assert_layer_not_public,
    assert_layer_not_shared_with,
    assert_layer_policy,
    assert_layer_policy_unchanged,
    assert_layer_private,
    assert_layer_public,
    assert_layer_shared_with,
    assert_layer_shared_with_organization,
)

PARTNER = "222222222222"
STRANGER = "333333333333"
ORGANIZATION = "o-exampleorgid"

TO_PARTNER = {"principal": PARTNER}
TO_ALL = {"principal": "*"}
TO_ORGANIZATION = {"principal": "*", "organization_id": ORGANIZATION}
MEMBER = "444444444444"


def unchanged(change, **looking):
    """assert_layer_policy_unchanged as a helper like the others: ``change`` is what happens in its block."""
    with assert_layer_policy_unchanged(**looking):
        change()


NAMES = {
    "left out": lambda layer: None,
    "handle": lambda layer: layer,
    "version ARN": lambda layer: layer.arn,
    "layer ARN": lambda layer: layer.layer_arn,
    "name": lambda layer: layer.name,
}
"""How a test can say which layer it means."""

HOLDS = [
    ("direct", [TO_PARTNER], assert_layer_shared_with, [PARTNER], {}),
    ("among others", [TO_ORGANIZATION, TO_PARTNER], assert_layer_shared_with, [PARTNER], {}),
    ("root", [{"principal": "arn:aws:iam::222222222222:root"}], assert_layer_shared_with, [PARTNER], {}),
    ("via account", [TO_PARTNER, TO_ALL], assert_layer_shared_with, [PARTNER], {"via": "account"}),
    ("public", [TO_ALL], assert_layer_shared_with, [PARTNER], {"via": "public"}),
    ("member", [TO_ORGANIZATION], assert_layer_shared_with, [MEMBER], {"via": "organization"}),
    ("private", [], assert_layer_not_shared_with, [PARTNER], {}),
    ("no member", [TO_PARTNER, TO_ORGANIZATION], assert_layer_not_shared_with, [STRANGER], {}),
    ("organization", [TO_PARTNER, TO_ORGANIZATION], assert_layer_shared_with_organization, [ORGANIZATION], {}),
    ("all", [TO_ALL], assert_layer_public, [], {}),
    ("not all", [TO_PARTNER, TO_ORGANIZATION], assert_layer_not_public, [], {}),
    ("nobody", [], assert_layer_private, [], {}),
    ("policy", [TO_PARTNER, TO_ORGANIZATION], assert_layer_policy, [[ORGANIZATION, PARTNER]], {}),
    ("unchanged", [TO_PARTNER], unchanged, [lambda: None], {}),
]

FAILS = [
    ("not shared", [], assert_layer_shared_with, [PARTNER], {}, "shared-deps:1 is not shared with 222222222222"),
    (
        "other account",
        [{"principal": "arn:aws-cn:iam::222222222222:root"}, {"principal": STRANGER}],
        assert_layer_shared_with,
        [PARTNER],
        {},
        "shared-deps:1 is not shared with 222222222222",
    ),
    (
        "no account statement",
        [TO_ALL],
        assert_layer_shared_with,
        [PARTNER],
        {"via": "account"},
        "shared-deps:1 is not shared with 222222222222 by a statement of its own",
    ),
    (
        "not public",
        [TO_PARTNER],
        assert_layer_shared_with,
        [PARTNER],
        {"via": "public"},
        "shared-deps:1 is not shared with 222222222222 by being public",
    ),
    (
        "no member",
        [TO_ORGANIZATION, TO_ALL],
        assert_layer_shared_with,
        [PARTNER],
        {"via": "organization"},
        "shared-deps:1 is not shared with 222222222222 through its organization",
    ),
    ("direct", [TO_PARTNER], assert_layer_not_shared_with, [PARTNER], {}, "shared-deps:1 is shared with 222222222222"),
    ("everyone", [TO_ALL], assert_layer_not_shared_with, [PARTNER], {}, "shared-deps:1 is shared with 222222222222"),
    (
        "member",
        [TO_ORGANIZATION],
        assert_layer_not_shared_with,
        [MEMBER],
        {},
        "shared-deps:1 is shared with 444444444444",
    ),
    (
        "all is no organization",
        [TO_ALL],
        assert_layer_shared_with_organization,
        [ORGANIZATION],
        {},
        "shared-deps:1 is not shared with organization o-exampleorgid",
    ),
    ("an organization", [TO_ORGANIZATION], assert_layer_public, [], {}, "shared-deps:1 is not public"),
    ("all", [TO_PARTNER, TO_ALL], assert_layer_not_public, [], {}, "shared-deps:1 is public"),
    ("somebody", [TO_ORGANIZATION], assert_layer_private, [], {}, "shared-deps:1 is not private"),
    (
        "policy",
        [TO_PARTNER],
        assert_layer_policy,
        [["*"]],
        {},
        "shared-deps:1 has another policy than expected: everyone is missing; 222222222222 is not expected",
    ),
]


@pytest.fixture(params=["fake", "client", "server"])
def looking(request, layerperm):
    """What the helper looks through: the fake, a client of it, a client of the live server."""
    if request.param == "fake":
        return {}
    if request.param == "client":
        return {"client": layerperm.client()}
    pytest.importorskip("httptools", reason="httptools is not installed")
    server = request.getfixturevalue("layerperm_server")
    return {"client": boto3.client("lambda", endpoint_url=server.url)}


@pytest.fixture
def shared(layerperm):
    """Publishes a layer version with these grants; MEMBER is declared a member of the organization."""
    layerperm.organization(ORGANIZATION, accounts=[MEMBER])

    def publish(grants):
        layer = layerperm.publish_layer()
        for grant in grants:
            layer.grant(**grant)
        return layer

    return publish


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("grants", "helper", "arguments", "options"), [c[1:] for c in HOLDS], ids=[c[0] for c in HOLDS]
)
def test_holds(shared, looking, layerperm, name, grants, helper, arguments, options):
    """The helper is silent if what it demands holds, and its look-ups are not logged."""
    layer = shared(grants)
    assert helper(*arguments, layer=NAMES[name](layer), **options, **looking) is None
    assert not len(layerperm.calls)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("grants", "helper", "arguments", "options", "verdict"),
    [case[1:] for case in FAILS],
    ids=[case[0] for case in FAILS],
)
def test_fails(shared, looking, layerperm, name, grants, helper, arguments, options, verdict):
    """The helper fails if what it demands does not hold, and its first line is the verdict."""
    layer = shared(grants)
    with pytest.raises(AssertionError) as failed:
        helper(*arguments, layer=NAMES[name](layer), **options, **looking)
    assert str(failed.value).partition("\n")[0] == verdict
    assert not len(layerperm.calls)


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_policy_fails(shared, looking, name):
    """A statement that the block adds is a change."""
    layer = shared([TO_PARTNER])
    with pytest.raises(AssertionError) as failed:
        unchanged(lambda: layer.grant("*", statement_id="all"), layer=NAMES[name](layer), **looking)
    assert str(failed.value).partition("\n")[0] == "the policy of shared-deps:1 changed: all (everyone) is new"


@pytest.mark.parametrize("layer", ["shared-deps", "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps"])
def test_a_layer_means_every_version(layerperm, looking, layer):
    """With a layer's name or ARN every version must be as demanded; a failure says which are not."""
    for _ in range(60):
        layerperm.publish_layer().grant(PARTNER)
    assert_layer_shared_with(PARTNER, layer=layer, **looking)
    layerperm.publish_layer()
    with pytest.raises(AssertionError) as one:
        assert_layer_shared_with(PARTNER, layer=layer, **looking)
    layerperm.publish_layer()
    with pytest.raises(AssertionError) as two:
        assert_layer_shared_with(PARTNER, layer=layer, **looking)
    assert str(one.value).partition("\n")[0] == "shared-deps:61 is not shared with 222222222222"
    assert str(two.value).partition("\n")[0] == (
        "2 of 62 versions of shared-deps are not shared with 222222222222: versions 62 and 61"
    )


def test_an_emptied_policy_is_private(layerperm_layer, layerperm_client, looking):
    """A policy whose last statement was removed shares with nobody."""
    layerperm_layer.grant(PARTNER, statement_id="partner")
    layerperm_client.remove_layer_version_permission(LayerName="shared-deps", VersionNumber=1, StatementId="partner")
    assert_layer_private(**looking)
    assert_layer_policy([], **looking)


@pytest.mark.parametrize("name", [name for name in pytest_layerperm.__all__ if name.startswith("assert_")])
def test_each_helper_is_a_fixture(request, name):
    """Every helper is also a fixture of its own name, which turns the fake on."""
    assert request.getfixturevalue(name) is getattr(pytest_layerperm, name)
    assert "layerperm" in request.fixturenames or request.getfixturevalue("layerperm").active
