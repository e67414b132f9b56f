"""Checks of the arguments that users give: each error names the argument and says what is valid."""

from __future__ import annotations

from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from ..lambda_api.arn import is_account_id, is_region_name
from ..lambda_api.members import MEMBERS

__tracebackhide__ = True

_OPERATIONS = tuple(sorted(MEMBERS))
_FIRST, _LAST = datetime(1000, 1, 1), datetime(9999, 12, 1)
"""Of the times that a clock can be frozen at: other time zones and retry waits must still fit."""


def check_account_id(account_id: object) -> None:
    """Raises TypeError for anything but text, and ValueError for text that is not twelve digits."""
    if not isinstance(account_id, str):
        raise TypeError(f"account_id must be text of twelve digits, not {account_id!r}")
    if not is_account_id(account_id):
        raise ValueError(f"account_id must be twelve digits, not {account_id!r}")


def check_region_name(region_name: object) -> None:
    if not is_region_name(region_name):
        raise ValueError(f"region_name must be a region such as 'us-east-1', not {region_name!r}")


def check_operation(argument: str, operation: object) -> None:
    """Raises ValueError for an operation that the log cannot have."""
    if operation not in _OPERATIONS:
        raise ValueError(f"{argument} must be one of {', '.join(_OPERATIONS)}, not {operation!r}{_near(operation)}")


def _near(operation: object) -> str:
    """The operation that may have been meant, such as ``ListLayers`` for ``list_layers``."""
    lower = {name.lower(): name for name in _OPERATIONS}
    near = get_close_matches(str(operation).replace("_", "").lower(), lower, 1)
    return f"; did you mean {lower[near[0]]}?" if near else ""


def check_text(argument: str, value: object) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be text, not {value!r}")


def check_flag(argument: str, value: object) -> None:
    if not isinstance(value, bool):
        raise TypeError(f"{argument} must be True or False, not {value!r}")


def is_positive(value: object) -> bool:
    # Not `value > 0` alone: that is an error for text, and false for NaN only by luck.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < float("inf")


def moment(argument: str, when: Any) -> datetime:
    """A point in time, given as a datetime or date (in UTC unless they say otherwise) or as ISO text.

    Raises ValueError, naming the argument, for anything else.
    """
    from dateutil.parser import isoparse

    wanted = f"{argument} must be a datetime, a date or ISO text, not {when!r}"
    found = when
    if isinstance(when, str):
        try:
            found = isoparse(when)
        except ValueError:
            raise ValueError(wanted) from None
    if isinstance(found, date) and not isinstance(found, datetime):
        found = datetime(found.year, found.month, found.day)
    if not isinstance(found, datetime):
        raise ValueError(wanted)  # noqa: TRY004 - as for text that is no time
    if not _FIRST <= found.replace(tzinfo=None) <= _LAST:
        raise ValueError(f"{argument} must be from {_FIRST:%Y-%m-%d} to {_LAST:%Y-%m-%d}, not {when!r}")
    return found
