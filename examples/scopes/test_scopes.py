"""A fake that outlives a test: in a fixture of one's own, in a class, and beside the fixture layerperm."""

import io
import unittest
import zipfile

import boto3
import pytest

from pytest_layerperm import LayerPerm, assert_layer_public, assert_layer_shared_with

PARTNER = "222222222222"


@pytest.fixture(scope="module")
def shared_fake():
    """On for all tests of this module, with a layer that takes long to prepare; session scope works the same way."""
    with LayerPerm(region_name="eu-west-1") as fake:
        fake.publish_layer("expensive").grant(PARTNER)
        yield fake


def test_the_layer_is_there(shared_fake):
    assert_layer_shared_with(PARTNER)
    assert boto3.client("lambda").list_layers()["Layers"][0]["LayerName"] == "expensive"


def test_what_one_test_does_the_next_one_sees(shared_fake):
    shared_fake.layers[0].grant("*", statement_id="everyone")
    assert_layer_public()
    shared_fake.layers[0].revoke("everyone")  # So each test undoes what the others must not see.


def test_layerperm_is_a_fake_of_its_own_inside_it(shared_fake, layerperm):
    assert layerperm.layers == ()  # Empty, and the one that boto3 and the helpers use until the test ends.
    assert boto3.client("lambda").list_layers()["Layers"] == []
    assert len(shared_fake.layers) == 1


@LayerPerm()
class TestWithUnittest(unittest.TestCase):
    """The decorator is on in setUp, the test and tearDown, and starts empty for each test."""

    def setUp(self):
        archive = zip_of({"tools.py": "VERSION = 1\n"})
        boto3.client("lambda").publish_layer_version(LayerName="tools", Content={"ZipFile": archive})

    def test_it_is_the_first_version(self):
        assert boto3.client("lambda").list_layers()["Layers"][0]["LatestMatchingVersion"]["Version"] == 1

    def test_it_is_the_first_version_again(self):
        assert boto3.client("lambda").list_layers()["Layers"][0]["LatestMatchingVersion"]["Version"] == 1


def zip_of(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()
