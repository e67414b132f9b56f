"""``python -m pytest_layerperm.facts.compare``: checks this fake and moto's server against the facts.

Prints a table, or writes it into the README that is named. Needs moto's extra: ``pip install 'moto[server]'``.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from ..fake import LayerPerm, service_of
from ..lambda_api.wire import Request
from . import CONFIDENCES, FACTS, Fact
from .asking import Asked
from .differences import Received
from .endpoints import OTHER, OWNER, Settings, connect, new_prefix
from .reporting import Result
from .running import Endpoint, show
from .sending import received

BEGIN = "<!-- facts: python -m pytest_layerperm.facts.compare README.md -->"
END = "<!-- end of facts -->"
ORGANIZATION = "o-layerpermfacts"


class InProcess:
    """A fake as an endpoint, without an HTTP library in between."""

    account_id = OWNER
    other_account_id: str | None = OTHER
    other_organization: str | None = ORGANIZATION
    region_name = "us-east-1"

    def __init__(self, fake: LayerPerm) -> None:
        self._service = service_of(fake)
        fake.organization(ORGANIZATION, accounts=[OTHER])

    def serves(self, partition: str) -> bool:
        return True

    def send(self, asked: Asked) -> Received:
        url = urlsplit(asked.path)
        scope = f"{OTHER if asked.by == 'other' else OWNER}/20260101/{asked.region}/lambda/aws4_request"
        signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
        headers = {} if asked.by == "nobody" else signed
        host = f"lambda.{asked.region}.amazonaws.com"
        response = self._service.handle(Request(asked.method, host, url.path, url.query, headers, asked.body))
        assert response is not None
        return received(response.status, self._service.headers_of(response), response.body)


def results_of(endpoint: Endpoint, facts: Sequence[Fact] = FACTS) -> list[Result]:
    """The result of each fact on an endpoint."""
    prefix = new_prefix()
    return [Result.of(show(fact, endpoint, f"{prefix}-{number:03}")) for number, fact in enumerate(facts)]


def of_this_fake() -> list[Result]:
    """The result of each fact on a fake of its own."""
    return results_of(InProcess(LayerPerm()))


def of_moto() -> list[Result]:
    """The result of each fact on moto's server, started here on a free port."""
    from moto.server import ThreadedMotoServer

    log = logging.getLogger("werkzeug")
    was_disabled, log.disabled = log.disabled, True  # It logs every request.
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = connect(Settings(f"http://{host}:{port}"), new_prefix())
        try:
            return results_of(endpoint)
        finally:
            endpoint.close()
    finally:
        server.stop()
        log.disabled = was_disabled


def moto_version() -> str:
    import moto

    return moto.__version__


def markdown(ours: Sequence[Result], others: Sequence[Result], other: str) -> str:
    """How many facts each one meets, and in words how the other one differs from recordings of AWS."""
    lines = [f"| facts | | this plugin | {other} |", "|---|---:|---:|---:|"]
    lines += [
        _row(confidence, [_of(results, confidence=confidence) for results in (ours, others)])
        for confidence in CONFIDENCES
    ]
    lines += ["", "By group, without the inferred facts:", "", *lines[:2]]
    known = [[result for result in results if result.confidence != "inferred"] for results in (ours, others)]
    groups = dict.fromkeys([result.group for result in known[0]])
    lines += [_row(group, [_of(results, group=group) for results in known]) for group in groups]
    differing = [result for result in _of(others, confidence="recorded") if result.verdict == "differs"]
    lines += ["", f"<details><summary>What was recorded from AWS, and differs in {other}</summary>", ""]
    lines += [*[f"- {result.sentence}" for result in differing], "", "</details>"]
    return "\n".join(lines) + "\n"


def _of(results: Iterable[Result], **wanted: str) -> list[Result]:
    return [result for result in results if all(getattr(result, name) == value for name, value in wanted.items())]


def _row(name: str, both: Sequence[Sequence[Result]]) -> str:
    held = [sum([result.verdict == "held" for result in results]) for results in both]
    return f"| {name} | {len(both[0])} | {' | '.join([str(count) for count in held])} |"


def embed(document: str, table: str) -> str:
    """The document with the table between its markers. Raises ValueError if it has no markers."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"the document has no region from {BEGIN} to {END}")
    return f"{before}{begin}\n{table}{end}{after}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table, or writes it into the file that is named."""
    parser = argparse.ArgumentParser("python -m pytest_layerperm.facts.compare", description=__doc__)
    parser.add_argument("document", nargs="?", type=Path, help="a file with a region for the table")
    path: Path | None = parser.parse_args(arguments).document
    document = None
    if path is not None:
        try:
            document = path.read_text(encoding="utf-8")
            embed(document, "")
        except (OSError, ValueError) as impossible:
            parser.error(f"{path}: {impossible}")
    table = markdown(of_this_fake(), of_moto(), f"moto {moto_version()}")
    if path is None or document is None:
        sys.stdout.write(table)
    else:
        path.write_text(embed(document, table), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
