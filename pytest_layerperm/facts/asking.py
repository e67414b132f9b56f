"""From a step of a fact to an HTTP request, without any SDK."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from ..lambda_api.members import MEMBERS
from .differences import fill_in
from .model import By, Names, Step

_LAYERS = "/2018-10-31/layers"
_VERSIONS = _LAYERS + "/{LayerName}/versions"
_VERSION = _VERSIONS + "/{VersionNumber}"
_ROUTES = {
    "AddLayerVersionPermission": ("POST", _VERSION + "/policy"),
    "RemoveLayerVersionPermission": ("DELETE", _VERSION + "/policy/{StatementId}"),
    "GetLayerVersionPolicy": ("GET", _VERSION + "/policy"),
    "PublishLayerVersion": ("POST", _VERSIONS),
    "GetLayerVersion": ("GET", _VERSION),
    "GetLayerVersionByArn": ("GET", _LAYERS + "?find=LayerVersion"),
    "ListLayers": ("GET", _LAYERS),
    "ListLayerVersions": ("GET", _VERSIONS),
    "DeleteLayerVersion": ("DELETE", _VERSION),
}


@dataclass(frozen=True)
class Asked:
    """A call to make: as an API operation with members, and as the equivalent HTTP request."""

    operation: str
    members: Mapping[str, Any]
    by: By
    region: str
    method: str
    path: str
    """Percent-encoded, with its query."""
    body: bytes
    path_given: bool
    """Whether the path is given, rather than made from the members."""
    body_given: bool
    """Whether the body is given, rather than made from the members."""


def ask(step: Step, names: Names) -> Asked:
    """The call of a step."""
    members: dict[str, Any] = fill_in(dict(step.members), names)
    method, template = _ROUTES[step.operation]
    path = fill_in(step.path, names) if step.path is not None else _path(step.operation, template, members)
    body = fill_in(step.body, names).encode() if step.body is not None else _body(step.operation, members)
    return Asked(
        operation=step.operation,
        members=members,
        by=step.by,
        region=fill_in(step.region, names),
        method=method,
        path=path,
        body=body,
        path_given=step.path is not None,
        body_given=step.body is not None,
    )


def _path(operation: str, template: str, members: Mapping[str, Any]) -> str:
    path, _, fixed_query = template.partition("?")
    placed = {
        member.name: quote(str(members[member.name]), safe="")
        for member in MEMBERS[operation]
        if member.place == "path"
    }
    query = [
        (member.name, members[member.name])
        for member in MEMBERS[operation]
        if member.place == "query" and member.name in members
    ]
    text = "&".join([part for part in (fixed_query, urlencode(query)) if part])
    return path.format(**placed) + (f"?{text}" if text else "")


def _body(operation: str, members: Mapping[str, Any]) -> bytes:
    if operation not in ("AddLayerVersionPermission", "PublishLayerVersion"):
        return b""
    return json.dumps(
        {
            member.name: members[member.name]
            for member in MEMBERS[operation]
            if member.place == "body" and member.name in members
        },
        default=lambda data: base64.b64encode(data).decode("ascii"),
    ).encode()
