"""What the plugin knows of the test that pytest runs, for the rooms below it; the defaults without pytest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

terminal_columns = 80
"""Columns of the terminal when pytest started: while pytest captures output, they cannot be read."""
services: list[Any] | None = None
"""The ``LayerService`` of each fake that the test has on, and its last one: its report lists their calls.

None without pytest. ``LayerService`` is not named as a type, since it imports this module.
"""
only_point: str | None = None
"""The one point of ``LayerPerm.every_fault`` that is to be run, as ``--layerperm-only`` says."""
progress: Callable[[str], None] | None = None
"""Shows a line on the terminal while a test runs, and removes it again for an empty one; None without a terminal."""
