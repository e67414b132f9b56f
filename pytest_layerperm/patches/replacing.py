"""Replaces functions of other packages while a fake is on, and puts back only what is still its own.

Others patch the same names: monkeypatch, mock.patch, responses. What they have put on top of ours stays, and their
undo may bring ours back when no fake is on; so each replacement passes everything on then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Place = tuple[Any, str, Callable[[Any], Any]]
"""A class or module, the name of an attribute, and what makes a replacement of the original: once, for all tests."""
_ABSENT: Any = object()
_made: dict[tuple[int, str], _Replacement] = {}
"""The newest replacement for each place, which serves again as long as the original is the same."""
_older: list[_Replacement] = []
"""Those before: someone else's undo may bring them back."""


class _Replacement:
    __slots__ = ("name", "original", "ours", "owner", "uses")

    def __init__(self, owner: Any, name: str, ours: Any, original: Any) -> None:
        self.owner = owner
        self.name = name
        self.ours = ours
        self.original = original
        """``_ABSENT`` if the owner had none of its own."""
        self.uses = 0

    def put_back(self) -> None:
        """Puts back the original once no fake is on, unless someone else's replacement is in place."""
        if self.uses or self.owner.__dict__.get(self.name, _ABSENT) is not self.ours:
            return
        if self.original is _ABSENT:
            delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, self.original)


class replaced:  # noqa: N801 - a context manager, without the cost of a generator: each test has two dozen
    """Replaces attributes while the block runs. One that is replaced already serves the fakes inside as well."""

    def __init__(self, *places: Place) -> None:
        self._places = places
        self._used: list[_Replacement] = []

    def __enter__(self) -> None:
        used = self._used
        for owner, name, make in self._places:
            found = owner.__dict__.get(name, _ABSENT)
            known = _made.get((id(owner), name))
            if known is None or (found is not known.original and found is not known.ours):
                if known is not None:
                    _older.append(known)
                known = _Replacement(owner, name, make(getattr(owner, name, None)), found)
                _made[id(owner), name] = known
            if found is not known.ours:
                setattr(owner, name, known.ours)
            known.uses += 1
            used.append(known)

    def __exit__(self, *raised: object) -> None:
        for known in reversed(self._used):
            known.uses -= 1
            known.put_back()
        self._used.clear()


def superseded(owner: Any, name: str, gone: Any, original: Any) -> None:
    """Has ``put_back`` replace ``gone``, a function that no longer does anything, if someone's undo brings it back."""
    _older.append(_Replacement(owner, name, gone, original))


def put_back() -> None:
    """Puts back what someone else's undo has brought back since."""
    for known in (*_made.values(), *_older):
        known.put_back()
