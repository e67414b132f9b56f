"""The assertion helpers: they decide, and fail in the words of verdicts.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

from . import verdicts
from .lambda_api.arn import is_account_id
from .looking import NotOneLayer, Seen, View, look

Via = Literal["account", "public", "organization"]
_VIAS = ("account", "public", "organization")
_ORGANIZATION_ID = re.compile(r"o-[a-z0-9]{10,32}", re.ASCII)


def assert_layer_shared_with(account_id: str, *, via: Via | None = None, layer: Any = None) -> None:
    """Fails unless the account may use the layer version: directly, as everybody, or through an organization.

    ``account_id`` is twelve digits. ``via`` demands the way: "account", "public", or "organization", whose members
    ``LayerPerm.organization`` declares. ``layer`` is a ``LayerVersion``, a version ARN, or a layer name or ARN, which
    means every version of it; left out, it is the only layer version there is.
    Raises TypeError or ValueError for bad input, and for a layer that does not exist.
    """
    __tracebackhide__ = True
    _check_account_id(account_id)
    if via is not None and via not in _VIAS:
        raise ValueError(f"via must be one of {', '.join(_VIAS)}, not {via!r}")
    view = _look(layer)
    organization_id = view.organization_of(account_id)

    def shared(seen: Seen) -> bool:
        return any(g.lets_in(account_id, organization_id) and via in (None, g.way) for g in seen.grants)

    _demand(view, shared, verdicts.SharedWith(account_id, organization_id, via))


def assert_layer_not_shared_with(account_id: str, *, layer: Any = None) -> None:
    """Fails if the account may use the layer version in any way. Arguments as for ``assert_layer_shared_with``."""
    __tracebackhide__ = True
    _check_account_id(account_id)
    view = _look(layer)
    organization_id = view.organization_of(account_id)

    def not_shared(seen: Seen) -> bool:
        return not any(grant.lets_in(account_id, organization_id) for grant in seen.grants)

    _demand(view, not_shared, verdicts.NotSharedWith(account_id, organization_id))


def assert_layer_shared_with_organization(organization_id: str, *, layer: Any = None) -> None:
    """Fails unless a statement lets in every account of that organization (``o-…``), and no one else by it.

    A layer that everybody may use is not thereby shared with an organization. ``layer`` as for
    ``assert_layer_shared_with``.
    """
    __tracebackhide__ = True
    if not isinstance(organization_id, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"organization_id must be text such as 'o-exampleorgid', not {organization_id!r}")
    if not _ORGANIZATION_ID.fullmatch(organization_id):
        raise ValueError(
            f"organization_id must be 'o-' and 10 to 32 lower-case letters and digits, not {organization_id!r}"
        )

    def shared(seen: Seen) -> bool:
        return any(g.principal == "*" and g.organization_id == organization_id for g in seen.grants)

    _demand(_look(layer), shared, verdicts.SharedWithOrganization(organization_id))


def assert_layer_public(*, layer: Any = None) -> None:
    """Fails unless everybody may use the layer version. ``layer`` as for ``assert_layer_shared_with``."""
    __tracebackhide__ = True
    _demand(_look(layer), _is_public, verdicts.Public())


def assert_layer_not_public(*, layer: Any = None) -> None:
    """Fails if everybody may use the layer version. ``layer`` as for ``assert_layer_shared_with``."""
    __tracebackhide__ = True
    _demand(_look(layer), lambda seen: not _is_public(seen), verdicts.NotPublic())


def assert_layer_private(*, layer: Any = None) -> None:
    """Fails if the layer version is shared with anybody at all. ``layer`` as for ``assert_layer_shared_with``."""
    __tracebackhide__ = True
    _demand(_look(layer), lambda seen: not seen.grants, verdicts.Private())


def _is_public(seen: Seen) -> bool:
    return any(grant.public for grant in seen.grants)


def _look(layer: Any) -> View:
    __tracebackhide__ = True
    try:
        return look(layer)
    except NotOneLayer as unclear:
        problem = verdicts.not_one_layer(unclear)
    raise AssertionError(problem)


def _demand(view: View, holds: Callable[[Seen], bool], check: verdicts.Check) -> None:
    """Fails if a version that was asked for is not as the check wants it."""
    __tracebackhide__ = True
    failing = [seen for seen in view.asked if not holds(seen)]
    if failing:
        raise AssertionError(verdicts.failure(check, view, failing, holds))


def _check_account_id(account_id: object) -> None:
    __tracebackhide__ = True
    if not isinstance(account_id, str):
        raise TypeError(f"account_id must be text of twelve digits, not {account_id!r}")
    if not is_account_id(account_id):
        raise ValueError(f"account_id must be twelve digits, not {account_id!r}")
