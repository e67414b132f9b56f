"""Checks of the arguments that users give: each error names the argument and says what is valid."""

from __future__ import annotations

from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from ..lambda_api.arn import is_account_id, is_region_name
from ..lambda_api.members import MEMBERS

_OPERATIONS = tuple(sorted(MEMBERS))


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
    if isinstance(when, str):
        try:
            when = isoparse(when)
        except ValueError:
            raise ValueError(wanted) from None
    if isinstance(when, datetime):
        return when
    if isinstance(when, date):
        return datetime(when.year, when.month, when.day)
    raise ValueError(wanted)
