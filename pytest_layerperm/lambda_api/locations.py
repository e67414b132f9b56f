"""Where a layer version's archive can be downloaded: ``Content.Location``.

In AWS it is a presigned URL of S3, ``https://BUCKET.s3.REGION.amazonaws.com/snapshots/ACCOUNT/NAME-UUID?…``,
which is not reachable here. So the bucket moves into the path, as in S3's path-style addresses:
``http://127.0.0.1:PORT/…/BUCKET/snapshots/ACCOUNT/NAME-UUID?versionId=…``, with AWS's bucket, key and query. Code that
splits the path or removes the query works as in AWS, and the archive can be downloaded.

Nothing in the query is secret or checked, and a location never expires. It is the same in every response, so that two
responses can be compared.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b

from .arn import LAYER_NAME, LayerId, layer_id
from .model import PublishedVersion

_BUCKETS = {"us-east-1": "prod-iad-c1-djusa-layers"}
"""As recorded, like ``awslambda-us-west-2-layers``; that other regions are like us-west-2 is inferred."""
_PATH = re.compile(
    rf"/(?P<bucket>[a-z0-9-]+)/snapshots/(?P<account>\d{{12}})/(?P<name>{LAYER_NAME})"
    r"-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-(?P<version>[0-9a-f]{12})",
    re.ASCII,
)


def location_of(published: PublishedVersion, base: str | None = None) -> str:
    """The version's address: below the URL ``base``, or in AWS if there is none."""
    layer, version = published.layer, published.version
    bucket, key, digest = _place_of(layer)
    region = layer.region_name
    root = f"https://{bucket}.s3.{region}.amazonaws.com" if base is None else f"{base}/{bucket}"
    signed_at = published.created[:19].replace("-", "").replace(":", "")
    return (
        # The last part of the UUID is the version's number, so that the archive is found without a table.
        f"{root}/{key}-{version:012x}?versionId={digest}{version}&X-Amz-Security-Token=layerperm"
        f"&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={signed_at}Z&X-Amz-SignedHeaders=host&X-Amz-Expires=600"
        f"&X-Amz-Credential=layerperm%2F{signed_at[:8]}%2F{region}%2Fs3%2Faws4_request&X-Amz-Signature={digest}"
    )


@lru_cache(maxsize=1024)
def _place_of(layer: LayerId) -> tuple[str, str, str]:
    """The bucket of a layer's archives, the beginning of their keys, and a digest in place of AWS's random parts."""
    digest = blake2b(layer.arn.encode(), digest_size=16).hexdigest()
    uuid = f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}"
    bucket = _BUCKETS.get(layer.region_name, f"awslambda-{layer.region_name}-layers")
    return bucket, f"snapshots/{layer.account_id}/{layer.name}-{uuid}", digest


def located_at(path: str) -> tuple[LayerId, int] | None:
    """The layer version whose archive is at that path below a base; None for any other path."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    region = _region_of(match["bucket"])
    return None if region is None else (layer_id(match["name"], match["account"], region), int(match["version"], 16))


def _region_of(bucket: str) -> str | None:
    for region, name in _BUCKETS.items():
        if name == bucket:
            return region
    found = re.fullmatch(r"awslambda-(.+)-layers", bucket)
    return None if found is None else found[1]
