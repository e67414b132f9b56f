"""The same on the live server, from processes."""

from __future__ import annotations

from typing import Any

import uvicorn  # noqa: F401 - the extra that the live server needs

from pytest_layerperm import LayerPerm
from tests.concurrency.histories import check_processes
from tests.concurrency.history import CONFLICT, PRECONDITION


def test_processes_on_the_live_server(layerperm: LayerPerm, layerperm_server: Any) -> None:
    """Thirty histories of two processes with two threads each have an order."""
    checked = check_processes(layerperm_server.url, layerperm_server.env, layerperm, 30)
    assert checked.unexplained == []
    assert checked.overlaps > 30
    assert checked.outcomes["add ok"] > 0
    assert checked.outcomes[f"add {CONFLICT}"] > 0
    assert checked.outcomes[f"add {PRECONDITION}"] > 0
