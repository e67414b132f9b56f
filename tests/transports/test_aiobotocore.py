"""aiobotocore and aioboto3 clients, on each of aiobotocore's HTTP back ends."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import zipfile
from contextlib import AsyncExitStack, suppress
from types import SimpleNamespace

import pytest

pytest.importorskip("aiobotocore", reason="the extra 'aio' is not installed")

import aiobotocore.endpoint
import aiobotocore.httpsession
import aiobotocore.signers
import botocore
import botocore.exceptions
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse

from pytest_layerperm import (
    ConnectionLost,
    Interleave,
    LayerPerm,
    RequestRefused,
    ServiceFailure,
    Slow,
    Throttle,
    assert_layer_calls,
)
from pytest_layerperm.facts import FACTS
from pytest_layerperm.facts.differences import Received
from pytest_layerperm.facts.sending import method_of, watched
from pytest_layerperm.fake import service_of
from pytest_layerperm.transports.aiobotocore import _Raw

pytestmark = pytest.mark.filterwarnings("ignore:aiobotocore's httpx backend now prefers httpx2:DeprecationWarning")

ADD = "AddLayerVersionPermission"
GRANT = {
    "LayerName": "shared-deps",
    "VersionNumber": 1,
    "StatementId": "a",
    "Action": "lambda:GetLayerVersion",
    "Principal": "*",
}
LAYER = {"LayerName": "shared-deps", "VersionNumber": 1}
EARLY_SESSION = AioSession()
RUNS_ON_TRIO = hasattr(aiobotocore.endpoint, "AnyioEndpoint")


class Backend:
    """An HTTP back end of aiobotocore, and the event loop that it runs on."""

    def __init__(self, name):
        self.name = name
        self.settings = {}
        if name != "aiohttp":
            pytest.importorskip("anyio", reason="anyio is not installed")
            httpxsession = pytest.importorskip(
                "aiobotocore.httpxsession", reason="this aiobotocore has no httpx back end"
            )
            if httpxsession.httpx is None:
                pytest.skip("httpx is not installed")
            self.settings["http_session_cls"] = httpxsession.HttpxSession
        if name == "trio":
            pytest.importorskip("trio", reason="trio is not installed")
            if not RUNS_ON_TRIO:
                pytest.skip("this aiobotocore does not run on trio")

    def run(self, main, *args):
        if self.name == "trio":
            import anyio

            return anyio.run(main, *args, backend="trio")
        return asyncio.run(main(*args))

    def client(self, service="lambda", *, session=None, mode="standard", **settings):
        config = {"retries": {"mode": mode}, **self.settings, **settings.pop("config", {})}
        return (session or AioSession()).create_client(service, config=AioConfig(**config), **settings)


@pytest.fixture(params=["aiohttp", "httpx", "trio"])
def backend(request):
    return Backend(request.param)


@pytest.fixture
def aiohttp():
    return Backend("aiohttp")


async def refusal(call):
    """The error of a call, as (exception class, status, code, message)."""
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        await call
    response = raised.value.response
    error = response["Error"]
    return type(raised.value).__name__, response["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error["Message"]


# --- answers


def test_every_step_of_sharing_is_answered_as_by_aws(layerperm, backend):
    """Successes and each kind of error are as in boto3 clients."""

    async def main():
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as content:
            content.writestr("python/shared.py", "")
        async with backend.client() as client:
            published = await client.publish_layer_version(
                LayerName="shared-deps", Content={"ZipFile": archive.getvalue()}
            )
            assert published["Version"] == 1
            assert await refusal(client.get_layer_version_policy(**LAYER)) == (
                "ResourceNotFoundException",
                404,
                "ResourceNotFoundException",
                "No policy is associated with the given resource.",
            )
            added = await client.add_layer_version_permission(**GRANT)
            assert json.loads(added["Statement"])["Principal"] == "*"
            assert await refusal(client.add_layer_version_permission(**GRANT)) == (
                "ResourceConflictException",
                409,
                "ResourceConflictException",
                "The statement id (a) provided already exists. "
                "Please provide a new statement id, or remove the existing statement.",
            )
            stale = {**GRANT, "StatementId": "b", "RevisionId": "wrong"}
            assert await refusal(client.add_layer_version_permission(**stale)) == (
                "PreconditionFailedException",
                412,
                "PreconditionFailedException",
                "The Revision Id provided does not match the latest Revision Id. "
                "Call the GetLayerPolicy API to retrieve the latest Revision Id",
            )
            assert await refusal(client.add_layer_version_permission(**{**GRANT, "Action": "*"})) == (
                "ClientError",
                400,
                "ValidationException",
                "1 validation error detected: Value '*' at 'action' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: lambda:GetLayerVersion",
            )
            policy = await client.get_layer_version_policy(**LAYER)
            assert policy["RevisionId"] == added["RevisionId"]
            removed = await client.remove_layer_version_permission(**LAYER, StatementId="a")
            assert removed["ResponseMetadata"]["HTTPStatusCode"] == 204
            listed = [page["Layers"] async for page in client.get_paginator("list_layers").paginate()]
            assert [layer["LayerName"] for page in listed for layer in page] == ["shared-deps"]

    backend.run(main)
    assert layerperm.calls.attempts(ADD) == 4
    assert layerperm.calls.last.operation == "ListLayers"
    assert layerperm.calls.last.invocation_id is not None


@pytest.fixture(scope="module", params=["aiohttp", "httpx"])
def sender(request):
    """Sends calls with clients that outlive the tests, and so the fakes."""
    backend = Backend(request.param)
    loop = asyncio.new_event_loop()
    opened = AsyncExitStack()
    clients = {}

    async def client_of(account_id, region_name):
        if (account_id, region_name) not in clients:
            signing = {"signature_version": UNSIGNED if account_id is None else None}
            keys = {"aws_access_key_id": account_id or "", "aws_secret_access_key": "x"}
            config = {"retries": {"total_max_attempts": 1}, "parameter_validation": False, **signing}
            client = backend.client(session=EARLY_SESSION, region_name=region_name, config=config, **keys)
            clients[account_id, region_name] = await opened.enter_async_context(client)
        return clients[account_id, region_name]

    async def send(asked, account_id):
        client = await client_of(account_id, asked.region)
        understood = None
        with watched(client, asked) as seen:
            try:
                await getattr(client, method_of(asked.operation))(**asked.members)
            except KeyError as unknown:  # Members are not validated, and this one is newer than the client's model.
                pytest.skip(f"botocore {botocore.__version__} has no member {unknown}")
            except botocore.exceptions.ClientError as refused:
                error = refused.response["Error"]
                understood = (str(error.get("Code")), str(error.get("Message")))
        return Received(seen[-1].status, seen[-1].headers, seen[-1].content, understood)

    yield lambda asked, account_id: loop.run_until_complete(send(asked, account_id))
    loop.run_until_complete(opened.aclose())
    loop.close()


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_every_fact_holds(show_fact, sender, fact):
    """The fake responds as AWS does, and as decided if that is not known."""
    show_fact(fact, lambda asked: sender(asked, show_fact.accounts.get(asked.by)))


def test_the_account_is_the_access_keys(layerperm, layerperm_layer, backend):
    """A twelve-digit key is that account, which is denied in AWS's words."""

    async def main():
        async with backend.client(aws_access_key_id="222222222222", aws_secret_access_key="x") as client:
            return await refusal(client.get_layer_version(LayerName=layerperm_layer.layer_arn, VersionNumber=1))

    assert backend.run(main) == (
        "ClientError",
        403,
        "AccessDeniedException",
        "User: arn:aws:iam::222222222222:root is not authorized to perform: lambda:GetLayerVersion on resource: "
        f"{layerperm_layer.arn} because no resource-based policy allows the lambda:GetLayerVersion action",
    )


# --- which clients


def test_a_session_from_before_the_fake_is_caught(layerperm, backend):
    """When a session was made does not matter."""

    async def main():
        async with backend.client(session=EARLY_SESSION, region_name="eu-west-1") as client:
            await client.list_layers()

    backend.run(main)
    assert layerperm.calls.last.region_name == "eu-west-1"


def test_a_client_from_before_the_fake_is_caught(backend, monkeypatch):
    """A client created before, on a machine without credentials, signs as the default account."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    async def main():
        async with backend.client(region_name="us-east-1") as client:
            with LayerPerm("333333333333") as fake:
                await client.list_layers()
            assert (fake.calls.last.account_id, fake.calls.last.succeeded) == ("333333333333", True)
            with pytest.raises(botocore.exceptions.NoCredentialsError):
                await client.list_layers()

    backend.run(main)


def test_the_innermost_fake_answers(layerperm, backend):
    """Fakes nest under aiobotocore as under boto3."""

    async def main():
        async with backend.client() as client:
            with LayerPerm("222222222222") as inner:
                await client.list_layers()
            await client.list_layers()
        return inner

    inner = backend.run(main)
    assert (len(inner.calls), len(layerperm.calls)) == (1, 1)


def test_all_is_restored():
    """After the fake, aiobotocore is restored."""

    def seams():
        return (
            aiobotocore.httpsession.AIOHTTPSession.send,
            aiobotocore.signers.AioRequestSigner.get_auth_instance,
            aiobotocore.endpoint.first_non_none_response,
            aiobotocore.retries.bucket.AsyncTokenBucket._sleep_amount,
        )

    before = seams()
    with LayerPerm():
        assert all(now is not then for now, then in zip(seams(), before, strict=True))
    assert seams() == before


def in_new_process(script):
    return subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, timeout=120)


def test_a_test_without_aiobotocore_does_not_import_it():
    """A fake under boto3 alone imports nothing of aiobotocore, aiohttp or asyncio's friends."""
    script = (
        "import sys\n"
        "from pytest_layerperm import LayerPerm\n"
        "with LayerPerm() as fake:\n"
        "    fake.client().list_layers()\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('aiobotocore', 'aiohttp', 'httpx', 'anyio')])\n"
    )
    done = in_new_process(script)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_client_is_caught_that_is_imported_while_the_fake_is_on():
    """The code under test may import aiobotocore itself; after the fake it is the original."""
    script = (
        "import asyncio\n"
        "from pytest_layerperm import LayerPerm, Throttle\n"
        "async def main():\n"
        "    from aiobotocore.session import get_session\n"
        "    async with get_session().create_client('lambda') as client:\n"
        "        await client.list_layers()\n"
        "with LayerPerm() as fake:\n"
        "    fake.inject(Throttle())\n"
        "    asyncio.run(main())\n"
        "from aiobotocore.httpsession import AIOHTTPSession\n"
        "from aiobotocore import endpoint, signers\n"
        "print([call.outcome for call in fake.calls], len(fake.sleeps))\n"
        "print(AIOHTTPSession.send.__module__, signers.AioRequestSigner.get_auth_instance.__module__)\n"
        "print(endpoint.first_non_none_response.__module__)\n"
    )
    done = in_new_process(script)
    assert (done.stdout, done.stderr) == (
        "['429 TooManyRequestsException', '200'] 1\naiobotocore.httpsession aiobotocore.signers\nbotocore.hooks\n",
        "",
    )


# --- retries and virtual waiting


@pytest.mark.parametrize(("mode", "attempts"), [("legacy", 5), ("standard", 3), ("adaptive", 3)])
def test_each_retry_mode_backs_off_without_waiting(layerperm, layerperm_layer, backend, mode, attempts):
    """Throttles are survived with one attempt to spare; the waits are recorded."""
    layerperm.inject(Throttle(attempts - 1))

    async def main():
        async with backend.client(mode=mode) as client:
            return await client.add_layer_version_permission(**GRANT)

    answer = backend.run(main)
    assert answer["ResponseMetadata"]["RetryAttempts"] == attempts - 1
    assert layerperm.calls.attempts(ADD) == attempts
    if mode == "adaptive":  # which also waits for its own rate limiter
        assert len(layerperm.sleeps) >= attempts - 1
    else:
        assert len(layerperm.sleeps) == attempts - 1


def test_one_throttle_more_is_the_exception(layerperm, layerperm_layer, backend):
    """With no attempt to spare, aiobotocore's own exception is raised."""
    layerperm.inject(Throttle(3))

    async def main():
        async with backend.client() as client:
            with pytest.raises(client.exceptions.TooManyRequestsException) as raised:
                await client.add_layer_version_permission(**GRANT)
            return str(raised.value)

    assert backend.run(main) == (
        "An error occurred (TooManyRequestsException) when calling the AddLayerVersionPermission operation "
        "(reached max retries: 2): Rate exceeded"
    )


def test_retry_waits_move_a_frozen_clock(layerperm, layerperm_layer, layerperm_clock, backend):
    """Each wait advances the frozen clock, on every event loop."""
    layerperm.inject(Throttle(2))
    before = layerperm_clock().timestamp()

    async def main():
        async with backend.client() as client:
            await client.add_layer_version_permission(**GRANT)

    backend.run(main)
    assert layerperm_clock().timestamp() - before == pytest.approx(sum(layerperm.sleeps), abs=1e-5)
    assert len(layerperm.sleeps) == 2


def test_tasks_wake_up_under_a_frozen_clock(layerperm, layerperm_clock):
    """The event loop's own clock goes on, and the code's waiting ends."""
    before = layerperm_clock()

    async def main():
        await asyncio.sleep(0.001)

    asyncio.run(main())
    assert layerperm_clock() == before


def test_nobody_elses_waiting_is_touched(layerperm, aiohttp):
    """The code's own ``asyncio.sleep`` is asyncio's."""

    async def main():
        before = asyncio.sleep
        async with aiohttp.client() as client:
            await client.list_layers()
        loop = asyncio.get_running_loop()
        started = loop.time()
        await asyncio.sleep(0.01)
        return asyncio.sleep is before, loop.time() - started >= 0.009

    assert aiohttp.run(main) == (True, True)
    assert layerperm.sleeps == []


@pytest.mark.layerperm(real_sleep=True)
def test_real_waits_are_the_event_loops(layerperm, layerperm_layer, aiohttp, monkeypatch):
    """With ``real_sleep`` the back-off is awaited, and recorded as well."""
    layerperm.inject(Throttle(2))
    monkeypatch.setattr("random.random", lambda: 0.001)
    waited = []
    sleep = asyncio.sleep

    async def recorded(seconds, *args):
        waited.append(seconds)
        await sleep(seconds, *args)

    monkeypatch.setattr(asyncio, "sleep", recorded)

    async def main():
        async with aiohttp.client(mode="legacy") as client:
            await client.add_layer_version_permission(**GRANT)

    aiohttp.run(main)
    assert layerperm.sleeps == [0.001, 0.002]
    assert [seconds for seconds in waited if seconds] == [0.001, 0.002]


# --- faults


@pytest.mark.parametrize("kind", ["ConnectionClosedError", "EndpointConnectionError", "ReadTimeoutError"])
def test_a_broken_connection_is_botocores_exception(layerperm, layerperm_layer, backend, kind):
    """botocore's own exception is raised, after all retries."""
    layerperm.inject(ConnectionLost(3, error=kind))

    async def main():
        async with backend.client() as client:
            with pytest.raises(getattr(botocore.exceptions, kind)):
                await client.get_layer_version(**LAYER)

    backend.run(main)
    assert [call.outcome for call in layerperm.calls] == [kind] * 3


def test_a_broken_connection_is_retried(layerperm, layerperm_layer, backend):
    """A lost response leads to a second attempt, which finds the first one carried out."""
    layerperm.inject(ConnectionLost(applied=True))

    async def main():
        async with backend.client() as client:
            return await refusal(client.add_layer_version_permission(**GRANT))

    assert backend.run(main)[1:3] == (409, "ResourceConflictException")
    assert [call.fault for call in layerperm.calls] == ["ConnectionLost 1 of 1, answer 201 lost", None]


def test_a_service_failure_is_retried(layerperm, layerperm_layer, backend):
    """A 500 is retried."""
    layerperm.inject(ServiceFailure())

    async def main():
        async with backend.client() as client:
            await client.get_layer_version(**LAYER)

    backend.run(main)
    assert [call.outcome for call in layerperm.calls] == ["500 ServiceException", "200"]


@pytest.mark.parametrize(("seconds", "outcome"), [(4, "200"), (6, "ReadTimeoutError")])
def test_a_slow_answer_meets_the_clients_read_timeout(layerperm, layerperm_layer, aiohttp, seconds, outcome):
    """A response in time arrives, a late one is a timeout; in both cases virtual time passes."""
    layerperm.inject(Slow(seconds))
    before = service_of(layerperm).virtual_time._skipped

    async def main():
        async with aiohttp.client(config={"read_timeout": 5, "retries": {"total_max_attempts": 1}}) as client:
            try:
                await client.get_layer_version(**LAYER)
            except botocore.exceptions.ReadTimeoutError:
                return "ReadTimeoutError"
            return "200"

    assert aiohttp.run(main) == outcome
    assert service_of(layerperm).virtual_time._skipped - before == min(seconds, 5)


def test_the_read_timeout_of_httpx_is_met(layerperm, layerperm_layer):
    """httpx keeps its timeouts in another form."""
    httpx = Backend("httpx")
    layerperm.inject(Slow(6))

    async def main():
        async with httpx.client(config={"read_timeout": 5, "retries": {"total_max_attempts": 1}}) as client:
            with pytest.raises(botocore.exceptions.ReadTimeoutError):
                await client.get_layer_version(**LAYER)

    httpx.run(main)
    assert service_of(layerperm).virtual_time._skipped == 5


def test_an_interleaved_writer_is_seen(layerperm, layerperm_layer, backend):
    """Another writer just before a guarded call makes its RevisionId stale."""
    layerperm_layer.grant("222222222222", statement_id="first")
    layerperm.inject(Interleave(lambda: layerperm_layer.grant("333333333333")))

    async def main():
        async with backend.client() as client:
            revision_id = (await client.get_layer_version_policy(**LAYER))["RevisionId"]
            return await refusal(client.add_layer_version_permission(**GRANT, RevisionId=revision_id))

    assert backend.run(main)[1:3] == (412, "PreconditionFailedException")


def test_tasks_overtake_each_other_while_a_request_is_under_way(layerperm, layerperm_layer, aiohttp):
    """Of two tasks that read, then write with the RevisionId they read, one gets the error that it is stale."""
    layerperm_layer.grant("222222222222")

    async def share(client, account_id):
        revision_id = (await client.get_layer_version_policy(**LAYER))["RevisionId"]
        grant = {**GRANT, "StatementId": account_id, "Principal": account_id, "RevisionId": revision_id}
        try:
            await client.add_layer_version_permission(**grant)
        except client.exceptions.PreconditionFailedException:
            return 412
        return 201

    async def main():
        async with aiohttp.client() as client:
            return await asyncio.gather(share(client, "333333333333"), share(client, "444444444444"))

    assert sorted(aiohttp.run(main)) == [201, 412]


# --- the rest of AWS


@pytest.mark.parametrize("started", ["by the fake", "before the client", "after the client"])
def test_other_services_are_motos(layerperm, layerperm_layer, backend, started):
    """Whoever started moto, and when: other services respond, and layers are still the fake's."""
    from moto import mock_aws

    async def calls(client, s3):
        assert (await client.get_layer_version(**LAYER))["Version"] == 1
        await s3.create_bucket(Bucket="bucket")
        await s3.put_object(Bucket="bucket", Key="k", Body=b"content of the object")
        body = (await s3.get_object(Bucket="bucket", Key="k"))["Body"]
        first, rest = await body.read(7), await body.read()
        async with (await s3.get_object(Bucket="bucket", Key="k"))["Body"] as body:
            return first, rest, await body.read()

    async def main():
        if started == "before the client":
            with mock_aws():
                async with backend.client() as client, backend.client("s3") as s3:
                    return await calls(client, s3)
        async with backend.client() as client, backend.client("s3") as s3:
            if started == "after the client":
                with mock_aws():
                    return await calls(client, s3)
            return await calls(client, s3)

    assert backend.run(main) == (b"content", b" of the object", b"content of the object")


def test_the_caller_is_the_same_elsewhere(layerperm, backend):
    """STS returns the account as which layers are called."""

    async def main():
        keys = {"aws_access_key_id": "222222222222", "aws_secret_access_key": "x"}
        async with backend.client("sts", **keys) as sts:
            return (await sts.get_caller_identity())["Account"]

    assert backend.run(main) == "222222222222"


class AsyncFile:
    """A body that is read with ``await``."""

    def __init__(self, content):
        self.content = io.BytesIO(content)

    async def read(self, size=-1):
        return self.content.read(size)


async def parts():
    yield b"one "
    yield b"two"


@pytest.mark.parametrize(("make", "content"), [(lambda: AsyncFile(b"one file"), b"one file"), (parts, b"one two")])
def test_a_body_that_must_be_awaited_reaches_moto(layerperm, aiohttp, make, content):
    """Bodies of aiobotocore's own kinds are read before moto gets them."""
    from pytest_layerperm.transports.aiobotocore import _read

    async def main():
        return await _read(make())

    assert aiohttp.run(main) == content


def test_what_goes_nowhere_is_refused(backend):
    """A host that is neither AWS's nor this machine is never reached; the test fails even if the code hides it."""

    async def main():
        async with backend.client("s3", endpoint_url="https://storage.example.com") as s3:
            with pytest.raises(RequestRefused, match=r"blocked a request: GET https://storage\.example\.com/"):
                await s3.list_buckets()

    with pytest.raises(RequestRefused, match="blocked a request"), LayerPerm():
        backend.run(main)


def test_a_server_of_the_test_is_reached(layerperm, backend, loopback, monkeypatch):
    """Requests to this machine pass, past any proxy."""
    if backend.name == "aiohttp" or RUNS_ON_TRIO:  # which is when its httpx back end learnt about proxies, too
        monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com:3128")
        monkeypatch.setenv("http_proxy", "http://proxy.example.com:3128")

    async def main():
        async with backend.client("s3", endpoint_url=loopback, config={"s3": {"addressing_style": "path"}}) as s3:
            answer = await s3.get_object(Bucket="bucket", Key="k")
            return await answer["Body"].read()

    assert backend.run(main) == b"a server of the test"


def test_layer_calls_to_a_server_of_the_test_are_counted(layerperm, backend, loopback):
    """They go past the fake, and a helper that finds no call says so."""

    async def main():
        async with backend.client("lambda", endpoint_url=loopback) as client:
            with suppress(Exception):  # That server knows no layers.
                await client.list_layers()

    backend.run(main)
    with pytest.raises(
        AssertionError, match=rf"^no layer call reached the fake: 1 layer call went to {loopback.rstrip('/')}\n"
    ):
        assert_layer_calls([])


class Streamed(io.BytesIO):
    """As much of urllib3's response as botocore reads."""

    def stream(self):
        yield self.read()


def test_an_answer_without_sending_can_be_awaited(layerperm, backend):
    """moto's handler responds in botocore's form, as for its own endpoints on this machine: it is translated."""

    def botocores(request, **_):
        return AWSResponse(request.url, 200, {}, Streamed(b'{"Layers": [{"LayerName": "moto"}]}'))

    async def main():
        async with backend.client() as client:
            client.meta.events.register("before-send.lambda.ListLayers", botocores)
            return (await client.list_layers())["Layers"]

    assert backend.run(main) == [{"LayerName": "moto"}]
    assert len(layerperm.calls) == 0


def test_an_answer_without_sending_is_left_to_whoever_gives_it(layerperm, aiohttp):
    """A handler of the code's own that responds in aiobotocore's form is respected."""
    from aiobotocore.awsrequest import AioAWSResponse

    async def own(request, **_):
        return AioAWSResponse(request.url, 200, {}, _Raw(request.url, {}, b'{"Layers": [{"LayerName": "own"}]}'))

    async def main():
        async with aiohttp.client() as client:
            client.meta.events.register("before-send.lambda.ListLayers", own)
            return (await client.list_layers())["Layers"]

    assert aiohttp.run(main) == [{"LayerName": "own"}]
    assert len(layerperm.calls) == 0


def test_a_handlers_no_is_no(layerperm, layerperm_layer, aiohttp):
    """A ``needs-retry`` handler that returns False does not mean a wait of zero seconds."""
    from pytest_layerperm.transports.aiobotocore import _endpoint

    with _endpoint(aiobotocore.endpoint):
        assert aiobotocore.endpoint.first_non_none_response([(None, None), (None, False)]) is False
        assert aiobotocore.endpoint.first_non_none_response([(None, None)]) is None
        assert aiobotocore.endpoint.first_non_none_response([], "default") == "default"
    assert layerperm.sleeps == []


def test_without_a_fake_everything_is_passed_through():
    """Someone else may have put our functions back after the fake is off."""
    from pytest_layerperm.transports.aiobotocore import _caught_session, _endpoint

    class Session:
        async def send(self, request):
            return f"sent {request.url}"

    async def send():
        return await Session().send(SimpleNamespace(url="https://lambda.us-east-1.amazonaws.com/"))

    with _caught_session(Session, lambda session: 1, asyncio.sleep), _endpoint(aiobotocore.endpoint):
        assert asyncio.run(send()) == "sent https://lambda.us-east-1.amazonaws.com/"
        assert aiobotocore.endpoint.first_non_none_response([(None, 0.5)]) == 0.5


def test_a_raw_answer_is_read_as_aiohttps(aiohttp):
    """Whole, in pieces, as chunks and as a context, as aiobotocore's bodies and event streams read it."""

    async def main():
        async with _Raw("https://example.com/", {"ETag": 1}, b"some bytes") as raw:
            assert (raw.url, raw.raw_headers) == ("https://example.com/", ((b"ETag", b"1"),))
            assert not raw.content.at_eof()
            assert await raw.content.read(4) == b"some"
            assert [chunk async for chunk in raw.content.iter_chunks()] == [(b" bytes", True)]
            assert raw.content.at_eof()
        assert await _Raw("https://example.com/", {"ETag": 1}, b"whole").read() == b"whole"

    aiohttp.run(main)


# --- aioboto3, and the plugins that run async tests


def test_aioboto3_is_caught(layerperm, layerperm_layer):
    """aioboto3's clients are aiobotocore's."""
    aioboto3 = pytest.importorskip("aioboto3", reason="aioboto3 is not installed")

    async def main():
        async with aioboto3.Session().client("lambda") as client:
            await client.add_layer_version_permission(**GRANT)
        async with aioboto3.Session().resource("s3") as s3:
            bucket = await s3.Bucket("bucket")
            await bucket.create()
            return [bucket.name async for bucket in s3.buckets.all()]

    assert asyncio.run(main()) == ["bucket"]
    assert layerperm_layer.policy is not None


ASYNC_TEST = """
import pytest
import pytest_layerperm
from aiobotocore.session import get_session

{mark}
@pytest.mark.layerperm_throttle(times=2, operation="AddLayerVersionPermission")
async def test_share(layerperm, layerperm_layer{fixtures}):
    async with get_session().create_client("lambda") as client:
        await client.add_layer_version_permission(
            LayerName=layerperm_layer.name, VersionNumber=1, StatementId="a",
            Action="lambda:GetLayerVersion", Principal="*",
        )
    assert layerperm.calls.attempts("AddLayerVersionPermission") == 3
    assert len(layerperm.sleeps) == 2

{mark}
@pytest.mark.layerperm_throttle
async def test_a_throttle_that_never_struck(layerperm{fixtures}):
    pass
"""


@pytest.mark.parametrize(
    ("plugin", "mark", "fixtures", "options"),
    [
        (
            "pytest_asyncio",
            "@pytest.mark.asyncio",
            "",
            ["-p", "asyncio", "-o", "asyncio_default_fixture_loop_scope=function"],
        ),
        ("anyio", "@pytest.mark.anyio", ", anyio_backend", ["-p", "anyio"]),
    ],
)
def test_async_tests_are_run(pytester, plugin, mark, fixtures, options):
    """Under pytest-asyncio and anyio a test works as without: markers, retries, and faults that never struck."""
    pytest.importorskip(plugin, reason=f"{plugin} is not installed")
    backend = "\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n" if fixtures else ""
    pytester.makepyfile(ASYNC_TEST.format(mark=mark, fixtures=fixtures) + backend)
    result = pytester.runpytest_subprocess("-W", "error", *options)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*an injected fault was never triggered: Throttle"])
