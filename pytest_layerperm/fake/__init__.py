"""The fake that users hold, ``LayerPerm``, and what puts it under the clients of the process."""

from __future__ import annotations

from .layerperm import NEW_YEAR, LayerPerm, service_of

__all__ = ["NEW_YEAR", "LayerPerm", "service_of"]
