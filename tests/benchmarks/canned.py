"""Canned responses for each operation, in place of the HTTP session: the floor of the benchmarks."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSResponse

_ARN = "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps"
_REVISION = "6f0b2c43-91f2-4d0a-8a5c-8a9d2f0f2a11"


def _statement(account_id: str) -> str:
    return (
        f'{{"Sid":"to-{account_id}","Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account_id}:root"}},'
        f'"Action":"lambda:GetLayerVersion","Resource":"{_ARN}:1"}}'
    )


def _policy(statements: int) -> str:
    accounts = [str(111111111111 + number) for number in range(statements)]
    return f'{{"Version":"2012-10-17","Id":"default","Statement":[{",".join([_statement(a) for a in accounts])}]}}'


def _text(value: str) -> str:
    return value.replace('"', '\\"')


PUBLISHED = (
    '{"Content":{"Location":"https://prod-iad-c1-djusa-layers.s3.us-east-1.amazonaws.com/snapshots/123456789012/'
    "shared-deps-2bdb6a13-7d9a-4d6c-9d52-000000000001?versionId=2bdb6a137d9a4d6c9d52c1d4e2a3f405"
    "&X-Amz-Security-Token=layerperm&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z"
    "&X-Amz-SignedHeaders=host&X-Amz-Expires=600&X-Amz-Credential=layerperm%2F20260101%2Fus-east-1%2Fs3%2Faws4_request"
    '&X-Amz-Signature=2bdb6a137d9a4d6c9d52c1d4e2a3f405","CodeSha256":"4bR6tHPGo4FkV3bLyxgqQ9fDv4cMEFIMM1cMHyKDYJg=","CodeSize":155},'
    f'"LayerArn":"{_ARN}","LayerVersionArn":"{_ARN}:1","Description":"","CreatedDate":"2026-01-01T00:00:00.000+0000",'
    '"Version":1,"CompatibleRuntimes":null,"CompatibleArchitectures":null,"LicenseInfo":null}'
).encode()
ADDED = f'{{"Statement":"{_text(_statement("111111111111"))}","RevisionId":"{_REVISION}"}}'.encode()
POLICY = f'{{"Policy":"{_text(_policy(3))}","RevisionId":"{_REVISION}"}}'.encode()


def send(session: Any, request: Any) -> AWSResponse:
    """In place of ``URLLib3Session.send``."""
    method, on_policy = request.method, "/policy" in request.url
    if method == "DELETE":
        status, body = 204, b""
    elif method == "GET":
        status, body = 200, POLICY if on_policy else PUBLISHED
    else:
        status, body = 201, ADDED if on_policy else PUBLISHED
    return _answer(request, status, body)


def _answer(request: Any, status: int, body: bytes) -> AWSResponse:
    headers = {
        "date": "Thu, 01 Jan 2026 00:00:00 GMT",
        "content-type": "application/json",
        "content-length": str(len(body)),
        "connection": "keep-alive",
        "x-amzn-requestid": _REVISION,
    }
    return AWSResponse(request.url, status, headers, _Raw(body))  # type: ignore[arg-type]


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
