"""Functions are moto's; the rules of ``lambda_api.functions`` decide about their layers."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from ...lambda_api.access import Caller
from ...lambda_api.arn import parse
from ...lambda_api.content import unzipped_size
from ...lambda_api.functions import attach, check_size, function_denial, read_layers
from ...lambda_api.model import Content, PublishedVersion
from ...lambda_api.wire import Request, Signature

if TYPE_CHECKING:
    from ...service.service import LayerService


class FunctionLayers:
    """The layers of one service's functions."""

    def __init__(self, service: LayerService) -> None:
        self._service = service
        self._acting: ContextVar[tuple[Caller, Signature | None] | None] = ContextVar("acting", default=None)

    @contextmanager
    def called_by(self, caller: Caller, signature: Signature | None) -> Generator[None]:
        """While it lasts, the caller's permissions apply to functions and stacks that are created or changed."""
        before = self._acting.set((caller, signature))
        try:
            yield
        finally:
            self._acting.reset(before)

    def signature_in(self, account_id: str) -> Signature | None:
        """The signature of the caller in an account; None if moto acts there by itself, as for stack sets."""
        acting = self._acting.get()
        return acting[1] if acting is not None and acting[0].account_id == account_id else None

    def caller_in(self, account_id: str) -> Caller:
        """The caller in an account: that of the current request, or its root."""
        return self._service.callers.signed_by(self.signature_in(account_id), account_id)

    def entries(self, account_id: str, region_name: str, given: Any, code: bytes | None) -> list[dict[str, Any]]:
        """``Layers`` of a function's configuration, for the version ARNs of a request.

        ``code`` is the function's archive, None if it is not known yet. Raises LambdaError if the function may not have
        these layers.
        """
        versions = attach(given, store=self._service.store, caller=self.caller_in(account_id), region_name=region_name)
        check_size(0 if code is None else unzipped_size(code), [version.content for version in versions])
        return [{"Arn": version.arn, "CodeSize": version.content.size} for version in versions]

    def check_code(self, code: bytes, entries: list[dict[str, Any]]) -> None:
        """Rejects code that is too large together with the function's layers."""
        contents: list[Content] = [version.content for entry in entries if (version := self.version(entry["Arn"]))]
        check_size(unzipped_size(code), contents)

    def check_call(self, request: Request, account_id: str, region_name: str) -> None:
        """Checks the layers of a call that creates or changes a function, before anything else is checked.

        CreateFunction does so before it looks for a function of that name; UpdateFunctionConfiguration checks only
        their form at that point. Raises LambdaError.
        """
        found = _function_call(request)
        given = None if found is None else found[2].get("Layers")
        if found is None or given is None:
            return
        if found[0] == "CreateFunction":
            attach(given, store=self._service.store, caller=self.caller_in(account_id), region_name=region_name)
        else:
            read_layers(given)

    def version(self, arn: str) -> PublishedVersion | None:
        """A layer version that a function has; it may have been deleted meanwhile."""
        layer, number = parse(arn)
        return None if layer is None or number is None else self._service.store.find_deleted(layer, number)


def check_function_call(request: Request, caller: Caller, region_name: str) -> bool:
    """Whether the caller's own policies allow creating or changing a function: False if they are not consulted, since
    nothing restricts the caller or it is another call. Raises AccessDeniedException if they do not allow it.
    """
    restricted = caller.policies is not None or caller.session_policy is not None
    found = _function_call(request) if restricted else None
    if found is None:
        return False
    operation, name, body = found
    denied = function_denial(operation, caller, region_name, name, body.get("Layers"))
    if denied is not None:
        raise denied
    return True


def _function_call(request: Request) -> tuple[str, str, dict[str, Any]] | None:
    """Operation, function and body of a CreateFunction or UpdateFunctionConfiguration; None for other requests."""
    path = request.path.rstrip("/").split("/")
    if path[2:3] != ["functions"]:
        return None
    if request.method == "POST" and len(path) == 3:
        body = _members(request.body)
        return "CreateFunction", str(body.get("FunctionName")), body
    if request.method == "PUT" and len(path) == 5 and path[4] == "configuration":
        return "UpdateFunctionConfiguration", unquote(path[3]), _members(request.body)
    return None


def _members(body: bytes) -> dict[str, Any]:
    """The members of a request; empty if the body is not a JSON object, which moto rejects."""
    try:
        members: Any = json.loads(body)
    except ValueError:
        members = None
    return cast(dict[str, Any], members) if isinstance(members, dict) else {}


def without_empty_layers(path: str, body: bytes) -> bytes:
    """A response about functions as AWS writes it: a function without layers has no ``Layers``."""
    about_functions = path.split("/")[2:3] == ["functions"] and "/invo" not in path
    if not about_functions or b'"Layers": []' not in body:
        return body
    return json.dumps(json.loads(body, object_hook=_without_empty_layers)).encode()


def _without_empty_layers(members: dict[str, Any]) -> dict[str, Any]:
    if members.get("Layers") == []:
        del members["Layers"]
    return members
