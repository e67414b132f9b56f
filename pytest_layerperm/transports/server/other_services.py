"""Requests to the live server that are for no layer operation: other AWS services, which are moto's."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from ...lambda_api.wire import NO_OPERATION, Request, Response, Signature, signature_of
from ...service.service import LayerService, RequestRefused
from .exchange import Reply, refusal, reply_of

_HOSTS = {
    "ecr": "api.ecr",
    "iotdata": "data-ats.iot",
    "mobiletargeting": "pinpoint",
    "pricing": "api.pricing",
    "sagemaker": "api.sagemaker",
    "ses": "email",
    "timestream": "ingest.timestream",
}
"""Services that sign by another name than their endpoint's."""
_HOP_BY_HOP = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "transfer-encoding", "upgrade"}
)
_LABEL = re.compile(r"[A-Za-z0-9-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_XML = {"ec2": "<Response><Errors>{}</Errors></Response>", "s3": "{}"}
_QUERY_XML = "<ErrorResponse>{}</ErrorResponse>"


def answer(service: LayerService, request: Request) -> Reply:
    """What the AWS service answers that the request is signed for; an error in its own form where nobody does."""
    signature = signature_of(request)
    if signature is None or not _names_a_service(signature):
        return reply_of(NO_OPERATION, service)
    try:
        status, headers, body = service.answer_other_service(
            *_for_aws(request, signature.service, signature.region_name)
        )
    except Exception as raised:
        return reply_of(_refused(service, request, signature.service, raised), service)
    return _reply(request, status, dict(headers), body)


def _names_a_service(signature: Signature) -> bool:
    return bool(_LABEL.fullmatch(signature.service) and _LABEL.fullmatch(signature.region_name))


def _for_aws(request: Request, name: str, region_name: str) -> tuple[Any, Any]:
    """The request as it would have gone to AWS, and its URL."""
    from botocore.awsrequest import AWSPreparedRequest, HeadersDict

    host = f"{_HOSTS.get(name, name)}.{region_name}.amazonaws.com"
    url = f"https://{host}{request.path}{'?' if request.query else ''}{request.query}"
    given: Any = request.headers
    headers = HeadersDict({name: value for name, value in given.items() if name not in _HOP_BY_HOP})
    headers["Host"] = host
    headers["Content-Length"] = str(len(request.body))
    return AWSPreparedRequest(request.method, url, headers, request.body, False), urlsplit(url)


def _reply(request: Request, status: int, given: dict[str, Any], body: Any) -> Reply:
    from ..translate import bytes_of

    # A client can make S3 answer with headers of its choice.
    headers = {str(name).lower(): _CONTROL.sub(" ", str(value)) for name, value in given.items()}
    sent = b"" if request.method == "HEAD" or status in (204, 304) else bytes_of(body)
    headers.pop("transfer-encoding", None)
    headers.pop("connection", None)
    if status in (204, 304):
        headers.pop("content-length", None)
    elif request.method != "HEAD" or "content-length" not in headers:
        headers["content-length"] = str(len(sent))
    return Reply(status, headers, sent)


def _refused(service: LayerService, request: Request, name: str, raised: Exception) -> Response:
    """Nothing would have left this machine: the program that called is told, and the test goes on."""
    reason = f"{type(raised).__name__}: {raised}"
    if isinstance(raised, RequestRefused):
        service.escaped.remove(raised)
        reason = None
    refused = refusal(501, "NotImplemented", _not_answered_here(name, request.method, request.path, reason))
    # Where JSON 1.0 and 1.1 have the code.
    refused = refused._replace(body=b'{"__type":"NotImplemented",' + refused.body[1:])
    form = (request.headers.get("content-type") or "").startswith("application/x-www-form-urlencoded")
    if name not in _XML and not form:
        return refused
    message = escape(_not_answered_here(name, request.method, request.path, reason))
    error = f"<Error><Code>NotImplemented</Code><Message>{message}</Message></Error>"
    document = _XML.get(name, _QUERY_XML).format(error)
    return refused._replace(body=document.encode(), headers={"content-type": "text/xml"})


def _not_answered_here(name: str, method: str, path: str, reason: str | None = None) -> str:
    """What is said of a call of another AWS service that moto does not answer."""
    because = "moto has no such operation" if reason is None else f"moto failed with {reason}"
    return f"pytest-layerperm: {method} {path} is not a layer call and goes to moto's {name}, and {because}."
