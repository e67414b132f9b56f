"""Shared by the tests of the ways in."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pytest_layerperm.facts.running import show
from tests.helpers import ACCOUNTS, FactsEndpoint
from tests.limits import join


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"a server of the test"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_GET  # noqa: N815

    def log_message(self, *args):
        """Says nothing."""


@pytest.fixture
def loopback():
    """The URL of an HTTP server that the test runs itself."""
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        join(thread)


@pytest.fixture
def show_fact(layerperm):
    """Shows a fact by a sender of calls, and holds the answers against it."""

    def show_it(fact, send):
        outcome = show(fact, FactsEndpoint(layerperm, send), "layerperm-facts")
        assert outcome.not_shown is None
        assert outcome.differences == []

    show_it.accounts = ACCOUNTS
    return show_it
