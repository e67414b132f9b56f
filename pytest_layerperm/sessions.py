"""boto3 sessions that cost little while a fake is on.

A new ``boto3.Session`` reads botocore's service models from disk again, about 50 ms a test. While a fake is on, parsed
models are kept for the process, and a session with nothing particular about it is used again in the next test.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .environment import SECRET_KEY

if TYPE_CHECKING:
    import boto3

_models: dict[tuple[str, ...], dict[Any, Any]] = {}
"""Search paths -> what a loader with these paths has read."""
_default_sessions: dict[frozenset[tuple[str, str]], boto3.Session] = {}
_account_sessions: dict[tuple[str, str], boto3.Session] = {}


def session_of(access_key: str, region_name: str) -> boto3.Session:
    """The process's session for an access key in a region. For clients; not to be handed out."""
    session = _account_sessions.get((access_key, region_name))
    if session is None:
        session = _account_sessions[access_key, region_name] = new_session(access_key, region_name)
    return session


def new_session(access_key: str, region_name: str) -> boto3.Session:
    """A session of its own for an access key in a region."""
    import boto3

    return boto3.Session(aws_access_key_id=access_key, aws_secret_access_key=SECRET_KEY, region_name=region_name)


@contextmanager
def cheap_sessions() -> Generator[None]:
    """Shares parsed models between sessions, and starts with no default session, as a fresh process does.

    ``boto3.client()`` makes the default session where there is none; what it makes from the environment alone is
    kept, and given again in the same environment, unless somebody asked for its event hooks meanwhile.
    """
    import boto3
    import botocore.session

    module: Any = boto3
    core: Any = botocore.session
    saved = (module.DEFAULT_SESSION, module.setup_default_session, core.create_loader)

    def setup_default_session(**settings: Any) -> None:
        key = None if settings else _environment_key()
        session = None if key is None else _default_sessions.get(key)
        if session is None or session._touched:  # type: ignore[attr-defined]  # noqa: SLF001
            session = _session_class()(**settings)
            if key is not None:
                _default_sessions[key] = session
        module.DEFAULT_SESSION = session

    module.DEFAULT_SESSION = None
    module.setup_default_session = setup_default_session
    core.create_loader = _create_loader
    try:
        yield
    finally:
        module.DEFAULT_SESSION, module.setup_default_session, core.create_loader = saved


def _environment_key() -> frozenset[tuple[str, str]] | None:
    """All that a default session is made from; None where it also depends on files."""
    if os.environ.get("AWS_CONFIG_FILE") != os.devnull or os.environ.get("AWS_SHARED_CREDENTIALS_FILE") != os.devnull:
        return None
    return frozenset(
        (name, value)
        for name, value in os.environ.items()
        if name.startswith("AWS_") or name in ("BOTO_CONFIG", "HOME", "REQUESTS_CA_BUNDLE")
    )


def _session_class() -> type[boto3.Session]:
    """boto3's Session, telling when its event hooks were asked for: handlers must not live on into another test."""
    import boto3

    class Session(boto3.Session):
        _touched = False

        @property
        def events(self) -> Any:
            self._touched = True
            plain: Any = super()
            return plain.events

    return Session


def _create_loader(search_path_string: str | None = None) -> Any:
    """In place of ``botocore.loaders.create_loader``: the same loader, whose cache outlives it."""
    from botocore.loaders import Loader

    class SharingLoader(Loader):
        @property
        def _cache(self) -> dict[Any, Any]:
            loader: Any = self
            return _models.setdefault(tuple(loader.search_paths), {})

        @_cache.setter
        def _cache(self, cache: dict[Any, Any]) -> None:
            """The loader's own, empty one: not used."""

    if search_path_string is None:
        return SharingLoader()
    paths = [os.path.expanduser(os.path.expandvars(path)) for path in search_path_string.split(os.pathsep)]
    return SharingLoader(extra_search_paths=paths)
