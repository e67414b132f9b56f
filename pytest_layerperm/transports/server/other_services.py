"""Requests to the live server for other AWS services, which moto handles."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from ...lambda_api.wire import NO_OPERATION, Request, Response, Signature, signature_of
from ...service.service import LayerService, RequestRefused
from .exchange import HttpResponse, error_response, http_response

_HOSTS = {
    "ecr": "api.ecr",
    "iotdata": "data-ats.iot",
    "mobiletargeting": "pinpoint",
    "pricing": "api.pricing",
    "sagemaker": "api.sagemaker",
    "ses": "email",
    "timestream": "ingest.timestream",
}
"""Endpoints of services that sign by another name."""
_HOP_BY_HOP = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "transfer-encoding", "upgrade"}
)
_BUCKET = re.compile(r"([a-z0-9][a-z0-9.-]+?[a-z0-9])\.(?:localhost|s3\..+)(?::\d+)?")
"""The host of a virtual-hosted request to S3, which names the bucket."""
_LABEL = re.compile(r"[A-Za-z0-9-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_XML = {"ec2": "<Response><Errors>{}</Errors></Response>", "s3": "{}"}
_QUERY_XML = "<ErrorResponse>{}</ErrorResponse>"


def other_service_response(service: LayerService, request: Request) -> HttpResponse:
    """The response of the AWS service that the request is signed for; an error in that service's form if moto fails."""
    signature = signature_of(request)
    if signature is None or not _names_a_service(signature):
        return http_response(NO_OPERATION, service)
    try:
        status, headers, body = service.answer_other_service(
            *_for_aws(request, signature.service, signature.region_name)
        )
    except Exception as raised:
        return http_response(_not_implemented(service, request, signature.service, raised), service)
    return _sendable(request, status, dict(headers), body)


def error_for(request: Request, status: int, code: str, message: str) -> Response:
    """An error in the form of the service that the request is signed for."""
    signature = signature_of(request)
    name = signature.service if signature is not None else "lambda"
    error = error_response(status, code, message)
    if name == "lambda":
        return error
    # JSON 1.0 and 1.1 have the code here.
    error = error._replace(body=f'{{"__type":"{code}",'.encode() + error.body[1:])
    form = (request.headers.get("content-type") or "").startswith("application/x-www-form-urlencoded")
    if name not in _XML and not form:
        return error
    document = _XML.get(name, _QUERY_XML).format(
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    )
    return error._replace(body=document.encode(), headers={"content-type": "text/xml"})


def _names_a_service(signature: Signature) -> bool:
    return bool(_LABEL.fullmatch(signature.service) and _LABEL.fullmatch(signature.region_name))


def _for_aws(request: Request, name: str, region_name: str) -> tuple[Any, Any]:
    """The request as it would have gone to AWS, and its URL."""
    from botocore.awsrequest import AWSPreparedRequest, HeadersDict

    host = f"{_HOSTS.get(name, name)}.{region_name}.amazonaws.com"
    bucket = _BUCKET.fullmatch(request.host) if name == "s3" else None
    if bucket is not None:
        host = f"{bucket[1]}.{host}"
    url = f"https://{host}{request.path}{'?' if request.query else ''}{request.query}"
    given: Any = request.headers
    headers = HeadersDict({name: value for name, value in given.items() if name not in _HOP_BY_HOP})
    headers["Host"] = host
    headers["Content-Length"] = str(len(request.body))
    return AWSPreparedRequest(request.method, url, headers, request.body, False), urlsplit(url)


def _sendable(request: Request, status: int, given: dict[str, Any], body: Any) -> HttpResponse:
    """moto's response, without what would break HTTP."""
    from ..translate import bytes_of

    # A client can make S3 respond with headers of its choice.
    headers = {str(name).lower(): _CONTROL.sub(" ", str(value)) for name, value in given.items()}
    sent = b"" if request.method == "HEAD" or status in (204, 304) else bytes_of(body)
    headers.pop("transfer-encoding", None)
    headers.pop("connection", None)
    if status in (204, 304):
        headers.pop("content-length", None)
    elif request.method != "HEAD" or "content-length" not in headers:
        headers["content-length"] = str(len(sent))
    return HttpResponse(status, headers, sent)


def _not_implemented(service: LayerService, request: Request, name: str, raised: Exception) -> Response:
    """The error if moto has no response. It goes to the program that called, and does not fail the test."""
    because = f"moto failed with {type(raised).__name__}: {raised}"
    if isinstance(raised, RequestRefused):
        service.escaped.remove(raised)
        because = "moto has no such operation"
    message = f"pytest-layerperm: {request.method} {request.path} goes to moto's {name}, and {because}."
    return error_for(request, 501, "NotImplemented", message)
