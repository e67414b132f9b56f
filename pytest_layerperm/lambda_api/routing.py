"""The layer operation that a method and path name, and the members in the path."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, unquote

API_PATH = "/2018-10-31/layers"


class Route(NamedTuple):
    operation: str
    path_members: Mapping[str, str]


_Resource = Literal["layers", "versions", "version", "policy", "statement"]
_OPERATIONS: Mapping[tuple[str, _Resource], str] = {
    ("GET", "layers"): "ListLayers",
    ("GET", "versions"): "ListLayerVersions",
    ("POST", "versions"): "PublishLayerVersion",
    ("GET", "version"): "GetLayerVersion",
    ("DELETE", "version"): "DeleteLayerVersion",
    ("GET", "policy"): "GetLayerVersionPolicy",
    ("POST", "policy"): "AddLayerVersionPermission",
    ("DELETE", "statement"): "RemoveLayerVersionPermission",
}


def route(method: str, path: str, query: str) -> Route | None:
    """The layer operation that method and path name; None if it is none of the nine."""
    found = _resource_at(path)
    if found is None:
        return None
    resource, members = found
    operation = _OPERATIONS.get((method, resource))
    if operation is None:
        return None
    if operation == "ListLayers" and ("find", "LayerVersion") in parse_qsl(query):
        operation = "GetLayerVersionByArn"
    return Route(operation, members)


@lru_cache(maxsize=1024)
def _resource_at(path: str) -> tuple[_Resource, Mapping[str, str]] | None:
    """The resource at a path, and the members in the path; None for any other path.

    Cached, like all parts of a path: the calls of a test mostly name the same layers.
    """
    segments = path.split("/")
    count = len(segments)
    if count < 3 or segments[1:3] != ["2018-10-31", "layers"]:
        return None
    if count == 3:
        return "layers", {}
    if count < 5 or not segments[3] or segments[4] != "versions":
        return None
    members = {"LayerName": _unquoted(segments[3])}
    if count == 5:
        return "versions", members
    if not segments[5]:
        return None
    members["VersionNumber"] = unquote(segments[5])
    if count == 6:
        return "version", members
    if segments[6] != "policy":
        return None
    if count == 7:
        return "policy", members
    if count == 8 and segments[7]:
        return "statement", {**members, "StatementId": unquote(segments[7])}
    return None


_unquoted = lru_cache(maxsize=256)(unquote)
