"""Five mistakes of release scripts: each test fails on purpose, for its report to be read."""

import io
import zipfile

import boto3

from pytest_layerperm import assert_layer_not_public, assert_layer_shared_with

PARTNER = "222222222222"


def publish():
    """Publishes the next version of the layer, and returns its number."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as layer:
        layer.writestr("python/shared_deps.py", "VERSION = 1\n")
    content = {"ZipFile": archive.getvalue()}
    return boto3.client("lambda").publish_layer_version(LayerName="shared-deps", Content=content)["Version"]


def share(version, principal, **organization):
    """Shares a version of the layer."""
    boto3.client("lambda").add_layer_version_permission(
        LayerName="shared-deps",
        VersionNumber=version,
        StatementId="partner",
        Action="lambda:GetLayerVersion",
        Principal=principal,
        **organization,
    )


def test_nobody(layerperm):
    """Published, and not shared at all."""
    publish()
    assert_layer_shared_with(PARTNER)


def test_newest(layerperm):
    """The first version was shared; the next one starts with no policy."""
    share(publish(), PARTNER)
    publish()
    assert_layer_shared_with(PARTNER, layer="shared-deps")


def test_digit(layerperm):
    """Shared, with the wrong account."""
    share(publish(), "222222222223")
    assert_layer_shared_with(PARTNER)


def test_member(layerperm):
    """Shared with an organization; nobody said that the partner is in it."""
    share(publish(), "*", OrganizationId="o-exampleorgid")
    assert_layer_shared_with(PARTNER)


def test_public(layerperm):
    """Shared with everyone, since the organization was left out."""
    share(publish(), "*")
    assert_layer_not_public()
