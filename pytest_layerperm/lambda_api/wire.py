"""HTTP requests and responses: decodes calls, and encodes what they return."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, cast
from urllib.parse import parse_qsl

from .arn import LayerId, is_region_name, parse, partition_of, resolve
from .constraints import whole_number
from .errors import (
    LambdaError,
    MissingAuthenticationTokenException,
    RequestEntityTooLargeException,
    SerializationException,
)
from .members import MEMBERS
from .model import compact_json, json_text
from .routing import API_PATH as API_PATH
from .routing import route

REQUEST_SIZE_LIMIT = 70_167_211
"""A request's body must be smaller, in bytes: a zip of 50 MB in base64, and what is around it; recorded from AWS."""


class Headers(Protocol):
    """A request's headers: a case-insensitive look-up."""

    def get(self, name: str, /) -> str | None: ...


class Request(NamedTuple):
    """An HTTP request as received; ``path`` and ``query`` are still percent-encoded."""

    method: str
    host: str
    path: str
    query: str
    headers: Headers
    body: bytes
    read_timeout: float | None = None
    """Seconds that the client waits for a response; None if the transport cannot know."""


class Response(NamedTuple):
    """A response before it is sent: ``headers`` holds only what is specific to it."""

    status: int
    body: bytes
    error_code: str | None = None
    headers: Mapping[str, str] = MappingProxyType({})
    latency: float = 0.0
    """Seconds that are still to pass before it arrives; faults set it."""
    request_id: str = ""
    """What the header ``x-amzn-requestid`` says; empty if the response has none yet."""

    def wire_headers(self, request_id: str, date: str) -> dict[str, str]:
        """All headers, as AWS sends them: a 204 has a content type and no content length
        (``operations/no-content-headers``).
        """
        headers = {
            "date": date,
            "content-type": "application/json",
            "connection": "keep-alive",
            "x-amzn-requestid": request_id,
        }
        if self.status != 204:
            headers["content-length"] = str(len(self.body))
        if self.error_code is not None:
            headers["x-amzn-errortype"] = self.error_code
        if self.headers:
            headers.update(self.headers)
        return headers


def success(status: int, body: Mapping[str, Any]) -> Response:
    """A successful response."""
    return Response(status, _encode(body))


def revised_success(status: int, name: str, text: str, revision_id: str) -> Response:
    """The same, faster, for a text and a revision id, both ASCII."""
    return Response(status, f'{{"{name}":{json_text(text)},"RevisionId":"{revision_id}"}}'.encode())


NO_CONTENT = Response(204, b"")

NO_OPERATION = Response(
    403,
    b"<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n"
    b"</AccessDeniedException>\n",
    "AccessDeniedException",
    MappingProxyType({"content-type": "application/xml"}),
)
"""The response to a path that is not an operation's (``requests/no-operation-layer``); the content type is inferred."""


def error_response(error: LambdaError, headers: Mapping[str, str] | None = None) -> Response:
    """An error response; SDKs read the code from the header ``x-amzn-errortype`` (``envelopes/header``)."""
    return Response(error.status, _encode(error.body()), error.code, headers or MappingProxyType({}))


def _encode(body: Mapping[str, Any]) -> bytes:
    text = compact_json(body)
    # A lone surrogate, which JSON input can contain, has no UTF-8 form.
    return text.encode("utf-8", "replace")


class Signature(NamedTuple):
    """What a request's signature says: the caller's access key, the region and the service."""

    access_key: str
    region_name: str
    service: str


@dataclass(slots=True)
class Call:
    """One decoded call of a layer operation.

    ``layer`` and ``version`` are those that it names, if they can be read. ``given`` are its members as received;
    ``error`` is why the request cannot be read at all.
    """

    operation: str
    account_id: str
    region_name: str
    given: dict[str, Any]
    layer: LayerId | None = None
    version: int | None = None
    error: LambdaError | None = None
    invocation_id: str | None = None
    signature: Signature | None = None
    time: float = 0.0
    """The virtual time at which the call was received, in seconds since the epoch."""
    now: Callable[[], float] = float
    """The virtual clock, for what decides by the time."""
    order: int = 0
    """Its place among all calls, by when it took effect."""
    notes: list[str] = field(default_factory=list[str])
    """What faults did to the call, for the log."""
    applied: bool = False
    """Whether it was carried out even though its response was lost."""
    lost: Response | None = None
    """The service's response that did not arrive."""
    unseen: frozenset[str] = frozenset()
    """Ids of statements that the caller does not see yet."""

    @property
    def resource(self) -> str | None:
        """The ARN of the layer version, or of the layer, that the call names."""
        if self.layer is None:
            return None
        return self.layer.arn if self.version is None else self.layer.version_arn(self.version)


def signature_of(request: Request) -> Signature | None:
    """The credential scope of a SigV4 header or a presigned query; None for an unsigned request."""
    authorization = request.headers.get("Authorization")
    if authorization:
        start = authorization.find("Credential=")
        scope = authorization[start + 11 :].partition(",")[0] if start >= 0 else ""
    elif "X-Amz-Credential=" in request.query:
        scope = dict(parse_qsl(request.query)).get("X-Amz-Credential", "")
    else:
        return None
    return _read_scope(scope)


@lru_cache(maxsize=1024)
def _read_scope(scope: str) -> Signature | None:
    parts = scope.strip().rsplit("/", 4)
    if len(parts) != 5:
        return None
    return Signature(parts[0], parts[2], parts[3])


def _members_in(place: str) -> dict[str, frozenset[str]]:
    return {
        operation: frozenset([member.name for member in members if member.place == place])
        for operation, members in MEMBERS.items()
    }


_IN_QUERY = _members_in("query")
_IN_BODY = _members_in("body")


def decode(request: Request, account_of: Callable[[str], str]) -> Call | None:
    """The call that a request makes; None if it is none of the nine layer operations.

    ``account_of`` returns the account of an access key.
    """
    found = route(request.method, request.path, request.query)
    if found is None:
        return None
    signature = signature_of(request)
    given: dict[str, Any] = dict(found.path_members)
    if request.query:
        given.update(_only(_IN_QUERY[found.operation], dict(parse_qsl(request.query, keep_blank_values=True))))
    call = Call(
        operation=found.operation,
        account_id=account_of(signature.access_key if signature else ""),
        region_name=region_of(request, signature),
        given=given,
        invocation_id=request.headers.get("amz-sdk-invocation-id"),
        signature=signature,
    )
    if signature is None:
        call.error = MissingAuthenticationTokenException("Missing Authentication Token")
    elif len(request.body) >= REQUEST_SIZE_LIMIT:
        call.error = RequestEntityTooLargeException(
            f"Request must be smaller than {REQUEST_SIZE_LIMIT} bytes for the {found.operation} operation"
        )
    elif in_body := _IN_BODY[found.operation]:
        try:
            given.update(_only(in_body, _json_object(request.body)))
        except SerializationException as unreadable:
            call.error = unreadable
    _locate(call)
    return call


def call_of(
    operation: str, account_id: str, region_name: str, given: dict[str, Any], signature: Signature | None
) -> Call:
    """A call that was not received as a request: another service makes it for its own caller."""
    call = Call(operation, account_id, region_name, given, signature=signature)
    _locate(call)
    return call


def _only(members: frozenset[str], found: dict[str, Any]) -> dict[str, Any]:
    """The known members at this place: a member of another place is ignored (``operations/revision-in-body``)."""
    if members.issuperset(found):
        return found
    return {name: value for name, value in found.items() if name in members}


_read_json = json.JSONDecoder().decode


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value: Any = _read_json(body.decode()) if body else {}
    except (ValueError, RecursionError):
        raise SerializationException("The request body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise SerializationException("The request body is not a JSON object.")
    return cast(dict[str, Any], value)


def _locate(call: Call) -> None:
    given = call.given
    if call.operation == "GetLayerVersionByArn":
        arn = given.get("Arn")
        if isinstance(arn, str):
            call.layer, call.version = parse(arn)
    elif "LayerName" in given:
        call.layer = resolve(given["LayerName"], call.account_id, call.region_name)
        if "VersionNumber" in given:
            call.version = whole_number(given["VersionNumber"])


def region_of(request: Request, signature: Signature | None) -> str:
    """The region of a request: from its signature, else from a regional endpoint's host name, else us-east-1, as for
    AWS's global endpoints.
    """
    if signature is not None:
        return signature.region_name
    for label in request.host.split("."):
        if is_region_name(label):
            return label
    return "us-east-1"


def is_own_region(layer: LayerId, region_name: str) -> bool:
    """Whether an endpoint of that region can serve the layer at all."""
    return layer.region_name == region_name and layer.partition == partition_of(region_name)
