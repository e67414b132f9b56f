"""What a fact is: a sentence about the Lambda layer API with its source, and the calls that check it.

Texts in steps and expectations are templates: ``${layer}``, ``${version_arn}`` and so on (``running.names_of``), and
every name under which a text of an earlier response was kept.
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
"""Recorded from AWS; documented by AWS or in its API model; reported by others; inferred by this project."""

By = Literal["owner", "other", "nobody"]
"""The caller: the account of the endpoint's credentials, another account, or nobody (an unsigned request)."""

Names = Mapping[str, str]
"""The values of the templates' names in one run."""


@dataclass(frozen=True)
class Step:
    """One call. Without an ``expected`` response it only prepares the next ones, and must succeed."""

    operation: str
    members: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Input members under their API names."""
    expected: Expected | None = None
    by: By = "owner"
    region: str = "${region}"
    path: str | None = None
    """Replaces the path made from the members: for requests that no SDK sends."""
    body: str | None = None
    """Replaces the body made from the members."""
    all_pages: bool = False
    """Follow NextMarker to the end; the response is the last page, with the items of all pages."""


@dataclass(frozen=True)
class Expected:
    """What is expected of a response; anything is accepted for what is omitted."""

    status: int | Literal["a success"] | None = None
    """The HTTP status, or that it is below 300."""
    code: str | None = None
    """The error code, as SDKs read it."""
    message: str | Matching | None = None
    """The error message, under ``Message`` or ``message``."""
    body: Mapping[str, Any] | None = None
    """Members of the JSON body: values, templates, or matchers. Other members are allowed."""
    keys: tuple[str, ...] | None = None
    """All members of the JSON body, in any order."""
    order: tuple[str, ...] | None = None
    """All members of the JSON body, in this order, in compact JSON."""
    headers: Mapping[str, Any] | None = None
    raw: str | None = None
    """The exact body."""


@dataclass(frozen=True)
class Matching:
    """A text that fully matches the regular expression, itself a template; kept under a name for later steps."""

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
    """The member is absent or null: an SDK omits it in both cases."""

    kept_as: None = None

    def why_not(self, got: Any, names: Names) -> str | None:
        return None if got is None else "no such member"


@dataclass(frozen=True)
class SameJson:
    """Text that equals this JSON, a template, in any spelling."""

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
    """A list in which no element has this text, a template, as the member."""

    member: str
    text: str
    kept_as: None = None

    def why_not(self, got: Any, names: Names) -> str | None:
        text = Template(self.text).substitute(names)
        items = cast(list[Any], got) if isinstance(got, list) else [{self.member: text}]
        if all(not isinstance(item, dict) or cast(Any, item).get(self.member) != text for item in items):
            return None
        return f"a list without {self.member} {text}"


Steps = Sequence[Step] | Callable[[Names], Sequence[Step]]


@dataclass(frozen=True)
class Fact:
    """One fact and the calls that check it.

    >>> from pytest_layerperm.facts import FACTS
    >>> fact = next(fact for fact in FACTS if fact.id == "revisions/add-changes-it")
    >>> fact.confidence, fact.sentence
    ('recorded', 'Every Add creates a new RevisionId.')
    """

    id: str
    """Its group and its name in it, such as ``errors/statement-exists``."""
    sentence: str
    confidence: Confidence
    """How certain it is: one of ``CONFIDENCES``."""
    source: str
    """Where it comes from; ``sources.SOURCES`` explains the short names."""
    steps: Steps
    """The calls; a function of the names if they depend on the names' length."""
    needs_organization: bool = False
    """Whether the other caller must be a member of an organization, ``${other_organization}``."""

    @property
    def group(self) -> str:
        """The part of its id before the slash, such as ``errors``."""
        return self.id.partition("/")[0]

    def steps_for(self, names: Names) -> Sequence[Step]:
        """The calls of a run in which the templates' names have these values."""
        return self.steps(names) if callable(self.steps) else self.steps
