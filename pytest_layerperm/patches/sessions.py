"""boto3 sessions that cost little while a fake is on.

Making a ``boto3.Session`` registers over a hundred handlers, and its first client reads botocore's service models from
disk: together tens of milliseconds, which a fake with a state of its own for each test would pay in each test. So while
a fake is on, models of the installed packages are parsed once in a process, and a default session that nobody has
changed serves the next test too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..service.active import active_service
from .environment import SECRET_KEY
from .replacing import replaced

if TYPE_CHECKING:
    import boto3

__tracebackhide__ = True

_models: dict[Any, _Models] = {}
"""What a loader looks through -> what such loaders have read."""
_own_session: dict[int, boto3.Session] = {}
"""The session that the fakes' own clients come from, by the number of botocore's built-in handlers."""
_default_sessions: dict[Any, _Reusable] = {}
"""Environment -> the default session that was made from it."""
_OTHER_SETTINGS = ("BOTO_CONFIG", "HOME", "REQUESTS_CA_BUNDLE")
_MANY = 16
"""Environments; a suite that has more is not served by keeping them."""


def client_of(access_key: str, region_name: str, settings: dict[str, Any]) -> Any:
    """A Lambda client for an access key in a region; ``settings`` go to ``boto3.Session.client``."""
    handlers = _built_in_handlers()
    session = _own_session.get(handlers)
    if session is None:
        _own_session.clear()
        session = _own_session[handlers] = new_session(access_key, region_name)
    signed_in = {
        "aws_access_key_id": access_key,
        "aws_secret_access_key": SECRET_KEY,
        "region_name": region_name,
    }
    maker: Any = session
    return maker.client("lambda", **{**signed_in, **settings})


def new_session(access_key: str, region_name: str) -> boto3.Session:
    """A session of its own for an access key in a region."""
    import boto3

    return boto3.Session(aws_access_key_id=access_key, aws_secret_access_key=SECRET_KEY, region_name=region_name)


@contextmanager
def cheap_sessions() -> Generator[None]:
    """Shares parsed models between sessions, and starts with no default session, as a fresh process does."""
    import boto3

    module: Any = boto3
    before, module.DEFAULT_SESSION = module.DEFAULT_SESSION, None
    try:
        with replaced((module, "setup_default_session", _setting_up)), _shared_models():
            yield
    finally:
        module.DEFAULT_SESSION = before


def _setting_up(plain_setup: Callable[..., None]) -> Callable[..., None]:
    import boto3

    module: Any = boto3

    def setup_default_session(**settings: Any) -> None:
        key = None if settings or active_service() is None else _environment_key()
        known = None if key is None else _default_sessions.get(key)
        if known is not None and known.unchanged:
            module.DEFAULT_SESSION = known.session
            return
        plain_setup(**settings)
        if key is not None:
            if len(_default_sessions) >= _MANY:
                _default_sessions.clear()
            _default_sessions[key] = _Reusable(module.DEFAULT_SESSION)

    return setup_default_session


def _built_in_handlers() -> int:
    """Each session gets these when it is created; moto, once imported, is one of them."""
    import botocore.handlers

    handlers: Any = botocore.handlers
    return len(handlers.BUILTIN_HANDLERS)


def _environment_key() -> Any:
    """All that a default session is made from; None if that is more than the environment's own credentials."""
    environment = os.environ
    if environment.get("AWS_CONFIG_FILE") != os.devnull or "AWS_SECRET_ACCESS_KEY" not in environment:
        return None
    # Names first: to read a variable costs more than to see that it is another's.
    names = [name for name in environment if name.startswith("AWS_") or name in _OTHER_SETTINGS]
    return frozenset([(name, environment.get(name)) for name in names]), _built_in_handlers()


class _Reusable:
    """A default session that another test may have, until someone changes it."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self._core: Any = session._session  # noqa: SLF001
        self._hooked = False
        # Now: they are looked up when a client is made, and the environment may be another then.
        self._core.get_credentials()
        self._settings = self._read_settings()
        emitter: Any = self._core.get_component("event_emitter")
        for name in ("register", "register_first", "register_last", "unregister"):
            setattr(emitter, name, self._telling(getattr(emitter, name)))

    def _telling(self, change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*args: Any, **kwargs: Any) -> Any:
            # A handler must not live on into another test.
            self._hooked = True
            return change(*args, **kwargs)

        return changed

    @property
    def unchanged(self) -> bool:
        return not self._hooked and self._read_settings() == self._settings

    def _read_settings(self) -> Any:
        core = self._core
        return (
            core.user_agent_name,
            core.user_agent_version,
            core.user_agent_extra,
            dict(core._session_instance_vars),  # noqa: SLF001
            core._credentials,  # noqa: SLF001
            core.get_default_client_config(),
        )


class _Models(dict[Any, Any]):
    """What loaders have read, but for botocore's retry settings: making a client of Organizations spoils them for all
    that are made after it, which would no longer retry a throttled call.
    """

    def __setitem__(self, key: Any, model: Any) -> None:
        if "_retry" not in key:
            super().__setitem__(key, model)


@contextmanager
def _shared_models() -> Generator[None]:
    """While it is on, a loader's cache is that of all loaders that read the same installed packages."""
    import botocore.loaders

    kind: Any = botocore.loaders.Loader

    with replaced((kind, "_cache", lambda _: property(_cache_of, _set_cache))):
        yield


def _cache_of(loader: Any) -> dict[Any, Any]:
    paths = tuple(loader.search_paths)
    if active_service() is None or not _only_installed(paths):
        return loader.__dict__["_cache"]
    return _models.setdefault((paths, tuple(loader.extras_types)), _Models())


def _set_cache(loader: Any, cache: dict[Any, Any]) -> None:
    loader.__dict__["_cache"] = cache


def _only_installed(paths: tuple[str, ...]) -> bool:
    """Whether all that these directories hold is of boto3 and botocore; a test may write models of its own."""
    return not any(os.path.isdir(path) for path in _not_installed(paths))


@lru_cache(maxsize=64)
def _not_installed(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the directories that are not in boto3 or botocore."""
    import boto3
    import botocore

    modules: Any = (boto3, botocore)
    packages = tuple([os.path.join(os.path.dirname(module.__file__), "") for module in modules])
    return tuple([path for path in paths if not path.startswith(packages)])
