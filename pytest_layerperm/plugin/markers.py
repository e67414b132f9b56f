"""The markers: each is checked as a call of the function or fault that has its signature.

The settings of a test come from the ini file, then from its markers, the closest one last.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import pytest

from .options import MARKERS, SWEEP, ini_settings, is_misspelt

if TYPE_CHECKING:
    from ..service.faults import Fault

_Result = TypeVar("_Result")


def settings(
    account_id: str | None = None,
    region_name: str | None = None,
    real_sleep: bool | None = None,
    frozen_at: Any = None,
) -> dict[str, Any]:
    """What ``layerperm(…)`` sets; an outer marker or the ini file sets the others."""
    from ..service.arguments import check_account_id, check_flag, check_region_name, moment

    if account_id is not None:
        check_account_id(account_id)
    if region_name is not None:
        check_region_name(region_name)
    if real_sleep is not None:
        check_flag("real_sleep", real_sleep)
    if frozen_at is not None:
        frozen_at = moment("frozen_at", frozen_at)
    given = {"account_id": account_id, "region_name": region_name, "real_sleep": real_sleep, "frozen_at": frozen_at}
    return {name: value for name, value in given.items() if value is not None}


_FAULTS = {
    "layerperm_throttle": "Throttle",
    "layerperm_service_failure": "ServiceFailure",
    "layerperm_connection_lost": "ConnectionLost",
    "layerperm_slow": "Slow",
    "layerperm_rate_limit": "RateLimit",
}


def fault_class(marker_name: str) -> type[Fault] | None:
    """The fault that a marker makes, with the fault's own arguments; None for any other marker."""
    if marker_name not in _FAULTS:
        return None
    from ..service import fault_kinds

    return getattr(fault_kinds, _FAULTS[marker_name])


def test_settings(item: pytest.Item) -> dict[str, Any]:
    """The arguments of the test's ``LayerPerm``: a marker closer to the test wins. A misspelt one fails the test."""
    found = ini_settings(item.config)
    for marker in _outermost_first(item):
        if is_misspelt(marker, item.config):
            _reject(marker)
        if marker.name == "layerperm":
            found.update(_call(marker, settings))
        if marker.name == SWEEP:
            from ..explore.settings import settings_of

            _call(marker, settings_of)
    return found


def _reject(marker: pytest.Mark) -> NoReturn:
    from ..assertions.tables import joined

    names = joined(list(MARKERS))
    pytest.fail(f"@pytest.mark.{marker.name}: there is no such marker\nThere are {names}.", pytrace=False)


def test_faults(item: pytest.Item) -> list[tuple[Fault, str]]:
    """The faults of the test's markers, each with its marker, in the order in which they are written."""
    found = [(marker, fault_class(marker.name)) for marker in _outermost_first(item)]
    return [(_call(marker, fault), f"@pytest.mark.{marker.name}") for marker, fault in found if fault is not None]


def _outermost_first(item: pytest.Item) -> list[pytest.Mark]:
    # pytest yields a function's markers from the lowest decorator up, then the class's, then the module's.
    return list(reversed(list(item.iter_markers())))


def _call(marker: pytest.Mark, function: Callable[..., _Result]) -> _Result:
    """Calls a marker as the function that has its signature; wrong arguments fail the test, naming the marker."""
    from ..service.hints import misspelt

    signature = inspect.signature(function)
    try:
        signature.bind(*marker.args, **marker.kwargs)
    except TypeError as wrong:
        problem = f"{wrong}{misspelt(signature, marker.kwargs)}"
    else:
        try:
            return function(*marker.args, **marker.kwargs)
        except (TypeError, ValueError) as wrong:
            problem = str(wrong)
    message = f"@pytest.mark.{marker.name}: {problem}\nIt takes {MARKERS[marker.name]}"
    pytest.fail(message, pytrace=False)
