"""What the plugin knows of the test that pytest runs, for the rooms below it; the defaults without pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .service import LayerService

terminal_columns = 80
"""Columns of the terminal when pytest started: while pytest captures output, they cannot be read."""
services: list[LayerService] | None = None
"""Those that the test has on, and the last one that it had: its report lists their calls. None without pytest."""
