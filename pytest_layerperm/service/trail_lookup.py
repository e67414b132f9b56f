"""CloudTrail's LookupEvents, from the call log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from ..lambda_api.model import compact_json
from ..lambda_api.wire import Response, success
from .calls import LoggedCall
from .trail import records_of, user_name_of

TARGET = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"
"""The header ``x-amz-target`` of the operation."""
_MOST = 50
_HEADERS = {"content-type": "application/x-amz-json-1.1"}
_READERS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "AccessKeyId": lambda record: record["userIdentity"].get("accessKeyId"),
    "EventId": lambda record: record["eventID"],
    "EventName": lambda record: record["eventName"],
    "EventSource": lambda record: record["eventSource"],
    "ReadOnly": lambda record: "true" if record["readOnly"] else "false",
    # The entries of layer operations list no resources, even those whose records do.
    "ResourceName": lambda record: None,
    "ResourceType": lambda record: None,
    "Username": user_name_of,
}
"""The attributes by which one looks up, and what a record has of each."""


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def lookup_events(calls: Iterable[LoggedCall], account_id: str, region_name: str, body: bytes) -> Response:
    """The response to a LookupEvents call: the events of an account and region, newest first."""
    try:
        response = success(200, _found(calls, account_id, region_name, _read(body)))
    except _Refused as refused:
        response = success(400, {"__type": refused.code, "message": str(refused)})._replace(error_code=refused.code)
    return response._replace(headers=_HEADERS)


def _read(body: bytes) -> dict[str, Any]:
    try:
        given: Any = json.loads(body or b"{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise _Refused("SerializationException", "The request body is not a JSON object.")
    return cast(dict[str, Any], given)


def _found(calls: Iterable[LoggedCall], account_id: str, region_name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    limit = given.get("MaxResults", _MOST)
    if not _is_whole(limit) or not 1 <= limit <= _MOST:
        raise _Refused("InvalidMaxResultsException", f"MaxResults must be a number from 1 to {_MOST}.")
    wanted = _wanted(given.get("LookupAttributes") or ())
    start, end = _moment(given, "StartTime", 0), _moment(given, "EndTime", float("inf"))
    if start > end:
        raise _Refused("InvalidTimeRangeException", "StartTime must not be after EndTime.")
    found = [
        (call.seconds, record)
        for call in calls
        if call.region_name == region_name and start <= int(call.seconds) <= end
        for record in records_of(call)
        if record["recipientAccountId"] == account_id and wanted(record)
    ]
    if given.get("EventCategory") is not None:  # "insight", the only one: there are none.
        found = []
    # A page is named by how many older events are left: newer ones may have come since the page before it.
    left = _left(given.get("NextToken"), len(found))
    page = found[max(left - limit, 0) : left]
    page_of: dict[str, Any] = {"Events": [_entry(seconds, record) for seconds, record in reversed(page)]}
    if left > limit:
        page_of["NextToken"] = str(left - limit)
    return page_of


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _wanted(attributes: Any) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a record has the attribute, if one is given."""
    if not attributes:
        return lambda record: True
    code = "InvalidLookupAttributesException"
    if not isinstance(attributes, list) or len(cast(list[Any], attributes)) > 1:
        raise _Refused(code, "LookupAttributes must be a list of one attribute.")
    attribute = cast(list[Any], attributes)[0]
    pair = cast(dict[str, Any], attribute) if isinstance(attribute, dict) else {}
    read = _READERS.get(str(pair.get("AttributeKey")))
    if read is None:
        raise _Refused(code, f"AttributeKey must be one of {', '.join(_READERS)}.")
    value = pair.get("AttributeValue")
    if not isinstance(value, str):
        raise _Refused(code, "AttributeValue must be text.")
    return lambda record: read(record) == value


def _moment(given: Mapping[str, Any], name: str, otherwise: float) -> float:
    value = given.get(name)
    if value is None:
        return otherwise
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Refused("InvalidTimeRangeException", f"{name} must be a number of seconds since the epoch.")
    return value


def _left(token: Any, found: int) -> int:
    if token is None:
        return found
    if not isinstance(token, str) or not token.isascii() or not token.isdigit() or not 0 < int(token[:9]) <= found:
        raise _Refused("InvalidNextTokenException", "NextToken must be the one of the page before.")
    return int(token[:9])


def _entry(seconds: float, record: Mapping[str, Any]) -> dict[str, Any]:
    """One event as LookupEvents lists it: members without a value are left out."""
    entry: dict[str, Any] = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": "true" if record["readOnly"] else "false",
        "AccessKeyId": record["userIdentity"].get("accessKeyId"),
        "EventTime": int(seconds),
        "EventSource": record["eventSource"],
        "Username": user_name_of(record),
        "Resources": [],
        "CloudTrailEvent": compact_json(record),
    }
    return {name: value for name, value in entry.items() if value is not None}
