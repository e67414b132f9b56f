"""The failures of the assertion helpers in words: the verdict first, then what was found, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .grants import Grant, is_account, slip_between
from .looking import NotOneLayer, Seen, View
from .tables import joined, paragraph, table

if TYPE_CHECKING:
    from .calls import LoggedCall
    from .lambda_api.arn import LayerId

_WRITES = (
    "PublishLayerVersion",
    "AddLayerVersionPermission",
    "RemoveLayerVersionPermission",
    "DeleteLayerVersion",
)


class Check(Protocol):
    """What one helper demands, in words."""

    @property
    def wrong(self) -> str:
        """What is said of one version that fails: ``is not public``."""
        ...

    @property
    def all_wrong(self) -> str:
        """The same of every version of a layer: ``no version of {} is public``."""
        ...

    def note(self, grant: Grant) -> str:
        """What a statement has to do with it."""
        ...

    def nearest(self, seen: Seen, view: View, holds: Callable[[Seen], bool]) -> Iterable[str]:
        """What comes closest to what was wanted, in sentences."""
        ...

    def remedy(self, seen: Seen, view: View) -> str:
        """What to do about it."""
        ...


@dataclass(frozen=True)
class SharedWith:
    account_id: str
    organization_id: str | None
    via: str | None = None

    @property
    def _how(self) -> str:
        ways = {
            "account": " by a statement of its own",
            "public": " by being public",
            "organization": " through its organization",
        }
        return f"shared with {self.account_id}{ways[self.via] if self.via else ''}"

    @property
    def wrong(self) -> str:
        return f"is not {self._how}"

    @property
    def all_wrong(self) -> str:
        return f"no version of {{}} is {self._how}"

    def note(self, grant: Grant) -> str:
        if grant.lets_in(self.account_id, self.organization_id):
            return f"lets it in, but not as via={self.via!r} demands"
        return why_not(grant, self.account_id, self.organization_id)

    def nearest(self, seen: Seen, view: View, holds: Callable[[Seen], bool]) -> Iterable[str]:
        for grant in seen.grants:
            if grant.lets_in(self.account_id, self.organization_id):
                yield f"statement {grant.sid} lets it in as {lets_in(grant)}."
            elif is_account(grant.principal) and (slip := slip_between(grant.principal, self.account_id)):
                yield f"shared with {grant.principal}: {slip}."
            elif grant.principal == "*":
                yield f"shared with {grant.organization_id}, and {membership(self.account_id, self.organization_id)}."
        yield from _lost(seen, view, self.account_id)
        yield from _other_version(seen, view, holds, "shared with it")

    def remedy(self, seen: Seen, view: View) -> str:
        organizations = [g.organization_id for g in seen.grants if g.organization_id is not None]
        if organizations and self.via in (None, "organization") and self.organization_id is None:
            return (
                f"if {self.account_id} is a member of {organizations[0]}, declare it: "
                f'layerperm.organization("{organizations[0]}", accounts=["{self.account_id}"]).'
            )
        principal = "*" if self.via in ("public", "organization") else self.account_id
        return _add_a_statement(seen, principal, self.via == "organization")


@dataclass(frozen=True)
class NotSharedWith:
    account_id: str
    organization_id: str | None

    @property
    def wrong(self) -> str:
        return f"is shared with {self.account_id}"

    @property
    def all_wrong(self) -> str:
        return f"every version of {{}} is shared with {self.account_id}"

    def note(self, grant: Grant) -> str:
        if not grant.lets_in(self.account_id, self.organization_id):
            return ""
        return f"lets in {self.account_id}" + (", a member" if grant.organization_id else "")

    def nearest(self, seen: Seen, view: View, holds: Callable[[Seen], bool]) -> Iterable[str]:
        return ()

    def remedy(self, seen: Seen, view: View) -> str:
        return _remove([g for g in seen.grants if g.lets_in(self.account_id, self.organization_id)])


@dataclass(frozen=True)
class SharedWithOrganization:
    organization_id: str

    @property
    def wrong(self) -> str:
        return f"is not shared with organization {self.organization_id}"

    @property
    def all_wrong(self) -> str:
        return f"no version of {{}} is shared with organization {self.organization_id}"

    def note(self, grant: Grant) -> str:
        if grant.public:
            return "not for the organization alone"
        return "another organization" if grant.organization_id else "not an organization"

    def nearest(self, seen: Seen, view: View, holds: Callable[[Seen], bool]) -> Iterable[str]:
        for grant in seen.grants:
            if grant.public:
                yield f"statement {grant.sid} lets in everybody, its accounts too, and everybody else."
            elif grant.organization_id and _differs_by_one(grant.organization_id, self.organization_id):
                yield f"shared with {grant.organization_id}: one character differs."
        yield from _other_version(seen, view, holds, "shared with it")

    def remedy(self, seen: Seen, view: View) -> str:
        return _add_a_statement(seen, "*", self.organization_id)


@dataclass(frozen=True)
class Public:
    wrong: str = "is not public"
    all_wrong: str = "no version of {} is public"

    def note(self, grant: Grant) -> str:
        return "only that organization" if grant.principal == "*" else ""

    def nearest(self, seen: Seen, view: View, holds: Callable[[Seen], bool]) -> Iterable[str]:
        return _other_version(seen, view, holds, "public")

    def remedy(self, seen: Seen, view: View) -> str:
        return _add_a_statement(seen, "*", None)


@dataclass(frozen=True)
class NotPublic:
    wrong: str = "is public"
    all_wrong: str = "every version of {} is public"

    def note(self, grant: Grant) -> str:
        return "every AWS account may use it" if grant.public else ""

    def nearest(self, seen: Seen, view: View, holds: Callable[[Seen], bool]) -> Iterable[str]:
        return ()

    def remedy(self, seen: Seen, view: View) -> str:
        return _remove([grant for grant in seen.grants if grant.public])


@dataclass(frozen=True)
class Private:
    wrong: str = "is not private"
    all_wrong: str = "no version of {} is private"

    def note(self, grant: Grant) -> str:
        return ""

    def nearest(self, seen: Seen, view: View, holds: Callable[[Seen], bool]) -> Iterable[str]:
        return ()

    def remedy(self, seen: Seen, view: View) -> str:
        return _remove(seen.grants)


def failure(check: Check, view: View, failing: Sequence[Seen], holds: Callable[[Seen], bool]) -> str:
    """The whole text of a failed helper."""
    parts = [_verdict(check, view, failing)]
    if len(view.asked) > 1:
        parts.append(_versions(check, view, failing))
    first = failing[0]
    if len(failing) == 1:
        parts.append(policy(first, check.note))
    nearest = list(dict.fromkeys(check.nearest(first, view, holds)))
    if nearest:
        about = "" if len(failing) == 1 else f" of {label(first, view)}"
        parts.append("\n".join([paragraph(f"Nearest{about}: {sentence}", hanging="  ") for sentence in nearest]))
    parts.append(changes(view))
    parts.append(paragraph(f"What to do: {check.remedy(first, view)}", hanging="  "))
    return "\n\n".join([part for part in parts if part])


def _verdict(check: Check, view: View, failing: Sequence[Seen]) -> str:
    if len(failing) == 1:
        return f"{label(failing[0], view)} {check.wrong}"
    if len(failing) == len(view.asked):
        return check.all_wrong.format(view.asked[0].layer.name)
    which = joined([_version_only(seen, view) for seen in failing])
    plural = check.wrong.replace("is ", "are ", 1)
    return f"{len(failing)} of {len(view.asked)} versions of {view.asked[0].layer.name} {plural}: {which}"


def _versions(check: Check, view: View, failing: Sequence[Seen]) -> str:
    rows = [[label(seen, view), check.wrong if seen in failing else "ok", summary(seen)] for seen in view.asked]
    return table(rows)


def label(seen: Seen, view: View) -> str:
    """The version's short name; with its region where there are several."""
    return f"{seen.layer.name}:{seen.version}{_where(seen, view)}"


def _version_only(seen: Seen, view: View) -> str:
    return f"{seen.version}{_where(seen, view)}"


def _where(seen: Seen, view: View) -> str:
    return f" in {seen.layer.region_name}" if len(view.layers) > 1 else ""


def summary(seen: Seen) -> str:
    """Whom a version is shared with, in a line."""
    if not seen.grants:
        return no_policy(seen)
    return "shared with " + ", ".join(dict.fromkeys([lets_in(grant, short=True) for grant in seen.grants]))


def no_policy(seen: Seen) -> str:
    return "no policy" if seen.state == "never" else "no policy any more: its last statement was removed"


def policy(seen: Seen, note: Callable[[Grant], str]) -> str:
    """A version's policy as a table: statement id, whom it lets in, a remark."""
    if not seen.grants:
        return f"{seen.arn}\n  {no_policy(seen)}"
    rows = [[grant.sid, f"lets in {lets_in(grant)}", note(grant)] for grant in seen.grants]
    return f"{seen.arn}\n{table(rows)}"


def lets_in(grant: Grant, *, short: bool = False) -> str:
    """Whom a statement lets in."""
    if grant.public:
        return "everybody"
    who = grant.principal
    if who == "*":
        return f"{grant.organization_id}" if short else f"organization {grant.organization_id}"
    if not short:
        who = f"account {who}" if is_account(who) else f"principal {who}"
    return who if grant.organization_id is None else f"{who} in {grant.organization_id}"


def why_not(grant: Grant, account_id: str, organization_id: str | None) -> str:
    """Why a statement does not let the account in."""
    if grant.principal not in ("*", account_id):
        if not is_account(grant.principal):
            return "not an account of this partition"
        return slip_between(grant.principal, account_id) or "another account"
    return membership(account_id, organization_id)


def membership(account_id: str, organization_id: str | None) -> str:
    """What is declared of the account's organization, where it is not the one that is wanted."""
    if organization_id is None:
        return f"{account_id} is not declared a member"
    return f"{account_id} is declared a member of {organization_id}"


def changes(view: View) -> str:
    """The calls that changed the layers, one a line, retries as one."""
    rows: list[list[str]] = []
    last: LoggedCall | None = None
    for call in view.calls:
        if call.operation not in _WRITES or call.layer is None or not _about(call, view.layers):
            continue
        again = last is not None and call.invocation_id is not None and call.invocation_id == last.invocation_id
        if again:
            rows[-1][-1] += f", then {call.outcome}"
        else:
            rows.append([call.operation, call.layer.partition(":layer:")[2], _given(call), call.outcome])
        last = call
    return f"Calls that changed it:\n{table(rows)}" if rows else ""


def _about(call: LoggedCall, layers: Iterable[LayerId]) -> bool:
    arn = call.layer or ""
    return any(arn == layer.arn or arn.startswith(f"{layer.arn}:") for layer in layers)


def _given(call: LoggedCall) -> str:
    names = ("StatementId", "Principal", "OrganizationId")
    return " ".join([str(call.parameters[name]) for name in names if call.parameters.get(name)])


def not_one_layer(unclear: NotOneLayer) -> str:
    """There is no layer version to speak of, or there are several."""
    found = unclear.found
    if not found:
        return "no layer version exists, so there is none to look at\n\nWhat to do: publish one first, or say layer=."
    what = f"{unclear.name} is" if unclear.name else "layer= is left out, and there are"
    verdict = f"{what} {'the name of several layers' if unclear.name else f'{len(found)} layer versions'}"
    rows = [[layer.version_arn(version)] for layer, version in found]
    return f"{verdict}\n\n{table(rows)}\n\n" + paragraph(
        "What to do: say which one is meant: layer= takes a LayerVersion or a version ARN, "
        "or a layer's name or ARN for every version of it.",
        hanging="  ",
    )


def _lost(seen: Seen, view: View, account_id: str) -> Iterable[str]:
    """How the account lost, or never got, a statement of its own, as the log tells."""
    given: dict[str, None] = {}
    refused = ""
    for call in view.calls:
        if call.layer != seen.arn:
            continue
        principal = str(call.parameters.get("Principal", ""))
        sid = str(call.parameters.get("StatementId", ""))
        if call.operation == "AddLayerVersionPermission" and account_id in principal:
            refused = "" if call.succeeded else call.outcome
            if call.succeeded:
                given[sid] = None
        elif call.operation == "RemoveLayerVersionPermission" and call.succeeded and sid in given:
            yield f"statement {sid} let it in until it was removed."
    if refused:
        yield f"AddLayerVersionPermission for it was refused: {refused}."


def _other_version(seen: Seen, view: View, holds: Callable[[Seen], bool], what: str) -> Iterable[str]:
    for other in view.siblings(seen):
        if holds(other):
            if seen.version > other.version:
                how = "with no policy" if seen.state == "never" else "and has a policy of its own"
                how = f"version {seen.version} was published after it {how}"
            else:
                how = f"version {seen.version} is an older one with a policy of its own"
            yield f"version {other.version} is {what}; {how}."
            return


def _differs_by_one(one: str, other: str) -> bool:
    return len(one) == len(other) and sum([a != b for a, b in zip(one, other, strict=True)]) == 1


def _add_a_statement(seen: Seen, principal: str, organization: str | bool | None) -> str:
    wanted = f'Principal="{principal}"'
    if organization:
        wanted += f', OrganizationId="{"o-…" if organization is True else organization}"'
    return (
        f"call add_layer_version_permission with VersionNumber={seen.version} and {wanted}; "
        "every new version starts with no policy."
    )


def _remove(grants: Sequence[Grant]) -> str:
    sids = list(dict.fromkeys([grant.sid for grant in grants]))
    what = f"statement {sids[0]}" if len(sids) == 1 else f"statements {joined(sids)}"
    return f"do not add {what}, or take it away with remove_layer_version_permission."
