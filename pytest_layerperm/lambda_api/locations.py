"""Where a layer version's archive can be downloaded: ``Content.Location`` (aws-facts 10.2)."""

from __future__ import annotations

import re

from .arn import LAYER_NAME, LayerId, layer_id
from .model import PublishedVersion

_PATH = re.compile(
    rf"/awslambda-(?P<region>[a-z0-9-]+)-layers/snapshots/(?P<account>\d{{12}})/(?P<name>{LAYER_NAME})-(?P<version>\d+)",
    re.ASCII,
)


def location_of(published: PublishedVersion, base: str | None = None) -> str:
    """The version's address in AWS's form, or where ``base`` is given, below that URL as S3 has it there."""
    layer = published.layer
    bucket = f"awslambda-{layer.region_name}-layers"
    root = f"https://{bucket}.s3.{layer.region_name}.amazonaws.com" if base is None else f"{base}/{bucket}"
    return f"{root}/snapshots/{layer.account_id}/{layer.name}-{published.version}"


def located_at(path: str) -> tuple[LayerId, int] | None:
    """The layer version whose archive is at that path below a base; None for any other path."""
    match = _PATH.fullmatch(path)
    if match is None or len(match["version"]) > 9:
        return None
    return layer_id(match["name"], match["account"], match["region"]), int(match["version"])
