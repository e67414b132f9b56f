"""The page that shows layers, who may use them, and calls: one self-contained HTML document.

Its data is JSON inside it, which its script inserts as text, never as markup: no name or failure can become HTML.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
# Only these can end a script element, or begin another one inside it.
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def live_page() -> str:
    """The page of a live server, which fetches the state once a second."""
    return _page({"mode": "live"})


def report_page(tests: Sequence[dict[str, Any]]) -> str:
    """The page of tests that have run: each a dict of ``name``, ``outcome``, ``failure`` (text or None) and ``state``,
    the value of ``snapshot()``.
    """
    return _page({"mode": "report", "tests": list(tests)})


def _page(data: dict[str, Any]) -> str:
    text = json.dumps(data)
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return _template().replace("{{data}}", text)


@cache
def _template() -> str:
    page = (_HERE / "page.html").read_text("utf-8")
    for name in ("page.css", "page.js"):
        page = page.replace(f"{{{{{name}}}}}", (_HERE / name).read_text("utf-8"))
    return page
