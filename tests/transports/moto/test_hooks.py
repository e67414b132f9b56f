"""moto and the fake: which of them responds, who the caller is, and that nothing is left behind."""

import os
import subprocess
import sys
import textwrap
import threading
from importlib.metadata import version
from types import SimpleNamespace
from urllib.parse import urlsplit

import boto3
import botocore.session
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from moto import mock_aws
from moto.core.custom_responses_mock import CallbackResponse
from moto.core.models import MockAWS, botocore_stubber

import pytest_layerperm.transports.moto.private as private
from pytest_layerperm import ConnectionLost, LayerPerm, RequestRefused, Slow, Throttle
from pytest_layerperm.fake.layerperm import service_of
from pytest_layerperm.lambda_api.wire import NO_OPERATION
from pytest_layerperm.patches.environment import remember
from pytest_layerperm.service.layers import zip_of
from tests.limits import LIMIT, start_and_join

KEYS = {"aws_access_key_id": "1" * 12, "aws_secret_access_key": "x", "region_name": "us-east-1"}


def made_before_moto(service):
    """A client like one created before moto was imported: it has no handler of moto's."""
    session = botocore.session.Session()
    session.unregister("before-send", botocore_stubber)
    return boto3.Session(botocore_session=session).client(service, **KEYS)


EARLY = made_before_moto("sts")
LATE = boto3.client("sts", **KEYS)


def run(source):
    """Runs Python source in a process of its own; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(source)],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(autouse=True)
def _nothing_is_left():
    """Every test leaves moto unchanged."""

    def state():
        environment = {name: value for name, value in os.environ.items() if name.startswith("AWS")}
        patched = type(botocore_stubber).__call__, CallbackResponse.get_response
        return environment, boto3.DEFAULT_SESSION, patched, list(sys.meta_path)

    before = state()
    yield
    assert MockAWS._nested_count == 0
    assert vars(botocore_stubber) == {"enabled": False}
    assert state() == before


def test_checked_versions():
    """The private names of moto were checked with these versions; check each of them before adding one here."""
    major, minor, _ = [int(part) for part in version("moto").split(".")]
    assert (5, 0) <= (major, minor) <= (5, 2)
    assert private.is_imported()
    assert not private.mock_is_on()
    with mock_aws():
        assert private.mock_is_on()
        import moto.iam.models
        import moto.organizations.models
        import moto.sts.models  # noqa: F401

        boto3.client("sts", **KEYS).assume_role(RoleArn="arn:aws:iam::222222222222:role/r", RoleSessionName="ss")
        boto3.client("organizations", **KEYS).create_organization()
        assert [account for account, _ in private.backends_of("sts", "sts_backends")] == [
            "123456789012",
            "222222222222",
        ]
        assert list(private.backends_of("organizations", "organizations_backends"))
        assert list(private.backends_of("iam", "iam_backends"))


# --- only when needed


def test_layer_calls_never_import_moto():
    """A suite that makes only layer calls does not pay for moto."""
    run("""
        import sys
        from pytest_layerperm import LayerPerm
        with LayerPerm() as fake:
            client = fake.client()
            layer = fake.publish_layer()
            client.add_layer_version_permission(LayerName=layer.name, VersionNumber=1, StatementId="s",
                                                Action="lambda:GetLayerVersion", Principal="*")
            fake.client("222222222222").get_layer_version_by_arn(Arn=layer.arn)
        assert not [name for name in sys.modules if name.split(".")[0] in ("moto", "werkzeug", "requests")]
        assert len(sys.meta_path) == len([finder for finder in sys.meta_path if "layerperm" not in repr(finder)])
    """)


def test_other_call_starts_moto():
    """The first call that is not a layer call imports moto, which responds."""
    run("""
        import sys, boto3
        early = boto3.client("sts", region_name="us-east-1", aws_access_key_id="1" * 12, aws_secret_access_key="x")
        from pytest_layerperm import LayerPerm
        with LayerPerm() as fake:
            assert early.get_caller_identity()["Account"] == "1" * 12
            assert fake.session("2" * 12).client("sts").get_caller_identity()["Account"] == "2" * 12
        from moto.core.models import MockAWS, botocore_stubber
        assert MockAWS._nested_count == 0
        assert vars(botocore_stubber) == {"enabled": False}
    """)


def test_moto_imported_meanwhile():
    """A test that imports and starts moto itself, under the fake, gets the fake's responses too."""
    run("""
        import boto3, requests
        from pytest_layerperm import LayerPerm
        with LayerPerm() as fake:
            from moto import mock_aws
            with mock_aws():
                layer = fake.publish_layer()
                client = boto3.client("lambda")
                assert client.get_layer_version_by_arn(Arn=layer.arn)["Version"] == 1
                assert fake.calls.attempts("GetLayerVersionByArn") == 1
        from moto.core.models import botocore_stubber
        assert vars(botocore_stubber) == {"enabled": False}
    """)


def test_moto_without_an_extra():
    """If moto is installed without what a service needs, the error names what to install."""
    run("""
        import sys, boto3
        sys.modules["openapi_spec_validator"] = None
        from pytest_layerperm import LayerPerm
        with LayerPerm():
            try:
                boto3.client("cloudformation").list_stacks()
            except ModuleNotFoundError as missing:
                assert str(missing) == (
                    "moto needs openapi_spec_validator for calls of cloudformation: install moto with the "
                    "extra of that service, such as moto[cloudformation]"
                )
            else:
                raise AssertionError("answered")
    """)


def test_mock_ends_with_the_fake(layerperm):
    """The state of other services is gone after the fake, as after any mock of moto."""
    boto3.client("s3").create_bucket(Bucket="bucket")
    layerperm.stop()
    layerperm.start()
    assert boto3.client("s3").list_buckets()["Buckets"] == []


def test_first_calls_at_once(layerperm):
    """Threads that make the first other calls at the same time share one mock."""
    barrier = threading.Barrier(4)
    accounts = []

    def ask(account_id):
        client = layerperm.session(account_id).client("sts")
        barrier.wait(LIMIT)
        accounts.append(client.get_caller_identity()["Account"])

    threads = [threading.Thread(target=ask, args=(str(n) * 12,)) for n in range(4)]
    start_and_join(*threads)
    assert sorted(accounts) == ["0" * 12, "1" * 12, "2" * 12, "3" * 12]
    assert MockAWS._nested_count == 1


# --- together with the test's own mock

DENIED = (
    "User: arn:aws:iam::222222222222:root is not authorized to perform: lambda:{0} on resource: {1} "
    "because no resource-based policy allows the lambda:{0} action"
)


def check_all_nine(client):
    """Calls all nine layer operations, and checks the responses in which moto differs from AWS."""
    stranger = boto3.client(
        "lambda", region_name="us-east-1", aws_access_key_id="222222222222", aws_secret_access_key="x"
    )

    def refused(operation, /, **arguments):
        with pytest.raises(ClientError) as caught:
            getattr(client, operation)(**arguments)
        return caught.value.response["Error"]["Message"]

    def denied(operation, /, **arguments):
        with pytest.raises(ClientError) as caught:
            getattr(stranger, operation)(**arguments)
        return caught.value.response["Error"]["Message"]

    assert refused("publish_layer_version", LayerName="deps", Content={"ZipFile": b"no zip"}) == (
        "Could not unzip uploaded file. Please check your file, then try to upload again."
    )
    published = client.publish_layer_version(LayerName="deps", Content={"ZipFile": zip_of({"a.py": ""})})
    arn = published["LayerVersionArn"]
    deps = {"LayerName": "deps", "VersionNumber": published["Version"]}
    assert published["Description"] == ""
    assert "LicenseInfo" not in published
    assert refused("get_layer_version", LayerName="deps", VersionNumber=99) == (
        "The resource you requested does not exist."
    )
    assert denied("get_layer_version_by_arn", Arn=arn) == DENIED.format("GetLayerVersion", arn)
    assert refused("get_layer_version_policy", **deps) == "No policy is associated with the given resource."
    grant = {"StatementId": "s", "Action": "lambda:GetLayerVersion", "Principal": "*"}
    added = client.add_layer_version_permission(**deps, **grant)
    assert added["Statement"] == (
        '{"Sid":"s","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion","Resource":"' + arn + '"}'
    )
    assert client.get_layer_version_policy(**deps)["RevisionId"] == added["RevisionId"]
    assert stranger.get_layer_version_by_arn(Arn=arn)["Version"] == published["Version"]
    assert refused("remove_layer_version_permission", **deps, StatementId="other") == (
        "Statement other is not found in resource policy."
    )
    assert "Content" not in client.list_layer_versions(LayerName="deps")["LayerVersions"][0]
    assert "Content" not in client.list_layers()["Layers"][0]["LatestMatchingVersion"]
    assert refused("delete_layer_version", LayerName="deps", VersionNumber=0) == ("Layer Version Cannot be less than 1")
    client.delete_layer_version(**deps)
    assert client.list_layer_versions(LayerName="deps")["LayerVersions"] == []


@mock_aws
def test_decorated(layerperm):
    """Under moto's decorator, which starts after the fixture, all nine operations are AWS's."""
    check_all_nine(boto3.client("lambda", region_name="us-east-1"))
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="bucket")


def test_context_manager(layerperm):
    """Inside a ``with mock_aws()`` all nine operations are AWS's, also after it ends."""
    with mock_aws():
        client = boto3.client("lambda")
        check_all_nine(client)
    check_all_nine(client)


@pytest.fixture
def aws():
    with mock_aws():
        yield


@pytest.mark.usefixtures("aws", "layerperm")
def test_mock_first():
    """A mock that was started before the fake is asked after it."""
    check_all_nine(boto3.client("lambda"))
    boto3.client("s3").create_bucket(Bucket="bucket")


@pytest.mark.usefixtures("layerperm", "aws")
def test_mock_second():
    """A mock that was started after the fake is asked after it."""
    check_all_nine(boto3.client("lambda"))
    boto3.client("s3").create_bucket(Bucket="bucket")


def test_mock_within_ours(layerperm):
    """A mock of the test's, started after the fake has started one, shares its state and leaves it on."""
    boto3.client("s3").create_bucket(Bucket="bucket")
    with mock_aws():
        assert len(boto3.client("s3").list_buckets()["Buckets"]) == 1
    assert len(boto3.client("s3").list_buckets()["Buckets"]) == 1


def test_mock_outlives_ours(monkeypatch):
    """A mock of the test's that was started under the fake's stays on, without the fake, after the fake ends."""
    remember(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), monkeypatch)  # moto leaves what it found: the fake's
    mock = mock_aws()
    with LayerPerm() as fake:
        boto3.client("s3").create_bucket(Bucket="bucket")
        mock.start()
        layer = fake.publish_layer()
    keys = {**KEYS, "aws_access_key_id": "FOOBARKEY"}
    assert len(boto3.client("s3", **keys).list_buckets()["Buckets"]) == 1
    with pytest.raises(ClientError, match="Cannot find layer"):
        boto3.client("lambda", **keys).get_layer_version(LayerName=layer.name, VersionNumber=1)
    mock.stop()


def test_mock_ends_first(layerperm):
    """When the test's mock ends before the fake, the next other call starts the fake's own, empty."""
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="bucket")
    assert boto3.client("s3").list_buckets()["Buckets"] == []


def test_clients_of_any_age(layerperm):
    """Clients created before or after moto was imported, and before or after the mock, see the same."""
    assert [client.get_caller_identity()["Account"] for client in (EARLY, LATE)] == ["1" * 12] * 2
    with mock_aws():
        assert [client.get_caller_identity()["Account"] for client in (EARLY, LATE)] == ["1" * 12] * 2


def test_environment_is_ours(layerperm):
    """Starting moto's mock changes neither credentials nor the default session."""
    session = boto3._get_default_session()
    boto3.client("s3").list_buckets()
    assert os.environ["AWS_ACCESS_KEY_ID"] == "123456789012"
    assert boto3.DEFAULT_SESSION is session


def test_users_mock_sets_credentials(layerperm):
    """moto's own fake credentials are those of the default account."""
    mock = mock_aws()
    mock.start()
    assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
    layer = layerperm.publish_layer()
    assert boto3.client("lambda").get_layer_version_by_arn(Arn=layer.arn)["Version"] == 1
    mock.stop()


def test_nested_fakes():
    """The inner fake responds under a mock, and the outer one again after it."""
    with LayerPerm() as outer, mock_aws():
        outer.publish_layer("outer")
        client = boto3.client("lambda")
        with LayerPerm() as inner:
            inner.publish_layer("inner")
            boto3.client("s3").list_buckets()
            assert [layer["LayerName"] for layer in client.list_layers()["Layers"]] == ["inner"]
        assert [layer["LayerName"] for layer in client.list_layers()["Layers"]] == ["outer"]


def test_faults_under_a_mock(layerperm):
    """Faults strike, and clients retry and wait, as without a mock."""
    layerperm.inject(Throttle(1), ConnectionLost(1))
    with mock_aws():
        client = boto3.client("lambda")
        assert client.list_layers()["Layers"] == []
    assert len(layerperm.calls) == 3
    layerperm.inject(Slow(100))
    with mock_aws():
        config = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=7)
        with pytest.raises(ReadTimeoutError):
            boto3.client("lambda", config=config).list_layers()


# --- requests of the requests library, which moto's mock catches too


def signed(method, url, body=b""):
    """A signed request for ``requests``."""
    session = boto3.Session(aws_access_key_id="1" * 12, aws_secret_access_key="x")
    request = AWSRequest(method, url, data=body)
    from botocore.auth import SigV4Auth

    SigV4Auth(session.get_credentials(), "lambda", "us-east-1").add_auth(request)
    return {"method": method, "url": url, "data": body, "headers": dict(request.headers)}


LAMBDA = "https://lambda.us-east-1.amazonaws.com"


def test_requests_library(layerperm):
    """Under a mock, a layer call made with ``requests`` is the fake's."""
    with mock_aws():
        answer = requests.request(**signed("GET", f"{LAMBDA}/2018-10-31/layers/deps/versions/1"), timeout=5)
        assert (answer.status_code, answer.headers["x-amzn-errortype"]) == (404, "ResourceNotFoundException")
        assert answer.json() == {"Type": "User", "Message": "The resource you requested does not exist."}
    assert layerperm.calls.last.account_id == "1" * 12


def test_requests_library_resets(layerperm):
    """moto's own reset in this process resets the fake as well."""
    layerperm.publish_layer()
    layerperm.session().client("s3").create_bucket(Bucket="artifacts")
    answer = requests.post("http://motoapi.amazonaws.com/moto-api/reset", timeout=5)
    assert answer.json() == {"status": "ok"}
    assert layerperm.layers == ()
    assert layerperm.session().client("s3").list_buckets()["Buckets"] == []


def test_requests_library_other_calls(layerperm):
    """moto responds to a presigned URL of another service, also through ``requests``."""
    client = layerperm.session("222222222222").client("s3")
    client.create_bucket(Bucket="bucket")
    client.put_object(Bucket="bucket", Key="key", Body=b"bytes")
    url = client.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "key"})
    assert requests.get(url, timeout=5).content == b"bytes"


def test_requests_library_faults(layerperm):
    """A broken connection raises an error of ``requests`` there."""
    call = signed("GET", f"{LAMBDA}/2018-10-31/layers")
    with mock_aws():
        layerperm.inject(ConnectionLost(1))
        with pytest.raises(requests.ConnectionError, match="GET /2018-10-31/layers: ConnectionClosedError"):
            requests.request(**call, timeout=5)
        layerperm.inject(ConnectionLost(1, error="ReadTimeoutError"))
        with pytest.raises(requests.ReadTimeout, match="ReadTimeoutError"):
            requests.request(**call, timeout=5)


def test_paths_that_resemble_layer_operations(layerperm):
    """A path that only resembles a layer call gets AWS's 403: moto would respond to some of them."""
    with mock_aws():
        response = requests.request(**signed("GET", f"{LAMBDA}/2018-10-31/layers/"), timeout=5)
    assert (response.status_code, response.content) == (403, NO_OPERATION.body)


@pytest.mark.parametrize("path", ["/2099-01-01/functions", "/2015-03-31/no-such-path"])
def test_paths_that_are_not_operations_of_lambda(layerperm, path):
    """A path that is not an operation's gets AWS's 403 in process as well, with any library."""
    request = AWSRequest("GET", f"{LAMBDA}{path}")
    SigV4Auth(Credentials("123456789012", "secret"), "lambda", "us-east-1").add_auth(request)
    response = URLLib3Session().send(request.prepare())
    assert (response.status_code, response.content) == (403, NO_OPERATION.body)
    with mock_aws():
        response = requests.request(**signed("GET", f"{LAMBDA}{path}"), timeout=5)
    assert (response.status_code, response.content) == (403, NO_OPERATION.body)
    assert layerperm.escaped == []


def test_an_operation_of_lambda_that_moto_does_not_have(layerperm):
    """It is blocked by name, like those of other services."""
    with pytest.raises(RequestRefused, match=r"GET https://lambda\.us-east-1\.amazonaws\.com/2020-04-22/code-"):
        boto3.client("lambda").list_code_signing_configs()
    layerperm.escaped.clear()


# --- requests without a response


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "named"),
    [
        ("qbusiness", "list_applications", {}, "GET https://qbusiness.us-east-1.api.aws/applications"),
        ("braket", "get_device", {"deviceArn": "arn"}, "GET https://braket.us-east-1.amazonaws.com/device/arn"),
        ("sts", "decode_authorization_message", {"EncodedMessage": "x"}, r"\(DecodeAuthorizationMessage\)"),
    ],
)
@pytest.mark.parametrize("mocked", [True, False])
def test_unknown_to_moto(layerperm, mocked, service, operation, arguments, named):
    """A call that moto does not have is blocked by name, and fails the test even if the error is swallowed."""
    if mocked:
        mock = mock_aws()
        mock.start()
    try:
        with pytest.raises(RequestRefused, match=named):
            getattr(boto3.client(service), operation)(**arguments)
    finally:
        if mocked:
            mock.stop()
    assert isinstance(layerperm.escaped.pop(), RequestRefused)


@pytest.mark.parametrize(
    ("body", "headers", "named"),
    [
        (b"{}", {"X-Amz-Target": "Madeup_20260101.ListThings"}, " (ListThings)"),
        (b"{}", {"X-Amz-Target": b"Madeup_20260101.ListThings"}, " (ListThings)"),
        ("Action=ListThings&Version=1", {}, " (ListThings)"),
        (b"", {}, ""),
        (None, {}, ""),
    ],
    ids=range(5),
)
def test_a_blocked_request_names_the_operation(layerperm, body, headers, named):
    """JSON services name it in a header, query services in the body."""
    url = "https://madeup.us-east-1.amazonaws.com/"
    request = SimpleNamespace(method="POST", url=url, headers=headers, body=body)
    with pytest.raises(RequestRefused) as blocked:
        service_of(layerperm).refuse(request, urlsplit(url))
    layerperm.escaped.clear()
    assert str(blocked.value).startswith(f"pytest-layerperm blocked a request: POST {url}{named}. The fake ")


def test_what_the_error_of_a_blocked_operation_says(layerperm):
    """It names the call and what is supported, and is not chained to an error of moto's own."""
    with pytest.raises(RequestRefused) as refused:
        boto3.client("bedrock-runtime").converse(modelId="m", messages=[])
    layerperm.escaped.clear()
    assert str(refused.value) == (
        "pytest-layerperm blocked a request: POST https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse. "
        "The fake handles Lambda's layer operations, and moto what it has of the rest of AWS; requests to this machine "
        "pass, and nothing else leaves.\n"
        "What to do: stub the call in the test (botocore.stub.Stubber, mock.patch), or run a server for it on this "
        "machine and pass its endpoint_url; a test that expects the error removes it from layerperm.escaped."
    )
    assert refused.value.__context__ is None


@pytest.mark.parametrize(
    "url",
    [
        "https://nothing.us-east-1.amazonaws.com/",
        f"{LAMBDA}/2020-04-22/code-signing-configs/",
        "https://sts.amazonaws.com/?Action=DecodeAuthorizationMessage",
    ],
)
def test_unknown_to_moto_with_requests(layerperm, url):
    """The same with the ``requests`` library under a mock."""
    with mock_aws(), pytest.raises(RequestRefused, match="pytest-layerperm blocked a request: GET"):
        requests.get(url, timeout=5)
    layerperm.escaped.clear()


def test_motos_own_404_with_requests(layerperm):
    """moto's own 404 responses are unchanged."""
    with mock_aws():
        answer = requests.get("https://nobucket.s3.amazonaws.com/key", timeout=5)
    assert answer.status_code == 404
    assert "<Code>NoSuchBucket</Code>" in answer.text


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest/meta-data/", "https://example.com/"])
def test_never_leaves(layerperm, url):
    """Instance metadata, and hosts that are not AWS's, are blocked without asking moto."""
    session = botocore.httpsession.URLLib3Session()
    for _ in range(2):
        with pytest.raises(RequestRefused, match=url):
            session.send(AWSRequest("GET", url).prepare())
        boto3.client("s3").list_buckets()  # Now with moto's mock on.
    layerperm.escaped.clear()


# --- who the caller is


def credentials(answer):
    return {
        "aws_access_key_id": answer["AccessKeyId"],
        "aws_secret_access_key": answer["SecretAccessKey"],
        "aws_session_token": answer.get("SessionToken"),
    }


@pytest.mark.parametrize("mocked", [True, False])
def test_assumed_role(layerperm, mocked):
    """The keys of an assumed role are its account's, and denials name the role session."""
    layer = layerperm.publish_layer()
    if mocked:
        mock = mock_aws()
        mock.start()
    role = boto3.client("sts").assume_role(RoleArn="arn:aws:iam::333333333333:role/deploy", RoleSessionName="ci-42")
    session = boto3.Session(**credentials(role["Credentials"]), region_name="us-east-1")
    with pytest.raises(ClientError) as caught:
        session.client("lambda").get_layer_version_by_arn(Arn=layer.arn)
    assert caught.value.response["Error"]["Message"] == (
        "User: arn:aws:sts::333333333333:assumed-role/deploy/ci-42 is not authorized to perform: "
        f"lambda:GetLayerVersion on resource: {layer.arn} "
        "because no resource-based policy allows the lambda:GetLayerVersion action"
    )
    layer.grant("333333333333")
    assert session.client("lambda").get_layer_version_by_arn(Arn=layer.arn)["Version"] == 1
    assert session.client("sts").get_caller_identity()["Arn"].endswith("assumed-role/deploy/ci-42")
    if mocked:
        mock.stop()


def test_iam_user(layerperm):
    """The access key of an IAM user is its account's, and denials name the user."""
    iam = layerperm.session("444444444444").client("iam")
    iam.create_user(UserName="builder")
    key = iam.create_access_key(UserName="builder")["AccessKey"]
    client = boto3.client("lambda", **credentials(key))
    layer = layerperm.publish_layer()
    with pytest.raises(ClientError, match="User: arn:aws:iam::444444444444:user/builder is not authorized"):
        client.get_layer_version_by_arn(Arn=layer.arn)
    assert layerperm.calls.last.account_id == "444444444444"


def test_unknown_key(layerperm):
    """An unknown key belongs to the default account, also with moto."""
    session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "x", region_name="us-east-1")
    session.client("lambda").list_layers()
    assert layerperm.calls.last.account_id == "123456789012"
    assert session.client("sts").get_caller_identity()["Account"] == "123456789012"


@pytest.mark.layerperm(account_id="555555555555")
def test_default_account_is_motos_too(layerperm, monkeypatch):
    """moto uses the fake's default account, whatever its own is."""
    assert "MOTO_ACCOUNT_ID" not in os.environ
    assert boto3.client("sts").get_caller_identity()["Account"] == "555555555555"
    with mock_aws():
        assert boto3.client("sts").get_caller_identity()["Account"] == "555555555555"


def test_account_header_of_the_test(layerperm):
    """A test that names moto's account itself is left alone."""
    client = boto3.client("sts")
    client.meta.events.register(
        "before-sign", lambda request, **_: request.headers.add_header("x-moto-account-id", "666666666666")
    )
    assert client.get_caller_identity()["Account"] == "666666666666"


def test_iam_is_not_enforced_without_moto(monkeypatch):
    """If moto is not imported, it cannot enforce IAM."""
    monkeypatch.delitem(sys.modules, private.CORE)
    assert not private.iam_is_enforced()


def test_the_role_session_of_a_key(layerperm):
    """The session of the key, among others in the account and in other accounts; none for a user's key."""
    keys = {}
    for account_id in ("111111111111", "222222222222"):
        sts = layerperm.session(account_id).client("sts")
        for name in ("one", "two"):
            role = sts.assume_role(RoleArn=f"arn:aws:iam::{account_id}:role/{name}", RoleSessionName="ci")
            keys[account_id, name] = role["Credentials"]["AccessKeyId"]
    for (account_id, name), key in keys.items():
        assert private.assumed_role(account_id, key).role_arn == f"arn:aws:iam::{account_id}:role/{name}"
    assert private.assumed_role("111111111111", keys["222222222222", "one"]) is None
    assert private.assumed_role("333333333333", keys["222222222222", "one"]) is None
