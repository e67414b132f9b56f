"""The near misses of a helper, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..lambda_api.arn import LayerId
from .lookup import View
from .readers import Seen


def failed_add(seen: Seen, view: View, account_id: str) -> str:
    """The outcome of the last call that was to share with the account, if it failed."""
    failed = ""
    for call in view.calls:
        shares = call.operation == "AddLayerVersionPermission" and account_id in str(call.parameters.get("Principal"))
        if shares and call.layer == seen.arn:
            failed = "" if call.applied else call.outcome
    return failed


def removed(seen: Seen, view: View, account_id: str) -> Iterable[str]:
    """The account's own statements that were removed again."""
    given: set[str] = set()
    for call in view.calls:
        if call.layer == seen.arn and call.applied:
            sid = str(call.parameters.get("StatementId"))
            if call.operation == "RemoveLayerVersionPermission" and sid in given:
                yield f"statement {sid} allowed it, and was removed"
            elif account_id in str(call.parameters.get("Principal")):
                given.add(sid)


def another(holds: Callable[[Seen], bool], seen: Seen, view: View, what: str) -> Iterable[str]:
    """A version, or else another layer, that is as this one should be."""
    has = "no policy" if seen.state == "never" else "a policy of its own"
    for other in view.siblings(seen):
        if holds(other):
            how = "was published after it, and has" if seen.version > other.version else "is older, and has"
            yield f"version {other.version} is {what}; version {seen.version} {how} {has}"
            return
    for other in view.elsewhere():
        if holds(other):
            yield f"{other.layer.name}:{other.version}{_place(other.layer, seen.layer)} is {what}"
            return


def _place(other: LayerId, layer: LayerId) -> str:
    """The other layer's region and account, if they differ."""
    region = "" if other.region_name == layer.region_name else f" in {other.region_name}"
    return region if other.account_id == layer.account_id else f"{region} of account {other.account_id}"
