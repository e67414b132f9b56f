"""The calls that were made, compared with what a test expects and with budgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, cast

from ..service.arguments import check_operation
from ..service.calls import grouped_by_invocation
from .messages import call_rows, text_of, what_to_do
from .tables import joined, table

if TYPE_CHECKING:
    from ..service.calls import LoggedCall

__tracebackhide__ = True

Attempts = Sequence["LoggedCall"]
_LISTS = ("ListLayers", "ListLayerVersions")
_CONDITIONAL = ("AddLayerVersionPermission", "RemoveLayerVersionPermission")


@dataclass(frozen=True)
class Budget:
    """What a test demands of the calls; a call and its retries are one."""

    operations: tuple[str, ...] | None
    """Exactly these, in this order; None for any."""
    at_most: int | Mapping[str, int] | None
    """Calls in all, or of each operation."""
    with_revision_id: bool
    """Every write to an existing policy carries a RevisionId."""
    no_page_twice: bool
    """No page of a list is asked for twice."""

    @classmethod
    def of(cls, operations: Any, at_most: Any, *, with_revision_id: bool, no_page_twice: bool) -> Budget:
        """Raises TypeError or ValueError, naming the argument."""
        if operations is not None:
            if isinstance(operations, Mapping):
                raise TypeError(
                    f"operations must be a list of operation names, not {operations!r}; "
                    "numbers of calls go into at_most=, which limits them"
                )
            if isinstance(operations, str) or not isinstance(operations, Iterable):
                raise TypeError(f"operations must be a list of operation names, not {operations!r}")
            operations = tuple(cast(Iterable[Any], operations))
            for operation in operations:
                check_operation("operations", operation)
        if isinstance(at_most, Mapping):
            for operation, number in cast(Mapping[Any, Any], at_most).items():
                check_operation("at_most", operation)
                _check_number(number)
        elif at_most is not None:
            _check_number(at_most)
        if operations is None and at_most is None and not with_revision_id and not no_page_twice:
            raise TypeError(
                "nothing is demanded: give operations, at_most=, with_revision_id=True or no_page_twice=True"
            )
        return cls(operations, cast(Any, at_most), with_revision_id, no_page_twice)

    def failures(
        self, calls: Iterable[LoggedCall], region_name: str, shared_before: Callable[[str], bool]
    ) -> list[str]:
        """The text of each demand that the calls do not meet; ``region_name`` is the fake's default one.

        ``shared_before`` says whether the layer version of that ARN had a policy before the first of the calls.
        """
        made = grouped_by_invocation(calls)
        found = [self._wrong_operations(made, region_name), *self._too_many(made)]
        if self.with_revision_id:
            found.append(_blind_writes(made, region_name, shared_before))
        if self.no_page_twice:
            found.append(_pages_again(made, region_name))
        return [text for text in found if text]

    def _wrong_operations(self, made: Sequence[Attempts], region_name: str) -> str:
        if self.operations is None:
            return ""
        names = [attempts[0].operation for attempts in made]
        if tuple(names) == self.operations:
            return ""
        shown = call_rows(made, region_name)
        rows: list[list[str]] = []
        for tag, first, last, wanted_first, wanted_last in SequenceMatcher(
            None, self.operations, names, autojunk=False
        ).get_opcodes():
            rows += [
                ["-", operation, "", "", "", "missing"] for operation in self.operations[first:last] if tag != "equal"
            ]
            mark = " " if tag == "equal" else "+"
            rows += [[mark, *row] for row in shown[wanted_first:wanted_last]]
        missing, extra = Counter(self.operations) - Counter(names), Counter(names) - Counter(self.operations)
        parts = [f"{_counted(missing)} missing"] if missing else []
        parts += [f"{_counted(extra)} not expected"] if extra else []
        return text_of(
            f"the layer calls are not as expected: {'; '.join(parts)}"
            if parts
            else "the layer calls came in another order than expected",
            table(rows),
            what_to_do("lines with - were expected and not made, lines with + were made and not expected"),
        )

    def _too_many(self, made: Sequence[Attempts]) -> Iterable[str]:
        names = Counter([attempts[0].operation for attempts in made])
        if isinstance(self.at_most, Mapping):
            budgets = [(names[operation], most, f"{operation} ") for operation, most in self.at_most.items()]
        else:
            budgets = [] if self.at_most is None else [(len(made), self.at_most, "layer ")]
        for number, most, what in budgets:
            if number > most:
                made_word = "call was" if number == 1 else "calls were"
                yield text_of(
                    f"{number} {what}{made_word} made, and at most {most} {'is' if most == 1 else 'are'} allowed",
                    table([[operation, str(count)] for operation, count in names.most_common()]),
                    what_to_do("read once and keep what was read, or allow more calls; layerperm.calls has them all"),
                )


def _blind_writes(made: Sequence[Attempts], region_name: str, shared_before: Callable[[str], bool]) -> str:
    blind: list[Attempts] = []
    has_policy: dict[str, bool] = {}
    for attempts in made:
        call = attempts[0]
        if call.operation not in _CONDITIONAL or call.layer is None:
            continue
        if call.layer not in has_policy:
            has_policy[call.layer] = shared_before(call.layer)
        # The first statement of a version has no revision id to pass (fact ``revisions/before-the-first-statement``).
        if has_policy[call.layer] and not call.parameters.get("RevisionId"):
            blind.append(attempts)
        has_policy[call.layer] |= any(attempt.applied for attempt in attempts)
    if not blind:
        return ""
    calls = "a call changed a policy" if len(blind) == 1 else f"{len(blind)} calls changed a policy"
    return text_of(
        f"{calls} without RevisionId",
        table(call_rows(blind, region_name)),
        what_to_do(
            "pass the RevisionId of the policy that the change is made for, as get_layer_version_policy returned it; "
            "without it another writer's change can be overwritten unnoticed"
        ),
    )


def _pages_again(made: Sequence[Attempts], region_name: str) -> str:
    pages: dict[object, list[Attempts]] = {}
    for attempts in made:
        call = attempts[0]
        if call.operation in _LISTS:
            asked = tuple(sorted([(name, str(value)) for name, value in call.parameters.items()]))
            page = (call.account_id, call.region_name, call.operation, call.layer, asked)
            pages.setdefault(page, []).append(attempts)
    again = [listed for listed in pages.values() if len(listed) > 1]
    if not again:
        return ""
    rows: list[list[str]] = []
    for listed, row in zip(again, call_rows([listed[0] for listed in again], region_name), strict=True):
        marker = listed[0][0].parameters.get("Marker")
        rows.append([*row[:3], f"page after {marker}" if marker else "first page", f"{len(listed)} times"])
    return text_of(
        f"{len(again)} list {'page was' if len(again) == 1 else 'pages were'} asked for more than once",
        table(rows),
        what_to_do("keep what a list returned, and pass NextMarker as Marker for the next page"),
    )


def _counted(operations: Counter[str]) -> str:
    number = operations.total()
    names = [name if count == 1 else f"{count} x {name}" for name, count in operations.items()]
    return f"{joined(names) if len(names) < 4 else f'{number} calls'} {'is' if number == 1 else 'are'}"


def _check_number(number: Any) -> None:
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise ValueError(f"at_most must be a number of calls, or such a number for each operation, not {number!r}")
