"""The arguments ``layer`` and ``regions`` of the helpers: what is accepted, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from ..lambda_api.arn import LayerId, is_layer_name, is_region_name, parse
from ..service.layers import LayerVersion

__tracebackhide__ = True

Wanted = tuple[LayerId | str | None, int | None]
"""(layer, bare name, or None for the only one; version, or None for every one)."""

_FORMS = "layer must be a LayerVersion, a version ARN, a layer name or a layer ARN, not "


def parsed_layer(layer: Any) -> Wanted:
    """What ``layer`` means. Raises TypeError or ValueError, naming the argument."""
    if layer is None:
        return None, None
    if isinstance(layer, LayerVersion):
        layer = layer.arn
    if isinstance(layer, Mapping):
        for member in ("LayerVersionArn", "LayerArn"):
            if member in layer:
                raise TypeError(f"{_FORMS}a dict of boto3; pass its {member!r}")
    if not isinstance(layer, str):
        raise TypeError(f"{_FORMS}{layer!r}")
    found, version = parse(layer)
    if found is not None:
        return found, version
    if not is_layer_name(layer):
        hint = ""
        if re.fullmatch(r"[\w-]+:\d+", layer, re.ASCII):
            hint = "; for one version pass its ARN, or the LayerVersion that publish_layer returned"
        raise ValueError(f"{_FORMS}{layer!r}{hint}")
    return layer, None


def parsed_regions(regions: Any) -> list[str]:
    """The region names, each once; none if ``regions`` is None. Raises TypeError or ValueError, naming the argument."""
    if regions is None:
        return []
    if isinstance(regions, str) or not isinstance(regions, Iterable):
        raise TypeError(f"regions must be a list of region names, not {regions!r}")
    names = list(cast(Iterable[Any], regions))
    for name in names:
        if not is_region_name(name):
            raise ValueError(f"regions must be a list of region names such as 'us-east-1', not of {name!r}")
    if not names:
        raise ValueError("regions must name at least one region")
    return list(dict.fromkeys(names))


def name_in(wanted: Wanted) -> str:
    """The layer's name."""
    layer, _ = wanted
    return layer.name if isinstance(layer, LayerId) else str(layer)


def shown(wanted: Wanted) -> str:
    """The argument as text: a name or an ARN."""
    layer, version = wanted
    if not isinstance(layer, LayerId):
        return str(layer)
    return layer.arn if version is None else layer.version_arn(version)
