"""Which line of the user's code called into this package."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

_PACKAGE = str(Path(__file__).parent.parent) + os.sep


def place_of_call() -> str:
    """File and line of the innermost code outside this package, such as ``test_release.py:12``."""
    frame = inspect.currentframe()
    assert frame is not None
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
