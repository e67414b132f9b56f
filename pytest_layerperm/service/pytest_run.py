"""What the plugin knows of the test that pytest runs, for the rooms below it; the defaults without pytest."""

from __future__ import annotations

from typing import Any

terminal_columns = 80
"""Columns of the terminal when pytest started: while pytest captures output, they cannot be read."""
services: list[Any] | None = None
"""The ``LayerService`` of each fake that the test has on, and its last one: its report lists their calls.

None without pytest. ``LayerService`` is not named as a type, since it imports this module.
"""
