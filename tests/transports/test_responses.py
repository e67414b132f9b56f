"""Code that uses ``requests``, served through ``layerperm_responses``."""

from __future__ import annotations

import json
import re

import botocore.session
import pytest
import requests
import responses
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from requests.adapters import HTTPAdapter
from urllib3 import Timeout
from urllib3.util.retry import Retry

from pytest_layerperm import ConnectionLost, Interleave, LayerPerm, ServiceFailure, Slow, Throttle
from pytest_layerperm.facts import FACTS
from pytest_layerperm.facts.sending import received
from pytest_layerperm.fake import service_of
from pytest_layerperm.lambda_api.wire import NO_OPERATION

HOST = "https://lambda.us-east-1.amazonaws.com"
VERSION = "/2018-10-31/layers/shared-deps/versions/1"
POLICY = f"{VERSION}/policy"
GRANT = {"StatementId": "a", "Action": "lambda:GetLayerVersion", "Principal": "*"}


class SigV4(requests.auth.AuthBase):
    """Signs as AWS's own signer does."""

    def __init__(self, access_key="123456789012", region_name="us-east-1"):
        self.signer = SigV4Auth(Credentials(access_key, "secret"), "lambda", region_name)

    def __call__(self, request):
        signed = AWSRequest(method=request.method, url=request.url, data=request.body)
        self.signer.add_auth(signed)
        request.headers.update(dict(signed.headers.items()))
        return request


def call(method, path, body=None, *, session=requests, auth=None, host=HOST, **settings):
    data = None if body is None else json.dumps(body)
    return session.request(method, host + path, data=data, auth=auth or SigV4(), **settings)


def retrying(retry):
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=retry))
    return session


# --- answers

NO_POLICY = {"Type": "User", "Message": "No policy is associated with the given resource."}
CONFLICT = (
    "The statement id (a) provided already exists. Please provide a new statement id, or remove the existing statement."
)
STALE = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetLayerPolicy API to retrieve the latest Revision Id"
)
STEPS = [
    ("GET", POLICY, None, 404, "ResourceNotFoundException", NO_POLICY),
    ("POST", POLICY, GRANT, 201, None, {"Statement", "RevisionId"}),
    ("POST", POLICY, GRANT, 409, "ResourceConflictException", {"Type": "User", "message": CONFLICT}),
    (
        "POST",
        f"{POLICY}?RevisionId=wrong",
        {**GRANT, "StatementId": "b"},
        412,
        "PreconditionFailedException",
        {"Type": "User", "message": STALE},
    ),
    (
        "POST",
        POLICY,
        {**GRANT, "StatementId": "b", "Action": "*"},
        400,
        "ValidationException",
        {
            "message": "1 validation error detected: Value '*' at 'action' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: lambda:GetLayerVersion"
        },
    ),
    ("GET", POLICY, None, 200, None, {"Policy", "RevisionId"}),
    ("GET", VERSION, None, 200, None, None),
    ("GET", "/2018-10-31/layers/shared-deps/versions", None, 200, None, None),
    ("GET", "/2018-10-31/layers?MaxItems=10", None, 200, None, None),
    (
        "DELETE",
        f"{POLICY}/b",
        None,
        404,
        "ResourceNotFoundException",
        {"Type": "User", "Message": "Statement b is not found in resource policy."},
    ),
    ("DELETE", f"{POLICY}/a", None, 204, None, None),
    (
        "GET",
        "/2018-10-31/layers/shared-deps/versions/0",
        None,
        400,
        "InvalidParameterValueException",
        {"Type": "User", "message": "Layer Version Cannot be less than 1"},
    ),
    (
        "GET",
        "/2018-10-31/layers/shared-deps/versions/2/policy",
        None,
        404,
        "ResourceNotFoundException",
        {
            "Type": "User",
            "Message": "Layer version arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:2 does not exist.",
        },
    ),
    ("DELETE", VERSION, None, 204, None, None),
]


def test_requests_see_what_aws_answers_step_by_step(layerperm, layerperm_responses, layerperm_layer):
    """Every step of sharing a layer has AWS's status, error header and body."""
    for method, path, body, status, code, expected in STEPS:
        answer = call(method, path, body)
        assert (answer.status_code, answer.headers.get("x-amzn-errortype")) == (status, code), (method, path)
        if isinstance(expected, set):
            assert set(answer.json()) == expected
        elif expected is not None:
            assert answer.json() == expected
    assert layerperm.calls.attempts("AddLayerVersionPermission") == 4
    assert len(layerperm_responses.calls) == len(STEPS)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_every_fact_holds(show_fact, layerperm_responses, fact):
    """The fake responds to ``requests`` as AWS does, and as decided if that is not known."""

    def send(asked):
        auth = None if asked.by == "nobody" else SigV4(show_fact.accounts[asked.by], asked.region)
        url = f"https://lambda.{asked.region}.amazonaws.com{asked.path}"
        prepared = requests.Request(asked.method, url, data=asked.body, auth=auth).prepare()
        prepared.url = url  # as it is: requests would tidy up what a client must not send
        with requests.Session() as session:
            answered = session.send(prepared)
        return received(answered.status_code, answered.headers, answered.content)

    show_fact(fact, send)


def test_a_foreign_caller_is_refused(layerperm_responses, layerperm_layer):
    """The account is the access key's; the denial has AWS's words and no Type."""
    arn = layerperm_layer.layer_arn.replace(":", "%3A")
    answer = call("GET", f"/2018-10-31/layers/{arn}/versions/1", auth=SigV4("222222222222"))
    assert answer.status_code == 403
    assert answer.json() == {
        "Message": "User: arn:aws:iam::222222222222:root is not authorized to perform: lambda:GetLayerVersion on "
        f"resource: {layerperm_layer.arn} because no resource-based policy allows the "
        "lambda:GetLayerVersion action"
    }


def test_an_unsigned_request_is_refused(layerperm_responses, layerperm_layer):
    """A request without a signature is 403."""
    answer = requests.get(HOST + POLICY)
    assert answer.status_code == 403
    assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
    assert answer.json() == {"message": "Missing Authentication Token"}


def test_a_204_has_a_content_type_and_no_content_length(layerperm_responses, layerperm_layer):
    """Removing a permission returns AWS's headers and nothing else."""
    layerperm_layer.grant("*", statement_id="a")
    answer = call("DELETE", f"{POLICY}/a")
    assert (answer.status_code, answer.content) == (204, b"")
    assert sorted(answer.headers) == ["connection", "content-type", "date", "x-amzn-requestid"]


@pytest.mark.parametrize(
    "body",
    [json.dumps(GRANT), json.dumps(GRANT).encode(), iter([json.dumps(GRANT).encode()])],
    ids=["text", "bytes", "parts"],
)
def test_bodies_of_every_kind_are_read(layerperm_responses, layerperm_layer, body):
    """Text, bytes and an iterable of bytes are the same to the service."""
    prepared = requests.Request("POST", HOST + POLICY, data=json.dumps(GRANT), auth=SigV4()).prepare()
    prepared.body = body
    with requests.Session() as session:
        assert session.send(prepared).status_code == 201


def test_a_file_is_read(layerperm_responses, layerperm_layer, tmp_path):
    """A body may be a file."""
    path = tmp_path / "grant.json"
    path.write_text(json.dumps(GRANT))
    prepared = requests.Request("POST", HOST + POLICY, data=json.dumps(GRANT), auth=SigV4()).prepare()
    with path.open("rb") as body, requests.Session() as session:
        prepared.body = body
        assert session.send(prepared).status_code == 201


# --- which URLs


def _endpoints():
    data = botocore.session.get_session().get_component("data_loader").load_data("partitions")
    for partition in data["partitions"]:
        outputs = partition["outputs"]
        for region_name in partition["regions"]:
            if re.fullmatch(r".*-\d", region_name):
                for service in ("lambda", "lambda-fips"):
                    for suffix in (outputs["dnsSuffix"], outputs["dualStackDnsSuffix"]):
                        yield region_name, f"https://{service}.{region_name}.{suffix}"


def test_every_endpoint_that_botocore_knows_is_served(layerperm, layerperm_responses):
    """All regions of all partitions, plain and FIPS, IPv4 and dual-stack."""
    endpoints = list(_endpoints())
    assert len(endpoints) > 150
    for region_name, host in endpoints:
        answer = call("GET", "/2018-10-31/layers", host=host, auth=SigV4(region_name=region_name))
        assert answer.status_code == 200, host
        assert layerperm.calls.last.region_name == region_name


@pytest.mark.parametrize(
    "host",
    ["http://lambda.us-east-1.amazonaws.com", "https://lambda.us-east-1.amazonaws.com:443", f"{HOST}:8443"],
)
def test_scheme_and_port_do_not_matter(layerperm_responses, layerperm_layer, host):
    """An endpoint is its host name."""
    assert call("GET", VERSION, host=host).status_code == 200


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions"),
        ("GET", f"https://lambda.us-east-1.amazonaws.com.example.com{VERSION}"),
        ("GET", f"https://mylambda.us-east-1.amazonaws.com{VERSION}"),
        ("GET", f"https://lambda.example.com{VERSION}"),
        ("GET", "https://sts.us-east-1.amazonaws.com/"),
        ("GET", "https://example.com/"),
    ],
)
def test_nothing_else_is_served(layerperm, layerperm_responses, layerperm_layer, method, url):
    """Any other URL is rejected, as ``responses`` rejects unregistered ones."""
    with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
        requests.request(method, url, auth=SigV4())
    assert len(layerperm.calls) == 0


def test_a_path_that_is_no_operation_is_served(layerperm, layerperm_responses, layerperm_layer):
    """403 in XML, as by AWS."""
    response = requests.put(f"{HOST}{VERSION}", auth=SigV4())
    assert (response.status_code, response.content) == (403, NO_OPERATION.body)
    assert response.headers["Content-Type"] == "application/xml"


# --- the test's own registrations and mocks


def test_the_test_registers_its_own_urls_here(layerperm_responses, layerperm_layer):
    """Other URLs respond as the test registers them."""
    layerperm_responses.get("https://example.com/releases", json={"layer": "shared-deps"})
    assert requests.get("https://example.com/releases").json() == {"layer": "shared-deps"}
    assert call("GET", VERSION).status_code == 200
    assert [registered.url for registered in layerperm_responses.registered()] == ["https://example.com/releases"]


def test_reset_ends_only_the_tests_own_registrations(layerperm_responses, layerperm_layer):
    """``reset()`` does not end the serving of layer calls."""
    layerperm_responses.get("https://example.com/")
    layerperm_responses.reset()
    assert call("GET", VERSION).status_code == 200
    with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
        requests.get("https://example.com/")


def test_a_registration_does_not_take_a_layer_call_from_the_fake(layerperm_responses, layerperm_layer):
    """Layer URLs are the fake's, whatever is registered."""
    layerperm_responses.assert_all_requests_are_fired = False
    layerperm_responses.get(HOST + VERSION, status=418)
    assert call("GET", VERSION).status_code == 200


def test_a_mock_around_keeps_its_urls(layerperm, layerperm_layer):
    """Unregistered requests go to the mock around, which counts and rejects as it always does."""
    from pytest_layerperm.fake.activation import serve_responses

    with responses.RequestsMock() as around:
        around.get("https://example.com/around", body="around")
        mock, stop = serve_responses(service_of(layerperm))
        mock.get("https://example.com/here", body="here")
        assert requests.get("https://example.com/around").text == "around"
        assert requests.get("https://example.com/here").text == "here"
        assert call("GET", VERSION).status_code == 200
        with pytest.raises(requests.ConnectionError, match=r"GET https://example\.com/around URL does not match"):
            requests.get("https://example.com/nowhere")
        stop()
        assert [made.request.url for made in around.calls] == [
            "https://example.com/around",
            "https://example.com/nowhere",
        ]


def test_a_mock_around_counts_retries_once(layerperm):
    """The adapter's retries are followed by one mock, not by both."""
    from pytest_layerperm.fake.activation import serve_responses

    with responses.RequestsMock() as around:
        around.get("https://example.com/", status=503)
        _, stop = serve_responses(service_of(layerperm))
        session = retrying(Retry(total=2, status_forcelist=[503], raise_on_status=False))
        assert session.get("https://example.com/").status_code == 503
        stop()
        assert len(around.calls) == 3


def test_what_the_test_lets_through_here_goes_out_past_a_mock_around(layerperm, loopback):
    """``add_passthru`` here means the network itself."""
    from pytest_layerperm.fake.activation import serve_responses

    with responses.RequestsMock():
        mock, stop = serve_responses(service_of(layerperm))
        mock.add_passthru(re.compile(r"http://127\.0\.0\.1:\d+/"))
        assert requests.get(loopback).text == "a server of the test"
        stop()


@responses.activate
def test_a_mock_inside_keeps_its_urls(layerperm_responses, layerperm_layer):
    """The test's own mock, started later, serves its URLs and rejects others; layer calls are still served."""
    responses.get("https://example.com/inside", body="inside")
    assert requests.get("https://example.com/inside").text == "inside"
    assert call("GET", VERSION).status_code == 200
    with pytest.raises(requests.ConnectionError, match=r"GET https://example\.com/inside URL does not match"):
        requests.get("https://example.com/nowhere")


def test_a_registration_that_was_never_fired_fails(layerperm, layerperm_layer):
    """The test's own registrations must be called, as in ``responses``; layer URLs need not."""
    from pytest_layerperm.fake.activation import serve_responses

    mock, stop = serve_responses(service_of(layerperm))
    mock.get("https://example.com/")
    with pytest.raises(AssertionError, match=r"^Not all requests have been executed \[\('GET', 'https://example.com/'"):
        stop()
    assert HTTPAdapter.send.__module__ == "requests.adapters"


def test_no_layer_call_need_be_made(layerperm_responses):
    """A test that makes no call at all does not fail."""
    assert layerperm_responses.assert_all_requests_are_fired


def test_nothing_is_left_behind(layerperm):
    """After the mock is off, ``requests`` and ``responses`` are restored."""
    from pytest_layerperm.fake.activation import serve_responses

    before = (HTTPAdapter.send, responses.RequestsMock._on_request, responses.mock.registered())
    _, stop = serve_responses(service_of(layerperm))
    assert HTTPAdapter.send is not before[0]
    stop()
    stop()
    assert (HTTPAdapter.send, responses.RequestsMock._on_request, responses.mock.registered()) == before


def test_mocks_nest(layerperm, layerperm_layer):
    """One inside another: both serve until each is stopped."""
    from pytest_layerperm.fake.activation import serve_responses

    outer, stop_outer = serve_responses(service_of(layerperm))
    outer.get("https://example.com/outer", body="outer")
    with LayerPerm("222222222222") as inner_fake:
        inner, stop_inner = serve_responses(service_of(inner_fake))
        inner.get("https://example.com/inner", body="inner")
        assert requests.get("https://example.com/outer").text == "outer"
        assert requests.get("https://example.com/inner").text == "inner"
        assert call("GET", VERSION).status_code == 404
        stop_inner()
        with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
            requests.get("https://example.com/inner")
    assert call("GET", VERSION).status_code == 200
    stop_outer()


def test_a_mock_that_outlives_this_one_does_not_bring_it_back(layerperm):
    """With a mock inside still on, stopping waits for the fake to be switched off."""
    from pytest_layerperm.fake.activation import serve_responses

    before = HTTPAdapter.send
    with LayerPerm() as fake:
        _, stop = serve_responses(service_of(fake))
        inside = responses.RequestsMock()
        inside.start()
        stop()
        assert HTTPAdapter.send is not before
        inside.stop()
    assert HTTPAdapter.send is before


# --- beside moto


def test_moto_around_keeps_the_rest_of_aws(layerperm, layerperm_layer):
    """moto's mock, started before, serves other services; layer calls are the fake's."""
    from moto import mock_aws

    from pytest_layerperm.fake.activation import serve_responses

    with mock_aws():
        mock, stop = serve_responses(service_of(layerperm))
        mock.get("https://example.com/", body="here")
        assert b"<Account>" in requests.get("https://sts.amazonaws.com/?Action=GetCallerIdentity").content
        assert requests.get("https://example.com/").text == "here"
        assert call("GET", VERSION).status_code == 200
        stop()


def test_moto_inside_keeps_the_rest_of_aws(layerperm_responses, layerperm_layer):
    """moto's mock, started later, serves other services; layer calls are the fake's, and this mock keeps its URLs."""
    from moto import mock_aws

    layerperm_responses.get("https://example.com/", body="here")
    with mock_aws():
        assert b"<Account>" in requests.get("https://sts.amazonaws.com/?Action=GetCallerIdentity").content
        assert requests.get("https://example.com/").text == "here"
        assert call("GET", VERSION).status_code == 200
        with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
            requests.get("https://example.com/nowhere")


def test_moto_that_the_fake_started_goes_first():
    """A call for another service starts moto inside this mock: it keeps its URLs, and nothing is left of either."""
    import boto3
    from moto.core.models import responses_mock

    from pytest_layerperm.fake.activation import serve_responses

    before = (HTTPAdapter.send, responses.RequestsMock._on_request, responses_mock._real_send)
    with LayerPerm() as fake:
        fake.publish_layer()
        mock, stop = serve_responses(service_of(fake))
        mock.get("https://example.com/", body="here")
        assert boto3.client("sts").get_caller_identity()["Account"] == fake.account_id
        assert requests.get("https://example.com/").text == "here"
        assert call("GET", VERSION).status_code == 200
        with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
            requests.get("https://example.com/nowhere")
        stop()
        assert HTTPAdapter.send is not before[0]
    assert (HTTPAdapter.send, responses.RequestsMock._on_request, responses_mock._real_send) == before


def test_moto_is_left_as_it_was(layerperm):
    """What moto passes on goes to the network again when this mock is off."""
    from moto import mock_aws
    from moto.core.models import responses_mock

    from pytest_layerperm.fake.activation import serve_responses

    before = responses_mock._real_send
    mock, stop = serve_responses(service_of(layerperm))
    mock.get("https://example.com/", body="here")
    with mock_aws():
        requests.get("https://example.com/")
        assert responses_mock._real_send is not before
    stop()
    assert responses_mock._real_send is before


def test_what_moto_around_lets_pass_goes_out(layerperm, loopback):
    """With moto around, moto decides about an unknown URL: it is passed on."""
    from moto import mock_aws

    from pytest_layerperm.fake.activation import serve_responses

    with mock_aws():
        _, stop = serve_responses(service_of(layerperm))
        assert requests.get(loopback).text == "a server of the test"
        assert requests.get(loopback).text == "a server of the test"
        stop()


# --- faults


def test_a_throttled_call_is_429(layerperm, layerperm_responses, layerperm_layer):
    """Status, reason and Retry-After reach the caller."""
    layerperm.inject(Throttle(retry_after=3))
    answer = call("GET", VERSION)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert answer.json() == {"Reason": "CallerRateLimitExceeded", "Type": "User", "message": "Rate exceeded"}


def test_the_adapters_retries_are_followed(layerperm, layerperm_responses, layerperm_layer):
    """``Retry(status_forcelist=…)`` retries after throttles and failures."""
    layerperm.inject(Throttle(2), ServiceFailure())
    session = retrying(Retry(total=3, status_forcelist=[429, 500]))
    assert call("GET", VERSION, session=session).status_code == 200
    assert layerperm.calls.attempts("GetLayerVersion") == 4


def test_a_closed_connection(layerperm, layerperm_responses, layerperm_layer):
    """``requests`` raises ConnectionError, in its own words; the call was carried out if the fault says so."""
    layerperm.inject(ConnectionLost(applied=True))
    with pytest.raises(requests.ConnectionError) as raised:
        call("POST", POLICY, GRANT)
    assert str(raised.value) == (
        "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))"
    )
    assert raised.value.request.method == "POST"
    assert layerperm_layer.policy is not None
    assert layerperm.calls.last.fault == "ConnectionLost 1 of 1, answer 201 lost"


@pytest.mark.parametrize(("host", "port"), [(HOST, 443), (HOST.replace("https", "http"), 80), (f"{HOST}:8443", 8443)])
def test_an_endpoint_that_is_not_reached(layerperm, layerperm_responses, layerperm_layer, host, port):
    """``requests`` raises ConnectionError around urllib3's MaxRetryError."""
    layerperm.inject(ConnectionLost(error="EndpointConnectionError"))
    with pytest.raises(requests.ConnectionError) as raised:
        call("GET", VERSION, host=host)
    pool = f"{host.split(':')[0].upper()}ConnectionPool(host='lambda.us-east-1.amazonaws.com', port={port})"
    assert str(raised.value).startswith(f"{pool}: Max retries exceeded with url: {VERSION} (Caused by NewConnection")
    assert str(raised.value).endswith('Failed to establish a new connection: [Errno 111] Connection refused"))')


def test_connection_retries_are_followed(layerperm, layerperm_responses, layerperm_layer):
    """``Retry(total=…)`` retries after broken connections, as urllib3 counts them."""
    layerperm.inject(ConnectionLost(), ConnectionLost(error="EndpointConnectionError"), Throttle())
    session = retrying(Retry(total=3, status_forcelist=[429]))
    assert call("GET", VERSION, session=session).status_code == 200
    assert [made.outcome for made in layerperm.calls] == [
        "ConnectionClosedError",
        "EndpointConnectionError",
        "429 TooManyRequestsException",
        "200",
    ]


def test_connection_retries_run_out(layerperm, layerperm_responses, layerperm_layer):
    """After the last retry it is a ConnectionError that names the attempts' cause."""
    layerperm.inject(Throttle(), ConnectionLost(None))
    session = retrying(Retry(total=3, status_forcelist=[429]))
    with pytest.raises(requests.ConnectionError, match=r"Max retries exceeded with url: .* \(Caused by ProtocolError"):
        call("GET", VERSION, session=session)
    assert layerperm.calls.attempts("GetLayerVersion") == 4


def test_a_post_is_not_sent_again_after_its_connection_broke(layerperm, layerperm_responses, layerperm_layer):
    """urllib3 does not repeat a POST that may have been carried out."""
    layerperm.inject(ConnectionLost())
    with pytest.raises(requests.ConnectionError, match="Connection aborted"):
        call("POST", POLICY, GRANT, session=retrying(Retry(total=3)))
    assert layerperm.calls.attempts("AddLayerVersionPermission") == 1


def test_a_post_that_breaks_after_a_throttle_is_not_sent_again(layerperm, layerperm_responses, layerperm_layer):
    """The retries of an earlier attempt do not count for a later one's broken connection."""
    layerperm.inject(Throttle(), ConnectionLost())
    session = retrying(Retry(total=3, status_forcelist=[429], allowed_methods=None))
    assert call("POST", POLICY, GRANT, session=session).status_code == 201
    layerperm.inject(Throttle(), ConnectionLost())
    session = retrying(Retry(total=3, read=False, status_forcelist=[429], allowed_methods=None))
    with pytest.raises(requests.ConnectionError, match="Connection aborted"):
        call("POST", POLICY, {**GRANT, "StatementId": "b"}, session=session)
    assert layerperm.calls.attempts("AddLayerVersionPermission") == 5


@pytest.mark.parametrize(
    ("timeout", "passes"),
    [(5, 5), (0.5, 0.5), ((3, 7), 7), (Timeout(connect=1, read=9), 9), (Timeout(total=4), 4)],
    ids=["number", "fraction", "pair", "Timeout", "total"],
)
def test_a_read_timeout(layerperm, layerperm_responses, layerperm_layer, layerperm_clock, timeout, passes):
    """The client's whole read timeout passes in virtual time, then ``requests`` raises ReadTimeout."""
    layerperm.inject(ConnectionLost(error="ReadTimeoutError"))
    before = layerperm_clock().timestamp()
    with pytest.raises(requests.ReadTimeout) as raised:
        call("GET", VERSION, timeout=timeout)
    assert str(raised.value) == (
        "HTTPSConnectionPool(host='lambda.us-east-1.amazonaws.com', port=443): "
        f"Read timed out. (read timeout={passes:g})"
    )
    assert layerperm_clock().timestamp() - before == passes


def test_a_client_that_waits_for_ever_is_given_a_minute(
    layerperm, layerperm_responses, layerperm_layer, layerperm_clock
):
    """Without a timeout of the client's, a lost connection is noticed after 60 seconds."""
    layerperm.inject(ConnectionLost(error="ReadTimeoutError"))
    before = layerperm_clock().timestamp()
    with pytest.raises(requests.ReadTimeout, match=r"Read timed out\. \(read timeout=60\)"):
        call("GET", VERSION)
    assert layerperm_clock().timestamp() - before == 60


def test_a_slow_answer_that_comes_in_time(layerperm, layerperm_responses, layerperm_layer, layerperm_clock):
    """Virtual time passes and the response arrives."""
    layerperm.inject(Slow(4))
    before = layerperm_clock().timestamp()
    assert call("GET", VERSION, timeout=5).status_code == 200
    assert layerperm_clock().timestamp() - before == 4


def test_a_slow_answer_that_comes_too_late(layerperm, layerperm_responses, layerperm_layer, layerperm_clock):
    """The client gives up at its timeout; the call was carried out."""
    layerperm.inject(Slow(6))
    before = layerperm_clock().timestamp()
    with pytest.raises(requests.ReadTimeout, match=r"Read timed out\. \(read timeout=5\)"):
        call("POST", POLICY, GRANT, timeout=5)
    assert layerperm_clock().timestamp() - before == 5
    assert layerperm_layer.policy is not None


def test_an_adapter_that_sets_a_timeout_is_heard(layerperm, layerperm_responses, layerperm_layer):
    """A custom adapter's own ``send`` runs before the response."""

    class Patient(HTTPAdapter):
        def send(self, request, **settings):
            return super().send(request, **{**settings, "timeout": 2})

    layerperm.inject(Slow(3))
    session = requests.Session()
    session.mount("https://", Patient())
    with pytest.raises(requests.ReadTimeout, match="read timeout=2"):
        call("GET", VERSION, session=session)


def test_a_send_with_positional_arguments_is_served(layerperm_responses, layerperm_layer):
    """An adapter may be called as ``send(request, stream, timeout)``."""
    prepared = requests.Request("GET", HOST + VERSION, auth=SigV4()).prepare()
    assert HTTPAdapter().send(prepared, False, 5).status_code == 200


def test_what_another_writer_raises_reaches_the_caller():
    """An error of an ``Interleave`` action is raised by the call."""

    def fail():
        raise KeyError("writer")

    from pytest_layerperm.fake.activation import serve_responses

    fake = LayerPerm()
    with pytest.raises(KeyError, match="writer"), fake:
        fake.publish_layer()
        _, stop = serve_responses(service_of(fake))
        fake.inject(Interleave(fail, before="GetLayerVersion"))
        try:
            call("GET", VERSION)
        finally:
            stop()


def test_an_error_of_the_tests_own_registration_is_not_retried(layerperm_responses):
    """Only broken layer calls are retried here; other errors are those of ``responses``."""
    layerperm_responses.get("https://example.com/", body=requests.ConnectionError("its own"))
    with pytest.raises(requests.ConnectionError, match="its own"):
        retrying(Retry(total=3)).get("https://example.com/")
    assert len(layerperm_responses.calls) == 1
