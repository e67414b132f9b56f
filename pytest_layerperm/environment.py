"""The AWS part of the process environment, while a fake is on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Protocol

FIXED = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""No file and no service of the machine is asked who the caller is."""
_ABSENT = (
    "AWS_ACCOUNT_ID",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CREDENTIAL_FILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_MAX_ATTEMPTS",
    "AWS_NEW_RETRIES_2026",
    "AWS_PROFILE",
    "AWS_RETRY_MODE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "BOTO_CONFIG",
    "MOTO_ACCOUNT_ID",
)


class Patch(Protocol):
    """What is needed of pytest's ``monkeypatch``."""

    def setenv(self, name: str, value: str) -> None: ...

    def delenv(self, name: str) -> None: ...


SECRET_KEY = "layerperm"  # noqa: S105 - signatures are never checked


def fake_environment(access_key: str, region_name: str) -> dict[str, str | None]:
    """What the variables must be: the fake's own credentials and region, no profiles, no instance metadata,
    no endpoints of elsewhere, botocore's own retry settings. None means absent.
    """
    wanted: dict[str, str | None] = dict.fromkeys(_ABSENT)
    wanted.update(FIXED)
    wanted.update(
        AWS_ACCESS_KEY_ID=access_key,
        AWS_SECRET_ACCESS_KEY=SECRET_KEY,
        AWS_DEFAULT_REGION=region_name,
        AWS_REGION=region_name,
    )
    for name in os.environ:
        if name.startswith("AWS_ENDPOINT_URL"):
            wanted[name] = None
    return wanted


def change(wanted: dict[str, str | None]) -> dict[str, str | None]:
    """Sets and removes variables; returns what they were, for another ``change`` to restore."""
    were = {name: os.environ.get(name) for name in wanted}
    for name, value in wanted.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return were


def remember(names: Iterable[str], patch: Patch) -> None:
    """Has a patcher that will be undone later than the fake restore the variables as they are now.

    It would otherwise restore what it saw when a test first used it: the fake's own values.
    """
    for name in names:
        value = os.environ.get(name)
        patch.setenv(name, value or "")
        if value is None:
            patch.delenv(name)


def no_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """Keeps requests to this machine from a proxy that the environment names."""
    listed = [environment.get("no_proxy") or environment.get("NO_PROXY") or "", "127.0.0.1", "localhost"]
    hosts = ",".join([host for host in listed if host])
    return {"NO_PROXY": hosts, "no_proxy": hosts}
