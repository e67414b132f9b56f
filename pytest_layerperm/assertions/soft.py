"""How a helper fails: at once, or together with others at the end of ``LayerPerm.all_assertions()``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from ..service.places import place_of_call
from .messages import several

__tracebackhide__ = True

_open: list[AllAssertions] = []
"""The blocks that are open, innermost last."""


def fail(text: str) -> None:
    """Raises AssertionError, or keeps the failure for the end of the block that collects them."""
    if not _open:
        raise AssertionError(text)
    _open[-1].failures.append((place_of_call(), text))


class AllAssertions(AbstractContextManager[None]):
    """Collects the failures of the helpers in the block, and raises them as one AssertionError at its end.

    An exception that leaves the block goes on, with the failures so far as its note.
    """

    def __init__(self) -> None:
        self.failures: list[tuple[str, str]] = []
        """Where in the test, and the text of the failure."""

    def __enter__(self) -> None:
        _open.append(self)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        _open.remove(self)
        if not self.failures:
            return
        if error is not None:
            # add_note() is Python 3.11's; pytest prints the notes of older ones too.
            noted: Any = error
            noted.__notes__ = [*getattr(error, "__notes__", []), several(self.failures)]
            return
        raise AssertionError(self.failures[0][1] if len(self.failures) == 1 else several(self.failures))
