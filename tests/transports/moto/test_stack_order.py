"""The order in which a stack's resources are updated."""

import pytest

from pytest_layerperm.transports.moto.stack_order import in_order, references


@pytest.mark.parametrize(
    ("part", "named"),
    [
        ({"Ref": "A"}, ["A"]),
        ({"DependsOn": "A"}, ["A"]),
        ({"DependsOn": ["A", "B"]}, ["A", "B"]),
        ({"Fn::GetAtt": ["A", "Arn"]}, ["A"]),
        ({"Fn::GetAtt": "A.Outputs.Arn"}, ["A"]),
        ({"Fn::Sub": "${A}:${B.Arn}:${!Literal}"}, ["A", "B"]),
        ({"Fn::Sub": ["${A}:${x}", {"x": {"Ref": "B"}}]}, ["A", "x", "B"]),
        ({"Properties": [{"Fn::Join": [":", [{"Ref": "A"}, 1]]}]}, ["A"]),
        ({"Ref": 1, "Fn::GetAtt": [], "Fn::Sub": {}}, []),
    ],
)
def test_references(part, named):
    """Every reference to a resource is found, at any depth."""
    assert list(references(part)) == named


def test_in_order():
    """A resource comes after all that it refers to, also through a resource between them that is not updated."""
    resources = {
        "First": {"LayerVersionArn": {"Ref": "Between"}},
        "Between": {"Value": {"Ref": "Last"}},
        "Last": {},
    }
    assert in_order(["First", "Last", "First", "Gone"], resources) == ["Last", "First"]


def test_circle():
    """A circle, which CloudFormation would have rejected, does not loop forever."""
    assert in_order(["A", "B"], {"A": {"Ref": "B"}, "B": {"Ref": "A"}}) == ["B", "A"]
