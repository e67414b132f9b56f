"""Keeps web pages out: one that a browser on this machine shows must neither read nor change the fake.

The server listens on loopback, where any page in a browser can send requests. This rule holds for every request except
those for the server's own page, which has no data in it. Programs send neither of the first two headers:

- ``Origin`` is the server's own.
- ``Sec-Fetch-Site`` is ``same-origin``, or ``none`` for an address that someone typed.
- ``Host`` is a name that the owner of another site cannot have: an IP address; a name without a dot, or below
  ``localhost``, ``internal`` or ``local``, which the public DNS does not have; or one of AWS's, as clients behind a
  proxy send it. Any other name was made to lead here (DNS rebinding), and its pages would count as the server's own.

A server that other machines may reach (``--allow-remote``) can have any name, so ``Host`` is not checked there.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from ...lambda_api.wire import Request

_LOCAL = (".localhost", ".internal", ".local")
_AWS = (
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".aws",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".csp.hci.ic.gov",
    ".cloud.adc-e.uk",
)
"""The domains of AWS in all partitions."""


def foreign_site(request: Request, *, any_host: bool) -> str | None:
    """The other site that a request comes from, as far as its headers name it; None for a program's request."""
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{request.host}":
        return origin
    if request.headers.get("sec-fetch-site") not in (None, "none", "same-origin"):
        return request.headers.get("referer") or "the page that sent this"
    if not any_host and not _is_ours(request.host):
        return request.host
    return None


@lru_cache(maxsize=256)
def _is_ours(host: str) -> bool:
    """Whether the host, perhaps with a port, is a name that no other site can have."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if "." not in name and ":" not in name:
        return True
    if name.endswith((*_LOCAL, *_AWS)):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
