"""The AWS part of the process environment, while a fake is on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

FIXED = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""No file and no service of the machine says who the caller is."""
_ABSENT = (
    "AWS_ACCOUNT_ID",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE",
    "AWS_AUTH_SCHEME_PREFERENCE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CREDENTIAL_FILE",
    "AWS_CSM_ENABLED",
    "AWS_DEFAULTS_MODE",
    "AWS_DEFAULT_PROFILE",
    "AWS_DISABLE_HOST_PREFIX_INJECTION",
    "AWS_DISABLE_REQUEST_COMPRESSION",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_EC2_METADATA_V1_DISABLED",
    "AWS_ENDPOINT_DISCOVERY_ENABLED",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_IMDS_USE_IPV6",
    "AWS_LOGIN_CACHE_DIRECTORY",
    "AWS_MAX_ATTEMPTS",
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
    "AWS_METADATA_SERVICE_TIMEOUT",
    "AWS_NEW_RETRIES_2026",
    "AWS_PROFILE",
    "AWS_REQUEST_CHECKSUM_CALCULATION",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES",
    "AWS_RESPONSE_CHECKSUM_VALIDATION",
    "AWS_RETRY_MODE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH",
    "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS",
    "AWS_S3_USE_ARN_REGION",
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT",
    "AWS_SDK_UA_APP_ID",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_SIGV4A_SIGNING_REGION_SET",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "BOTO_CONFIG",
    "MOTO_ACCOUNT_ID",
)
"""Every variable that changes botocore's defaults, except data paths and CA bundles."""


class Patch(Protocol):
    """What is needed of pytest's ``monkeypatch``."""

    def setenv(self, name: str, value: str) -> None: ...

    def delenv(self, name: str) -> None: ...

    def undo(self) -> None: ...


SECRET_KEY = "layerperm"  # noqa: S105 - signatures are never checked


def fake_environment(access_key: str, region_name: str) -> dict[str, str | None]:
    """What the variables must be: the fake's own credentials and region, no profiles, no instance metadata,
    no custom endpoint URLs, botocore's own retry settings. None means absent.
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


def change(wanted: Mapping[str, str | None]) -> dict[str, str | None]:
    """Sets and removes variables; returns what they were, for another ``change`` to restore."""
    were: dict[str, str | None] = dict.fromkeys(wanted)
    changed = {name: value for name, value in wanted.items() if value is not None}
    for name in tuple(os.environ):  # Names first: to read a variable costs more than to see that it is another's.
        if name in were:
            value = were[name] = os.environ[name]
            if wanted[name] is None:
                del os.environ[name]
            elif changed[name] == value:
                del changed[name]
    for name, value in changed.items():
        os.environ[name] = value
    return were


def remember(names: Iterable[str], patch: Patch) -> None:
    """Has a patcher that is undone after the fake restore the variables as they are now.

    It would otherwise restore what it saw when a test first used it: the fake's own values.
    """
    for name in names:
        value = os.environ.get(name)
        patch.setenv(name, value or "")
        if value is None:
            patch.delenv(name)


def survive(patch: Patch, again: Callable[[], None]) -> None:
    """Calls ``again`` after each ``undo`` of a patcher: what it undoes in the middle of a test may be the fake's."""
    undo = patch.undo

    def undo_and_again() -> None:
        undo()
        again()

    patch.undo = undo_and_again
