"""The input members of the nine layer operations and their constraints, as data.

The data follows the API model (botocore's ``lambda/2015-03-31/service-2.json``); a test compares it
with the newest one. If AWS's recorded text differs from the model, the recorded text is in ``shown_pattern``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class Member:
    """One input member: its place in the request, its type, and its constraints."""

    name: str
    place: Place
    kind: Kind = "string"
    required: bool = False
    minimum: int | None = None
    """Minimum length of a string or list, minimum value of a number."""
    maximum: int | None = None
    pattern: str | None = None
    shown_pattern: str | None = None
    enum: tuple[str, ...] = ()
    """Of a string, or of each item of a list."""
    enum_name: str | None = None
    """The enumeration's name in the API model, if it grows: values added later are valid too."""
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
    Member("CompatibleRuntime", "query", enum=RUNTIMES, enum_name="Runtime"),
    Member("CompatibleArchitecture", "query", enum=ARCHITECTURES, enum_name="Architecture"),
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
        Member("CompatibleRuntimes", "body", "list", minimum=0, maximum=15, enum=RUNTIMES, enum_name="Runtime"),
        Member(
            "CompatibleArchitectures",
            "body",
            "list",
            minimum=0,
            maximum=2,
            enum=ARCHITECTURES,
            enum_name="Architecture",
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
