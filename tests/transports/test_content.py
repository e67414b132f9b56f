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
from botocore.exceptions import ClientError

from pytest_layerperm import LayerPerm
from pytest_layerperm.fake import service_of
from pytest_layerperm.service.layers import zip_of
from pytest_layerperm.transports import content as content_server
from tests.limits import LIMIT

ZIP = zip_of({"python/deps.py": "VERSION = 1\n", "python/data.bin": os.urandom(5000)})
OTHER = "222222222222"


@pytest.fixture
def published(layerperm_client):
    """The response to a PublishLayerVersion."""
    return layerperm_client.publish_layer_version(LayerName="deps", Content={"ZipFile": ZIP})


def fetched(url):
    with urlopen(url, timeout=10) as answer:
        return answer.read()


def test_published_bytes(published):
    """The location serves what was published, with the size and digest in the response."""
    content = published["Content"]
    archive = fetched(content["Location"])
    assert archive == ZIP
    assert content["CodeSize"] == len(archive)
    assert content["CodeSha256"] == base64.b64encode(hashlib.sha256(archive).digest()).decode()


def test_form_of_the_url(published):
    """It is on loopback, and its path is the one that S3 has, below a part that cannot be guessed."""
    url = urlsplit(published["Content"]["Location"])
    assert (url.scheme, url.hostname) == ("http", "127.0.0.1")
    assert url.query.startswith("versionId=")
    token, _, path = url.path[1:].partition("/")
    assert path.startswith("prod-iad-c1-djusa-layers/snapshots/123456789012/deps-")
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
    """Also if moto's mock patches requests."""
    layerperm.session().client("sts").get_caller_identity()
    assert requests.get(published["Content"]["Location"], timeout=10).content == ZIP


def test_head(published):
    """HEAD returns the size, and no bytes."""
    with urlopen(Request(published["Content"]["Location"], method="HEAD"), timeout=10) as answer:
        assert (answer.headers["content-length"], answer.read()) == (str(len(ZIP)), b"")
        assert answer.headers["content-type"] == "application/zip"


def test_foreign_account(layerperm):
    """A consumer with a grant downloads from GetLayerVersion's location, the right one of two layers."""
    one = layerperm.publish_layer("one", account_id=OTHER, content={"a": "one"})
    two = layerperm.publish_layer("two", account_id=OTHER, content={"a": "two"})
    for layer, text in ((one, "one"), (two, "two")):
        layer.grant("123456789012")
        location = layerperm.client().get_layer_version_by_arn(Arn=layer.arn)["Content"]["Location"]
        assert fetched(location) == zip_of({"a": text})


@pytest.mark.parametrize("changed", ["deps-{}2", "other-{}1", "", "deps-{}1/more", "deps-1"])
def test_nothing_there(published, changed):
    """Any other path is S3's 404."""
    location, _, uuid = published["Content"]["Location"].partition("?")[0].partition("/deps-")
    location = f"{location}/{changed.format(uuid[:-1])}"
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
    """Two fakes with a layer of the same name are separate; the content of a deleted fake is gone."""
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
    """Nothing is started before a location is returned, and http.server is imported by the first download only."""
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
        [sys.executable, "-W", "error", "-c", textwrap.dedent(source)],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_client_that_goes_away(published):
    """A client that sends nothing, or half a request, does not affect others."""
    url = urlsplit(published["Content"]["Location"])
    for sent in (b"", b"GET /"):
        with socket.create_connection((url.hostname, url.port), timeout=10) as connection:
            connection.sendall(sent)
    assert fetched(published["Content"]["Location"]) == ZIP


def test_client_that_resets(published, monkeypatch):
    """A connection that is reset is closed silently."""
    left, right = socket.socketpair()
    right.close()
    with left:
        content_server._respond(left, lambda _: None)
    parent, child = socket.socketpair()
    child.sendall(b"GET / HTTP/1.1\r\n\r\n")
    child.close()
    with parent:
        content_server._respond(parent, lambda _: b"x" * 1_000_000)


def _in_child(location, connection):
    with LayerPerm() as fake:
        layer = fake.publish_layer(content={"a": "child"})
        own = fake.client().get_layer_version_by_arn(Arn=layer.arn)["Content"]["Location"]
        connection.send((fetched(own), fetched(location), urlsplit(own).port))
    connection.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_fork(published):
    """A forked child has a server of its own, the parent keeps its own; its thread does not run meanwhile."""
    location = published["Content"]["Location"]
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_in_child, args=(location, theirs))
    process.start()  # With another thread alive, Python 3.12 and later would warn.
    theirs.close()
    assert ours.poll(LIMIT)
    own, from_parent, port = ours.recv()
    ours.close()
    process.join(LIMIT)
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


def test_forgotten_by_a_child():
    """In a child process, the port is left to the parent."""
    server = content_server.ContentServer()
    server.pause()
    server.forget()
    assert server._listener.fileno() == -1


def test_a_process_that_may_not_listen(monkeypatch):
    """A plugin may forbid sockets: publishing works, and the location leads nowhere."""

    class Forbidden(Exception):
        pass

    def forbid():
        raise Forbidden

    monkeypatch.setattr(content_server, "_server", None)
    monkeypatch.setattr(content_server, "ContentServer", forbid)
    assert content_server.content_base(service_of(LayerPerm()).store) == "https://layer-content.invalid"


def test_closed_with_the_process():
    """At the end of the process the port is closed."""
    server = content_server.ContentServer()
    port = urlsplit(server.base(service_of(LayerPerm()).store)).port
    server.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=LIMIT)


# --- content from S3


def s3_of(fake, account_id=None, region_name="us-east-1"):
    """An S3 client of an account, with the account's bucket, versioned, and the zip in it."""
    client = fake.session(account_id, region_name=region_name).client("s3")
    name = f"artifacts-{account_id}-{region_name}"
    where = {} if region_name == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region_name}}
    client.create_bucket(Bucket=name, **where)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    version = client.put_object(Bucket=name, Key="deps.zip", Body=ZIP)["VersionId"]
    return client, name, version


def refused(client, **content):
    """Status, code and message of a PublishLayerVersion that must fail, and change nothing."""
    with pytest.raises(ClientError) as caught:
        client.publish_layer_version(LayerName="deps", Content=content)
    assert client.list_layer_versions(LayerName="deps")["LayerVersions"] == []
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def not_got(code, message, operation="GetObject"):
    return (
        400,
        "InvalidParameterValueException",
        f"Error occurred while {operation}. S3 Error Code: {code}. S3 Error Message: {message}",
    )


def test_from_s3(layerperm, layerperm_client):
    """The object in S3 is published, in its latest version unless one is named."""
    s3, bucket, first = s3_of(layerperm)
    s3.put_object(Bucket=bucket, Key="deps.zip", Body=zip_of({"a": "newer"}))
    content = {"S3Bucket": bucket, "S3Key": "deps.zip"}
    latest = layerperm_client.publish_layer_version(LayerName="deps", Content=content)["Content"]
    assert fetched(latest["Location"]) == zip_of({"a": "newer"})
    content["S3ObjectVersion"] = first
    named = layerperm_client.publish_layer_version(LayerName="deps", Content=content)["Content"]
    assert (named["CodeSize"], fetched(named["Location"])) == (len(ZIP), ZIP)


def test_no_bucket(layerperm_client):
    """Also if moto was never called."""
    assert refused(layerperm_client, S3Bucket="nowhere", S3Key="deps.zip") == not_got(
        "NoSuchBucket", "The specified bucket does not exist"
    )


def test_no_key_and_no_version(layerperm, layerperm_client):
    """A missing key, a missing version, and a version that is deleted by a newer marker."""
    s3, bucket, version = s3_of(layerperm)
    assert refused(layerperm_client, S3Bucket=bucket, S3Key="other.zip") == not_got(
        "NoSuchKey", "The specified key does not exist."
    )
    assert refused(layerperm_client, S3Bucket=bucket, S3Key="deps.zip", S3ObjectVersion="none") == not_got(
        "NoSuchVersion", "The specified version does not exist.", "GetObjectVersion"
    )
    s3.delete_object(Bucket=bucket, Key="deps.zip")
    assert refused(layerperm_client, S3Bucket=bucket, S3Key="deps.zip")[2].endswith("The specified key does not exist.")
    content = {"S3Bucket": bucket, "S3Key": "deps.zip", "S3ObjectVersion": version}
    assert layerperm_client.publish_layer_version(LayerName="deps", Content=content)["Version"] == 1


def test_bucket_in_another_region(layerperm, layerperm_client):
    """To be copied from, the bucket must be in the layer's region."""
    _, bucket, version = s3_of(layerperm, region_name="eu-west-1")
    text = "The bucket is in this region: eu-west-1. Please use this region to retry the request"
    content = {"S3Bucket": bucket, "S3Key": "deps.zip"}
    assert refused(layerperm_client, **content) == not_got("PermanentRedirect", text)
    content["S3ObjectStorageMode"] = "COPY"
    assert refused(layerperm_client, **content) == not_got("PermanentRedirect", text)
    content["S3ObjectVersion"] = version
    assert refused(layerperm_client, **content) == not_got("PermanentRedirect", text, "GetObjectVersion")


@pytest.mark.parametrize("region_name", ["us-east-1", "us-west-2"])
def test_by_reference(layerperm, layerperm_client, region_name):
    """From any region; the response names the object and its version, and has no location."""
    _, bucket, version = s3_of(layerperm, region_name=region_name)
    content = {"S3Bucket": bucket, "S3Key": "deps.zip", "S3ObjectStorageMode": "REFERENCE"}
    for given in (content, {**content, "S3ObjectVersion": version}):
        published = layerperm_client.publish_layer_version(LayerName="deps", Content=given)["Content"]
        assert published == {
            "CodeSha256": published["CodeSha256"],
            "CodeSize": len(ZIP),
            "ResolvedS3Object": {"S3Bucket": bucket, "S3Key": "deps.zip", "S3ObjectVersion": version},
        }
    read = layerperm_client.get_layer_version(LayerName="deps", VersionNumber=2)["Content"]
    assert read == published


def test_by_reference_without_versioning(layerperm, layerperm_client):
    """There is no version to reference."""
    s3 = layerperm.session().client("s3")
    s3.create_bucket(Bucket="plain")
    s3.put_object(Bucket="plain", Key="deps.zip", Body=ZIP)
    assert refused(layerperm_client, S3Bucket="plain", S3Key="deps.zip", S3ObjectStorageMode="REFERENCE") == (
        400,
        "InvalidParameterValueException",
        "S3ObjectStorageMode REFERENCE needs versioning on plain.",
    )
    content = {"S3Bucket": "plain", "S3Key": "deps.zip"}
    assert layerperm_client.publish_layer_version(LayerName="deps", Content=content)["Version"] == 1


def test_bucket_of_another_account(layerperm, layerperm_client):
    """A bucket of another account needs a policy."""
    s3, bucket, _ = s3_of(layerperm, OTHER)
    assert refused(layerperm_client, S3Bucket=bucket, S3Key="deps.zip") == (
        403,
        "AccessDeniedException",
        "Your access has been denied by S3, please make sure your request credentials have permission to GetObject "
        f"for {bucket}/deps.zip. S3 Error Code: AccessDenied. S3 Error Message: Access Denied",
    )
    s3.put_bucket_policy(Bucket=bucket, Policy='{"Version":"2012-10-17","Statement":[]}')
    content = {"S3Bucket": bucket, "S3Key": "deps.zip"}
    assert layerperm_client.publish_layer_version(LayerName="deps", Content=content)["Version"] == 1


def test_no_zip_in_s3(layerperm, layerperm_client):
    """An object in S3 must be a zip, like any other content."""
    s3, bucket, _ = s3_of(layerperm)
    s3.put_object(Bucket=bucket, Key="deps.zip", Body=b"no zip")
    assert refused(layerperm_client, S3Bucket=bucket, S3Key="deps.zip") == (
        400,
        "InvalidParameterValueException",
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
    )
