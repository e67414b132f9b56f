"""Text laid out: paragraphs and tables no wider than the terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

from ..service import pytest_run

_PYTEST_MARGIN = 8
"""Columns that pytest puts before each line of a failure."""
_NARROWEST = 40
_LEAST_WRAPPED = 16
"""Columns that a cell must have left to be wrapped in."""


def screen_width() -> int:
    """Columns of the terminal, or what the variable COLUMNS says."""
    return max(shutil.get_terminal_size((pytest_run.terminal_columns, 24)).columns, _NARROWEST)


def text_width() -> int:
    """Columns that there are for the text of a failure."""
    return max(screen_width() - _PYTEST_MARGIN, _NARROWEST)


def paragraph(text: str, *, indent: str = "", hanging: str | None = None, width: int | None = None) -> str:
    """The text in lines of the width; words, and so ARNs and statement ids, stay whole."""
    return textwrap.fill(
        text,
        text_width() if width is None else width,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(rows: Sequence[Sequence[str]], *, indent: str = "  ", width: int | None = None) -> str:
    """Rows in columns, two spaces apart; an empty column takes no room."""
    return "\n".join(table_lines(rows, indent=indent, width=width))


def table_lines(rows: Sequence[Sequence[str]], *, indent: str = "  ", width: int | None = None) -> list[str]:
    """The rows of a table one by one, each of as many lines as it needs.

    Of a row that is too wide the last cell is wrapped, or goes below where there is no room to wrap it in.
    """
    width = text_width() if width is None else width
    widths = [max([len(cell) for cell in column]) for column in zip(*rows, strict=True)]
    start = len(indent) + sum([column + 2 for column in widths[:-1] if column])
    lines: list[str] = []
    for row in rows:
        cells = [cell.ljust(column) for cell, column in zip(row[:-1], widths[:-1], strict=True) if column]
        lead = indent + "".join([cell + "  " for cell in cells])
        last = row[-1]
        if not last:
            lines.append(lead.rstrip())
        elif start + min(len(last), _LEAST_WRAPPED) <= width:
            lines.append(paragraph(last, indent=lead, hanging=" " * start, width=width))
        else:
            below = paragraph(last, indent=indent + "    ", width=width)
            lines.append(f"{lead.rstrip()}\n{below}")
    return lines


def joined(words: Sequence[str]) -> str:
    """The words as English lists them: ``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
