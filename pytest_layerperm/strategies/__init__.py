"""Hypothesis strategies for layers and their permissions, and a state machine that drives sharing code.

Needs the extra: ``pip install 'pytest-layerperm[hypothesis]'``. The plugin itself never imports it. A fixture is set
up once for all examples of a property, so a property starts a fake of its own:

>>> from hypothesis import given, settings
>>> @settings(deadline=None)  # An example may take any time.
... @given(account_ids().filter("123456789012".__ne__))
... def test_any_account_can_be_a_partner(account_id):
...     with LayerPerm() as fake:
...         statement_id = fake.publish_layer().grant(account_id)
...         assert_layer_shared_with(account_id, via="account")
>>> test_any_account_can_be_a_partner()
"""

from __future__ import annotations

try:
    import hypothesis as _  # noqa: F401
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        f"pytest_layerperm.strategies needs {missing.name}, which is not installed: "
        "pip install 'pytest-layerperm[hypothesis]'",
        name=missing.name,
    ) from missing

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
