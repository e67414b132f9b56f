"""Random sequences of layer calls, made in process and over the live server, and their differences.

A seed makes the same sequence each time, except for the revision ids and markers that responses had.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.httpsession import URLLib3Session

from pytest_layerperm import LayerPerm
from pytest_layerperm.service.layers import zip_of
from pytest_layerperm.transports.server.live import shared_server

OWNER, OTHER, MEMBER = "123456789012", "210987654321", "333333333333"
ORGANIZATION = "o-layerpermtests"
ARN = f"arn:aws:lambda:us-east-1:{OWNER}:layer:deps"
ZIP = base64.b64encode(zip_of({"python/deps.py": "x = 1\n"})).decode()
LAYERS = "/2018-10-31/layers"

_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_BASE = re.compile(rb"http://127[.]0[.]0[.]1:[0-9]+(/[0-9a-f]{16})?(?=/prod-|/awslambda-)")


class Sent(NamedTuple):
    """One request."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Received(NamedTuple):
    """One response, with what differs in every run replaced: ids by their order, content URLs by their path."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


Send = Callable[[Sent], tuple[int, dict[str, str], bytes]]


class Sequence:
    """The calls of one seed, made one after the other with ``send``."""

    def __init__(self, seed: int, send: Send) -> None:
        self._random = random.Random(seed)
        self._send = send
        self._ids: dict[bytes, bytes] = {}
        self._revisions = ["nonsense"]
        self._markers = ["nonsense"]
        self.made: list[tuple[Sent, Received]] = []

    def run(self, calls: int = 20) -> list[tuple[Sent, Received]]:
        for _ in range(2):
            self._call(self._sent("POST", f"{LAYERS}/deps/versions", body={"Content": {"ZipFile": ZIP}}))
        for _ in range(calls):
            self._call(self._spoiled(self._one()))
        return self.made

    # --- calls

    def _one(self) -> Sent:
        pick = self._random.choice
        kind = self._random.randrange(12)
        name = quote(
            pick(["deps"] * 20 + [ARN, ARN, "tools", "none", "a.b", "x" * 141, ARN.replace("aws", "aws-cn", 1)])
        )
        number = pick(["1"] * 25 + ["2", "2", "0", "-1", "+1", "x", "9" * 20, "9" * 18, "%31"])
        version = f"{LAYERS}/{name}/versions/{number}"
        sid = pick(["one"] * 5 + ["two"] * 5 + ["a b", "x" * 101, "\u00e9"])
        if kind < 3:
            return self._sent("POST", f"{version}/policy", self._revision(), self._statement(sid))
        if kind < 5:
            return self._sent("DELETE", f"{version}/policy/{quote(sid)}", self._revision())
        if kind == 5:
            return self._sent("GET", f"{version}/policy")
        if kind == 6:
            return self._publish(name)
        if kind == 7:
            return self._sent("GET", version)
        if kind == 8:
            arn = pick([f"{ARN}:1", f"{ARN}:2", ARN, "x", f"{ARN.replace('aws', 'aws-cn', 1)}:1"])
            return self._sent("GET", LAYERS, {"find": "LayerVersion", "Arn": arn})
        if kind == 9:
            return self._sent("GET", LAYERS, self._page())
        if kind == 10:
            return self._sent("GET", f"{LAYERS}/{name}/versions", self._page())
        return self._sent("DELETE", version)

    def _statement(self, sid: str) -> dict[str, Any]:
        pick = self._random.choice
        members: dict[str, Any] = {
            "StatementId": sid,
            "Action": pick(["lambda:GetLayerVersion"] * 30 + ["*", "", 1]),
            "Principal": pick(["*", OTHER, MEMBER, f"arn:aws:iam::{OTHER}:root"] * 5 + ["nobody", None, ["*"]]),
            "OrganizationId": pick([None] * 15 + [ORGANIZATION, "o-1"]),
        }
        return {name: value for name, value in members.items() if value is not None}

    def _publish(self, name: str) -> Sent:
        pick = self._random.choice
        contents: list[Any] = [{"ZipFile": ZIP}] * 20
        contents += [{"ZipFile": "bm8gemlw"}, {"ZipFile": "%"}, {}, None, {"ZipFile": ZIP, "S3ObjectStorageMode": "x"}]
        members: dict[str, Any] = {
            "Content": pick(contents),
            "Description": pick([None, "", "of tests", "\u00e9\u4e00"] * 4 + ["x" * 257]),
            "LicenseInfo": pick([None, "", "MIT"]),
            "CompatibleRuntimes": pick([None, [], ["python3.13"]] * 6 + [["python3.13", "cobol"], "python3.13"]),
            "CompatibleArchitectures": pick([None, ["arm64"], ["x86_64", "arm64"]] * 6 + [["vax"]]),
        }
        body = {member: value for member, value in members.items() if value is not None}
        return self._sent("POST", f"{LAYERS}/{name}/versions", body=body)

    def _revision(self) -> dict[str, str]:
        kind = self._random.randrange(6)
        if kind < 3:
            return {}
        return {"RevisionId": "" if kind == 3 else self._random.choice([self._revisions[-1], *self._revisions[-3:]])}

    def _page(self) -> dict[str, str]:
        pick = self._random.choice
        query = {
            "MaxItems": pick([None, "1", "1", "2", "50"] * 3 + ["0", "51", "x", ""]),
            "Marker": pick([None, None, "", *self._markers[-2:]]),
            "CompatibleRuntime": pick([None, None, "python3.13"] * 5 + ["cobol"]),
            "CompatibleArchitecture": pick([None, None, "arm64"] * 5 + ["vax"]),
        }
        return {name: value for name, value in query.items() if value is not None}

    def _sent(
        self, method: str, path: str, query: dict[str, str] | None = None, body: dict[str, Any] | None = None
    ) -> Sent:
        account = self._random.choice([OWNER] * 20 + [OTHER, MEMBER])
        region = self._random.choice(["us-east-1"] * 25 + ["eu-west-1", "cn-north-1"])
        scope = f"{account}/20260101/{region}/lambda/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
        target = f"{path}?{urlencode(query)}" if query else path
        return Sent(method, target, headers, b"" if body is None else json.dumps(body).encode())

    def _spoiled(self, sent: Sent) -> Sent:
        """Sometimes another request, one that no client would send."""
        kind = self._random.randrange(30)
        if kind == 0:
            return sent._replace(headers={})
        if kind == 1:
            return sent._replace(method=self._random.choice(["PUT", "PATCH", "POST", "DELETE", "GET"]))
        if kind == 2:
            path, _, query = sent.target.partition("?")
            other = self._random.choice([f"{path}/", f"{path}/x", f"{LAYERS}{path[len(LAYERS) : -1]}"])
            return sent._replace(target=f"{other}?{query}")
        if kind == 3:
            return sent._replace(body=self._random.choice([b"{", b"[]", b"null", b"\xff", b'{"a":1}', sent.body[:-1]]))
        if kind == 4:
            return sent._replace(headers={"Authorization": self._random.choice(["x", "AWS4 Credential=a/b", ""])})
        return sent

    # --- responses

    def _call(self, sent: Sent) -> None:
        status, headers, body = self._send(sent)
        lowered = {name.lower(): value for name, value in headers.items()}
        assert {"date", "x-amzn-requestid"} <= set(lowered)
        length = lowered.get("content-length")
        assert length == (None if status == 204 else str(len(body)))
        if body.startswith(b"{"):
            returned = json.loads(body)
            self._revisions += [returned["RevisionId"]] if "RevisionId" in returned else []
            self._markers += [returned["NextMarker"]] if returned.get("NextMarker") else []
        kept = tuple(
            [(name, lowered[name]) for name in ("content-type", "x-amzn-errortype", "connection") if name in lowered]
        )
        neutral = _UUID.sub(self._id, _BASE.sub(b"BASE", body))
        # Targets have ids that were returned before: they are replaced by the same order.
        target = _UUID.sub(self._id, sent.target.encode()).decode()
        self.made.append((sent._replace(target=target), Received(status, kept, neutral)))

    def _id(self, found: re.Match[bytes]) -> bytes:
        return self._ids.setdefault(found[0], b"id-%d" % len(self._ids))


def in_process(sent: Sent) -> tuple[int, dict[str, str], bytes]:
    """Through botocore's session, like every client in this process."""
    url = f"https://lambda.us-east-1.amazonaws.com{sent.target}"
    request = AWSPreparedRequest(sent.method, url, HeadersDict(sent.headers), sent.body, False)
    response: Any = URLLib3Session().send(request)
    return response.status_code, dict(response.headers.items()), response.content


class Differences:
    """The results of a number of sequences."""

    def __init__(self) -> None:
        self.sequences = 0
        self.statuses: Counter[str] = Counter()
        self.found: list[str] = []

    def check(self, seed: int, here: list[tuple[Sent, Received]], served: list[tuple[Sent, Received]]) -> None:
        """Compares the two runs of one seed, up to the first response that differs."""
        self.sequences += 1
        for number, (one, other) in enumerate(zip(here, served, strict=True), 1):
            self.statuses[f"{one[0].method} {one[1].status}"] += 1
            if one != other:
                self.found.append(f"seed {seed}, call {number}:\n  in process  {one}\n  over HTTP   {other}")
                return

    def __str__(self) -> str:
        counts = ", ".join([f"{count} {status}" for status, count in sorted(self.statuses.items())])
        return f"{self.sequences} sequences, {len(self.found)} with a difference\n  {counts}"


def compare(count: int, first_seed: int = 0) -> Differences:
    """Runs that many sequences, each once in process and once over the live server."""
    differences = Differences()
    address = urlsplit(shared_server().url).netloc
    for seed in range(first_seed, first_seed + count):
        here = _run(seed, in_process)
        connection = HTTPConnection(address, timeout=10)

        def over_http(sent: Sent, connection: HTTPConnection = connection) -> tuple[int, dict[str, str], bytes]:
            connection.request(sent.method, sent.target, sent.body or None, sent.headers)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()

        try:
            served = _run(seed, over_http)
        finally:
            connection.close()
        differences.check(seed, here, served)
    return differences


def _run(seed: int, send: Send) -> list[tuple[Sent, Received]]:
    with LayerPerm(frozen_at="2026-01-01T00:00:00Z") as fake:
        fake.organization(ORGANIZATION, accounts=[MEMBER])
        return Sequence(seed, send).run()
