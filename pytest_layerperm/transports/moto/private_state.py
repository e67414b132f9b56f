"""Reads and resets moto's state, by names that are not its public API."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .private import backends_of


def reset() -> None:
    """Empties all of moto: roles, functions, buckets, stacks and the rest."""
    backend: Any = import_module("moto.moto_api._internal.models").moto_api_backend
    backend.reset()


def code_sizes(account_id: str, region_name: str) -> tuple[int, list[int]]:
    """How many functions an account has in a region, and the size of the code of each of their versions."""
    for owner, backend in backends_of("awslambda", "lambda_backends"):
        if (owner, backend.region_name) == (account_id, region_name):
            return len(backend.list_functions()), [found.code_size for found in backend.list_functions("ALL")]
    return 0, []
