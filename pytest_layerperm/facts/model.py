"""What a fact is: a sentence about the Lambda layer API with its source, and the calls that show it.

Texts in steps and expectations are templates: ``${layer}``, ``${version_arn}`` and so on (``running.names_of``), and
whatever earlier answers were kept under.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from string import Template
from typing import Any, Literal, cast

Confidence = Literal["recorded", "documented", "reported", "inferred"]
CONFIDENCES: tuple[Confidence, ...] = ("recorded", "documented", "reported", "inferred")
"""Recorded from AWS; said by AWS's own documents or API model; reported by others; inferred, by us."""

By = Literal["owner", "other", "nobody"]
"""Who calls: the account that the endpoint's credentials are of, another account, or nobody (an unsigned request)."""

Names = Mapping[str, str]
"""What the templates' names stand for in one run."""


@dataclass(frozen=True)
class Step:
    """One call. Without an ``answer`` it only prepares for the next ones, and any success will do."""

    operation: str
    members: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Input members under their API names."""
    answer: Answer | None = None
    by: By = "owner"
    region: str = "${region}"
    path: str | None = None
    """In place of the path that the members make: for what no SDK would send."""
    body: str | None = None
    """In place of the body that the members make."""
    all_pages: bool = False
    """Follow NextMarker to the end; the answer is the last page's, its list that of all pages."""


@dataclass(frozen=True)
class Answer:
    """What must be so of an answer; what is left out may be anything."""

    status: int | Literal["a success"] | None = None
    """HTTP status, or that it is below 300 where the fact is not about which."""
    code: str | None = None
    """The error code, where SDKs look for it."""
    message: str | Matching | None = None
    """The error message, under ``Message`` or ``message``."""
    body: Mapping[str, Any] | None = None
    """Members of the JSON body: values, templates, or matchers. Other members may be there too."""
    keys: tuple[str, ...] | None = None
    """All members of the JSON body, in any order."""
    order: tuple[str, ...] | None = None
    """All members of the JSON body, in that order, in compact JSON."""
    headers: Mapping[str, Any] | None = None
    raw: str | None = None
    """The body, to the byte."""


@dataclass(frozen=True)
class Matching:
    """A text that matches the regular expression, itself a template, in full; kept under a name for later steps."""

    pattern: str
    kept_as: str | None = None

    def why_not(self, got: Any, names: Names) -> str | None:
        pattern = Template(self.pattern).substitute({name: re.escape(value) for name, value in names.items()})
        if isinstance(got, str) and re.fullmatch(pattern, got):
            return None
        return f"text of the form {pattern}"


UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@dataclass(frozen=True)
class Kept:
    """Any text, kept under a name for later steps."""

    kept_as: str

    def why_not(self, got: Any, names: Names) -> str | None:
        return None if isinstance(got, str) else "text"


@dataclass(frozen=True)
class Unlike:
    """A text other than those kept under these names."""

    others: tuple[str, ...]
    kept_as: str | None = None

    def why_not(self, got: Any, names: Names) -> str | None:
        if isinstance(got, str) and got not in [names[other] for other in self.others]:
            return None
        return f"text other than {' and '.join([names[other] for other in self.others])}"


@dataclass(frozen=True)
class Number:
    """A whole number, not less than ``least``."""

    least: int = 0
    kept_as: None = None

    def why_not(self, got: Any, names: Names) -> str | None:
        if isinstance(got, int) and not isinstance(got, bool) and got >= self.least:
            return None
        return f"a whole number of at least {self.least}"


@dataclass(frozen=True)
class Absent:
    """The member is not there, or null: an SDK leaves it out either way."""

    kept_as: None = None

    def why_not(self, got: Any, names: Names) -> str | None:
        return None if got is None else "no such member"


@dataclass(frozen=True)
class SameJson:
    """Text that is this JSON, a template, however it is written."""

    text: str
    kept_as: None = None

    def why_not(self, got: Any, names: Names) -> str | None:
        wanted = Template(self.text).substitute(names)
        try:
            same = json.loads(wanted) == json.loads(got)
        except (TypeError, ValueError):
            same = False
        return None if same else wanted


@dataclass(frozen=True)
class Holding:
    """A list with an element that has these members."""

    item: Mapping[str, Any]


@dataclass(frozen=True)
class Lacking:
    """A list in which no element has this text, a template, as that member."""

    member: str
    text: str
    kept_as: None = None

    def why_not(self, got: Any, names: Names) -> str | None:
        text = Template(self.text).substitute(names)
        items = cast(list[Any], got) if isinstance(got, list) else [{self.member: text}]
        if all(not isinstance(item, dict) or cast(Any, item).get(self.member) != text for item in items):
            return None
        return f"a list without {self.member} {text}"


Matcher = Matching | Kept | Unlike | Number | Absent | SameJson | Lacking
Steps = Sequence[Step] | Callable[[Names], Sequence[Step]]


@dataclass(frozen=True)
class Fact:
    """One fact and the calls that show it.

    >>> from pytest_layerperm.facts import FACTS
    >>> fact = next(fact for fact in FACTS if fact.id == "revisions/add-changes-it")
    >>> fact.confidence, fact.sentence
    ('recorded', 'Every Add makes a new one.')
    """

    id: str
    """Its group and its name in it, such as ``errors/statement-exists``."""
    sentence: str
    confidence: Confidence
    """How sure it is: one of ``CONFIDENCES``."""
    source: str
    """Where it is from; ``sources.SOURCES`` explains the short names."""
    steps: Steps
    """The calls; a function of the names where they depend on how long these are."""
    needs_organization: bool = False
    """Whether the other caller must be a member of an organization, ``${other_organization}``."""

    @property
    def group(self) -> str:
        """What stands before the slash in its id, such as ``errors``."""
        return self.id.partition("/")[0]

    def steps_for(self, names: Names) -> Sequence[Step]:
        """The calls, for a run in which templates' names stand for these texts."""
        return self.steps(names) if callable(self.steps) else self.steps
