"""Text laid out: paragraphs and tables no wider than the terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

_PYTEST_MARGIN = 8
"""Columns that pytest puts before each line of a failure."""
_NARROWEST = 40


def text_width() -> int:
    """Columns that there are for our text: the terminal's (or COLUMNS), less what pytest puts before it."""
    return max(shutil.get_terminal_size((80, 24)).columns - _PYTEST_MARGIN, _NARROWEST)


def paragraph(text: str, *, indent: str = "", hanging: str | None = None) -> str:
    """The text in lines of the width; words, and so ARNs and statement ids, stay whole."""
    return textwrap.fill(
        text,
        text_width(),
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(rows: Sequence[Sequence[str]], *, indent: str = "  ") -> str:
    """Rows in columns, two spaces apart. The last column is wrapped, and goes below where there is no room for it."""
    if not rows:
        return ""
    widths = [max([len(cell) for cell in column]) for column in zip(*rows, strict=True)]
    start = len(indent) + sum([width + 2 for width in widths[:-1] if width])
    below = start + min(widths[-1], 20) > text_width()
    lines: list[str] = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths[:-1], strict=True) if width]
        head = indent + "  ".join(cells).rstrip()
        if below and row[-1]:
            lines += [head, paragraph(row[-1], indent=indent + "    ")]
        elif row[-1]:
            lead = indent + "".join([cell + "  " for cell in cells])
            lines.append(paragraph(row[-1], indent=lead, hanging=" " * start))
        else:
            lines.append(head)
    return "\n".join(lines)


def joined(words: Sequence[str], last: str = "and") -> str:
    """The words as English lists them: ``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
