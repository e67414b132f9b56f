"""Whole policies compared: with what a test expects, or with what they were before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ..lambda_api.arn import is_account_id, is_organization_id
from ..lambda_api.model import ACTION
from ..service.grants import Grant, UnreadablePolicy, grants_of
from .explanation import allowed_by, no_policy
from .lookup import View
from .messages import changes, gone_past, label, text_of, verdict_on_several, versions, what_to_do, writes_to
from .readers import Seen
from .remedies import restrict
from .tables import joined, table

if TYPE_CHECKING:
    from ..service.calls import LoggedCall

__tracebackhide__ = True

_PARAMETERS = ("StatementId", "OrganizationId", "LayerName", "VersionNumber", "RevisionId")
_FORMS = (
    "an account id, '*', an organization id, a statement of a policy, or the parameters of add_layer_version_permission"
)
_NONE_IS = "no version of {} has the expected policy"
_MOST_NAMED = 3
"""Statements that a verdict names; of more it gives the number."""


@dataclass(frozen=True)
class ExpectedPolicy:
    """What a test expects of a policy, and what counts: statement ids, order."""

    statements: tuple[Any, ...]
    ids: bool = False
    order: bool = False

    @classmethod
    def of(cls, statements: Any, *, ids: bool, order: bool) -> ExpectedPolicy:
        """Raises TypeError or ValueError, naming the argument, for anything but a list of statements."""
        if isinstance(statements, Mapping) and "Statement" in statements:
            statements = cast(Mapping[str, Any], statements)["Statement"]
        if isinstance(statements, (str, Mapping)) or not isinstance(statements, Iterable):
            raise TypeError(f"statements must be a list of statements, not {statements!r}")
        expected = cls(tuple(cast(Iterable[Any], statements)), ids, order)
        expected.grants("aws")
        return expected

    def grants(self, partition: str) -> list[Grant]:
        """The same as grants on a layer of that partition."""
        found = [grant for one in self.statements for grant in _expected(one, partition)]
        nameless = [grant for grant in found if not grant.sid]
        if self.ids and nameless:
            raise ValueError(
                f"statements: with ids=True each needs its id; that for {allowed_by(nameless[0])} has none"
            )
        return found if self.ids else [Grant("", grant.principal, grant.organization_id) for grant in found]

    def _comparable(self, seen: Seen) -> list[Grant]:
        return [grant if self.ids else Grant("", grant.principal, grant.organization_id) for grant in seen.grants]

    def holds(self, seen: Seen) -> bool:
        found, expected = self._comparable(seen), self.grants(seen.layer.partition)
        return found == expected if self.order else Counter(found) == Counter(expected)

    def failure(self, view: View, failing: Sequence[Seen]) -> str:
        """The whole text of a failure."""
        first = failing[0]
        if len(failing) == 1:
            verdict = f"{label(first, view)} {self._wrong(first)}"
        else:
            verdict = verdict_on_several(view, failing, "has another policy than expected", _NONE_IS)
        return text_of(
            verdict,
            versions(view, failing),
            self._compared(first),
            changes(view),
            gone_past(view),
            what_to_do(self._remedy(first)),
        )

    def _remedy(self, seen: Seen) -> str:
        if self._only_order(seen):
            return "leave out order=True unless the order matters; to AWS it does not"
        expected = self.grants(seen.layer.partition)
        missing = [grant.organization_id for grant in expected if grant.organization_id and grant.principal == "*"]
        public = [grant for grant in seen.grants if grant.public]
        if missing and public and not any(grant.public for grant in expected):
            return f"lines with - are missing, lines with + are not expected: {restrict(public[0], missing[0])}"
        return "lines with - are missing, lines with + are not expected: change the code, or what is expected"

    def _only_order(self, seen: Seen) -> bool:
        return Counter(self._comparable(seen)) == Counter(self.grants(seen.layer.partition))

    def _wrong(self, seen: Seen) -> str:
        if self._only_order(seen):
            return "has its statements in another order than expected"
        found, expected = Counter(self._comparable(seen)), Counter(self.grants(seen.layer.partition))
        missing, extra = list((expected - found).elements()), list((found - expected).elements())
        parts = [_told(self._names(missing), "missing")] if missing else []
        parts += [_told(self._names(extra), "not expected")] if extra else []
        return f"has another policy than expected: {'; '.join(parts)}"

    def _names(self, grants: Sequence[Grant]) -> list[str]:
        return [grant.sid or allowed_by(grant, short=True) for grant in grants]

    def _compared(self, seen: Seen) -> str:
        expected = self.grants(seen.layer.partition)
        if self._only_order(seen):
            rows = [
                [
                    f"{number}.",
                    f"allows {allowed_by(found)}",
                    f"expected: {self._names([wanted])[0]}" if key != wanted else "",
                ]
                for number, (found, key, wanted) in enumerate(
                    zip(seen.grants, self._comparable(seen), expected, strict=True), 1
                )
            ]
            return f"{seen.arn}\n{table(rows)}"
        left = Counter(expected)
        rows: list[list[str]] = []
        for found, key in zip(seen.grants, self._comparable(seen), strict=True):
            matched = left[key] > 0
            left[key] -= matched
            rows.append([" " if matched else "+", found.sid, f"allows {allowed_by(found)}"])
        rows += [["-", grant.sid, f"allows {allowed_by(grant)}"] for grant in left.elements()]
        return f"{seen.arn}\n" + (f"  {no_policy(seen)}\n" if not seen.grants else "") + table(rows)


def _expected(one: Any, partition: str) -> Sequence[Grant]:
    if isinstance(one, str):
        given: dict[str, Any] = {"OrganizationId": one} if is_organization_id(one) else {"Principal": one}
    elif isinstance(one, Mapping):
        given = dict(cast(Mapping[str, Any], one))
        if "Principal" not in given:
            raise ValueError(f"statements: {one!r} has no Principal")
    else:
        raise TypeError(f"statements: each must be {_FORMS}; not {one!r}")
    statement: dict[str, Any] = {"Effect": "Allow", "Action": ACTION, "Principal": "*"}
    statement |= {name: value for name, value in given.items() if name not in _PARAMETERS}
    if given.get("StatementId"):
        statement["Sid"] = given["StatementId"]
    if given.get("OrganizationId"):
        statement["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": given["OrganizationId"]}}
    try:
        found = grants_of({"Statement": [statement]}, partition)
    except UnreadablePolicy as unreadable:
        raise ValueError(f"statements: {unreadable}") from None
    for grant in found:
        if grant.principal != "*" and not is_account_id(grant.principal) and not grant.principal.startswith("arn:"):
            raise ValueError(f"statements: each must be {_FORMS}; not {one!r}")
        if grant.organization_id is not None and not is_organization_id(grant.organization_id):
            raise ValueError(f"statements: {grant.organization_id!r} is not an organization id")
    return found


def _told(names: Sequence[str], what: str) -> str:
    if len(names) > _MOST_NAMED:
        return f"{len(names)} statements are {what}"
    return f"{joined(names)} {'is' if len(names) == 1 else 'are'} {what}"


def _names(grants: Sequence[Grant]) -> list[str]:
    return [f"{grant.sid} ({allowed_by(grant, short=True)})" for grant in grants]


@dataclass(frozen=True)
class Before:
    """What policies were, to be compared with what they are."""

    view: View

    def changed(self) -> list[tuple[Seen, Seen | None]]:
        """The versions whose policy was written or deleted since: before and after."""
        pairs = [(seen, self.view.reader.see(seen.layer, seen.version)) for seen in self.view.asked]
        return [(seen, now) for seen, now in pairs if now != seen]

    def failure(self, changed: Sequence[tuple[Seen, Seen | None]], calls: Sequence[LoggedCall]) -> str:
        """The whole text of a failure; ``calls`` are those since."""
        names = [label(seen, self.view) for seen, _ in changed]
        if len(changed) == 1:
            verdict = f"the policy of {names[0]} changed: {_change(*changed[0])}"
        else:
            verdict = f"the policies of {joined(names)} changed"
        return text_of(
            verdict,
            *[_differences(seen, now) for seen, now in changed],
            writes_to(self.view, calls, "Calls in the block"),
            what_to_do("a dry run or a failed call must leave policies as they are: find the call that wrote"),
        )


def _change(seen: Seen, now: Seen | None) -> str:
    if now is None:
        return "the version was deleted"
    added = [grant for grant in now.grants if grant not in seen.grants]
    removed = [grant for grant in seen.grants if grant not in now.grants]
    parts = [_told(_names(added), "new")] if added else []
    parts += [_told(_names(removed), "gone")] if removed else []
    return "; ".join(parts) or "it was written anew, with the same statements and a new revision id"


def _differences(seen: Seen, now: Seen | None) -> str:
    if now is None:
        return f"{seen.arn}\n  no longer exists"
    rows = [
        ["-" if grant not in now.grants else " ", grant.sid, f"allows {allowed_by(grant)}"] for grant in seen.grants
    ]
    rows += [["+", grant.sid, f"allows {allowed_by(grant)}"] for grant in now.grants if grant not in seen.grants]
    return f"{seen.arn}\n{table(rows)}"
