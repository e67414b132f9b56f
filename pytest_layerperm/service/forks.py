"""Forked children: each has a copy of the fake, so what it would do there is rejected, and fails its parent's test."""

from __future__ import annotations

import mmap
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from ..lambda_api.wire import decode
from .active import services_on
from .faults import RequestRefused
from .service import FORKED_WAY_OUT

if TYPE_CHECKING:
    from ..lambda_api.wire import Request

_PAGE = 4096
"""Bytes that a child has for the names of its calls."""


def _before_fork() -> None:
    for service in services_on():
        if not _is_copied(service):  # pragma: no branch - copied in a child that forks again
            service.children.append(mmap.mmap(-1, _PAGE))


def _after_in_child() -> None:  # pragma: no cover - in a forked child, which is not measured
    for service in services_on():
        if not _is_copied(service):
            _reject_all(service)


def _is_copied(service: Any) -> bool:
    return isinstance(service.store.lock, _Copied)


def _reject_all(service: Any) -> None:  # pragma: no cover - in a forked child, which is not measured
    """From here on the service rejects all that would change or read its copy, and says so to the parent.

    Locks are left alone: a thread that held one is not in the child.
    """
    copied = _Copied(service.children[-1])
    service.store.lock = copied

    def handle(request: Request) -> None:
        call = decode(request, service.callers.account_of)
        if call is not None:
            copied.reject(" ".join(filter(None, (call.operation, call.resource))))

    service.handle = handle


class _Copied:  # pragma: no cover - in a forked child, which is not measured
    """The lock of a store in a child: nobody gets it."""

    def __init__(self, page: mmap.mmap) -> None:
        self._page = page

    def __enter__(self) -> NoReturn:
        self.reject("a method of LayerPerm or LayerVersion")

    def __exit__(self, *raised: object) -> None:
        """Never entered."""

    def reject(self, call: str) -> NoReturn:
        with suppress(ValueError):  # The page is full, and has enough to show.
            self._page.write(f"{call}\n".encode())
        raise RequestRefused(
            f"pytest-layerperm rejected {call} in a forked child, which has a copy of the fake: nobody would see what "
            f"it does. {FORKED_WAY_OUT}"
        )


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows has no fork
    os.register_at_fork(before=_before_fork, after_in_child=_after_in_child)
