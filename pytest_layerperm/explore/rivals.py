"""Another writer, who changes a layer version's policy just before a call of the code under test."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ..lambda_api.errors import LambdaError
from ..service.layers import handle_of

if TYPE_CHECKING:
    from ..lambda_api.store import LayerStore
    from ..lambda_api.wire import Call
    from ..service.layers import LayerVersion

RIVAL = "999999999999"
"""The account that the other writer shares layer versions with."""


def add_statement(store: LayerStore, call: Call) -> None:
    """Adds a statement of the rival's own to the policy that the call is about."""
    _grant(_version(store, call), "rival")


def take_statement_id(store: LayerStore, call: Call) -> None:
    """Adds a statement of the rival's own under the statement id that the call is going to use."""
    _grant(_version(store, call), call.given.get("StatementId"))


def remove_statement(store: LayerStore, call: Call) -> None:
    """Removes the statement that the call is going to remove."""
    assert call.layer is not None
    assert call.version is not None
    with suppress(LambdaError):
        store.remove_permission(call.layer, call.version, sid=str(call.given.get("StatementId")), revision_id=None)


def _version(store: LayerStore, call: Call) -> LayerVersion | None:
    if call.layer is None or call.version is None:
        return None
    found = store.find(call.layer, call.version)
    return None if found is None else handle_of(found, store)


def _grant(version: LayerVersion | None, statement_id: str | None) -> None:
    if version is not None:
        with suppress(ValueError):  # The statement id is taken already, or the policy is full.
            version.grant(RIVAL, statement_id=statement_id)
