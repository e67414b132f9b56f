"""Lambda as the installed botocore knows it: what was named since our own tables were made.

Reading the model takes longer than many tests, so nothing here is called before something is met that is not in them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_PLACEHOLDER = re.compile(r"\\\{\w+(?:\\\+)?\\\}")


@cache
def _model() -> Any:
    from botocore.loaders import Loader

    loader: Any = Loader()
    return loader.load_service_model("lambda", "service-2")


@cache
def enum_values(shape: str) -> tuple[str, ...]:
    """The values of an enumeration, such as ``Runtime``; none of one that this botocore does not have."""
    return tuple(_model()["shapes"].get(shape, {}).get("enum", ()))


@cache
def _operations() -> tuple[tuple[str, re.Pattern[str]], ...]:
    ways = [operation["http"] for operation in _model()["operations"].values()]
    return tuple(
        [
            (way["method"], re.compile(_PLACEHOLDER.sub("[^/]+", re.escape(way["requestUri"].partition("?")[0]))))
            for way in ways
        ]
    )


def is_operation(method: str, path: str) -> bool:
    """Whether method and path are those of an operation of Lambda, with or without a slash at the end."""
    paths = (path.rstrip("/"), f"{path.rstrip('/')}/")
    return any(way == method and any(map(pattern.fullmatch, paths)) for way, pattern in _operations())
