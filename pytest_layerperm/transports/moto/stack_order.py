"""The references of a part of a template, and the order in which CloudFormation updates its resources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast


def references(part: Any) -> Iterator[str]:
    """The logical ids, and other names, that a part of a template refers to."""
    if isinstance(part, Mapping):
        for key, value in cast(Mapping[str, Any], part).items():
            yield from _named(key, value)
            yield from references(value)
    elif isinstance(part, list):
        for one in cast(list[Any], part):
            yield from references(one)


def _named(key: str, value: Any) -> Sequence[str]:
    values = cast(list[Any], value) if isinstance(value, list) else [value]
    texts = [one for one in values if isinstance(one, str)]
    if key in ("Ref", "DependsOn"):
        return texts
    if key == "Fn::GetAtt":
        return [text.partition(".")[0] for text in texts[:1]]
    if key == "Fn::Sub":
        return re.findall(r"\$\{([A-Za-z0-9]+)", "".join(texts[:1]))
    return []


def in_order(names: Iterable[str], resources: Mapping[str, Any]) -> list[str]:
    """These resources, each after all that it refers to, directly or through others."""
    wanted = list(names)
    seen: set[str] = set()
    found: list[str] = []

    def visit(name: str) -> None:
        if name in resources and name not in seen:
            seen.add(name)
            for needed in references(resources[name]):
                visit(needed)
            found.append(name)

    for name in wanted:
        visit(name)
    return [name for name in found if name in wanted]
