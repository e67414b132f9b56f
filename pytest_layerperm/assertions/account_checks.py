"""What the helpers for one account demand of a layer version, and the words of their failures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..service.grants import Grant
from .explanation import allowed_by, membership, why_not
from .lookup import View
from .nearest import another, failed_add, removed
from .readers import Seen
from .remedies import add_a_statement, correct, restrict, restrict_or_remove
from .typos import mistyped_organization, typo_between

__tracebackhide__ = True

Via = Literal["account", "public", "organization"]
_WAYS = {
    "account": " by a statement of its own",
    "public": " by being public",
    "organization": " through its organization",
}


@dataclass(frozen=True)
class SharedWith:
    """The account may use the version, in a certain way if ``via`` names one."""

    account_id: str
    organization_id: str | None
    """The organization that it is declared a member of."""
    via: Via | None = None
    knows_organizations: bool = True
    mistyped: str | None = None
    """The account that is allowed by a typo."""

    def holds(self, seen: Seen) -> bool:
        return any(self._allows(grant) and self.via in (None, grant.way) for grant in seen.grants)

    def _allows(self, grant: Grant) -> bool:
        return grant.allows(self.account_id, self.organization_id)

    @property
    def wrong(self) -> str:
        return f"is not {self._shared}"

    @property
    def all_wrong(self) -> str:
        return f"no version of {{}} is {self._shared}"

    @property
    def _shared(self) -> str:
        return f"shared with {self.account_id}{_WAYS[self.via] if self.via else ''}"

    def note(self, grant: Grant) -> str:
        if self._allows(grant):
            return f"allows it, as via={grant.way!r}"
        return self._unknown(grant) or why_not(grant, self.account_id, self.organization_id, self.mistyped)

    def _unknown(self, grant: Grant) -> str:
        if grant.organization_id is None or self.knows_organizations:
            return ""
        return f"a client cannot tell whether {self.account_id} is a member"

    def nearest(self, seen: Seen, view: View) -> Iterable[str]:
        for grant in seen.grants:
            if self._allows(grant):
                yield f"statement {grant.sid} allows {allowed_by(grant)}"
        if failed := failed_add(seen, view, self.account_id):
            yield f"AddLayerVersionPermission for it failed: {failed}"
        yield from removed(seen, view, self.account_id)
        others = [grant for grant in seen.grants if not self._allows(grant)]
        if any(grant.principal == self.mistyped for grant in others):
            yield f"shared with {self.mistyped}: {typo_between(str(self.mistyped), self.account_id)}"
        for grant in others:
            if grant.principal == "*":
                yield f"shared with {grant.organization_id}, and {self._membership(grant, view)}"
        if seen.layer.account_id == self.account_id:
            yield f"{self.account_id} owns the layer, and needs no statement"
        yield from another(self.holds, seen, view, "shared with it")

    def _membership(self, grant: Grant, view: View) -> str:
        text = self._unknown(grant) or membership(self.account_id, self.organization_id)
        if grant.organization_id == mistyped_organization(view, self.organization_id):
            return f"{text}: {typo_between(str(grant.organization_id), str(self.organization_id))}"
        return text

    def remedy(self, seen: Seen, view: View) -> str:
        if failed := failed_add(seen, view, self.account_id):
            return f"have the code under test retry, or report the error that it got: {failed}"
        organizations = [g.organization_id for g in seen.grants if g.organization_id is not None]
        if organizations and self.via in (None, "organization") and self.organization_id is None:
            where = "" if self.knows_organizations else ", with a fake on"
            return (
                f"if {self.account_id} is a member of {organizations[0]}, declare it{where}: "
                f'layerperm.organization("{organizations[0]}", accounts=["{self.account_id}"])'
            )
        mistyped = mistyped_organization(view, self.organization_id)
        if mistyped in organizations and self.via in (None, "organization"):
            return correct("organization", str(mistyped), str(self.organization_id))
        if self.via == "organization":
            public = [grant for grant in seen.grants if grant.public]
            if public:
                return restrict(public[0], self.organization_id or "o-…")
            return add_a_statement(seen, view, "*", self.organization_id or "o-…")
        principal = "*" if self.via == "public" else self.account_id
        if principal != "*" and any(grant.principal == self.mistyped for grant in seen.grants):
            return correct("account", str(self.mistyped), principal)
        if principal == seen.layer.account_id:
            return f"name another account: {principal} may use its own layers without a statement"
        return add_a_statement(seen, view, principal, None)


@dataclass(frozen=True)
class NotSharedWith:
    """The account may not use the version in any way."""

    account_id: str
    organization_id: str | None

    def holds(self, seen: Seen) -> bool:
        return not self._culprits(seen)

    def _culprits(self, seen: Seen) -> Sequence[Grant]:
        return [grant for grant in seen.grants if grant.allows(self.account_id, self.organization_id)]

    @property
    def wrong(self) -> str:
        return f"is shared with {self.account_id}"

    @property
    def all_wrong(self) -> str:
        return f"every version of {{}} is shared with {self.account_id}"

    def note(self, grant: Grant) -> str:
        if not grant.allows(self.account_id, self.organization_id):
            return ""
        return f"and so {self.account_id}" + (", a declared member" if grant.organization_id else "")

    def nearest(self, seen: Seen, view: View) -> Iterable[str]:
        return ()

    def remedy(self, seen: Seen, view: View) -> str:
        return restrict_or_remove(self._culprits(seen), view, self.organization_id)


@dataclass(frozen=True)
class NotPossiblyAMember:
    """No statement allows an organization of which nobody has said whether the account is a member."""

    account_id: str
    knows_organization: Callable[[str], bool]

    def holds(self, seen: Seen) -> bool:
        return not any(self._is_open(grant) for grant in seen.grants)

    def _is_open(self, grant: Grant) -> bool:
        if grant.organization_id is None or grant.principal not in ("*", self.account_id):
            return False
        return not self.knows_organization(grant.organization_id)

    @property
    def wrong(self) -> str:
        return f"may be shared with {self.account_id}: the members of an organization are not declared"

    @property
    def all_wrong(self) -> str:
        return f"every version of {{}} {self.wrong}"

    def note(self, grant: Grant) -> str:
        return "its members are not declared" if self._is_open(grant) else ""

    def nearest(self, seen: Seen, view: View) -> Iterable[str]:
        return ()

    def remedy(self, seen: Seen, view: View) -> str:
        organization_id = next(grant.organization_id for grant in seen.grants if self._is_open(grant))
        with_a_fake = "" if view.service is not None else ", with a fake on"
        return (
            f'declare who is a member{with_a_fake}: layerperm.organization("{organization_id}", accounts=[…]), '
            f"with {self.account_id} among them only if it is one"
        )
