"""What each sharing helper demands of a layer version: the decision, and the words of its failure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ..lambda_api.arn import is_account_id
from ..service.grants import Grant
from .explanation import allowed_by, membership, typo_between, why_not
from .lookup import View
from .nearest import another, failed_add, one_character, removed
from .readers import Seen
from .tables import joined

Via = Literal["account", "public", "organization"]
_WAYS = {
    "account": " by a statement of its own",
    "public": " by being public",
    "organization": " through its organization",
}


class Check(Protocol):
    """What one helper demands."""

    def holds(self, seen: Seen) -> bool:
        """Whether the version is as demanded."""
        ...

    @property
    def wrong(self) -> str:
        """The verdict on a version that is not, such as ``is not public``."""
        ...

    @property
    def all_wrong(self) -> str:
        """The same of every version of a layer, named by ``{}``: ``no version of {} is public``."""
        ...

    def note(self, grant: Grant) -> str:
        """The remark on one statement."""
        ...

    def nearest(self, seen: Seen, view: View) -> Iterable[str]:
        """The near misses, in sentences."""
        ...

    def remedy(self, seen: Seen, view: View) -> str:
        """What to do about it."""
        ...


@dataclass(frozen=True)
class SharedWith:
    """The account may use the version, in a certain way if ``via`` names one."""

    account_id: str
    organization_id: str | None
    """The organization that it is declared a member of."""
    via: Via | None = None
    knows_organizations: bool = True

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
        return self._unknown(grant) or why_not(grant, self.account_id, self.organization_id)

    def _unknown(self, grant: Grant) -> str:
        if grant.organization_id is None or self.knows_organizations:
            return ""
        return f"a client cannot tell whether {self.account_id} is a member"

    def nearest(self, seen: Seen, view: View) -> Iterable[str]:
        for grant in seen.grants:
            if self._allows(grant):
                yield f"statement {grant.sid} allows {allowed_by(grant)}"
            elif is_account_id(grant.principal) and (typo := typo_between(grant.principal, self.account_id)):
                yield f"shared with {grant.principal}: {typo}"
            elif grant.principal == "*":
                missing = self._unknown(grant) or membership(self.account_id, self.organization_id)
                yield f"shared with {grant.organization_id}, and {missing}"
        yield from removed(seen, view, self.account_id)
        if failed := failed_add(seen, view, self.account_id):
            yield f"AddLayerVersionPermission for it failed: {failed}"
        if seen.layer.account_id == self.account_id:
            yield f"{self.account_id} owns the layer, and needs no statement"
        yield from another(self.holds, seen, view, "shared with it")

    def remedy(self, seen: Seen, view: View) -> str:
        organizations = [g.organization_id for g in seen.grants if g.organization_id is not None]
        if organizations and self.via in (None, "organization") and self.organization_id is None:
            where = "" if self.knows_organizations else ", with a fake on"
            return (
                f"if {self.account_id} is a member of {organizations[0]}, declare it{where}: "
                f'layerperm.organization("{organizations[0]}", accounts=["{self.account_id}"])'
            )
        if failed := failed_add(seen, view, self.account_id):
            return f"have the code under test retry, or report the error that it got: {failed}"
        if self.via == "organization":
            return _add_a_statement(seen, view, "*", self.organization_id or "o-…")
        principal = "*" if self.via == "public" else self.account_id
        typos = [g for g in seen.grants if is_account_id(g.principal) and typo_between(g.principal, self.account_id)]
        if typos and principal != "*":
            return (
                f"correct the account id in the code that shares it, or here: it shares with {typos[0].principal}, "
                f"and {principal} is expected"
            )
        if principal == seen.layer.account_id:
            return f"name another account: {principal} may use its own layers without a statement"
        return _add_a_statement(seen, view, principal, None)


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
        return _remove(self._culprits(seen))


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


@dataclass(frozen=True)
class SharedWithOrganization:
    """A statement allows the accounts of the organization, and no others."""

    organization_id: str

    def holds(self, seen: Seen) -> bool:
        return any(g.principal == "*" and g.organization_id == self.organization_id for g in seen.grants)

    @property
    def wrong(self) -> str:
        return f"is not shared with organization {self.organization_id}"

    @property
    def all_wrong(self) -> str:
        return f"no version of {{}} is shared with organization {self.organization_id}"

    def note(self, grant: Grant) -> str:
        if grant.public:
            return "not that organization alone"
        return "another organization" if grant.organization_id else "no organization"

    def nearest(self, seen: Seen, view: View) -> Iterable[str]:
        for grant in seen.grants:
            if grant.public:
                yield f"statement {grant.sid} allows everyone: the organization's accounts, and all others"
            elif grant.organization_id and one_character(grant.organization_id, self.organization_id):
                yield f"shared with {grant.organization_id}: one character differs"
        yield from another(self.holds, seen, view, "shared with it")

    def remedy(self, seen: Seen, view: View) -> str:
        return _add_a_statement(seen, view, "*", self.organization_id)


@dataclass(frozen=True)
class Public:
    """Everyone may use the version."""

    wrong: str = "is not public"
    all_wrong: str = "no version of {} is public"

    def holds(self, seen: Seen) -> bool:
        return any(grant.public for grant in seen.grants)

    def note(self, grant: Grant) -> str:
        return ""

    def nearest(self, seen: Seen, view: View) -> Iterable[str]:
        for grant in seen.grants:
            if grant.principal == "*":
                yield f"statement {grant.sid} allows only the accounts of {grant.organization_id}"
        yield from another(self.holds, seen, view, "public")

    def remedy(self, seen: Seen, view: View) -> str:
        return _add_a_statement(seen, view, "*", None)


@dataclass(frozen=True)
class NotPublic:
    """Not everyone may use the version."""

    wrong: str = "is public"
    all_wrong: str = "every version of {} is public"

    def holds(self, seen: Seen) -> bool:
        return not any(grant.public for grant in seen.grants)

    def note(self, grant: Grant) -> str:
        return "every AWS account may use it" if grant.public else ""

    def nearest(self, seen: Seen, view: View) -> Iterable[str]:
        return ()

    def remedy(self, seen: Seen, view: View) -> str:
        return _remove([grant for grant in seen.grants if grant.public])


@dataclass(frozen=True)
class Private:
    """Nobody but the owner may use the version."""

    wrong: str = "is not private"
    all_wrong: str = "no version of {} is private"

    def holds(self, seen: Seen) -> bool:
        return not seen.grants

    def note(self, grant: Grant) -> str:
        return ""

    def nearest(self, seen: Seen, view: View) -> Iterable[str]:
        return ()

    def remedy(self, seen: Seen, view: View) -> str:
        return _remove(seen.grants)


def _add_a_statement(seen: Seen, view: View, principal: str, organization_id: str | None) -> str:
    wanted = f'Principal="{principal}"' + (f' and OrganizationId="{organization_id}"' if organization_id else "")
    why = "; every new version starts with no policy" if seen.state == "never" else ""
    where = view.place(seen.layer)
    return f"call add_layer_version_permission for version {seen.version}{where} with {wanted}{why}"


def _remove(grants: Sequence[Grant]) -> str:
    sids = list(dict.fromkeys([grant.sid for grant in grants]))
    if len(sids) == 1:
        return f"do not add statement {sids[0]}, or remove it with remove_layer_version_permission"
    which = joined(sids) if len(sids) < 6 else f"{sids[0]} to {sids[-1]}"
    return f"do not add statements {which}, or remove them with remove_layer_version_permission"
