"""Faithful fake of AWS Lambda layer permissions, for pytest."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .calls import CallLog, LoggedCall
    from .fake import LayerPerm, RequestRefused
    from .faults import ConnectionLost, Fault, Interleave, RateLimit, ServiceFailure, Slow, Throttle
    from .layers import LayerVersion

_HOMES = {
    "CallLog": "calls",
    "ConnectionLost": "faults",
    "Fault": "faults",
    "Interleave": "faults",
    "LayerPerm": "fake",
    "LayerVersion": "layers",
    "LoggedCall": "calls",
    "RateLimit": "faults",
    "RequestRefused": "fake",
    "ServiceFailure": "faults",
    "Slow": "faults",
    "Throttle": "faults",
}

__all__ = [
    "CallLog",
    "ConnectionLost",
    "Fault",
    "Interleave",
    "LayerPerm",
    "LayerVersion",
    "LoggedCall",
    "RateLimit",
    "RequestRefused",
    "ServiceFailure",
    "Slow",
    "Throttle",
]


def __getattr__(name: str) -> Any:
    # Every pytest run imports this package, also one that never uses it: so nothing is imported until it is asked for.
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
