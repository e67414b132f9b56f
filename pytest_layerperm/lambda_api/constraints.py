"""Input constraints of the nine layer operations, once, as data, and the ValidationException they lead to.

The data follows the API model (botocore's ``lambda/2015-03-31/service-2.json``); a test holds it against the
newest one. Where AWS's recorded text differs from the model, the recorded text is kept in ``shown_pattern``.
Violations are reported in the order in which the members stand here; AWS's own order is not known (aws-facts 3.15).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Literal, cast

from .errors import SerializationException, ValidationException

Kind = Literal["string", "long", "integer", "list", "blob", "structure"]
Place = Literal["path", "query", "body"]

_NAME_OR_ARN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:"
    r"[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140})"
)
VERSION_ARN_PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:"
    r"[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)"
)
PRINCIPAL = r"\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root"
RUNTIMES = tuple(
    "nodejs nodejs4.3 nodejs6.10 nodejs8.10 nodejs10.x nodejs12.x nodejs14.x nodejs16.x nodejs18.x nodejs20.x "
    "nodejs22.x nodejs24.x java8 java8.al2 java11 java17 java21 java25 python2.7 python3.6 python3.7 python3.8 "
    "python3.9 python3.10 python3.11 python3.12 python3.13 python3.14 dotnetcore1.0 dotnetcore2.0 dotnetcore2.1 "
    "dotnetcore3.1 dotnet6 dotnet8 dotnet10 nodejs4.3-edge go1.x ruby2.5 ruby2.7 ruby3.2 ruby3.3 ruby3.4 ruby4.0 "
    "provided provided.al2 provided.al2023 nodejs26.x python3.15 java8.al2023 java11.al2023 java17.al2023 "
    "custom".split()
)
ARCHITECTURES = ("x86_64", "arm64")
_LONG = 2**63
_SHORT = 512
"""Characters up to which a text that was read is kept."""
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Member:
    """One input member: where it travels, its type, and what its value must satisfy."""

    name: str
    place: Place
    kind: Kind = "string"
    required: bool = False
    minimum: int | None = None
    """Least length of a string or list, least value of a number."""
    maximum: int | None = None
    pattern: str | None = None
    shown_pattern: str | None = None
    enum: tuple[str, ...] = ()
    """Of a string, or of each item of a list."""
    wraps_enum: bool = False
    """Whether AWS wraps a broken enum in "Member must satisfy constraint: […]": recorded for one list only."""
    members: tuple[Member, ...] = field(default=())
    """Of a structure."""

    @property
    def label(self) -> str:
        """The name as AWS's messages spell it: lower camel."""
        return self.name[0].lower() + self.name[1:]


_LAYER_NAME = Member("LayerName", "path", required=True, minimum=1, maximum=2048, pattern=_NAME_OR_ARN)
_VERSION_NUMBER = Member("VersionNumber", "path", "long", required=True)
_STATEMENT_ID = Member("StatementId", "body", required=True, minimum=1, maximum=100, pattern=r"([a-zA-Z0-9-_]+)")
_REVISION_ID = Member("RevisionId", "query")
_PAGING = (
    Member("MaxItems", "query", "integer", minimum=1, maximum=50),
    Member("CompatibleRuntime", "query", enum=RUNTIMES),
    Member("CompatibleArchitecture", "query", enum=ARCHITECTURES),
    Member("Marker", "query"),
)
_CONTENT = (
    Member("S3Bucket", "body", minimum=3, maximum=63, pattern=r"[0-9A-Za-z\.\-_]*(?<!\.)"),
    Member("S3Key", "body", minimum=1, maximum=1024, pattern=".*"),
    Member("S3ObjectVersion", "body", minimum=1, maximum=1024, pattern=".*"),
    Member("S3ObjectStorageMode", "body", enum=("COPY", "REFERENCE")),
    Member("ZipFile", "body", "blob"),
)

MEMBERS: Mapping[str, tuple[Member, ...]] = {
    "AddLayerVersionPermission": (
        _LAYER_NAME,
        _VERSION_NUMBER,
        _STATEMENT_ID,
        Member("Action", "body", required=True, minimum=0, maximum=22, pattern="lambda:GetLayerVersion"),
        Member(
            "Principal",
            "body",
            required=True,
            minimum=0,
            maximum=10_000,
            pattern=PRINCIPAL,
        ),
        Member("OrganizationId", "body", minimum=0, maximum=34, pattern=r"o-[a-z0-9]{10,32}"),
        _REVISION_ID,
    ),
    "RemoveLayerVersionPermission": (
        _LAYER_NAME,
        _VERSION_NUMBER,
        Member("StatementId", "path", required=True, minimum=1, maximum=100, pattern=r"([a-zA-Z0-9-_]+)"),
        _REVISION_ID,
    ),
    "GetLayerVersionPolicy": (_LAYER_NAME, _VERSION_NUMBER),
    "PublishLayerVersion": (
        _LAYER_NAME,
        Member("Description", "body", minimum=0, maximum=256),
        Member("Content", "body", "structure", required=True, members=_CONTENT),
        Member("CompatibleRuntimes", "body", "list", minimum=0, maximum=15, enum=RUNTIMES),
        Member(
            "CompatibleArchitectures",
            "body",
            "list",
            minimum=0,
            maximum=2,
            enum=ARCHITECTURES,
            wraps_enum=True,
        ),
        Member("LicenseInfo", "body", minimum=0, maximum=512, pattern=".*"),
    ),
    "GetLayerVersion": (_LAYER_NAME, _VERSION_NUMBER),
    "GetLayerVersionByArn": (
        Member(
            "Arn",
            "query",
            required=True,
            minimum=1,
            maximum=2048,
            pattern=f"({VERSION_ARN_PATTERN})",
            shown_pattern=VERSION_ARN_PATTERN,
        ),
    ),
    "ListLayers": _PAGING,
    "ListLayerVersions": (_LAYER_NAME, *_PAGING),
    "DeleteLayerVersion": (_LAYER_NAME, _VERSION_NUMBER),
}


def read(operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The operation's parameters, typed and within their constraints.

    ``given`` holds path and query members as strings and body members as JSON values; what the operation does
    not know is left out. Raises SerializationException for a value of the wrong type, ValidationException with
    every violation in one message.
    """
    parameters: dict[str, Any] = {}
    for name, required, accepted in _TEXTS[operation]:
        value = given.get(name)
        if value is not None:
            value = accepted(value) if type(value) is str and len(value) <= _SHORT else None
        elif not required:
            continue
        if value is None:
            return _read_closely(MEMBERS[operation], given)
        parameters[name] = value
    return parameters


def _read_closely(members: tuple[Member, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """The same for what is not texts alone, or has something wrong with it."""
    parameters = _typed(members, given)
    violations = _violations(members, parameters, "")
    if violations:
        raise validation_error(violations)
    return parameters


def validation_error(violations: list[str]) -> ValidationException:
    """AWS's one message for any number of violations (3.15)."""
    errors = "error" if len(violations) == 1 else "errors"
    return ValidationException(f"{len(violations)} validation {errors} detected: {'; '.join(violations)}")


def _typed(members: tuple[Member, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    for member in members:
        value = given.get(member.name)
        if value is None:
            continue
        if value != "" or member.kind != "integer":  # An empty MaxItems counts as left out (third-party report).
            parameters[member.name] = _convert(member, value)
    return parameters


def _convert(member: Member, value: Any) -> Any:
    """The value in the member's type. Raises SerializationException; its texts are inferred (U6)."""
    kind = member.kind
    if kind in ("long", "integer"):
        return _number(value, "Long" if kind == "long" else "Integer")
    if kind == "list":
        return text_list(value)
    if kind == "structure":
        if not isinstance(value, dict):
            raise SerializationException("Expected structure or null")
        return _typed(member.members, cast(dict[str, Any], value))
    text = _text(value)
    if kind == "string":
        return text
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SerializationException(f"The value of {member.label} is not valid base64.") from None


def text_list(value: Any) -> tuple[str, ...]:
    """A JSON list of strings. Raises SerializationException for anything else."""
    if not isinstance(value, list):
        raise SerializationException("Expected list or null")
    return tuple([_text(item) for item in cast(list[Any], value)])


def whole_number(text: str) -> int | None:
    """A 64-bit whole number as Java reads it; None for anything else."""
    # int() refuses very long digit strings, so the length is looked at first.
    return _read_number(text) if len(text) < 25 else None


@lru_cache(maxsize=1024)
def _read_number(text: str) -> int | None:
    if _INTEGER.fullmatch(text):
        number = int(text)
        if -_LONG <= number < _LONG:
            return number
    return None


def _number(value: str, java_type: str) -> int:
    number = whole_number(value)
    if number is None:
        raise SerializationException(f"'{value}' can not be converted to {java_type}")
    return number


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        raise SerializationException("Start of structure or map found where not expected.")
    if isinstance(value, list):
        raise SerializationException("Start of list found where not expected")
    if value is None:
        shown = "NULL_VALUE"
    elif isinstance(value, bool):
        shown = "TRUE_VALUE" if value else "FALSE_VALUE"
    else:
        shown = "NUMBER_VALUE"
    raise SerializationException(f"{shown} can not be converted to a String")


def _violations(members: tuple[Member, ...], parameters: Mapping[str, Any], prefix: str) -> list[str]:
    found: list[str] = []
    for member in members:
        value = parameters.get(member.name)
        if value is None:
            if member.required:
                found.append(_violation("null", prefix + member.label, "Member must not be null"))
        elif member.kind == "structure":
            found += _violations(member.members, value, f"{prefix}{member.label}.")
        else:
            broken = _broken(member, value)
            if broken:
                shown = f"'[{', '.join(value)}]'" if member.kind == "list" else f"'{value}'"
                found += [_violation(shown, prefix + member.label, constraint) for constraint in broken]
    return found


def _violation(shown: str, label: str, constraint: str) -> str:
    return f"Value {shown} at '{label}' failed to satisfy constraint: {constraint}"


def _fits(member: Member, text: str) -> bool:
    """Whether a text breaks none of its constraints: most do not, and most of the time would go into finding out."""
    if member.enum or len(text) < (member.minimum or 0):
        return False
    if member.maximum is not None and len(text) > member.maximum:
        return False
    return member.pattern is None or _compiled(member.pattern).fullmatch(text) is not None


def _broken(member: Member, value: Any) -> list[str]:
    """The constraints that the value breaks, in AWS's words; length before pattern."""
    if member.kind == "blob":
        return []
    broken: list[str] = []
    number = member.kind in ("long", "integer")
    measure, must = (value, "have value") if number else (len(value), "have length")
    if member.maximum is not None and measure > member.maximum:
        broken.append(f"Member must {must} less than or equal to {member.maximum}")
    if member.minimum is not None and measure < member.minimum:
        broken.append(f"Member must {must} greater than or equal to {member.minimum}")
    if member.pattern is not None and not _compiled(member.pattern).fullmatch(value):
        shown = member.shown_pattern or member.pattern
        broken.append(f"Member must satisfy regular expression pattern: {shown}")
    if member.enum:
        allowed = f"Member must satisfy enum value set: [{', '.join(member.enum)}]"
        if member.kind == "list":
            if any(item not in member.enum for item in value):
                broken.append(f"Member must satisfy constraint: [{allowed}]" if member.wraps_enum else allowed)
        elif value not in member.enum:
            broken.append(allowed)
    return broken


@cache
def _accepted(member: Member) -> Callable[[str], Any]:
    """What types the member's texts: None for one that must be looked at closely. It keeps what it has seen: the
    calls of a test are mostly about the same layers, accounts and statements.
    """

    @lru_cache(maxsize=1024)
    def accepted(text: str) -> Any:
        if member.kind == "string":
            return text if _fits(member, text) else None
        number = whole_number(text) if member.kind in ("long", "integer") else None
        return None if number is None or _broken(member, number) else number

    return accepted


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Java's \d is ASCII only, and the service runs Java's patterns.
    return re.compile(pattern, re.ASCII)


_TEXTS = {
    operation: tuple([(member.name, member.required, _accepted(member)) for member in members])
    for operation, members in MEMBERS.items()
}
"""What ``read`` reads quickly: the members of each operation, and what types their texts."""
