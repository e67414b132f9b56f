"""Endpoints to check facts on: the URL of this or another emulator, and AWS itself."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from ..lambda_api.arn import parse, partition_of
from .asking import Asked, ask
from .differences import Received
from .model import By
from .rows.steps import publish
from .running import Published, Sender, clean_up
from .sending import HttpSender

AWS = "aws"
OWNER, OTHER = "123456789012", "210987654321"
"""Accounts of an emulator: most of them take an access key of twelve digits as the account."""
CALLS_PER_SECOND = 12.0
"""Below the quota of 15 a second for all control-plane calls of an account in a region (AWS's page "Lambda quotas")."""


class NoEndpoint(Exception):
    """Facts cannot be checked there; the message says why."""


@dataclass(frozen=True)
class Settings:
    """What the user says about the endpoint."""

    endpoint: str
    """A URL without a path, or ``aws``."""
    profile: str | None = None
    other_profile: str | None = None
    other_organization: str | None = None

    @property
    def is_aws(self) -> bool:
        return self.endpoint == AWS


@dataclass
class HttpEndpoint:
    """An endpoint that is reached over HTTP."""

    account_id: str
    other_account_id: str | None
    other_organization: str | None
    region_name: str
    only_partition: str | None
    """The only partition that it serves; None if it serves all of them."""
    send: Sender
    close: Callable[[], None]

    def serves(self, partition: str) -> bool:
        return self.only_partition in (None, partition)


def new_prefix() -> str:
    """A new name: every layer of one run starts with it."""
    return f"layerperm-facts-{uuid.uuid4().hex[:8]}"


def connect(settings: Settings, prefix: str) -> HttpEndpoint:
    """The endpoint, with its callers' accounts, which are requested from it. Raises NoEndpoint if that fails."""
    try:
        return _connect(settings, prefix)
    except BotoCoreError as failed:
        raise NoEndpoint(str(failed)) from failed


def _connect(settings: Settings, prefix: str) -> HttpEndpoint:
    session: Any = botocore.session.Session(profile=settings.profile)
    region_name = str(session.get_config_variable("region") or "us-east-1") if settings.is_aws else "us-east-1"
    credentials: dict[By, Any] = {}
    if settings.is_aws or settings.profile is not None:
        credentials["owner"] = session.get_credentials()
        if credentials["owner"] is None:
            raise NoEndpoint(
                "no AWS credentials were found: configure some, or name a profile with --layerperm-profile"
            )
    else:
        credentials["owner"] = Credentials(OWNER, "layerperm")
    if settings.other_profile is not None:
        credentials["other"] = botocore.session.Session(profile=settings.other_profile).get_credentials()  # pyright: ignore[reportUnknownMemberType]
    elif not settings.is_aws:
        credentials["other"] = Credentials(OTHER, "layerperm")

    http = HttpSender(_urls(session, settings), lambda by: credentials[by].get_frozen_credentials())
    send: Sender = Paced(http) if settings.is_aws else http
    account_id = account_of(send, "owner", region_name, prefix)
    if account_id is None:
        raise NoEndpoint(f"{settings.endpoint} publishes no layer, so no fact can be checked there")
    return HttpEndpoint(
        account_id=account_id,
        other_account_id=_other_account(settings, credentials, send, account_id, region_name, prefix),
        other_organization=settings.other_organization,
        region_name=region_name,
        only_partition=partition_of(region_name) if settings.is_aws else None,
        send=send,
        close=http.close,
    )


def _urls(session: Any, settings: Settings) -> Callable[[str], str]:
    if not settings.is_aws:
        return lambda region: settings.endpoint.rstrip("/")
    urls: dict[str, str] = {}

    def url_of(region: str) -> str:
        if region not in urls:
            config = Config(ignore_configured_endpoint_urls=True)
            urls[region] = session.create_client("lambda", region, config=config).meta.endpoint_url
        return urls[region]

    return url_of


def account_of(send: Sender, by: By, region_name: str, prefix: str) -> str | None:
    """The account that owns a caller's layers, found by publishing one; None if none can be published."""
    probe = ask(publish(by=by, region=region_name), {"layer": f"{prefix}-probe"})
    published: Published = {(probe.members["LayerName"], by, region_name): None}
    try:
        found = parse(str(send(probe).json.get("LayerVersionArn")))[0]
    except BotoCoreError:
        published.clear()  # Nothing can be deleted there.
        raise
    finally:
        clean_up(send, published)
    return None if found is None else found.account_id


def _other_account(
    settings: Settings, credentials: dict[By, Any], send: Sender, account_id: str, region_name: str, prefix: str
) -> str | None:
    """The other caller's account, if it is a different one. If access keys make no difference, an assumed role may."""
    if "other" not in credentials:
        return None
    other = account_of(send, "other", region_name, prefix)
    if other == account_id and settings.other_profile is None:
        assumed = _assumed_role(settings.endpoint, region_name)
        if assumed is not None:
            credentials["other"] = assumed
            other = account_of(send, "other", region_name, prefix)
    return None if other == account_id else other


def _assumed_role(url: str, region_name: str) -> Credentials | None:
    """Credentials of a role in the other account, from an emulator that has STS; None if it has none."""
    session: Any = botocore.session.Session()
    sts = session.create_client(
        "sts",
        region_name,
        endpoint_url=url,
        aws_access_key_id=OWNER,
        aws_secret_access_key="layerperm",  # noqa: S106 - signatures are never checked
        config=Config(retries={"total_max_attempts": 1}),
    )
    try:
        role = f"arn:aws:iam::{OTHER}:role/layerperm-facts"
        response = sts.assume_role(RoleArn=role, RoleSessionName="layerperm-facts")
    except (ClientError, BotoCoreError, ResponseParserError):
        return None
    keys = response["Credentials"]
    return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


class Paced:
    """Makes calls at a rate that the quota allows, and retries those that are throttled nevertheless."""

    def __init__(
        self,
        send: Sender,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._send = send
        self._now = now
        self._sleep = sleep
        self._next = 0.0

    def __call__(self, asked: Asked) -> Received:
        received = self._paced(asked)
        for seconds in (1.0, 2.0, 4.0, 8.0):
            if received.status != 429 and received.code != "ThrottlingException":
                break
            self._sleep(seconds)
            received = self._paced(asked)
        return received

    def _paced(self, asked: Asked) -> Received:
        wait = self._next - self._now()
        if wait > 0:
            self._sleep(wait)
        self._next = max(self._next, self._now()) + 1 / CALLS_PER_SECOND
        return self._send(asked)
