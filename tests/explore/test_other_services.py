"""Blocks that call the rest of AWS, which moto answers: its state is not put back."""

import io
from types import SimpleNamespace
from urllib.parse import urlsplit

import boto3
import pytest

from pytest_layerperm.transports.moto.changes import change_of


def create_role():
    boto3.client("iam").create_role(RoleName="release", AssumeRolePolicyDocument="{}")


def delete_role():
    iam = boto3.client("iam")
    for role in iam.list_roles()["Roles"]:
        iam.delete_role(RoleName=role["RoleName"])


def test_a_block_that_changes_them_is_rejected(place, sweep):
    """In one run, with the way out."""

    def block():
        create_role()
        place.share()

    found = sweep(block)
    assert found.tried == [""]
    assert found.text == (
        "the block changes other AWS services (iam CreateRole), whose state every_fault() does not put back\n"
        "What to do: make these calls before the loop, or pass reset=, a function that undoes them before each run."
    )


def test_a_block_that_has_them_put_back(place, sweep):
    """Killed and run again, it finds what it has made, as in a real account."""

    def block():
        iam = boto3.client("iam")
        if not iam.list_roles()["Roles"]:
            create_role()
        place.share()

    found = sweep(block, "Throttle", "Killed-applied", reset=delete_role)
    assert (found.text, found.sweep.points) == ("", 2)


def test_a_block_that_reads_is_swept(place, sweep):
    def block():
        boto3.client("sts").get_caller_identity()
        boto3.client("iam").list_roles()
        place.share()

    assert sweep(block, "Throttle").text == ""


@pytest.mark.parametrize(
    ("method", "target", "body", "change"),
    [
        ("POST", None, b"Version=1&Action=CreateRole&RoleName=a", "iam CreateRole"),
        ("POST", None, "Action=AssumeRole", None),
        ("POST", None, io.BytesIO(b"Action=CreateRole"), "iam POST /a"),
        ("POST", b"Service.PutItem", b"{}", "iam PutItem"),
        ("POST", "Service.DescribeTable", b"{}", None),
        ("GET", None, None, None),
        ("DELETE", None, None, "iam DELETE /a"),
    ],
)
def test_what_changes_something(method, target, body, change):
    headers = {} if target is None else {"X-Amz-Target": target}
    request = SimpleNamespace(method=method, headers=headers, body=body)
    assert change_of(request, urlsplit("https://iam.amazonaws.com/a")) == change
