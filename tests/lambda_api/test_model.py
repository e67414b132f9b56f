"""Statements, policies and versions as values."""

from __future__ import annotations

import json

from pytest_layerperm.lambda_api.arn import layer_id
from pytest_layerperm.lambda_api.model import (
    ACTION,
    Content,
    Details,
    PublishedVersion,
    compact_json,
    make_policy,
    make_statement,
)

LAYER = layer_id("shared-deps", "123456789012", "us-east-1")
ROOT = "arn:aws:iam::210987654321:root"


def statement(principal: str = "*", organization_id: str | None = None, sid: str = "s1"):
    return make_statement(LAYER, 1, sid, ACTION, principal, organization_id)


def test_who_is_allowed() -> None:
    """Everyone by *, an account by its root, an organization's accounts by its id."""
    everybody, account, organization = statement(), statement("210987654321"), statement("*", "o-exampleorgid")
    assert everybody.admits(ROOT, None)
    assert everybody.admits(ROOT, "o-exampleorgid")
    assert account.admits(ROOT, None)
    assert not account.admits("arn:aws:iam::123456789012:root", "o-exampleorgid")
    assert not account.admits("arn:aws-cn:iam::210987654321:root", None)
    assert organization.admits(ROOT, "o-exampleorgid")
    assert not organization.admits(ROOT, "o-anotherorgid")
    assert not organization.admits(ROOT, None)


def test_what_is_public() -> None:
    """Everyone is public; an organization is not, however large."""
    assert statement().public
    assert not statement("*", "o-exampleorgid").public
    assert not statement("210987654321").public


def test_root_arn_is_kept() -> None:
    """An account id and its root ARN result in the same statement."""
    assert statement("210987654321") == statement(ROOT)
    assert statement(ROOT).principal == ROOT


def test_size_is_that_of_the_document() -> None:
    """With none, one, and many statements."""
    for count in (0, 1, 2, 50):
        policy = make_policy("r", tuple([statement(sid=f"s{number}") for number in range(count)]))
        assert policy.size == len(policy.document.encode())
        assert [s["Sid"] for s in json.loads(policy.document)["Statement"]] == [s.sid for s in policy.statements]


def test_statements_are_found_by_id() -> None:
    """Case-sensitive, and None if there is none."""
    policy = make_policy("r", (statement(sid="s1"), statement(sid="s2")))
    assert policy.statement("s2") == statement(sid="s2")
    assert policy.statement("S2") is None


def test_compact_json() -> None:
    """No spaces, and text outside ASCII unescaped."""
    assert compact_json({"a": [1, "ü"]}) == '{"a":[1,"ü"]}'


def version(runtimes: tuple[str, ...] | None, architectures: tuple[str, ...] | None) -> PublishedVersion:
    details = Details(compatible_runtimes=runtimes, compatible_architectures=architectures)
    return PublishedVersion(LAYER, 3, "2026-01-01T00:00:00.000+0000", Content(b"zip", "hash", 1), details)


def test_filters_of_lists() -> None:
    """A version passes a filter that it names; one that names nothing passes none."""
    python_on_arm, anything = version(("python3.13",), ("arm64",)), version(None, None)
    assert python_on_arm.matches(None, None)
    assert python_on_arm.matches("python3.13", None)
    assert python_on_arm.matches(None, "arm64")
    assert python_on_arm.matches("python3.13", "arm64")
    assert not python_on_arm.matches("python3.13", "x86_64")
    assert not python_on_arm.matches("ruby3.4", "arm64")
    assert anything.matches(None, None)
    assert not anything.matches("python3.13", None)
    assert not anything.matches(None, "arm64")


def test_version_arn_and_code_size() -> None:
    """A version's ARN has its number; the size is the archive's."""
    assert version(None, None).arn == "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:3"
    assert version(None, None).content.size == 3
