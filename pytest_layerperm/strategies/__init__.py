"""Hypothesis strategies for layers and their permissions, and a state machine that drives sharing code.

Needs the extra: ``pip install 'pytest-layerperm[hypothesis]'``. The plugin itself never imports it.
"""

from __future__ import annotations

from .calls import add_requests, call_sequences, invalid_add_requests, remove_requests
from .machine import LayerSharingMachine
from .names import (
    account_ids,
    layer_arns,
    layer_names,
    layer_version_arns,
    organization_ids,
    principals,
    region_names,
    revision_ids,
    root_arns,
    statement_ids,
)
from .policies import policies, statements

__all__ = [
    "LayerSharingMachine",
    "account_ids",
    "add_requests",
    "call_sequences",
    "invalid_add_requests",
    "layer_arns",
    "layer_names",
    "layer_version_arns",
    "organization_ids",
    "policies",
    "principals",
    "region_names",
    "remove_requests",
    "revision_ids",
    "root_arns",
    "statement_ids",
    "statements",
]
