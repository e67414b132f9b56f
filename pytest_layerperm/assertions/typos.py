"""Typos: an account or organization that was probably meant to be another one."""

from __future__ import annotations

from collections.abc import Iterable

from ..lambda_api.arn import is_account_id, parse
from .lookup import View

__tracebackhide__ = True


def typo_between(one: str, other: str) -> str | None:
    """The typo that makes one id the other; None if they are further apart, or the same."""
    unit = "digit" if is_account_id(other) else "character"
    if len(one) != len(other):
        return None
    places = [place for place in range(len(one)) if one[place] != other[place]]
    if len(places) == 1:
        return f"one {unit} differs"
    if len(places) == 2:
        first, second = places
        if second == first + 1 and one[first] == other[second] and one[second] == other[first]:
            return f"two {unit}s are swapped"
        return f"two {unit}s differ"
    return None


def mistyped_account(view: View, account_id: str) -> str | None:
    """The one account that a statement allows by a typo; None if none or several come near, or it has its own part."""
    shared = [grant.principal for seen in view.asked for grant in seen.grants if is_account_id(grant.principal)]
    near = _only([principal for principal in shared if typo_between(principal, account_id)])
    return None if near in _accounts_with_a_part(view) else near


def mistyped_organization(view: View, organization_id: str | None) -> str | None:
    """The same of organizations; one that is declared is no typo."""
    if organization_id is None:
        return None
    shared = [grant.organization_id or "" for seen in view.asked for grant in seen.grants]
    near = _only([one for one in shared if typo_between(one, organization_id)])
    return None if near is None or view.knows_organization(near) else near


def _only(near: Iterable[str]) -> str | None:
    found = set(near)
    return found.pop() if len(found) == 1 else None


def _accounts_with_a_part(view: View) -> set[str]:
    """The accounts that call, own a layer or are declared members: ids that are meant."""
    accounts = {layer.account_id for layer in view.layers}
    for call in view.calls:
        layer, _ = parse(call.layer or "")
        accounts |= {call.account_id, call.account_id if layer is None else layer.account_id}
    if view.service is not None:
        accounts |= {view.service.account_id, *view.service.callers.organizations}
    return accounts
