"""What CloudTrail records of an attempt, and the EventBridge event around it: made when someone asks for them.

Members, their order and the names of events are those of AWS's own records; ``tests/service/recorded_trail.py`` has
them. Inferred, since no record shows it: the source address, the records of throttled calls and of rejected writes,
and that the owner of a layer gets a record of a denied foreign call.
"""

from __future__ import annotations

import json
from base64 import b32encode
from collections.abc import Mapping
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any, NamedTuple, Protocol, cast
from uuid import UUID

from ..lambda_api.arn import is_account_id, parse, partition_of, root_arn
from ..lambda_api.constraints import whole_number
from ..lambda_api.members import MEMBERS
from .callers import Callers, Principal

READS = frozenset([operation for operation in MEMBERS if operation.startswith(("Get", "List"))])
"""The operations that only read: records say so, and EventBridge gets the others."""
API_VERSION = "20181031"
"""What CloudTrail appends to the names of all layer operations."""
_CODES = {"AccessDeniedException": "AccessDenied"}
"""Errors that CloudTrail names in a way of its own."""
_CONTENT = ("S3Bucket", "S3Key", "S3ObjectVersion", "S3ObjectStorageMode")
"""Members of a layer's content that are recorded; a zip is not."""


class Sent(NamedTuple):
    """What a client sends with each of its requests. All attempts of one client share it."""

    callers: Callers
    access_key: str | None
    """None of an unsigned request."""
    user_agent: str | None
    host: str


class Kept(NamedTuple):
    """What a record needs of a write, an error or a lost response."""

    body: bytes
    """Of the service's response, whether or not it arrived."""
    error_code: str | None
    content: Any
    """The member ``Content`` of a PublishLayerVersion, without a zip."""


class Attempt(Protocol):
    """What is read of a logged call."""

    @property
    def operation(self) -> str: ...
    @property
    def account_id(self) -> str: ...
    @property
    def region_name(self) -> str: ...
    @property
    def layer(self) -> str | None: ...
    @property
    def parameters(self) -> Mapping[str, Any]: ...
    @property
    def status(self) -> int | None: ...
    @property
    def seconds(self) -> float: ...
    @property
    def request_id(self) -> str: ...
    @property
    def sent(self) -> Sent | None: ...
    @property
    def kept(self) -> Kept | None: ...


def kept_content(content: Any) -> Any:
    """What is kept of a layer's content: where it is in S3."""
    if not isinstance(content, dict):
        return content
    given = cast(dict[str, Any], content)
    return {name: given[name] for name in _CONTENT if name in given}


def plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as JSON that every language reads: clients can send what Python alone calls JSON, such as NaN."""
    try:
        return json.loads(json.dumps(dict(parameters)), parse_constant=str)
    except RecursionError:
        return {"…": "nested too deeply to be shown"}


# --- records and events


def records_of(attempt: Attempt) -> list[dict[str, Any]]:
    """The records of all accounts: the caller's, and the owner's of another account's layer."""
    if not _reached(attempt):
        return []
    owner = _other_owner(attempt)
    return [_record(attempt, account_id) for account_id in (attempt.account_id, owner) if account_id is not None]


def record_of(attempt: Attempt) -> dict[str, Any]:
    """The record of the caller's account; empty if the request never reached the service."""
    return _record(attempt, attempt.account_id) if _reached(attempt) else {}


def event_around(record: Mapping[str, Any]) -> dict[str, Any]:
    """The event in which EventBridge delivers a record; empty for none."""
    if not record:
        return {}
    return {
        "version": "0",
        "id": _made_up("EventBridge", record["eventID"]),
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.lambda",
        "account": record["recipientAccountId"],
        "time": record["eventTime"],
        "region": record["awsRegion"],
        "resources": [],
        "detail": dict(record),
    }


def _reached(attempt: Attempt) -> bool:
    return attempt.status is not None or attempt.kept is not None


def _other_owner(attempt: Attempt) -> str | None:
    """The account of the layer, in the region that was called, if it is not the caller's."""
    layer, _ = parse(attempt.layer) if attempt.layer is not None else (None, None)
    if layer is None or layer.account_id == attempt.account_id or layer.region_name != attempt.region_name:
        return None
    return layer.account_id


def _record(attempt: Attempt, recipient: str) -> dict[str, Any]:
    assert attempt.sent is not None
    operation, kept, sent = attempt.operation, attempt.kept, attempt.sent
    body = _object(kept.body) if kept is not None else {}
    failed = kept is not None and kept.error_code is not None
    owner = _other_owner(attempt)
    time = datetime.fromtimestamp(int(attempt.seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    record: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": _identity(attempt, sent, time, foreign=recipient != attempt.account_id),
        "eventTime": time,
        "eventSource": "lambda.amazonaws.com",
        "eventName": f"{operation}{API_VERSION}",
        "awsRegion": attempt.region_name,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": sent.user_agent or "-",
    }
    if kept is not None and kept.error_code is not None:
        record["errorCode"] = _CODES.get(kept.error_code, kept.error_code)
        record["errorMessage"] = body.get("message", body.get("Message"))
    record["requestParameters"] = _parameters(attempt) or None
    record["responseElements"] = None if failed or operation in READS else _elements(operation, body)
    if operation == "PublishLayerVersion" and not failed:
        record["additionalEventData"] = {"signatureStatus": "VALID"}
    record["requestID"] = attempt.request_id
    record["eventID"] = _made_up(recipient, attempt.request_id)
    record["readOnly"] = operation in READS
    arn = attempt.parameters.get("Arn", attempt.parameters.get("LayerName"))
    layer, _ = parse(arn) if isinstance(arn, str) else (None, None)
    if layer is not None:
        record["resources"] = [{"accountId": layer.account_id, "type": "layer", "ARN": arn}]
    record |= {"eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": recipient}
    if owner is not None:
        record["sharedEventID"] = _made_up("shared", attempt.request_id)
    record["eventCategory"] = "Management"
    record["tlsDetails"] = {
        "tlsVersion": "TLSv1.3",
        "cipherSuite": "TLS_AES_128_GCM_SHA256",
        "clientProvidedHostHeader": sent.host,
    }
    return record


def _object(body: bytes) -> dict[str, Any]:
    """The members of a response; none of one that a fault of the user's own has made of something else."""
    try:
        value: Any = json.loads(body or b"{}")
    except ValueError:
        return {}
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def _parameters(attempt: Attempt) -> dict[str, Any]:
    """The members of the request, in the order of the API model."""
    content = attempt.kept.content if attempt.kept is not None else None
    given = {**attempt.parameters, **({} if content is None else {"Content": content})}
    found = {member.name: given[member.name] for member in MEMBERS[attempt.operation] if member.name in given}
    limit = found.get("MaxItems")
    if isinstance(limit, str):
        number = whole_number(limit)
        found["MaxItems"] = limit if number is None else number
    return _lower_camel(plain(found))


def _elements(operation: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """The members of a write's response: without where the content can be downloaded, and without nulls."""
    if operation == "PublishLayerVersion" and isinstance(body.get("Content"), dict):
        content: dict[str, Any] = dict(body["Content"])
        content.pop("Location", None)
        resolved = content.pop("ResolvedS3Object", None)
        content["UncompressedCodeSize"] = 0
        body = {**body, "Content": {**content, "ResolvedS3Object": resolved}}
    return _lower_camel(body) or None


def _lower_camel(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    members = cast(dict[str, Any], value)
    return {
        name[0].lower() + name[1:]: _lower_camel(member)
        for name, member in members.items()
        if name and member is not None
    }


# --- who


def user_name_of(record: Mapping[str, Any]) -> str | None:
    """What LookupEvents calls the user: the user's name, the role session's, or ``root``."""
    identity = record["userIdentity"]
    if identity["type"] == "AssumedRole":
        return identity["arn"].rpartition("/")[2]
    return "root" if identity["type"] == "Root" else identity.get("userName")


def _identity(attempt: Attempt, sent: Sent, time: str, *, foreign: bool) -> dict[str, Any]:
    if sent.access_key is None:
        return {"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}
    account_id = attempt.account_id
    principal = sent.callers.known(sent.access_key)
    if principal is None or principal.arn is None or is_account_id(sent.access_key):
        kind, arn, unique_id = "Root", root_arn(account_id, partition_of(attempt.region_name)), account_id
    else:
        kind = "IAMUser" if principal.principal_arn is None else "AssumedRole"
        arn, unique_id = principal.arn, principal.unique_id or _unique_id(principal)
    if foreign:  # Of another account's users and roles, the owner is not shown their names.
        return {"type": "AWSAccount", "principalId": unique_id, "accountId": account_id}
    identity: dict[str, Any] = {
        "type": kind,
        "principalId": unique_id,
        "arn": arn,
        "accountId": account_id,
        "accessKeyId": sent.access_key,
    }
    if kind == "IAMUser":
        identity["userName"] = arn.rpartition("/")[2]
    elif principal is not None and principal.principal_arn is not None and kind == "AssumedRole":
        identity["sessionContext"] = {
            "sessionIssuer": {
                "type": "Role",
                "principalId": unique_id.partition(":")[0],
                "arn": principal.principal_arn,
                "accountId": account_id,
                "userName": principal.principal_arn.rpartition("/")[2],
            },
            "attributes": {"creationDate": time, "mfaAuthenticated": "false"},
        }
    return identity


def _unique_id(principal: Principal) -> str:
    """An id such as IAM gives to users, always the same for the same one."""
    return "AIDA" + b32encode(sha256(str(principal.arn).encode()).digest()).decode()[:17]


def _made_up(purpose: str, request_id: str) -> str:
    """A uuid that is always the same for the same request."""
    return str(UUID(bytes=sha256(f"{purpose} {request_id}".encode()).digest()[:16], version=4))
