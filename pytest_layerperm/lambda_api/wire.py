"""HTTP in, HTTP out: route, decode, authorize, call, encode. The one handler behind every transport."""

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
"""A request's body must be smaller, in bytes: 50 MB of zip in base64, and what is around it (aws-facts 11.15)."""


class Headers(Protocol):
    """What is read of a request's headers: a look-up that ignores case."""

    def get(self, name: str, /) -> str | None: ...


class Request(NamedTuple):
    """An HTTP request as it travels; ``path`` and ``query`` are still percent-encoded."""

    method: str
    host: str
    path: str
    query: str
    headers: Headers
    body: bytes
    read_timeout: float | None = None
    """Seconds that the client waits for an answer; None where the transport cannot know."""


class Response(NamedTuple):
    """An answer before it is sent: ``headers`` holds only what is particular to it."""

    status: int
    body: bytes
    error_code: str | None = None
    headers: Mapping[str, str] = MappingProxyType({})
    latency: float = 0.0
    """Seconds until it arrives, still to pass; faults set it."""

    def wire_headers(self, request_id: str, date: str) -> dict[str, str]:
        """All headers, as AWS sends them: a 204 has a content type and no content length (1.6)."""
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


def answer(status: int, body: Mapping[str, Any]) -> Response:
    """A success."""
    return Response(status, _encode(body))


def answer_revised(status: int, name: str, text: str, revision_id: str) -> Response:
    """The same, faster, for a text beside a revision, both ASCII."""
    return Response(status, f'{{"{name}":{json_text(text)},"RevisionId":"{revision_id}"}}'.encode())


NO_CONTENT = Response(204, b"")

NO_OPERATION = Response(
    403,
    b"<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n"
    b"</AccessDeniedException>\n",
    "AccessDeniedException",
    MappingProxyType({"content-type": "application/xml"}),
)
"""The response to a path that is no operation of Lambda (11.16); the content type is inferred."""


def refuse(error: LambdaError, headers: Mapping[str, str] | None = None) -> Response:
    """An error answer; SDKs read the code from the header ``x-amzn-errortype`` (3.0)."""
    return Response(error.status, _encode(error.body()), error.code, headers or MappingProxyType({}))


def _encode(body: Mapping[str, Any]) -> bytes:
    text = compact_json(body)
    # A lone surrogate, which JSON input can carry, has no UTF-8 form.
    return text.encode("utf-8", "replace")


class Signature(NamedTuple):
    """What a request's signature says about the caller: who, where, and for which service."""

    access_key: str
    region_name: str
    service: str


@dataclass(slots=True)
class Call:
    """One decoded call of a layer operation.

    ``layer`` and ``version`` are what it is about, as far as the request says it in a readable way.
    ``given`` are its members as they came; ``refusal`` is why it cannot be read at all.
    """

    operation: str
    account_id: str
    region_name: str
    given: dict[str, Any]
    layer: LayerId | None = None
    version: int | None = None
    refusal: LambdaError | None = None
    invocation_id: str | None = None
    signature: Signature | None = None
    time: float = 0.0
    """Virtual seconds since the epoch at which the call came in."""
    now: Callable[[], float] = float
    """The virtual clock, for what decides by the time."""
    order: int = 0
    """Its place among all calls, by when it took effect."""
    notes: list[str] = field(default_factory=list[str])
    """What faults did to the call, for the log."""
    applied: bool = False
    """Whether it was carried out although its response was lost."""

    @property
    def resource(self) -> str | None:
        """The ARN of the layer version, or of the layer, that the call is about."""
        if self.layer is None:
            return None
        return self.layer.arn if self.version is None else self.layer.version_arn(self.version)


def signature_of(request: Request) -> Signature | None:
    """The credential scope of a SigV4 header or presigned query; None for an unsigned request."""
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
    """The call that a request makes; None when it is none of the nine layer operations.

    ``account_of`` tells the account behind an access key.
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
        call.refusal = MissingAuthenticationTokenException("Missing Authentication Token")
    elif len(request.body) >= REQUEST_SIZE_LIMIT:
        call.refusal = RequestEntityTooLargeException(
            f"Request must be smaller than {REQUEST_SIZE_LIMIT} bytes for the {found.operation} operation"
        )
    elif in_body := _IN_BODY[found.operation]:
        try:
            given.update(_only(in_body, _json_object(request.body)))
        except SerializationException as unreadable:
            call.refusal = unreadable
    _locate(call)
    return call


def call_of(
    operation: str, account_id: str, region_name: str, given: dict[str, Any], signature: Signature | None
) -> Call:
    """A call that did not come as a request: what another service does for its own caller."""
    call = Call(operation, account_id, region_name, given, signature=signature)
    _locate(call)
    return call


def _only(members: frozenset[str], found: dict[str, Any]) -> dict[str, Any]:
    """What is known at this place: a member that stands elsewhere is one more unknown member."""
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
    """The region of a request: of its signature, else in a regional endpoint's host name; us-east-1 where there is
    none, as for AWS's global ones.
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
