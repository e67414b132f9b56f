"""Faithful fake of AWS Lambda layer permissions, for pytest."""

from __future__ import annotations

import sys
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
    from .service.failure import Failure
    from .service.fault_kinds import ConnectionLost, Interleave, RateLimit, ServiceFailure, Slow, Throttle
    from .service.faults import Fault, RequestRefused
    from .service.layers import LayerVersion
    from .service.propagation import Propagation
    from .transports.server.live import ServerAddress

_HOMES = {
    "CallLog": "service.calls",
    "ConnectionLost": "service.fault_kinds",
    "Explanation": "assertions.explanation",
    "Failure": "service.failure",
    "Fault": "service.faults",
    "Interleave": "service.fault_kinds",
    "LayerPerm": "fake",
    "LayerVersion": "service.layers",
    "LoggedCall": "service.calls",
    "Propagation": "service.propagation",
    "RateLimit": "service.fault_kinds",
    "RequestRefused": "service.faults",
    "ServerAddress": "transports.server.live",
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
    "Failure",
    "Fault",
    "Interleave",
    "LayerPerm",
    "LayerVersion",
    "LoggedCall",
    "Propagation",
    "RateLimit",
    "RequestRefused",
    "ServerAddress",
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
        if home is not None:
            # Not kept: pytester forgets modules after a run inside this process, and the next run has new ones.
            return getattr(import_module(f"{__name__}.{home}"), name)
        if name == "__version__":
            from importlib.metadata import version

            return version("pytest-layerperm")
        raise _no_such_name(name)


def __dir__() -> list[str]:
    # For completion and help(); what is private stays out of both.
    return sorted(["__doc__", "__file__", "__name__", "__path__", "__version__", *__all__])


def _no_such_name(name: str) -> AttributeError | ImportError:
    """The error for a misspelt name, with the one that is meant."""
    from difflib import get_close_matches
    from importlib.util import find_spec

    text = f"module {__name__!r} has no attribute {name!r}"
    meant = [] if name.startswith("_") else get_close_matches(name, __all__, 1)
    if not meant or find_spec(f"{__name__}.{name}") is not None:
        return AttributeError(text)
    if sys._getframe(2).f_code.co_name == "_handle_fromlist":  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        # `from pytest_layerperm import …`, which would not say what this says.
        return ImportError(f"cannot import name {name!r} from {__name__!r}; did you mean {meant[0]!r}?", name=__name__)
    return AttributeError(f"{text}; did you mean {meant[0]!r}?")
