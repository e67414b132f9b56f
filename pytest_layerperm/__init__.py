"""Faithful fake of AWS Lambda layer permissions, for pytest."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .assertions import (
        assert_layer_calls,
        assert_layer_not_public,
        assert_layer_not_shared_with,
        assert_layer_policy,
        assert_layer_policy_unchanged,
        assert_layer_private,
        assert_layer_public,
        assert_layer_shared_with,
        assert_layer_shared_with_organization,
    )
    from .assertions.explanation import Explanation
    from .fake.layerperm import LayerPerm
    from .service.calls import CallLog, LoggedCall
    from .service.fault_kinds import ConnectionLost, Interleave, RateLimit, ServiceFailure, Slow, Throttle
    from .service.faults import Fault, RequestRefused
    from .service.layers import LayerVersion

_HOMES = {
    "CallLog": "service.calls",
    "ConnectionLost": "service.fault_kinds",
    "Explanation": "assertions.explanation",
    "Fault": "service.faults",
    "Interleave": "service.fault_kinds",
    "LayerPerm": "fake",
    "LayerVersion": "service.layers",
    "LoggedCall": "service.calls",
    "RateLimit": "service.fault_kinds",
    "RequestRefused": "service.faults",
    "ServiceFailure": "service.fault_kinds",
    "Slow": "service.fault_kinds",
    "Throttle": "service.fault_kinds",
    "assert_layer_calls": "assertions",
    "assert_layer_not_public": "assertions",
    "assert_layer_not_shared_with": "assertions",
    "assert_layer_policy": "assertions",
    "assert_layer_policy_unchanged": "assertions",
    "assert_layer_private": "assertions",
    "assert_layer_public": "assertions",
    "assert_layer_shared_with": "assertions",
    "assert_layer_shared_with_organization": "assertions",
}

__all__ = [
    "CallLog",
    "ConnectionLost",
    "Explanation",
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
    "assert_layer_calls",
    "assert_layer_not_public",
    "assert_layer_not_shared_with",
    "assert_layer_policy",
    "assert_layer_policy_unchanged",
    "assert_layer_private",
    "assert_layer_public",
    "assert_layer_shared_with",
    "assert_layer_shared_with_organization",
]


if not TYPE_CHECKING:  # Type checkers would take any name, a misspelt one too.

    def __getattr__(name: str) -> Any:
        # Every pytest run imports this package, also one that never uses it: nothing is imported until it is asked for.
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Not kept: pytester forgets modules after a run inside this process, and the next run has new ones.
        return getattr(import_module(f"{__name__}.{home}"), name)
