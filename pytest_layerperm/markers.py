"""The markers: each is checked as a call of the function here that has its signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .faults import Fault

MARKERS = {
    "layerperm": (
        'layerperm(account_id="123456789012", region_name="us-east-1", real_sleep=False, frozen_at=None): '
        "the default account and region of the fake, whether retries really wait, and a time to freeze the clock at."
    ),
    "layerperm_throttle": (
        "layerperm_throttle(times=1, *, operation=None, account_id=None, region_name=None, layer=None, "
        'code="TooManyRequestsException", retry_after=None): throttles the first matching layer calls (429).'
    ),
    "layerperm_service_failure": (
        "layerperm_service_failure(times=1, *, operation=None, account_id=None, region_name=None, layer=None, "
        "applied=False): fails the first matching layer calls (500); applied=True carries them out first."
    ),
    "layerperm_rate_limit": (
        "layerperm_rate_limit(per_second=15, *, burst=None): AWS's quota of layer calls for each account and region."
    ),
}


def settings(
    account_id: str | None = None,
    region_name: str | None = None,
    real_sleep: bool | None = None,
    frozen_at: Any = None,
) -> dict[str, Any]:
    """What ``layerperm(…)`` sets; what it leaves out, an outer marker or the ini file says."""
    from .fault import check_flag
    from .layers import check_account_id, check_region_name
    from .waiting import moment

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


def throttle(
    times: int | None = 1,
    *,
    operation: str | None = None,
    account_id: str | None = None,
    region_name: str | None = None,
    layer: object = None,
    code: str = "TooManyRequestsException",
    retry_after: float | None = None,
) -> Fault:
    from .faults import Throttle

    return Throttle(
        times,
        operation=operation,
        account_id=account_id,
        region_name=region_name,
        layer=layer,
        code=code,
        retry_after=retry_after,
    )


def service_failure(
    times: int | None = 1,
    *,
    operation: str | None = None,
    account_id: str | None = None,
    region_name: str | None = None,
    layer: object = None,
    applied: bool = False,
) -> Fault:
    from .faults import ServiceFailure

    return ServiceFailure(
        times,
        operation=operation,
        account_id=account_id,
        region_name=region_name,
        layer=layer,
        applied=applied,
    )


def rate_limit(per_second: float = 15, *, burst: float | None = None) -> Fault:
    from .faults import RateLimit

    return RateLimit(per_second, burst=burst)


FAULT_MARKERS: dict[str, Callable[..., Fault]] = {
    "layerperm_throttle": throttle,
    "layerperm_service_failure": service_failure,
    "layerperm_rate_limit": rate_limit,
}
