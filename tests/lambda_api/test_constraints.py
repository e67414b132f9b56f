"""Reading parameters: types, constraints, and the texts of errors. Most texts are checked by the facts."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from pytest_layerperm.lambda_api.constraints import read, validation_error, whole_number
from pytest_layerperm.lambda_api.errors import SerializationException, ValidationException
from pytest_layerperm.lambda_api.members import MEMBERS, Member

PUBLISH = {"LayerName": "n", "Content": {}}


def rejection(operation: str, **given: Any) -> str:
    with pytest.raises((ValidationException, SerializationException)) as raised:
        read(operation, given)
    return str(raised.value)


def test_parameters_are_typed() -> None:
    """Numbers of path and query come as numbers, archives as bytes, lists as tuples."""
    assert read("ListLayerVersions", {"LayerName": "n", "MaxItems": "7"}) == {"LayerName": "n", "MaxItems": 7}
    assert read("GetLayerVersion", {"LayerName": "n", "VersionNumber": "+3"})["VersionNumber"] == 3
    content = {"ZipFile": base64.b64encode(b"zip").decode(), "S3Key": None, "Unknown": 1}
    assert read("PublishLayerVersion", {**PUBLISH, "Content": content, "CompatibleRuntimes": ["python3.13"]}) == {
        "LayerName": "n",
        "Content": {"ZipFile": b"zip"},
        "CompatibleRuntimes": ("python3.13",),
    }


def test_unknown_members_are_ignored() -> None:
    """A member that an operation does not have is ignored."""
    assert read("ListLayers", {"Colour": "blue"}) == {}


def test_empty_page_size_counts_as_none() -> None:
    """An empty MaxItems counts as none; an empty version number is not a number."""
    assert read("ListLayers", {"MaxItems": ""}) == {}
    assert rejection("GetLayerVersion", LayerName="n", VersionNumber="") == "'' can not be converted to Long"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "NUMBER_VALUE can not be converted to a String"),
        (1.5, "NUMBER_VALUE can not be converted to a String"),
        (True, "TRUE_VALUE can not be converted to a String"),
        (False, "FALSE_VALUE can not be converted to a String"),
        ({}, "Start of structure or map found where not expected."),
        ([], "Start of list found where not expected"),
    ],
)
def test_text_of_the_wrong_type(value: object, text: str) -> None:
    """The error says what was found instead of a string."""
    assert rejection("PublishLayerVersion", **PUBLISH, Description=value) == text


def test_other_wrong_types() -> None:
    """Lists, objects and archives have errors of their own."""
    assert rejection("PublishLayerVersion", **PUBLISH, CompatibleRuntimes="python3.13") == "Expected list or null"
    assert (
        rejection("PublishLayerVersion", **PUBLISH, CompatibleRuntimes=[None])
        == "NULL_VALUE can not be converted to a String"
    )
    assert rejection("PublishLayerVersion", LayerName="n", Content=[]) == "Expected structure or null"
    content = {"ZipFile": "not base64!"}
    expected = "The value of zipFile is not valid base64."
    assert rejection("PublishLayerVersion", LayerName="n", Content=content) == expected
    content = {"ZipFile": "\u00fc"}
    assert rejection("PublishLayerVersion", LayerName="n", Content=content) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("-1", -1),
        ("+1", 1),
        ("007", 7),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None),
        ("-9223372036854775808", -(2**63)),
        ("-9223372036854775809", None),
        ("1" * 5000, None),
        ("1.0", None),
        ("1e3", None),
        ("", None),
        (" 1", None),
        ("\uff11", None),
    ],
)
def test_whole_numbers_are_those_of_64_bits(text: str, number: int | None) -> None:
    """As Java reads them: ASCII digits, a sign, and no more than 64 bits."""
    assert whole_number(text) == number


def test_members_of_a_structure_are_named_with_it() -> None:
    """A violation inside Content names its place."""
    assert rejection(
        "PublishLayerVersion", LayerName="n", Content={"S3Bucket": "b", "S3ObjectStorageMode": "MOVE"}
    ) == (
        "2 validation errors detected: "
        "Value 'b' at 'content.s3Bucket' failed to satisfy constraint: "
        "Member must have length greater than or equal to 3; "
        "Value 'MOVE' at 'content.s3ObjectStorageMode' failed to satisfy constraint: "
        "Member must satisfy enum value set: [COPY, REFERENCE]"
    )


def test_enumerations_of_lists() -> None:
    """AWS wraps the constraint of the items (validation/architectures)."""
    text = rejection("PublishLayerVersion", **PUBLISH, CompatibleArchitectures=["x86_64", "riscv"])
    assert text == (
        "1 validation error detected: Value '[x86_64, riscv]' at 'compatibleArchitectures' failed to satisfy "
        "constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], "
        "Member must not be null]"
    )
    text = rejection("PublishLayerVersion", **PUBLISH, CompatibleRuntimes=["cobol"])
    assert text.startswith(
        "1 validation error detected: Value '[cobol]' at 'compatibleRuntimes' failed to satisfy constraint: "
        "Member must satisfy constraint: [Member must satisfy enum value set: [nodejs, nodejs4.3, "
    )
    assert text.endswith(", custom], Member must not be null]")


def test_values_added_since() -> None:
    """A newer runtime or architecture is valid; known ones are not looked up."""
    asked: list[str] = []

    def newer(enum_name: str) -> list[str]:
        asked.append(enum_name)
        return {"Runtime": ["python3.13", "python9.9"], "Architecture": ["riscv"]}[enum_name]

    given = {**PUBLISH, "CompatibleRuntimes": ["python3.13"], "CompatibleArchitectures": ["arm64"]}
    assert read("PublishLayerVersion", given, newer)["CompatibleRuntimes"] == ("python3.13",)
    assert asked == []
    given = {**PUBLISH, "CompatibleRuntimes": ["python9.9"], "CompatibleArchitectures": ["riscv", "arm64"]}
    assert read("PublishLayerVersion", given, newer)["CompatibleArchitectures"] == ("riscv", "arm64")
    assert read("ListLayers", {"CompatibleRuntime": "python9.9"}, newer) == {"CompatibleRuntime": "python9.9"}
    assert asked == ["Runtime", "Architecture", "Runtime"]
    with pytest.raises(ValidationException, match=r"enum value set: \[x86_64, arm64, riscv\]$"):
        read("ListLayers", {"CompatibleArchitecture": "vax"}, newer)


def test_a_storage_mode_that_does_not_exist() -> None:
    """Its enumeration does not grow."""
    given = {"LayerName": "n", "Content": {"S3ObjectStorageMode": "MOVE"}}
    assert rejection("PublishLayerVersion", **given) == (
        "1 validation error detected: Value 'MOVE' at 'content.s3ObjectStorageMode' failed to satisfy constraint: "
        "Member must satisfy enum value set: [COPY, REFERENCE]"
    )


def test_length_comes_before_pattern() -> None:
    """One member can violate both."""
    assert rejection("GetLayerVersion", LayerName="", VersionNumber="1") == (
        "2 validation errors detected: "
        "Value '' at 'layerName' failed to satisfy constraint: Member must have length greater than or equal to 1; "
        "Value '' at 'layerName' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:"
        r"[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140})"
    )


def test_numbers_have_values_where_texts_have_lengths() -> None:
    """Limits of a number are limits of its value."""
    assert rejection("ListLayers", MaxItems="51") == (
        "1 validation error detected: Value '51' at 'maxItems' failed to satisfy constraint: "
        "Member must have value less than or equal to 50"
    )
    assert rejection("ListLayers", MaxItems="0") == (
        "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1"
    )


def test_validation_error_counts() -> None:
    """One error is in the singular."""
    assert str(validation_error(["a"])) == "1 validation error detected: a"
    assert str(validation_error(["a", "b"])) == "2 validation errors detected: a; b"


def test_labels_are_lower_camel() -> None:
    """Messages spell members as AWS does."""
    assert [member.label for member in MEMBERS["RemoveLayerVersionPermission"]] == [
        "layerName",
        "versionNumber",
        "statementId",
        "revisionId",
    ]
    assert Member("S3Key", "body").label == "s3Key"


@pytest.mark.parametrize("name", ["a b", "arn:aws:lambda:us-east-1:123456789012:layer:n:1", "a" * 141, "a" * 600])
def test_a_wrong_name_alone(name: str) -> None:
    """If the only text of a call does not match its pattern, long or short, the call is rejected."""
    assert rejection("GetLayerVersion", LayerName=name, VersionNumber="1").startswith(
        f"1 validation error detected: Value '{name}' at 'layerName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: "
    )


def test_a_text_at_its_limits() -> None:
    """A statement id has at most a hundred characters."""
    given = {"LayerName": "n", "VersionNumber": "1"}
    assert read("RemoveLayerVersionPermission", {**given, "StatementId": "s" * 100})["StatementId"] == "s" * 100
    assert rejection("RemoveLayerVersionPermission", **given, StatementId="s" * 101).endswith(
        "at 'statementId' failed to satisfy constraint: Member must have length less than or equal to 100"
    )


def test_a_wrong_choice_alone() -> None:
    """An unknown value of an enumeration is rejected if it is the only text of a call."""
    assert rejection("ListLayers", CompatibleArchitecture="riscv") == (
        "1 validation error detected: Value 'riscv' at 'compatibleArchitecture' failed to satisfy constraint: "
        "Member must satisfy enum value set: [x86_64, arm64]"
    )
    assert read("ListLayers", {"CompatibleArchitecture": "arm64"}) == {"CompatibleArchitecture": "arm64"}
