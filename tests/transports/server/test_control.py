"""The live server's page and JSON below /_layerperm/."""

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
pytest.importorskip("httptools", reason="the live server needs the extra 'server'")

from pytest_layerperm import Throttle
from pytest_layerperm.transports.server.live import shared_server

POLICY = "/2018-10-31/layers/shared-deps/versions/1/policy"
SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/lambda/aws4_request, "
    "SignedHeaders=host, Signature=0"
}
FAULTS = [
    "ConnectionLost",
    "Failure",
    "Interleave",
    "Propagation",
    "RateLimit",
    "ServiceFailure",
    "Slow",
    "Throttle",
]


@pytest.fixture
def ask(layerperm_server):
    """Sends one request to the server: status, headers, and the body, parsed if it is JSON."""
    return asking(layerperm_server)


def asking(server):
    def send(method, path, body=None, headers=None):
        connection = HTTPConnection(urlsplit(server.url).netloc, timeout=10)
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body)
            connection.request(method, path, data, headers or {})
            response = connection.getresponse()
            raw = response.read()
        finally:
            connection.close()
        is_json = raw and response.headers["content-type"] == "application/json"
        return response.status, response.headers, json.loads(raw) if is_json else raw

    return send


def test_calls_are_every_attempt_as_json(ask, layerperm_layer):
    """/_layerperm/calls has the log's attempts, with the same names."""
    ask("GET", POLICY, headers={**SIGNED, "amz-sdk-invocation-id": "one"})
    status, headers, body = ask("GET", "/_layerperm/calls")
    assert (status, headers["content-type"]) == (200, "application/json")
    (call,) = body["calls"]
    time = call.pop("time")
    assert (len(time), time[10], time[-1]) == (24, "T", "Z")
    assert call == {
        "operation": "GetLayerVersionPolicy",
        "account_id": "123456789012",
        "region_name": "us-east-1",
        "layer": layerperm_layer.arn,
        "parameters": {"LayerName": "shared-deps", "VersionNumber": 1},
        "status": 404,
        "error_code": "ResourceNotFoundException",
        "fault": None,
        "invocation_id": "one",
    }


def test_parameters_that_json_cannot_express_are_text(ask, layerperm_layer):
    """NaN and infinity, which Python accepts as JSON, do not break other languages' parsers."""
    ask("POST", POLICY, b'{"StatementId": [NaN, {"a": -Infinity}]}', SIGNED)
    (call,) = ask("GET", "/_layerperm/calls")[2]["calls"]
    assert call["parameters"]["StatementId"] == ["NaN", {"a": "-Infinity"}]


def test_layers_are_every_version_with_its_statements(ask, layerperm):
    """/_layerperm/layers says who may use each version; "no policy" differs from an emptied one."""
    shared = layerperm.publish_layer("shared", Description="for partners")
    shared.grant("222222222222", statement_id="partner")
    shared.grant("*", organization_id="o-exampleorgid", statement_id="org")
    shared.grant("*", statement_id="all")
    layerperm.publish_layer("private")
    emptied = layerperm.publish_layer("emptied")
    emptied.grant("*", statement_id="gone")
    ask("DELETE", POLICY.replace("shared-deps", "emptied") + "/gone", headers=SIGNED)
    first, private, last = ask("GET", "/_layerperm/layers")[2]["layers"]
    assert json.loads(first.pop("policy")) == shared.policy
    assert first.pop("created").startswith("20")
    assert first == {
        "arn": shared.arn,
        "name": "shared",
        "version": 1,
        "account_id": "123456789012",
        "region_name": "us-east-1",
        "description": "for partners",
        "revision_id": shared.revision_id,
        "statements": [
            {"sid": "partner", "principal": "222222222222", "organization_id": None, "way": "account"},
            {"sid": "org", "principal": "*", "organization_id": "o-exampleorgid", "way": "organization"},
            {"sid": "all", "principal": "*", "organization_id": None, "way": "public"},
        ],
    }
    assert (private["policy"], private["revision_id"], private["statements"]) == (None, None, [])
    assert (last["policy"], last["revision_id"], last["statements"]) == (None, emptied.revision_id, [])


def test_the_state_says_which_statement_allows_whom(ask, layerperm):
    """For the page: for each account, the indexes of the statements that allow it."""
    layerperm.organization("o-exampleorgid", accounts=["333333333333"])
    layer = layerperm.publish_layer()
    layer.grant("222222222222")
    layer.grant("*", organization_id="o-exampleorgid")
    state = ask("GET", "/_layerperm/state")[2]
    assert state["accounts"] == [
        {"account_id": "123456789012", "organization_id": None},
        {"account_id": "222222222222", "organization_id": None},
        {"account_id": "333333333333", "organization_id": "o-exampleorgid"},
    ]
    assert state["organizations"] == ["o-exampleorgid"]
    assert state["layers"][0]["access"] == {"222222222222": [0], "333333333333": [1]}
    assert state["test"].endswith("::test_the_state_says_which_statement_allows_whom")


def test_the_state_groups_retries_by_call(ask, layerperm_layer, layerperm):
    """The attempts of one SDK call are one call, with the outcome and fault of each."""
    layerperm.inject(Throttle())
    for _ in range(2):
        ask("GET", POLICY, headers={**SIGNED, "amz-sdk-invocation-id": "one"})
    state = ask("GET", "/_layerperm/state")[2]
    (call,) = state["calls"]
    assert call["attempts"] == [
        {"outcome": "429 TooManyRequestsException", "status": 429, "fault": "Throttle 1 of 1"},
        {"outcome": "404 ResourceNotFoundException", "status": 404, "fault": None},
    ]
    assert state["faults"] == [{"text": "Throttle(times=1)", "struck": 1, "times": 1, "waiting": False}]


def test_an_unchanged_state_is_not_sent_again(ask, layerperm):
    """304 for the entity tag of the last state, and a new state after any change."""
    layer = layerperm.publish_layer()
    _, headers, _ = ask("GET", "/_layerperm/state")
    known = {"If-None-Match": headers["etag"]}
    assert ask("GET", "/_layerperm/state", headers=known)[0] == 304
    layer.grant("*")
    assert ask("GET", "/_layerperm/state", headers=known)[0] == 200


def test_only_the_newest_of_very_many_are_shown(ask, layerperm, monkeypatch):
    """The page says how many layer versions and calls it leaves out."""
    monkeypatch.setattr("pytest_layerperm.service.snapshot.LAYERS_SHOWN", 2)
    monkeypatch.setattr("pytest_layerperm.service.snapshot.CALLS_SHOWN", 1)
    for _ in range(3):
        layerperm.publish_layer()
        ask("GET", POLICY, headers=SIGNED)
    state = ask("GET", "/_layerperm/state")[2]
    assert ([layer["version"] for layer in state["layers"]], state["layers_omitted"]) == ([2, 3], 1)
    assert (len(state["calls"]), state["calls_omitted"]) == (1, 2)


@pytest.mark.parametrize("nesting", [900, 90_000])
def test_parameters_nested_too_deeply_are_rejected_or_left_out(ask, layerperm_layer, nesting):
    """A bomb of brackets breaks neither the call nor the log."""
    body = b'{"StatementId": ' + b"[" * nesting + b"]" * nesting + b"}"
    assert ask("POST", POLICY, body, SIGNED)[0] == 400
    assert ask("GET", "/_layerperm/calls")[0] == 200
    assert ask("GET", "/_layerperm/state")[0] == 200


def test_faults_are_added_and_listed(ask, layerperm, layerperm_layer):
    """POST takes one fault or several, with their names and arguments in Python."""
    wanted = {"fault": "Throttle", "times": 1, "code": "ThrottlingException"}
    status, _, body = ask("POST", "/_layerperm/faults", wanted)
    assert (status, body) == (201, {"faults": [{"fault": repr(layerperm.faults[0]), "struck": 0, "times": 1}]})
    more = [{"fault": "Slow", "seconds": 0.001, "times": None}, {"fault": "RateLimit", "per_second": 500}]
    assert ask("POST", "/_layerperm/faults", more)[0] == 201
    assert ask("GET", POLICY, headers=SIGNED)[2] == {"message": "Rate exceeded"}
    assert [one["struck"] for one in ask("GET", "/_layerperm/faults")[2]["faults"]] == [1, 0, 0]
    assert ask("GET", POLICY, headers=SIGNED)[0] == 404


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (b"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ([1], "a fault must be a JSON object"),
        ({}, f"fault must be one of {', '.join(FAULTS)}, not None"),
        ({"fault": ["Throttle"]}, f"fault must be one of {', '.join(FAULTS)}, not ['Throttle']"),
        ({"fault": "Fault"}, f"fault must be one of {', '.join(FAULTS)}, not 'Fault'"),
        ({"fault": "Interleave"}, "missing a required argument: 'interleave'"),
        ({"fault": "Interleave", "interleave": []}, "interleave must be a list of layer calls, not []"),
        ({"fault": "Interleave", "interleave": [1]}, "interleave: a layer call must be a JSON object"),
        (
            {"fault": "Interleave", "interleave": [{"name": 1}]},
            "interleave: a layer call has operation, account_id, region_name, parameters, not 'name'",
        ),
        (
            {"fault": "Interleave", "interleave": [{"operation": "ListLayers", "parameters": 1}]},
            "parameters must be a JSON object",
        ),
        (
            {"fault": "Interleave", "interleave": [{"operation": "GetLayerVersion", "parameters": {"Name": "x"}}]},
            "parameters of GetLayerVersion are LayerName, VersionNumber, not 'Name'",
        ),
        (
            {"fault": "Interleave", "interleave": [{"operation": "ListLayers", "parameters": {"MaxItems": "x"}}]},
            "parameters: 'x' can not be converted to Integer",
        ),
        ({"fault": "Throttle", "after": -1}, "after must be a number of calls, 0 or more, not -1"),
        ({"fault": "Slow"}, "missing a required argument: 'seconds'"),
        ({"fault": "Throttle", "tmes": 2}, "got an unexpected keyword argument 'tmes'"),
        ({"fault": "Throttle", "times": 0}, "times must be at least 1, or None for every call, not 0"),
        ({"fault": "ServiceFailure", "applied": "no"}, "applied must be True or False, not 'no'"),
        ([{"fault": "Throttle"}, {"fault": "Slow", "seconds": -1}], "seconds must be a number above 0, not -1"),
    ],
)
def test_a_wrong_fault_is_rejected_and_none_is_added(ask, layerperm, body, wrong):
    """The response says what is wrong and shows a right one; of a list with a wrong one nothing is added."""
    status, headers, error = ask("POST", "/_layerperm/faults", body)
    assert (status, headers["x-amzn-errortype"]) == (400, "BadRequest")
    assert error["Message"] == (
        f"pytest-layerperm: {wrong}. POST a JSON object, or a list of them, such as "
        '{"fault": "Throttle", "times": 2, "operation": "AddLayerVersionPermission"}; '
        f"faults are {', '.join(FAULTS)}."
    )
    assert layerperm.faults == ()


def test_another_writer_is_a_list_of_calls(ask, layerperm, layerperm_layer):
    """They are made just before the next matching call, by whom they say; the log does not have them."""
    add = {
        "operation": "AddLayerVersionPermission",
        "parameters": {
            "LayerName": "shared-deps",
            "VersionNumber": 1,
            "StatementId": "rival",
            "Action": "lambda:GetLayerVersion",
            "Principal": "222222222222",
        },
    }
    foreign = {"operation": "ListLayers", "account_id": "222222222222", "region_name": "eu-west-1"}
    wanted = {"fault": "Interleave", "interleave": [add, foreign], "before": "GetLayerVersionPolicy", "after": 1}
    status, _, body = ask("POST", "/_layerperm/faults", wanted)
    assert status == 201
    assert body["faults"][0]["fault"] == (
        "Interleave(action=[AddLayerVersionPermission, ListLayers], before='GetLayerVersionPolicy', after=1)"
    )
    assert ask("GET", POLICY, headers=SIGNED)[0] == 404
    assert "rival" in ask("GET", POLICY, headers=SIGNED)[2]["Policy"]
    assert [call.operation for call in layerperm.calls] == ["GetLayerVersionPolicy"] * 2


def test_any_error_can_be_added(ask, layerperm_layer):
    """And a delay until other accounts see a grant."""
    failure = {"fault": "Failure", "code": "EC2ThrottledException", "status": 502, "message": "busy"}
    assert ask("POST", "/_layerperm/faults", [failure, {"fault": "Propagation", "seconds": 5}])[0] == 201
    status, headers, body = ask("GET", POLICY, headers=SIGNED)
    assert (status, headers["x-amzn-errortype"]) == (502, "EC2ThrottledException")
    assert body == {"Type": "Service", "message": "busy"}


def test_reset_starts_empty_again(ask, layerperm, layerperm_layer):
    """POST reset removes layers, calls and faults."""
    layerperm.inject(Throttle())
    ask("GET", POLICY, headers=SIGNED)
    assert ask("POST", "/_layerperm/reset")[0] == 204
    assert (layerperm.layers, list(layerperm.calls), layerperm.faults) == ((), [], ())


@pytest.mark.parametrize(("path", "status"), [("/_layerperm/reset", 204), ("/moto-api/reset", 200)])
def test_reset_empties_moto(ask, layerperm, layerperm_layer, path, status):
    """Roles, functions, buckets and stacks go as well; moto's own path is the same."""
    session = layerperm.session()
    session.client("s3").create_bucket(Bucket="artifacts")
    session.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument="{}")
    assert ask("POST", path)[0] == status
    assert layerperm.layers == ()
    assert session.client("s3").list_buckets()["Buckets"] == []
    assert session.client("iam").list_roles()["Roles"] == []


def test_motos_reset(ask, layerperm):
    """The path of moto's server takes POST, and responds as that server does."""
    assert ask("GET", "/moto-api/reset")[::2] == (400, {"Error": "Need to POST to reset Moto"})
    assert ask("POST", "/moto-api/reset")[::2] == (200, {"status": "ok"})
    assert ask("POST", "/moto-api/reset", headers={"Origin": "https://example.com"})[0] == 403


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        (
            "GET",
            "/_layerperm/nothing",
            404,
            "pytest-layerperm: /_layerperm/ is a page; below it are calls, events, faults, layers, reset, state.",
        ),
        ("GET", "/_layerperm/reset", 405, "pytest-layerperm: /_layerperm/reset takes POST."),
        ("DELETE", "/_layerperm/faults", 405, "pytest-layerperm: /_layerperm/faults takes GET and POST."),
    ],
)
def test_unknown_paths_and_methods_are_rejected(ask, method, path, status, message):
    """The error lists the valid ones."""
    received, _, body = ask(method, path)
    assert (received, body["Message"]) == (status, message)


@pytest.mark.parametrize("path", ["/_layerperm", "/_layerperm/"])
def test_the_page_is_one_self_contained_document(ask, path):
    """The HTML has no URL in it."""
    status, headers, body = ask("GET", path)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"http:" not in body
    assert b"https:" not in body
    assert body.count(b"<script") == 2


def test_between_tests_only_the_page_works():
    """If no fake is on, the page can be loaded, and its requests get a 503."""
    ask = asking(shared_server())
    assert ask("GET", "/_layerperm/")[0] == 200
    assert ask("HEAD", "/_layerperm/")[0] == 200
    status, _, body = ask("GET", "/_layerperm/state")
    assert status == 503
    status, _, _ = ask("POST", "/moto-api/reset")
    assert status == 503
    assert body["Message"].startswith("pytest-layerperm: no fake is on. ")


def test_parameters_too_deep_for_json_are_left_out():
    """Python 3.12 and newer can parse deeper nesting than they can write."""
    from pytest_layerperm.service.calls import LoggedCall
    from pytest_layerperm.service.snapshot import call_data

    deep = []
    for _ in range(200_000):
        deep = [deep]
    call = LoggedCall("ListLayers", "1" * 12, "us-east-1", None, {"Marker": deep}, 400, "x", None, 0.0, None, False)
    assert call_data(call)["parameters"] == {"…": "nested too deeply to be shown"}


def test_events_are_the_trail(ask, layerperm, layerperm_layer):
    """/_layerperm/events has what ``layerperm.events()`` returns."""
    ask("GET", POLICY, headers=SIGNED)
    status, _, body = ask("GET", "/_layerperm/events")
    assert (status, body) == (200, {"events": layerperm.events()})
    assert body["events"][0]["detail"]["requestID"] == layerperm.calls.last.request_id


def test_events_are_looked_up_over_the_server(layerperm, layerperm_server, layerperm_client):
    """As a subprocess with the server's environment does it."""
    import boto3

    layerperm_client.list_layers()
    trail = boto3.client("cloudtrail", endpoint_url=layerperm_server.url)
    assert [event["EventName"] for event in trail.lookup_events()["Events"]] == ["ListLayers20181031"]
