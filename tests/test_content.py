"""Content.Location: a plain HTTP URL on this machine, with the bytes that were published."""

import base64
import hashlib
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
import requests

from pytest_layerperm import LayerPerm
from pytest_layerperm.layers import zip_of
from pytest_layerperm.transports import content as content_server

ZIP = zip_of({"python/deps.py": "VERSION = 1\n", "python/data.bin": os.urandom(5000)})
OTHER = "222222222222"


@pytest.fixture
def published(layerperm_client):
    """The answer to a PublishLayerVersion."""
    return layerperm_client.publish_layer_version(LayerName="deps", Content={"ZipFile": ZIP})


def fetched(url):
    with urlopen(url, timeout=10) as answer:
        return answer.read()


def test_published_bytes(published):
    """The location gives what was published, whose size and digest were told."""
    content = published["Content"]
    archive = fetched(content["Location"])
    assert archive == ZIP
    assert content["CodeSize"] == len(archive)
    assert content["CodeSha256"] == base64.b64encode(hashlib.sha256(archive).digest()).decode()


def test_form_of_the_url(published):
    """It is on loopback, and its path is the one that S3 has, below a part that nobody can guess."""
    url = urlsplit(published["Content"]["Location"])
    assert (url.scheme, url.hostname, url.query) == ("http", "127.0.0.1", "")
    token, _, path = url.path[1:].partition("/")
    assert path == "awslambda-us-east-1-layers/snapshots/123456789012/deps-1"
    assert len(token) == 16


@pytest.mark.parametrize("library", ["urllib", "requests", "curl"])
def test_any_client(published, library):
    """urllib, requests and curl fetch it without a signature."""
    url = published["Content"]["Location"]
    if library == "curl":
        curl = shutil.which("curl")
        assert curl, "this test needs curl"
        archive = subprocess.run([curl, "-sf", url], capture_output=True, check=True, timeout=10).stdout
    else:
        archive = fetched(url) if library == "urllib" else requests.get(url, timeout=10).content
    assert archive == ZIP


def test_under_motos_mock(layerperm, published):
    """Also where moto's mock has its hands on requests."""
    layerperm.session().client("sts").get_caller_identity()
    assert requests.get(published["Content"]["Location"], timeout=10).content == ZIP


def test_head(published):
    """HEAD tells the size, and no bytes."""
    with urlopen(Request(published["Content"]["Location"], method="HEAD"), timeout=10) as answer:
        assert (answer.headers["content-length"], answer.read()) == (str(len(ZIP)), b"")
        assert answer.headers["content-type"] == "application/zip"


def test_foreign_account(layerperm):
    """A consumer with a grant downloads what GetLayerVersion tells it, from each of two layers the right one."""
    one = layerperm.publish_layer("one", account_id=OTHER, content={"a": "one"})
    two = layerperm.publish_layer("two", account_id=OTHER, content={"a": "two"})
    for layer, text in ((one, "one"), (two, "two")):
        layer.grant("123456789012")
        location = layerperm.client().get_layer_version_by_arn(Arn=layer.arn)["Content"]["Location"]
        assert fetched(location) == zip_of({"a": text})


@pytest.mark.parametrize("changed", ["deps-2", "other-1", "", "deps-1/more"])
def test_nothing_there(published, changed):
    """Any other path is S3's 404."""
    location = published["Content"]["Location"].removesuffix("deps-1") + changed
    with pytest.raises(HTTPError, match="404") as caught:
        fetched(location)
    assert b"<Code>NoSuchKey</Code>" in caught.value.read()
    caught.value.close()


def test_deleted(layerperm_client, published):
    """A deleted version's content is gone."""
    layerperm_client.delete_layer_version(LayerName="deps", VersionNumber=1)
    with pytest.raises(HTTPError, match="404") as caught:
        fetched(published["Content"]["Location"])
    caught.value.close()


def test_each_fake_has_its_own():
    """Two fakes with a layer of one name do not see each other's; what a fake that is gone had is gone."""
    with LayerPerm() as outer:
        theirs = outer.publish_layer(content={"a": "outer"})
        location = outer.client().get_layer_version_by_arn(Arn=theirs.arn)["Content"]["Location"]
        with LayerPerm() as inner:
            inner.publish_layer(content={"a": "inner"})
            inner_location = inner.client().get_layer_version_by_arn(Arn=theirs.arn)["Content"]["Location"]
        assert fetched(location) == zip_of({"a": "outer"})
        assert fetched(inner_location) == zip_of({"a": "inner"})


def test_once_for_the_process(layerperm):
    """All fakes of a process share one port and one thread."""
    urls = set()
    for _ in range(3):
        with LayerPerm() as fake:
            arn = fake.publish_layer().arn
            urls.add(urlsplit(fake.client().get_layer_version_by_arn(Arn=arn)["Content"]["Location"]).netloc)
    assert len(urls) == 1
    assert [thread.name for thread in threading.enumerate()].count("layerperm-content") == 1


def test_started_by_the_first_location():
    """Nothing is started before a location is told, and http.server is imported by the first download only."""
    source = """
        import sys, threading, urllib.request
        from pytest_layerperm import LayerPerm
        with LayerPerm() as fake:
            layer = fake.publish_layer()
            fake.client().list_layers()
            assert threading.active_count() == 1
            location = fake.client().get_layer_version_by_arn(Arn=layer.arn)["Content"]["Location"]
            assert threading.active_count() == 2
            assert "http.server" not in sys.modules
            assert len(urllib.request.urlopen(location).read())
            assert "http.server" in sys.modules
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(source)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_client_that_goes_away(published):
    """A client that sends nothing, or half a request, harms nobody."""
    url = urlsplit(published["Content"]["Location"])
    for sent in (b"", b"GET /"):
        with socket.create_connection((url.hostname, url.port), timeout=10) as connection:
            connection.sendall(sent)
    assert fetched(published["Content"]["Location"]) == ZIP


def test_client_that_resets(published, monkeypatch):
    """A connection that is reset ends in silence."""
    left, right = socket.socketpair()
    right.close()
    with left:
        from pytest_layerperm.transports._content_handler import answer

        answer(left, lambda _: None)
    parent, child = socket.socketpair()
    child.sendall(b"GET / HTTP/1.1\r\n\r\n")
    child.close()
    with parent:
        answer(parent, lambda _: b"x" * 1_000_000)


def _in_child(location, connection):
    with LayerPerm() as fake:
        layer = fake.publish_layer(content={"a": "child"})
        own = fake.client().get_layer_version_by_arn(Arn=layer.arn)["Content"]["Location"]
        connection.send((fetched(own), fetched(location), urlsplit(own).port))
    connection.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_fork(published):
    """A forked child has a server of its own, the parent keeps its own; no thread of it is there meanwhile."""
    location = published["Content"]["Location"]
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_in_child, args=(location, theirs))
    process.start()  # With another thread alive, Python 3.12 and later would warn.
    theirs.close()
    own, from_parent, port = ours.recv()
    ours.close()
    process.join()
    assert process.exitcode == 0
    assert own == zip_of({"a": "child"})
    assert from_parent == fetched(location) == ZIP
    assert port != urlsplit(location).port


def test_fork_before_any(monkeypatch):
    """A process that has no server yet forks like any other."""
    monkeypatch.setattr(content_server, "_server", None)
    for hook in ("pause", "resume", "forget", "close"):
        content_server._each(hook)()
    assert content_server._server is None


def test_closed_with_the_process():
    """At the end of the process the port is closed."""
    server = content_server.ContentServer()
    port = urlsplit(server.base(LayerPerm().store)).port
    server.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
