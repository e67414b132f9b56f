"""Every private name of moto that the project uses, in one place.

Those of its stacks are in private_stacks.py. A test lists the versions with which they were checked.

Nothing of moto is imported before a function here is called: that costs more than a whole small test suite.
"""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Protocol

from ...patches.replacing import superseded

CORE = "moto.core.models"
NOT_KNOWN = (b"Not yet implemented", b"The method is not implemented")
"""moto's responses to AWS requests that it does not know, with 404 for botocore and 400 for ``requests``."""


def is_imported() -> bool:
    """Whether moto is imported, so that its mock may be on or be started."""
    return CORE in sys.modules and hasattr(sys.modules[CORE], "botocore_stubber")


def mock_is_on() -> bool:
    """Whether any mock is on."""
    return is_imported() and sys.modules[CORE].MockAWS._nested_count > 0


def new_mock() -> Any:
    """A mock that does not change the environment and the default session, which the fake has set already."""
    from moto import mock_aws

    mock: Any = mock_aws()
    mock._fake_creds = {}
    mock._default_session_mock = _Nothing()
    return mock


class _Nothing:
    """Replaces a patch that is not wanted."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


def pass_on_to(send: Any) -> Callable[[], None]:
    """Has moto's mock send what is not AWS's through a mock that was on before it, for as long as that one is on.

    Returns what ends it. Does nothing if there is none, or if ``layerperm_responses`` is on, which does it itself.
    """
    mock: Any = import_module(CORE).responses_mock
    real = mock._real_send
    patches: Any = import_module("unittest.mock")._patch._active_patches
    kind: Any = mock.__class__
    if send.__module__ != kind.__module__ or kind._on_request.__module__ != kind.__module__:
        return lambda: None

    def pass_on(adapter: Any, request: Any, **kwargs: Any) -> Any:
        on = any(getattr(patch, "new", None) is send for patch in patches)
        return (send if on else real)(adapter, request, **kwargs)

    mock._real_send = pass_on
    return lambda: setattr(mock, "_real_send", real)


def sender() -> Any:
    """What sends for the ``requests`` library: a mock's function, or the library's own."""
    return sys.modules["requests.adapters"].HTTPAdapter.send


def set_sender(send: Any) -> None:
    sys.modules["requests.adapters"].HTTPAdapter.send = send


def superseded_sender(gone: Any, below: Any) -> None:
    superseded(sys.modules["requests.adapters"].HTTPAdapter, "send", gone, below)


def process(request: Any) -> Any:
    """moto's response to a prepared botocore request, (status, headers, body); None if it has none."""
    return sys.modules[CORE].botocore_stubber.process_request(request)


@contextmanager
def silenced(speaks: Callable[[Any], bool], respond: Callable[[Any, Callable[[Any], Any]], Any]) -> Generator[None]:
    """Keeps moto's mock from responding to botocore's clients, except for requests that it ``speaks`` for.

    For requests of the ``requests`` library, ``respond`` is called with the request and a function that asks moto.
    """
    stubber: Any = import_module(CORE).botocore_stubber.__class__
    catcher: Any = import_module("moto.core.custom_responses_mock").CallbackResponse
    real_call, real_response = stubber.__call__, catcher.get_response

    def call(self: Any, event_name: str, request: Any, **more: Any) -> Any:
        return real_call(self, event_name, request, **more) if self.enabled and speaks(request) else None

    def get_response(self: Any, request: Any) -> Any:
        return respond(request, partial(real_response, self))

    with replaced((stubber, "__call__", call), (catcher, "get_response", get_response)):
        yield


# --- callers


def backends_of(service: str, name: str) -> Iterator[tuple[str, Any]]:
    """(account, backend) for each backend of a service that exists; none for an unused service."""
    module = sys.modules.get(f"moto.{service}.models")
    if module is not None:
        for account_id, regions in list(getattr(module, name).items()):
            for backend in list(regions.values()):
                yield account_id, backend


def access_key(key_id: str) -> tuple[str, Any] | None:
    """Account and IAM backend of an access key that moto issued; None for any other key."""
    for account_id, backend in backends_of("iam", "iam_backends"):
        if key_id in backend.access_keys:
            return account_id, backend
    return None


def assumed_role(account_id: str, key_id: str) -> Any:
    """The role session that a temporary key belongs to."""
    for owner, backend in backends_of("sts", "sts_backends"):
        if owner == account_id:
            for role in backend.assumed_roles:
                if role.access_key_id == key_id:
                    return role
    return None


def organization_of(account_id: str) -> str | None:
    """The id of the account's organization in moto's Organizations."""
    for manager, backend in backends_of("organizations", "organizations_backends"):
        if backend.org is not None and (
            manager == account_id or any(account.id == account_id for account in backend.accounts)
        ):
            return backend.org.id
    return None


def has_organization(organization_id: str) -> bool:
    """Whether moto's Organizations has an organization of that id."""
    backends = backends_of("organizations", "organizations_backends")
    return any(backend.org is not None and backend.org.id == organization_id for _, backend in backends)


def iam_is_enforced() -> bool:
    """Whether the test has asked moto to enforce IAM, and the calls exempt at first are over."""
    if not is_imported():
        return False
    settings: Any = import_module("moto.settings")
    counter: Any = import_module("moto.core.responses").ActionAuthenticatorMixin
    return counter.request_count >= settings.INITIAL_NO_AUTH_ACTION_COUNT


@contextmanager
def iam_not_enforced() -> Generator[None]:
    """Keeps moto from enforcing IAM on a call: it does not support conditions."""
    settings: Any = import_module("moto.settings")
    counter: Any = import_module("moto.core.responses").ActionAuthenticatorMixin
    before = settings.INITIAL_NO_AUTH_ACTION_COUNT, counter.request_count
    settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")
    try:
        yield
    finally:
        settings.INITIAL_NO_AUTH_ACTION_COUNT, counter.request_count = before


def policies_of(account_id: str, partition: str, key_id: str, session_token: str | None) -> list[Any]:
    """The documents of the identity policies of the user or role session that an access key belongs to.

    A role that does not exist, which can be assumed in moto, has none.
    """
    control: Any = import_module("moto.iam.access_control")
    headers = {} if session_token is None else {"X-Amz-Security-Token": session_token}
    found = control.create_access_key(account_id, partition, key_id, headers)
    roles = {role.name for role in found.backend.roles.values()}
    if session_token is not None and found._owner_role_name not in roles:
        return []
    return [control.IAMPolicy(policy)._policy_json for policy in found.collect_policies()]


def bucket(name: str) -> tuple[str, Any, Any] | None:
    """Owner, S3 backend and record of a bucket; None if there is none."""
    for account_id, backend in backends_of("s3", "s3_backends"):
        if name in backend.buckets:
            return account_id, backend, backend.buckets[name]
    return None


# --- functions


class Layers(Protocol):
    """What decides about the layers of moto's functions."""

    def entries(self, account_id: str, region_name: str, given: Any, code: bytes | None) -> list[dict[str, Any]]: ...

    def check_code(self, code: bytes, entries: list[dict[str, Any]]) -> None: ...

    def version(self, arn: str) -> Any: ...


@contextmanager
def function_layers(layers: Callable[[], Layers]) -> Generator[None]:
    """Makes moto's functions take their layers from ``layers`` instead of moto's own."""
    models: Any = import_module("moto.awslambda.models")
    function, backend = models.LambdaFunction, models.LambdaBackend
    real_update, real_set_code = function.update_configuration, function._set_function_code

    def get_layers_data(self: Any, given: Any) -> Any:
        # moto sets a function's layers before its code, and again when they change.
        return layers().entries(self.account_id, self.region, given, getattr(self, "code_bytes", None))

    def update_configuration(self: Any, updates: dict[str, Any]) -> Any:
        if "Layers" in updates:
            get_layers_data(self, updates["Layers"])  # Before moto changes anything.
        return real_update(self, updates)

    def set_function_code(self: Any, updated: dict[str, Any]) -> None:
        before: dict[str, Any] = {**self.__dict__, "code": dict(self.code)}
        real_set_code(self, updated)
        try:
            layers().check_code(getattr(self, "code_bytes", b""), self.layers)
        except Exception:
            self.__dict__.update(before)
            raise

    def layers_versions_by_arn(self: Any, arn: str) -> Any:
        version = layers().version(arn)
        return version and SimpleNamespace(
            arn=version.arn, code_size=version.content.size, code_bytes=version.content.archive
        )

    def create_from_stack(cls: Any, name: str, template: Any, account_id: str, region_name: str, **more: Any) -> Any:
        # moto ignores the layers.
        given = template["Properties"].get("Layers", [])
        layers().entries(account_id, region_name, given, None)
        made = real_create(name, template, account_id, region_name, **more)
        try:
            made.update_configuration({"Layers": given})
        except Exception:
            made.delete(account_id, region_name)
            raise
        return made

    def update_from_stack(cls: Any, *, cloudformation_json: Any, **more: Any) -> Any:
        # moto takes code in the template for a zip, unlike when it creates the function.
        properties: dict[str, Any] = {"Layers": [], **cloudformation_json["Properties"]}
        code: dict[str, Any] = properties["Code"]
        if "ZipFile" in code:
            archive = function._create_zipfile_from_plaintext_code(code["ZipFile"])
            properties["Code"] = {**code, "ZipFile": b64encode(archive).decode()}
        return real_change(cloudformation_json={**cloudformation_json, "Properties": properties}, **more)

    real_create, real_change = function.create_from_cloudformation_json, function.update_from_cloudformation_json
    with replaced(
        (function, "_get_layers_data", get_layers_data),
        (function, "update_configuration", update_configuration),
        (function, "_set_function_code", set_function_code),
        (function, "create_from_cloudformation_json", classmethod(create_from_stack)),
        (function, "update_from_cloudformation_json", classmethod(update_from_stack)),
        (backend, "layers_versions_by_arn", layers_versions_by_arn),
    ):
        yield


@contextmanager
def replaced(*replacements: tuple[Any, str, Any]) -> Generator[None]:
    """Sets attributes, (object, name, value) each, and restores the original objects."""
    with ExitStack() as undo:
        for target, name, value in replacements:
            undo.callback(setattr, target, name, vars(target)[name])
            setattr(target, name, value)
        yield
