"""The failures of the assertion helpers in words: the verdict first, then what was found, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ..service import pytest_run
from ..service.calls import grouped_by_invocation, has_regions, outcomes, short_name
from ..service.grants import Grant
from .explanation import allowed_by, no_policy
from .tables import joined, paragraph, table

if TYPE_CHECKING:
    from ..lambda_api.arn import LayerId
    from ..service.calls import LoggedCall
    from .lookup import MissingInRegion, NotOneLayer, View
    from .readers import Seen
    from .sharing_checks import Check

_WRITES = (
    "PublishLayerVersion",
    "AddLayerVersionPermission",
    "RemoveLayerVersionPermission",
    "DeleteLayerVersion",
)
_MOST_CALLS = 10
_MOST_NAMED = 10
"""Versions in a verdict."""
_MOST_NEAR = 3
_MOST_ROWS = 40
"""Versions in a table."""


def text_of(verdict: str, *parts: str) -> str:
    """A whole failure: paragraphs with a blank line between them."""
    return "\n\n".join([verdict, *[part for part in parts if part]])


def failure(check: Check, view: View, failing: Sequence[Seen]) -> str:
    """The whole text of a failed sharing helper."""
    first = failing[0]
    alone = len(failing) == 1
    return text_of(
        _verdict(check, view, failing),
        versions(view, failing),
        policy(first, check.note) if alone and (first.grants or len(view.asked) == 1) else "",
        nearest("" if alone else label(first, view), check.nearest(first, view)),
        changes(view),
        gone_past(view),
        what_to_do(check.remedy(first, view)),
    )


def _verdict(check: Check, view: View, failing: Sequence[Seen]) -> str:
    if len(failing) == 1:
        return f"{label(failing[0], view)} {check.wrong}"
    return verdict_on_several(view, failing, check.wrong, check.all_wrong)


def verdict_on_several(view: View, failing: Sequence[Seen], wrong: str, all_wrong: str) -> str:
    """``wrong`` is the verdict on one version, ``all_wrong`` that on every version of the layer ``{}``."""
    name = view.asked[0].layer.name
    if len(failing) == len(view.asked):
        return all_wrong.format(name)
    plural = wrong.replace("is ", "are ", 1) if wrong.startswith("is ") else wrong.replace("has ", "have ", 1)
    several_layers = len(view.layers) > 1
    which = [
        f"version {seen.version}{view.place(seen.layer)}" if several_layers else str(seen.version) for seen in failing
    ]
    if len(which) > _MOST_NAMED:
        which[_MOST_NAMED:] = [f"{len(which) - _MOST_NAMED} others"]
    versions_are = "" if several_layers else "versions "
    return f"{len(failing)} of {len(view.asked)} versions of {name} {plural}: {versions_are}{joined(which)}"


def versions(view: View, failing: Sequence[Seen]) -> str:
    """If several versions were checked: which are as they should be, and whom each is shared with."""
    if len(view.asked) == 1:
        return ""
    wrong = set(failing)
    shown = view.asked
    if len(shown) > _MOST_ROWS:
        shown = (*failing, *[seen for seen in view.asked if seen not in wrong])[:_MOST_ROWS]
    rows = [[label(seen, view), "WRONG" if seen in wrong else "ok", summary(seen)] for seen in shown]
    left_out = len(view.asked) - len(shown)
    return table(rows) + (f"\n  and {left_out:,} others" if left_out else "")


def label(seen: Seen, view: View) -> str:
    """The version's short name; with its region, and its account, if there are several."""
    return f"{seen.layer.name}:{seen.version}{view.place(seen.layer)}"


def summary(seen: Seen) -> str:
    """Whom a version is shared with, in a line."""
    if not seen.grants:
        return no_policy(seen)
    return "shared with " + joined(list(dict.fromkeys([allowed_by(grant, short=True) for grant in seen.grants])))


def policy(seen: Seen, note: Callable[[Grant], str]) -> str:
    """A version's policy as a table: statement id, whom it allows, a remark."""
    if not seen.grants:
        return f"{seen.arn}\n  {no_policy(seen)}"
    return f"{seen.arn}\n" + table(
        [[grant.sid, f"allows {allowed_by(grant)}", note(grant)] for grant in seen.grants],
    )


def nearest(about: str, sentences: Iterable[str]) -> str:
    """The near misses, at most three, each in a line of its own; the sentences come nearest first."""
    head = f"Nearest for {about}" if about else "Nearest"
    return "\n".join(
        [paragraph(f"{head}: {one}.", hanging="  ") for one in list(dict.fromkeys(sentences))[:_MOST_NEAR]]
    )


def what_to_do(remedy: str) -> str:
    return paragraph(f"What to do: {remedy}.", hanging="  ")


def changes(view: View) -> str:
    """The last calls that write to the layers of a failure, unless the report of the test lists all calls."""
    if pytest_run.services is not None:
        return ""
    return writes_to(view, view.calls, "Calls that led here")


def writes_to(view: View, calls: Iterable[LoggedCall], title: str) -> str:
    """The last calls that write to the layers of a view, a call and its retries in one row."""
    about = view.layers
    writes = [call for call in calls if call.operation in _WRITES and _is_about(call, about)]
    groups = grouped_by_invocation(writes)
    if not groups:
        return ""
    left_out = len(groups) - _MOST_CALLS
    which = f", the last {_MOST_CALLS} of {len(groups)}" if left_out > 0 else ""
    return f"{title}{which}:\n{table(call_rows(groups[-_MOST_CALLS:], view.region_name))}"


def call_rows(calls: Sequence[Sequence[LoggedCall]], region_name: str) -> list[list[str]]:
    """Calls in words: operation, region (if any is not the default one), layer, statement, outcome."""
    regions = has_regions(calls, region_name)
    return [_call_row(attempts, attempts[0].region_name if regions else "") for attempts in calls]


def _call_row(attempts: Sequence[LoggedCall], region_name: str) -> list[str]:
    call = attempts[0]
    given = [str(call.parameters.get(name) or "") for name in ("StatementId", "Principal", "OrganizationId")]
    return [
        call.operation,
        region_name,
        short_name(call),
        " ".join([text for text in given if text]),
        outcomes(attempts),
    ]


def _is_about(call: LoggedCall, layers: Iterable[LayerId]) -> bool:
    arn = call.layer or ""
    return any(arn == layer.arn or arn.startswith(f"{layer.arn}:") for layer in layers)


def not_one_layer(unclear: NotOneLayer) -> str:
    """There is no layer version to check, or there are several."""
    where = f" in {unclear.region_name}" if unclear.region_name else ""
    if not unclear.found:
        return text_of(
            f"no layer version exists{where}, so there is none to check",
            what_to_do("publish one first, or pass layer="),
        )
    rows = [[layer.version_arn(version)] for layer, version in unclear.found[:_MOST_ROWS]]
    left_out = len(unclear.found) - len(rows)
    return text_of(
        f"{len(unclear.found):,} layer versions exist{where}, and layer= does not say which is meant",
        table(rows) + (f"\n  and {left_out:,} others" if left_out else ""),
        what_to_do(
            "pass layer=: a LayerVersion or a version ARN for one, a layer's name or ARN for every version of it"
        ),
    )


def missing_in_region(missing: MissingInRegion) -> str:
    """The layer was not published in every region that was asked for."""
    view = missing.view
    rows = [[f"{seen.layer.name}:{seen.version} in {seen.layer.region_name}", summary(seen)] for seen in view.asked]
    name = view.layers[0].name
    return text_of(
        f"{name} does not exist in {joined(missing.missing)}",
        table(rows[:_MOST_ROWS]),
        f"{name} exists in {joined(missing.others)} too, which regions= does not name." if missing.others else "",
        what_to_do("publish it there too, or leave the region out of regions="),
    )


def nothing_reached_the_fake(past: str) -> str:
    """All layer calls went to another server on this machine."""
    return text_of(
        f"no layer call reached the fake: {past}",
        what_to_do(
            "remove endpoint_url from the clients of the code under test, or AWS_ENDPOINT_URL from its settings: "
            "without them its calls reach the fake; to check that server instead, pass client=, a client of it"
        ),
    )


def gone_past(view: View) -> str:
    """The layer calls that the fake did not get, if a fake was looked at."""
    if view.service is None or not view.service.gone_past or not view.reader.reads_a_fake:
        return ""
    return paragraph(f"Beside the fake: {view.service.gone_past}. Remove endpoint_url to have them here.", hanging="  ")


def several(failures: Sequence[tuple[str, str]]) -> str:
    """All failures of a block: their verdicts in one line, then each with its place in the test."""
    verdicts = "; ".join([text.partition("\n")[0] for _, text in failures])
    count = f"{len(failures)} layer assertions failed" if len(failures) > 1 else "a layer assertion failed"
    numbered = [f"{number}. {place}: {text}" for number, (place, text) in enumerate(failures, 1)]
    return text_of(f"{count}: {verdicts}", *numbered)
