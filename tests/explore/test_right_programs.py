"""Programs that survive everything, two failures at once too."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_layerperm import assert_layer_not_shared_with, assert_layer_shared_with

PARTNER, SECOND = "222222222222", "333333333333"


def share(place):
    place.share()
    assert_layer_shared_with(PARTNER)


def stop_sharing(place):
    """What is gone already is no error, if the layer version is there."""
    try:
        place.remove()
    except place.client.exceptions.ResourceNotFoundException:
        place.client.get_layer_version(**place.where)
    assert_layer_not_shared_with(PARTNER)


def share_with_two(place):
    place.share(PARTNER)
    place.share(SECOND)
    for account in (PARTNER, SECOND):
        assert_layer_shared_with(account)


def read(place):
    place.principals()


def audit(place):
    """Removes what is not allowed; what is gone meanwhile is done."""
    for sid, principal in place.principals().items():
        if sid == "stranger" and principal:
            try:
                place.client.remove_layer_version_permission(**place.where, StatementId=sid)
            except place.client.exceptions.ResourceNotFoundException:
                place.client.get_layer_version(**place.where)


def share_with_few(place):
    """Optimistic locking that looks again after each conflict."""
    for _ in range(5):
        answer = place.policy()
        statements = json.loads(answer["Policy"])["Statement"]
        if f"account-{PARTNER}" in [statement["Sid"] for statement in statements]:
            break
        assert len(statements) < 9
        try:
            place.add(RevisionId=answer["RevisionId"])
        except (
            place.client.exceptions.PreconditionFailedException,
            place.client.exceptions.ResourceConflictException,
        ):
            continue
        break
    else:
        raise TimeoutError("others never rest")
    found = place.principals().get(f"account-{PARTNER}")
    if found != {"AWS": f"arn:aws:iam::{PARTNER}:root"}:
        raise PermissionError(f"the statement id is taken by {found}")
    assert_layer_shared_with(PARTNER)


def publish_once(place):
    """Looks for what it has published before, by its description."""
    found = [version for version in place.versions() if version.get("Description") == "build 7"]
    if not found:
        from tests.explore.conftest import ARCHIVE

        place.client.publish_layer_version(LayerName="shared-deps", Description="build 7", Content={"ZipFile": ARCHIVE})


PROGRAMS = [share, stop_sharing, share_with_two, read, audit, share_with_few, publish_once]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
@pytest.mark.parametrize("pairs", [False, True])
def test_it_survives(layerperm_layer, place, sweep, program, pairs):
    """Nothing is reported of it."""
    if program in (stop_sharing, share_with_few):
        layerperm_layer.grant(SECOND)
    if program is stop_sharing:
        layerperm_layer.grant(PARTNER, statement_id=f"account-{PARTNER}")
    if program is audit:
        layerperm_layer.grant("*", statement_id="stranger")
    raises = PermissionError if program is share_with_few else ()

    found = sweep(lambda: program(place), pairs=pairs, raises=raises)

    assert found.text == ""
    assert found.sweep.points >= 5
    assert found.sweep.untried == 0


def test_an_old_client_of_the_code_under_test(layerperm, layerperm_layer, sweep):
    """One that it keeps from its first run on."""
    kept = []

    def block():
        if not kept:
            kept.append(boto3.client("lambda"))
        kept[0].list_layers()

    assert sweep(block).text == ""


def test_a_program_that_reports_what_it_could_not_do(layerperm_layer, place, sweep):
    """With an error of its own, for several."""

    class NotShared(Exception):
        pass

    def block():
        failed = {}
        for account in (PARTNER, SECOND):
            try:
                place.share(account)
            except (ClientError, OSError) as error:
                failed[account] = error
        if failed:
            raise NotShared(", ".join(failed)) from next(iter(failed.values()))

    found = sweep(block, "Throttle", "Rival-takes-id")
    assert found.text == ""
