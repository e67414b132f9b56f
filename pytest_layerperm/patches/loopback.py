"""This machine: which hosts and URLs lead to it, and how requests to it stay clear of proxies."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult

_SPARED = "127.0.0.1,localhost"


def is_loopback(url: SplitResult) -> bool:
    """Whether the URL leads to this machine: a server that the test runs itself."""
    return _is_loopback_netloc(url.netloc)


@lru_cache(maxsize=1024)
def _is_loopback_netloc(netloc: str) -> bool:
    return is_loopback_host(SplitResult("http", netloc, "", "", "").hostname or "")


def is_loopback_host(host: str) -> bool:
    """Whether the host, a name or an IP address, is this machine; any other name would have to be looked up."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def no_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that keep requests to this machine from a proxy that the environment names."""
    hosts = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    if not hosts.endswith(_SPARED):
        hosts = f"{hosts},{_SPARED}" if hosts else _SPARED
    return {"NO_PROXY": hosts, "no_proxy": hosts}
