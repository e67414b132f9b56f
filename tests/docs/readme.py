"""README's code blocks are files under examples/, or named parts of them: ``python -m tests.docs.readme`` updates them.

A block's first line names its source: ```` ```python examples/auditor/auditor.py::audit,statements ````. Names are
functions and classes of that file; without any, it is the whole file. A block of text with a name is the report
of a test that fails.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
_FENCE = re.compile(r"^```(?P<info>[^`\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


class Fence(NamedTuple):
    """One code block of a page."""

    language: str
    source: str
    """``PATH`` or ``PATH::NAME,NAME``; empty if the block names none."""
    body: str


def fences(text: str) -> list[Fence]:
    """The code blocks of a page, in order."""
    return [_fence(match) for match in _FENCE.finditer(text)]


def expected(fence: Fence) -> str:
    """What a block must say."""
    return report_of(fence.source) if fence.language == "text" and "::" in fence.source else source_text(fence.source)


def report_of(source: str) -> str:
    """The report of a test that fails, from its first line to what to do, as the pinned output of its folder has it."""
    path, _, name = source.partition("::")
    output = (ROOT / path).read_text(encoding="utf-8")
    report = output[output.index(f"    def {name}(") :]
    return report[: report.index("\n\nexamples/")] + "\n"


def source_text(source: str) -> str:
    """What a block of code with that source must say."""
    path, _, names = source.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    if not names:
        return text
    tree = ast.parse(text)
    lines = text.splitlines()
    parts: list[str] = []
    for name in names.split(","):
        [node] = [found for found in tree.body if getattr(found, "name", None) == name]
        assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        first = min([node.lineno, *[decorator.lineno for decorator in node.decorator_list]])
        parts.append("\n".join(lines[first - 1 : node.end_lineno]) + "\n")
    return "\n\n".join(parts)


def updated(text: str) -> str:
    """The page with every block that names a source as that source says."""

    def rewrite(match: re.Match[str]) -> str:
        fence = _fence(match)
        return f"```{match['info']}\n{expected(fence)}```" if fence.source else match[0]

    return _FENCE.sub(rewrite, text)


def _fence(match: re.Match[str]) -> Fence:
    language, _, source = match["info"].strip().partition(" ")
    return Fence(language, source.strip(), match["body"])


if __name__ == "__main__":
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")
