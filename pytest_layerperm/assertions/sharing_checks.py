"""What each sharing helper demands of a layer version, and the words of its failure; accounts are in account_checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ..service.grants import Grant
from .lookup import View
from .nearest import another
from .readers import Seen
from .remedies import add_a_statement, correct, remove, restrict, restrict_or_remove
from .typos import typo_between

__tracebackhide__ = True


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
class SharedWithOrganization:
    """A statement allows the accounts of the organization, and no others."""

    organization_id: str
    mistyped: str | None = None
    """The organization that is allowed by a typo."""

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
        if self._is_mistyped(seen):
            yield f"shared with {self.mistyped}: {typo_between(str(self.mistyped), self.organization_id)}"
        for grant in seen.grants:
            if grant.public:
                yield f"statement {grant.sid} allows everyone: the organization's accounts, and all others"
        yield from another(self.holds, seen, view, "shared with it")

    def _is_mistyped(self, seen: Seen) -> bool:
        return self.mistyped is not None and any(grant.organization_id == self.mistyped for grant in seen.grants)

    def remedy(self, seen: Seen, view: View) -> str:
        if self._is_mistyped(seen):
            return correct("organization", str(self.mistyped), self.organization_id)
        public = [grant for grant in seen.grants if grant.public]
        if public:
            return restrict(public[0], self.organization_id)
        return add_a_statement(seen, view, "*", self.organization_id)


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
        return add_a_statement(seen, view, "*", None)


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
        return restrict_or_remove([grant for grant in seen.grants if grant.public], view)


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
        return remove(seen.grants)
