"""What to do about a failed sharing check, in words."""

from __future__ import annotations

from collections.abc import Sequence

from ..service.grants import Grant
from .lookup import View
from .readers import Seen
from .tables import joined

__tracebackhide__ = True


def add_a_statement(seen: Seen, view: View, principal: str, organization_id: str | None) -> str:
    """Allow that principal."""
    wanted = f'Principal="{principal}"' + (f' and OrganizationId="{organization_id}"' if organization_id else "")
    why = "; every new version starts with no policy" if seen.state == "never" else ""
    return f"call add_layer_version_permission for version {seen.version}{view.place(seen.layer)} with {wanted}{why}"


def remove(grants: Sequence[Grant]) -> str:
    """Do without these statements."""
    sids = list(dict.fromkeys([grant.sid for grant in grants]))
    if len(sids) == 1:
        return f"do not add statement {sids[0]}, or remove it with remove_layer_version_permission"
    which = joined(sids) if len(sids) < 6 else f"{sids[0]} to {sids[-1]}"
    return f"do not add statements {which}, or remove them with remove_layer_version_permission"


def restrict_or_remove(grants: Sequence[Grant], view: View, member_of: str | None = None) -> str:
    """Do without these statements; if they are for everyone, an organization may have been left out.

    ``member_of`` is one that would not do.
    """
    declared = () if view.service is None else view.service.callers.declared_organizations
    organizations = [one for one in declared if one != member_of]
    if organizations and all(grant.public for grant in grants):
        return f"{restrict(grants[0], organizations[0])}; or remove it with remove_layer_version_permission"
    return remove(grants)


def restrict(grant: Grant, organization_id: str) -> str:
    """Restrict a statement for everyone to an organization."""
    return (
        f'add statement {grant.sid} with OrganizationId="{organization_id}" beside Principal="*": '
        "without it the statement allows everyone"
    )


def correct(what: str, found: str, expected: str) -> str:
    """Mend a typo."""
    return (
        f"correct the {what} id in the code that shares it, or here: it shares with {found}, and {expected} is expected"
    )
