"""Clients that are not botocore's: while a fake is on, this process cannot look up the name of an AWS host."""

from __future__ import annotations

import socket
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

from ..lambda_api.hosts import is_aws_host
from ..service.active import calling_service
from .replacing import replaced


def no_aws_names() -> replaced:
    """Raises RequestRefused for each look-up of an AWS host, and each tunnel through a proxy to one."""
    return replaced(
        (socket, "getaddrinfo", _guarding),
        (socket, "gethostbyname", _guarding),
        (socket, "gethostbyname_ex", _guarding),
        (HTTPConnection, "set_tunnel", _guarding_tunnel),
    )


def _guarding(look_up: Callable[..., Any]) -> Callable[..., Any]:
    def guarding(host: Any, *args: Any, **kwargs: Any) -> Any:
        _check(host)
        return look_up(host, *args, **kwargs)

    return guarding


def _guarding_tunnel(set_tunnel: Callable[..., Any]) -> Callable[..., Any]:
    def guarding(connection: Any, host: Any, *args: Any, **kwargs: Any) -> Any:
        _check(host)
        return set_tunnel(connection, host, *args, **kwargs)

    return guarding


def _check(host: Any) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if isinstance(name, str) and is_aws_host(name):
        service = calling_service()
        if service is not None:
            service.refuse_host(name)
