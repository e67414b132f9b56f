"""What is registered at start-up, in every run: the markers, the ini and command line options."""

from __future__ import annotations

from typing import Any

import pytest

SWEEP = "layerperm_every_fault"
"""The marker of a test whose body is swept."""
MARKERS = {
    "layerperm": (
        'layerperm(account_id="123456789012", region_name="us-east-1", real_sleep=False, frozen_at=None): '
        "the default account and region of the fake, whether retries really wait, and a time to freeze the clock at."
    ),
    "layerperm_throttle": (
        "layerperm_throttle(times=1, *, operation=None, account_id=None, region_name=None, layer=None, "
        'code="TooManyRequestsException", retry_after=None, after=0): throttles the first matching layer calls (429).'
    ),
    "layerperm_service_failure": (
        "layerperm_service_failure(times=1, *, operation=None, account_id=None, region_name=None, layer=None, "
        "applied=False, after=0): fails the first matching layer calls (500); applied=True carries them out first."
    ),
    "layerperm_connection_lost": (
        "layerperm_connection_lost(times=1, *, operation=None, account_id=None, region_name=None, layer=None, "
        'applied=False, error="ConnectionClosedError", after=0): '
        "breaks the connection of the first matching layer calls; applied=True carries them out first."
    ),
    "layerperm_slow": (
        "layerperm_slow(seconds, times=1, *, operation=None, account_id=None, region_name=None, layer=None, after=0): "
        "makes the responses to the first matching layer calls take so many seconds."
    ),
    "layerperm_rate_limit": (
        "layerperm_rate_limit(per_second=15, *, burst=None, times=None, operation=None, account_id=None, "
        "region_name=None, layer=None, after=0): AWS's quota of layer calls for each account and region."
    ),
    SWEEP: (
        "layerperm_every_fault(*faults, always=(), raises=(), may_fail=True, pairs=False, budget=2000, reset=(), "
        "operations=None, virtual_sleep=False): runs the test once for each failure at each of its layer calls."
    ),
}
_INI = {
    "layerperm_account_id": ("string", "default account of the fake, twelve digits (123456789012)"),
    "layerperm_region": ("string", "default region of the fake (us-east-1)"),
    "layerperm_real_sleep": ("bool", "whether retries really wait (false)"),
    "layerperm_autouse": ("bool", "whether every test has the fixture layerperm (false)"),
}


def add_options(parser: pytest.Parser) -> None:
    for name, (kind, text) in _INI.items():
        parser.addini(name, text, type=kind, default=None)  # pyright: ignore[reportArgumentType]


_FACTS_OPTIONS = {
    "--layerperm-endpoint": (
        "URL",
        "endpoint that pytest_layerperm.facts is held against: a URL, or aws for the account of your credentials",
    ),
    "--layerperm-profile": ("NAME", "AWS profile of the layers' account"),
    "--layerperm-other-profile": ("NAME", "AWS profile of another account, which layers are shared with"),
    "--layerperm-other-organization": ("ID", "organization that the other account is a member of, o-…"),
    "--layerperm-facts-json": ("PATH", "file for the outcomes, for machines"),
}


def add_facts_options(parser: pytest.Parser) -> None:
    """What ``pytest --pyargs pytest_layerperm.facts`` takes."""
    group = parser.getgroup("layerperm-facts", "pytest-layerperm: facts about AWS, on any endpoint")
    for name, (value, text) in _FACTS_OPTIONS.items():
        group.addoption(name, metavar=value, default=None, help=text)
    group.addoption(
        "--layerperm-yes-use-my-account",
        action="store_true",
        help="allow --layerperm-endpoint=aws to publish throw-away layers in your account and delete them again",
    )


def add_report_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("layerperm", "pytest-layerperm: what tests did, as a page")
    group.addoption(
        "--layerperm-report",
        metavar="PATH",
        help="write an HTML page of the layers, grants and calls of each test that failed",
    )
    group.addoption(
        "--layerperm-report-all",
        action="store_true",
        help="with --layerperm-report: include every test that used layerperm",
    )


def add_exploration_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("layerperm-explore", "pytest-layerperm: every failure at every point")
    group.addoption(
        "--layerperm-only",
        metavar="POINT",
        help="of every_fault, run one point alone, such as Throttle@2, as the report of a failed test names it",
    )


def check_options(config: pytest.Config) -> None:
    """Raises UsageError for an ini option of ours that is unknown or has an impossible value."""
    # pytest has no public way to list the options that it does not know.
    raw: Any = getattr(config, "_inicfg", None) or config.__dict__.get("inicfg", ())
    overrides: list[str] = config.getoption("override_ini", None) or []
    names = [*raw, *[override.partition("=")[0] for override in overrides]]
    given = [name for name in names if name.startswith("layerperm_")]
    for name in given:
        if name not in _INI:
            raise pytest.UsageError(f"unknown ini option {name}; pytest-layerperm has {', '.join(_INI)}")
    if given:
        ini_settings(config)
        is_autouse(config)


def ini_settings(config: pytest.Config) -> dict[str, Any]:
    """The settings that the ini file makes, in the terms of ``LayerPerm``."""
    from ..lambda_api.arn import is_account_id, is_region_name

    found: dict[str, Any] = {}
    account_id = _value_of(config, "layerperm_account_id", "twelve digits")
    if account_id:
        if not is_account_id(account_id):
            raise pytest.UsageError(f"layerperm_account_id must be twelve digits, not {account_id!r}")
        found["account_id"] = account_id
    region_name = _value_of(config, "layerperm_region", "a region such as us-east-1")
    if region_name:
        if not is_region_name(region_name):
            raise pytest.UsageError(f"layerperm_region must be a region such as us-east-1, not {region_name!r}")
        found["region_name"] = region_name
    real_sleep = _value_of(config, "layerperm_real_sleep", "true or false")
    if real_sleep is not None:
        found["real_sleep"] = real_sleep
    return found


def is_autouse(config: pytest.Config) -> bool:
    """Whether every test has the fixture ``layerperm``: one that forgets it cannot reach AWS then."""
    return bool(_value_of(config, "layerperm_autouse", "true or false"))


def _value_of(config: pytest.Config, option: str, valid: str) -> Any:
    try:
        return config.getini(option)
    except (TypeError, ValueError, pytest.UsageError) as wrong:  # pytest 9.2 raises the last, older ones the others
        raise pytest.UsageError(f"{option} must be {valid}: {wrong}") from None


def is_misspelt(marker: pytest.Mark, config: pytest.Config) -> bool:
    """Whether the marker is named like ours and not registered: its test must not run without it."""
    if not marker.name.startswith("layerperm"):
        return False
    registered: list[str] = config.getini("markers")
    return marker.name not in [line.partition(":")[0].partition("(")[0].strip() for line in registered]
