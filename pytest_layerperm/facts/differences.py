"""Compares an endpoint's response with what a fact expects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any, NamedTuple, cast

from .model import Absent, Expected, Holding, Kept, Lacking, Matching, Names, Number, SameJson, Unlike

_MATCHERS = (Matching, Kept, Unlike, Number, Absent, SameJson, Lacking)


@dataclass(frozen=True)
class Received:
    """A response as received. ``headers`` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    understood: tuple[str, str] | None = None
    """The error code and message that an SDK reported; None for a success, or if no SDK was used."""

    @property
    def json(self) -> dict[str, Any]:
        """The members of the body; empty if it is not a JSON object."""
        try:
            value: Any = json.loads(self.content)
        except ValueError:
            return {}
        return cast(dict[str, Any], value) if isinstance(value, dict) else {}

    @property
    def succeeded(self) -> bool:
        return self.status < 300

    @property
    def error(self) -> str:
        """Status, code and message in one line."""
        return f"{self.status} {self.code}: {self.message}"

    @property
    def code(self) -> str | None:
        """The error code, found as SDKs find it: in the header, else in the body."""
        found = self.headers.get("x-amzn-errortype") or self.json.get("code") or self.json.get("__type")
        return str(found).split(":", 1)[0].rsplit("#", 1)[-1] if found else None

    @property
    def message(self) -> Any:
        body = self.json
        return body.get("message", body.get("Message"))


class Difference(NamedTuple):
    """One way in which a response is not as expected."""

    where: str
    expected: str
    got: str


def fill_in(value: Any, names: Names) -> Any:
    """The value with its templates filled in."""
    if isinstance(value, str):
        return Template(value).substitute(names)
    if isinstance(value, (list, tuple)):
        return [fill_in(item, names) for item in cast(Sequence[Any], value)]
    if isinstance(value, dict):
        return {name: fill_in(item, names) for name, item in cast(dict[str, Any], value).items()}
    return value


def compare(expected: Expected, received: Received, names: dict[str, str]) -> list[Difference]:
    """All differences; texts that matchers keep go into ``names``."""
    found: list[Difference] = []
    body = received.json

    def check(where: str, wanted: Any, got: Any) -> None:
        if wanted != got:
            found.append(Difference(where, _shown(wanted), _shown(got)))

    if expected.status == "a success":
        if not received.succeeded:
            check("status", expected.status, received.error)
    elif expected.status is not None:
        check("status", expected.status, received.status)
    if expected.code is not None:
        check("error code", expected.code, received.code)
        if received.understood is not None:
            check("error code that the SDK reported", expected.code, received.understood[0])
    if expected.message is not None:
        found += _differences("message", expected.message, received.message, names)
        if received.understood is not None:
            found += _differences("message that the SDK reported", expected.message, received.understood[1], names)
    if expected.keys is not None:
        check("members", sorted(expected.keys), sorted(body))
    if expected.order is not None:
        check("order of members", list(expected.order), list(body))
        check("body", _compact(body), received.content.decode("utf-8", "replace"))
    if expected.raw is not None:
        check("body", fill_in(expected.raw, names), received.content.decode("utf-8", "replace"))
    for name, wanted in (expected.headers or {}).items():
        found += _differences(f"header {name}", wanted, received.headers.get(name), names)
    if expected.body is not None:
        found += _of_members("", expected.body, body, names)
    return found


def _of_members(
    where: str, wanted: Mapping[str, Any], got: Mapping[str, Any], names: dict[str, str]
) -> list[Difference]:
    return [
        difference
        for name, value in wanted.items()
        for difference in _differences(f"{where}{name}", value, got.get(name), names)
    ]


def _differences(where: str, wanted: Any, got: Any, names: dict[str, str]) -> list[Difference]:
    if isinstance(wanted, _MATCHERS):
        why = wanted.why_not(got, names)
        if why is not None:
            return [Difference(where, why, _shown(got))]
        if wanted.kept_as is not None:
            names[wanted.kept_as] = got
        return []
    if isinstance(wanted, Holding):
        return _held(where, wanted, got, names)
    if isinstance(wanted, dict):
        if not isinstance(got, dict):
            return [Difference(where, "an object", _shown(got))]
        return _of_members(f"{where}.", cast(dict[str, Any], wanted), cast(dict[str, Any], got), names)
    if isinstance(wanted, (list, tuple)):
        wanted = list(cast(Sequence[Any], wanted))
        if not isinstance(got, list) or len(cast(list[Any], got)) != len(wanted):
            return [Difference(where, f"a list of {len(wanted)}", _shown(got))]
        return [
            difference
            for index, (one, other) in enumerate(zip(wanted, cast(list[Any], got), strict=True))
            for difference in _differences(f"{where}[{index}]", one, other, names)
        ]
    wanted = fill_in(wanted, names)
    # True equals 1 in Python, but not in JSON.
    if wanted == got and isinstance(wanted, bool) == isinstance(got, bool):
        return []
    return [Difference(where, _shown(wanted), _shown(got))]


def _held(where: str, wanted: Holding, got: Any, names: dict[str, str]) -> list[Difference]:
    """Empty if an element is as expected; else the differences of the closest element."""
    if not isinstance(got, list):
        return [Difference(where, "a list", _shown(got))]
    nearest: list[Difference] | None = None
    for item in cast(list[Any], got):
        found = _differences(where, dict(wanted.item), item, names)
        if nearest is None or len(found) < len(nearest):
            nearest = found
    return [Difference(where, "an element", "an empty list")] if nearest is None else nearest


def _compact(body: Mapping[str, Any]) -> str:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=repr, ensure_ascii=False)
