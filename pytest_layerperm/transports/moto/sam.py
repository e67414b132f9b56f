"""The transform AWS::Serverless-2016-10-31, for its only layer type: AWS::Serverless::LayerVersion.

As SAM documents, each content has a logical id of its own, so that a changed layer is a new resource, and the old one
stays unless its RetentionPolicy is Delete. The ids are those that SAM's own translator generates.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from .stack_order import references
from .stacks import LAYER_VERSION

TRANSFORM = "AWS::Serverless-2016-10-31"
_PREFIX = "AWS::Serverless::"
_TYPE = f"{_PREFIX}LayerVersion"
_RESOLVED = ("LayerName", "Description", "LicenseInfo")
"""Properties in which SAM resolves parameters before it generates the logical id."""
_KEPT = (*_RESOLVED, "CompatibleArchitectures", "CompatibleRuntimes")
_PROPERTIES = (*_KEPT, "ContentUri", "RetentionPolicy", "PublishLambdaVersion")
_NOT_HASHED = ("DeletionPolicy", "UpdateReplacePolicy", "Metadata")
_Json = dict[str, Any]


class TransformFailed(ValueError):
    """A template that cannot be expanded; the message is CloudFormation's."""


class _Invalid(ValueError):
    """A resource that cannot be expanded."""


def expanded(template: Any) -> Any:
    """The template with Lambda's resources instead of SAM's. Raises TransformFailed for any but layer versions."""
    resources: _Json = template.get("Resources") or {}
    serverless: _Json = {
        name: resource
        for name, resource in resources.items()
        if isinstance(resource, dict) and str(cast(_Json, resource).get("Type")).startswith(_PREFIX)
    }
    if not serverless:
        return template
    _check_transform(template, serverless)
    common: _Json = template.get("Globals") or {}
    made, names, wrong = _made(serverless, common.get("LayerVersion") or {})
    if wrong:
        raise TransformFailed(
            f"Transform {TRANSFORM} failed with: Invalid Serverless Application Specification document. "
            f"Number of errors found: {len(wrong)}. {' '.join(wrong)}"
        )
    kept = {name: part for name, part in template.items() if name not in ("Transform", "Globals")}
    kept["Resources"] = {names.get(name, name): made.get(name, resource) for name, resource in resources.items()}
    return _renamed(kept, names)


def _check_transform(template: _Json, serverless: _Json) -> None:
    given = template.get("Transform")
    if TRANSFORM not in (cast(list[Any], given) if isinstance(given, list) else [given]):
        types = ", ".join(dict.fromkeys(resource["Type"] for resource in serverless.values()))
        raise TransformFailed(f"Template format error: Unrecognized resource types: [{types}]")


def _made(serverless: _Json, common: _Json) -> tuple[_Json, dict[str, str], list[str]]:
    """The expanded resources, their new logical ids, and the errors."""
    made: _Json = {}
    names: dict[str, str] = {}
    wrong: list[str] = []
    for name, resource in serverless.items():
        given: _Json = {**common, **(resource.get("Properties") or {})}
        invalid = _invalid(resource["Type"], given)
        if invalid is not None:
            wrong.append(f"Resource with id [{name}] is invalid. {invalid}")
            continue
        names[name] = f"{name}{_hash({name: {**resource, 'Properties': given}})}"
        made[name] = _layer_version(name, resource, given)
    return made, names, wrong


def _invalid(kind: str, given: _Json) -> str | None:
    """Why a resource cannot be expanded; in SAM's own words for SAM's rules."""
    if kind != _TYPE:
        return f"pytest-layerperm expands {_TYPE} and no other type of SAM; this is {kind}."
    for name in given:
        if name not in _PROPERTIES:
            return f"property {name} not defined for resource of type {_TYPE}"
    if "ContentUri" not in given:
        return "Missing required property 'ContentUri'."
    retention = given.get("RetentionPolicy")
    if isinstance(retention, dict):
        return (
            "'RetentionPolicy' does not accept intrinsic functions, please use one of the following options: "
            "['Retain', 'Delete']"
        )
    if retention is not None and str(retention).lower() not in ("retain", "delete"):
        return "'RetentionPolicy' must be one of the following options: ['Retain', 'Delete']."
    try:
        _content(given["ContentUri"])
    except _Invalid as invalid:
        return str(invalid)
    return None


def _layer_version(name: str, resource: _Json, given: _Json) -> _Json:
    kept = {key: part for key, part in resource.items() if key not in ("Type", "Properties", "Metadata")}
    if given.get("RetentionPolicy") is not None:
        kept["DeletionPolicy"] = str(given["RetentionPolicy"]).capitalize()
    kept.setdefault("DeletionPolicy", "Retain")
    properties = {key: given[key] for key in _KEPT if given.get(key) is not None}
    if any(references({key: properties.get(key) for key in _RESOLVED})):
        # With another value of the parameter, SAM's resource has another logical id, so nothing is replaced.
        kept.setdefault("UpdateReplacePolicy", kept["DeletionPolicy"])
    properties.setdefault("LayerName", name)
    return {**kept, "Type": LAYER_VERSION, "Properties": {**properties, "Content": _content(given["ContentUri"])}}


def _hash(resource: _Json) -> str:
    """Ten characters that change with anything in a resource except its policies and metadata."""
    hashed = {
        name: {key: part for key, part in body.items() if key not in _NOT_HASHED} for name, body in resource.items()
    }
    text = json.dumps(hashed, separators=(",", ":"), sort_keys=True, default=str)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:10]


def _content(uri: Any) -> _Json:
    if isinstance(uri, dict):
        place = cast(_Json, uri)
        if not place.get("Bucket") or not place.get("Key"):
            raise _Invalid("'ContentUri' requires Bucket and Key properties to be specified.")
        return _object(place["Bucket"], place["Key"], place.get("Version"))
    parts = urlsplit(str(uri))
    key = parts.path.lstrip("/")
    if parts.scheme != "s3" or not parts.netloc or not key:
        raise _Invalid(
            "'ContentUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter."
        )
    return _object(parts.netloc, key, parse_qs(parts.query).get("versionId", [None])[0])


def _object(bucket: Any, key: Any, version: Any) -> _Json:
    found = {"S3Bucket": bucket, "S3Key": key}
    return found if version is None else {**found, "S3ObjectVersion": version}


# --- references to what has another logical id now


def _renamed(part: Any, names: Mapping[str, str]) -> Any:
    if isinstance(part, list):
        return [_renamed(one, names) for one in cast(list[Any], part)]
    if not isinstance(part, dict):
        return part
    found: _Json = {}
    for key, value in cast(_Json, part).items():
        found[key] = _renamed(value, names)
        if key in ("Ref", "DependsOn", "Fn::GetAtt", "Fn::Sub"):
            found[key] = _reference(key, found[key], names)
    return found


def _reference(key: str, value: Any, names: Mapping[str, str]) -> Any:
    """A reference, with the new logical id."""
    if isinstance(value, list):
        values = cast(list[Any], value)
        count = len(values) if key == "DependsOn" else 1
        return [*[_reference(key, one, names) for one in values[:count]], *values[count:]]
    if not isinstance(value, str):
        return value
    if key == "Fn::Sub":
        return re.sub(r"\$\{([A-Za-z0-9]+)(?=[.}])", lambda found: f"${{{names.get(found[1], found[1])}", value)
    name, dot, attribute = value.partition(".")
    return f"{names.get(name, name)}{dot}{attribute}"
