"""How a fact is checked: comparing responses, cleaning up, reporting differences."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pytest_layerperm.facts import FACTS, Fact
from pytest_layerperm.facts.asking import Asked
from pytest_layerperm.facts.differences import Difference, Received, compare
from pytest_layerperm.facts.model import (
    Absent,
    Expected,
    Holding,
    Kept,
    Lacking,
    Matching,
    Number,
    SameJson,
    Step,
    Unlike,
)
from pytest_layerperm.facts.reporting import Result, differences, plan, table
from pytest_layerperm.facts.rows.steps import add, fact, get_version, list_versions, publish
from pytest_layerperm.facts.running import Published, clean_up, show, why_not_shown


def answered(body: Any, status: int = 200, understood: tuple[str, str] | None = None, **headers: str) -> Received:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Received(status, {name.replace("_", "-"): value for name, value in headers.items()}, content, understood)


NAMES = {"layer": "a.b", "first": "r1"}


@pytest.mark.parametrize(
    ("wanted", "got", "difference"),
    [
        (Matching(r"${layer}-\d"), "a.b-1", None),
        (Matching(r"${layer}-\d"), "axb-1", ("text of the form a\\.b-\\d", "axb-1")),
        (Matching("x"), None, ("text of the form x", "null")),
        (Kept("k"), "anything", None),
        (Kept("k"), 1, ("text", "1")),
        (Unlike(("first",)), "r2", None),
        (Unlike(("first",)), "r1", ("text other than r1", "r1")),
        (Number(3), 3, None),
        (Number(3), 2, ("a whole number of at least 3", "2")),
        (Number(), True, ("a whole number of at least 0", "true")),
        (Absent(), None, None),
        (Absent(), [], ("no such member", "[]")),
        (SameJson('{"a":"${layer}"}'), '{ "a": "a.b" }', None),
        (SameJson('{"a":1}'), '{"a":2}', ('{"a":1}', '{"a":2}')),
        (SameJson("{}"), "no json", ("{}", "no json")),
        (SameJson("{}"), None, ("{}", "null")),
        ("${layer}!", "a.b!", None),
        ("x", "y", ("x", "y")),
        (1, True, ("1", "true")),
        (None, "x", ("null", "x")),
        ({"b": 1}, {"b": 1, "c": 2}, None),
        ({"b": 1}, [], ("an object", "[]")),
        ([1, "${layer}"], [1, "a.b"], None),
        ([1], [1, 2], ("a list of 1", "[1, 2]")),
        ([1], "1", ("a list of 1", "1")),
        (Holding({"b": 1}), [{"b": 2}, {"b": 1}], None),
        (Lacking("b", "${layer}"), [{"b": "other"}, 1], None),
        (Lacking("b", "${layer}"), [{"b": "a.b"}], ("a list without b a.b", '[{"b": "a.b"}]')),
        (Lacking("b", "${layer}"), None, ("a list without b a.b", "null")),
        (Holding({"b": 1}), [], ("an element", "an empty list")),
        (Holding({"b": 1}), None, ("a list", "null")),
    ],
)
def test_comparing_a_member(wanted: Any, got: Any, difference: tuple[str, str] | None) -> None:
    """Values, templates and matchers; a difference gives what was expected and got."""
    found = compare(Expected(body={"m": wanted}), answered({"m": got}), dict(NAMES))
    assert found == ([] if difference is None else [Difference("m", *difference)])


def test_differences_of_the_closest_element() -> None:
    """If a list has no such element, the differences of the closest one are reported."""
    wanted = {"m": Holding({"a": 1, "b": 2})}
    found = compare(Expected(body=wanted), answered({"m": [{"a": 3, "b": 4}, {"a": 1, "b": 5}]}), {})
    assert found == [Difference("m.b", "2", "5")]


def test_where_a_difference_is() -> None:
    """Its path."""
    found = compare(Expected(body={"m": [{"a": {"b": 1}}]}), answered({"m": [{"a": {"b": 2}}]}), {})
    assert found == [Difference("m[0].a.b", "1", "2")]


def test_matchers_keep_what_they_matched() -> None:
    """Under the name that later steps use."""
    names = dict(NAMES)
    body = {"a": Kept("kept"), "b": Matching(".+", "matched"), "c": Unlike(("first",), "unlike")}
    assert compare(Expected(body=body), answered({"a": "1", "b": "2", "c": "3"}), names) == []
    assert names == {**NAMES, "kept": "1", "matched": "2", "unlike": "3"}


def test_comparing_the_rest_of_a_response() -> None:
    """Status, code, message, members, their order, headers, bytes."""
    received = answered('{"message":"m", "Type":"User"}', 409, x_amzn_errortype="Conflict:http://x", server="s")
    same = Expected(409, "Conflict", "m", keys=("Type", "message"), headers={"server": "s", "date": Absent()})
    assert compare(same, received, {}) == []
    other = Expected(
        404, "Gone", "n", keys=("Type",), order=("Type", "message"), headers={"server": "t"}, raw="${layer}"
    )
    assert compare(other, received, dict(NAMES)) == [
        Difference("status", "404", "409"),
        Difference("error code", "Gone", "Conflict"),
        Difference("message", "n", "m"),
        Difference("members", '["Type"]', '["Type", "message"]'),
        Difference("order of members", '["Type", "message"]', '["message", "Type"]'),
        Difference("body", '{"message":"m","Type":"User"}', '{"message":"m", "Type":"User"}'),
        Difference("body", "a.b", '{"message":"m", "Type":"User"}'),
        Difference("header server", "t", "s"),
    ]
    assert compare(Expected("a success"), received, {}) == [Difference("status", "a success", "409 Conflict: m")]
    assert compare(Expected("a success"), answered("", 204), {}) == []


def test_comparing_what_an_sdk_reported() -> None:
    """It must equal what was sent."""
    received = answered({"message": "m"}, 409, ("Other", "n"), x_amzn_errortype="Conflict")
    assert compare(Expected(409, "Conflict", "m"), received, {}) == [
        Difference("error code that the SDK reported", "Conflict", "Other"),
        Difference("message that the SDK reported", "m", "n"),
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"__type": "com.amazon#Conflict"}, "Conflict"),
        ({"code": "Conflict"}, "Conflict"),
        ("<html>", None),
        ([], None),
        ("", None),
    ],
)
def test_error_code_is_found_as_sdks_find_it(body: Any, code: str | None) -> None:
    """In the body if there is no header."""
    assert answered(body, 409).code == code


# --- checking a fact


class Endpoint:
    """An endpoint that returns given responses, and records its calls."""

    account_id = "123456789012"
    region_name = "us-east-1"

    def __init__(self, respond: Callable[[Asked], Received], other: str | None = None) -> None:
        self.respond = respond
        self.other_account_id = other
        self.other_organization: str | None = None
        self.asked: list[Asked] = []

    def serves(self, partition: str) -> bool:
        return partition == "aws"

    def send(self, asked: Asked) -> Received:
        self.asked.append(asked)
        return self.respond(asked)

    @property
    def operations(self) -> list[str]:
        return [asked.operation for asked in self.asked]


def fine(asked: Asked) -> Received:
    listed = {"LayerVersions": [{"Version": 2}, {"Version": 1}]} if asked.operation == "ListLayerVersions" else {}
    return answered(listed)


def a_fact(*steps: Step, confidence: Any = "recorded") -> Fact:
    return fact("group/name", "A sentence.", confidence, "API", *steps)


def test_layers_are_deleted_afterwards() -> None:
    """Every version, by its publisher and in its region."""
    endpoint = Endpoint(fine, "210987654321")
    steps = (publish(by="other", region="eu-west-1"), publish(), publish(), get_version(Expected(200)))
    outcome = show(a_fact(*steps), endpoint, "l")
    assert outcome.verdict == "held"
    assert [(asked.by, asked.region, asked.path) for asked in endpoint.asked[4:]] == [
        ("other", "eu-west-1", "/2018-10-31/layers/l/versions"),
        ("other", "eu-west-1", "/2018-10-31/layers/l/versions/2"),
        ("other", "eu-west-1", "/2018-10-31/layers/l/versions/1"),
        ("owner", "us-east-1", "/2018-10-31/layers/l/versions"),
        ("owner", "us-east-1", "/2018-10-31/layers/l/versions/2"),
        ("owner", "us-east-1", "/2018-10-31/layers/l/versions/1"),
    ]


@pytest.mark.parametrize("interrupted", ["PublishLayerVersion", "AddLayerVersionPermission"])
def test_layers_are_deleted_when_interrupted(interrupted: str) -> None:
    """Even if the publication itself was interrupted."""

    def interrupt(asked: Asked) -> Received:
        if asked.operation == interrupted:
            raise KeyboardInterrupt
        return fine(asked)

    endpoint = Endpoint(interrupt)
    with pytest.raises(KeyboardInterrupt):
        show(a_fact(publish(), add(expected=Expected(201))), endpoint, "l")
    assert endpoint.operations[-3:] == ["ListLayerVersions", "DeleteLayerVersion", "DeleteLayerVersion"]


def test_interrupted_clean_up_leaves_its_list() -> None:
    """What was published is kept for another clean-up."""

    def interrupt(asked: Asked) -> Received:
        if asked.operation == "DeleteLayerVersion":
            raise KeyboardInterrupt
        return fine(asked)

    published: Published = {}
    with pytest.raises(KeyboardInterrupt):
        show(a_fact(publish(), get_version(Expected(200))), Endpoint(interrupt), "l", published)
    assert published == {("l", "owner", "us-east-1"): None}
    endpoint = Endpoint(fine)
    clean_up(endpoint.send, published)
    assert endpoint.operations == ["ListLayerVersions", "DeleteLayerVersion", "DeleteLayerVersion"]
    assert published == {}


def test_preparation_that_fails_is_a_difference() -> None:
    """A fact cannot hold if its preparation fails; the remaining steps are skipped."""
    endpoint = Endpoint(lambda asked: answered({"__type": "Nope", "message": "m"}, 500))
    outcome = show(a_fact(publish(), add(), get_version(Expected(200))), endpoint, "l")
    assert outcome.differences == [Difference("step 1, PublishLayerVersion", "a success", "500 Nope: m")]
    assert endpoint.operations == ["PublishLayerVersion", "ListLayerVersions"]


def test_first_step_that_differs_is_the_last() -> None:
    """Later steps would differ only because of it."""
    endpoint = Endpoint(fine)
    outcome = show(a_fact(add(expected=Expected(201)), get_version(Expected(404))), endpoint, "l")
    assert outcome.verdict == "differs"
    assert outcome.differences == [Difference("step 1, AddLayerVersionPermission: status", "201", "200")]
    assert endpoint.operations == ["AddLayerVersionPermission"]


def test_pages_are_followed_to_their_end() -> None:
    """And no marker twice, even if an endpoint goes round in circles."""
    pages = {None: ("2", 3), "2": ("1", 2), "1": ("2", 1)}

    def paged(asked: Asked) -> Received:
        marker, number = pages[asked.members.get("Marker")]
        return answered({"NextMarker": marker, "LayerVersions": [{"Version": number}]})

    expected = Expected(body={"LayerVersions": [{"Version": 3}, {"Version": 2}, {"Version": 1}]})
    assert show(a_fact(list_versions(expected, all_pages=True)), Endpoint(paged), "l").verdict == "held"


def test_what_an_endpoint_cannot_show() -> None:
    """No call is made then."""
    alone, two = Endpoint(fine), Endpoint(fine, "210987654321")
    by_other = a_fact(get_version(Expected(200), by="other"))
    member = Fact("g/n", "s", "recorded", "API", (get_version(Expected(200), by="other"),), needs_organization=True)
    in_china = a_fact(get_version(Expected(200), region="cn-north-1"))
    assert show(by_other, alone, "l").not_shown == "needs a second account"
    assert why_not_shown(by_other, two) is None
    assert why_not_shown(member, two) == "needs a second account in an organization"
    assert show(in_china, two, "l").verdict == "not shown"
    assert why_not_shown(in_china, two) == "needs the partition aws-cn"
    assert alone.asked == two.asked == []


# --- what is printed


def result(confidence: str, verdict: str, group: str = "errors", reason: str | None = None) -> Result:
    told = (("step 1, GetLayerVersion: status", "404", "200"),) if verdict == "differs" else ()
    return Result(f"{group}/name", group, "A sentence.", confidence, "API:page", verdict, told, reason)


def test_table() -> None:
    """Per group and confidence, how many of the checked facts held; then which were not checked."""
    results = [
        result("recorded", "held", "operations"),
        result("recorded", "held"),
        result("recorded", "differs"),
        result("inferred", "held"),
        result("documented", "not shown", reason="needs a second account"),
        result("inferred", "not shown", reason="needs the partition aws-cn"),
        result("reported", "not shown", reason="needs a second account"),
    ]
    assert table(results) == [
        "            recorded  documented  reported  inferred",
        "operations  1 of 1    -           -         -",
        "errors      1 of 2    -           -         1 of 1",
        "all         2 of 3    -           -         1 of 1",
        "not shown: 2, needs a second account",
        "not shown: 1, needs the partition aws-cn",
    ]


def test_differences() -> None:
    """Fact, expected, got; the inferred ones separately, since AWS may differ from them too."""
    assert differences([result("inferred", "differs"), result("recorded", "differs"), result("recorded", "held")]) == [
        "differs from what is known about AWS:",
        "  errors/name (recorded, API:page): A sentence.",
        "    step 1, GetLayerVersion: status",
        "      expected: 404",
        "      got:      200",
        "differs from what was inferred about AWS:",
        "  errors/name (inferred, API:page): A sentence.",
        "    step 1, GetLayerVersion: status",
        "      expected: 404",
        "      got:      200",
    ]
    assert differences([result("recorded", "held")]) == []


def test_plan_for_an_account() -> None:
    """Printed before anything is done: what, how many, how fast, and what stays unchanged."""
    facts = [one for one in FACTS if one.group == "revisions"]
    assert plan(facts, 70, "aws", "layerperm-facts-01234567", aws=True) == (
        "layerperm facts: 14 facts (9 recorded, 2 documented, 0 reported, 3 inferred) on aws\n"
        "  about 70 calls; every layer is named layerperm-facts-01234567-…, and is deleted again; "
        "no other layer is changed\n"
        "  at most 12 calls a second; some of these layers, of a few hundred bytes, are public for a moment\n"
        "  the account's layers are listed, but never read"
    )
