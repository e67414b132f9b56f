"""Bugs that a sweep has to find, each at its point; what a program does instead, right, is in test_right_programs."""

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from pytest_layerperm import assert_layer_not_public, assert_layer_shared_with

PARTNER, SECOND = "222222222222", "333333333333"
ALL = (ClientError, BotoCoreError)


def swallowed(place):
    """Prints the error and goes on."""
    try:
        place.add()
    except ALL as error:
        print(error)
    assert_layer_shared_with(PARTNER)


def error_read_as_absence(place):
    """Takes every error of the read for "no policy", and shares anew."""
    try:
        shared = "account-" + PARTNER in str(place.policy())
    except ALL:
        shared = False
    if not shared:
        place.add()
    assert_layer_shared_with(PARTNER)


def remove_then_add(place):
    """Replaces a statement by way of nothing."""
    place.remove()
    place.add()


def public_for_a_moment(place):
    """Shares with everyone, to narrow it down afterwards."""
    place.client.add_layer_version_permission(
        **place.where, StatementId="all", Action="lambda:GetLayerVersion", Principal="*"
    )
    place.add()
    place.client.remove_layer_version_permission(**place.where, StatementId="all")


def count_then_add(place):
    """Looks whether there is room, and adds without saying at which revision."""
    if len(place.principals()) < 2:
        place.add()
    assert len(place.principals()) <= 2


def spinning_on_412(place):
    """Tries again with the revision that it has, for ever."""
    revision_id = place.policy()["RevisionId"]
    while True:
        try:
            place.add(RevisionId=revision_id)
        except place.client.exceptions.PreconditionFailedException:
            continue
        return


def retries_for_ever(place):
    """Does not give up."""
    while True:
        try:
            place.add()
        except place.client.exceptions.TooManyRequestsException:
            continue
        except place.client.exceptions.ResourceConflictException:
            return
        except ALL:
            continue
        return


def done_before_doing(place, done=None):
    """Writes down that it has shared, and shares."""
    done = _DONE if done is None else done
    if PARTNER not in done:
        done.add(PARTNER)
        place.share()
    assert_layer_shared_with(PARTNER)


_DONE = set()


def cleanup_that_masks(place):
    """What fails while it cleans up hides what failed first."""
    version = place.publish()["Version"]
    try:
        place.add()
    except ALL:
        place.client.delete_layer_version(LayerName="shared-deps", VersionNumber=version)
        place.remove()
        raise


def publish_twice(place):
    """Takes a lost response for "nothing happened"."""
    before = len(place.versions())
    place.publish()
    assert len(place.versions()) == before + 1


def conflict_taken_for_success(place):
    """Does not look whose statement it is."""
    try:
        place.add()
    except place.client.exceptions.ResourceConflictException:
        print("shared already")
    assert_layer_shared_with(PARTNER)


def first_of_many(place):
    """Stops at the first account that fails, and reports success."""
    try:
        for account in (PARTNER, SECOND):
            place.share(account)
    except ALL:
        print("some may have failed")
    assert_layer_shared_with(SECOND)


def conflict_reported(place):
    """A lost response is reported as somebody else's statement."""
    place.add()


def gone_reported(place):
    """The same on the way back."""
    place.remove()


def answer_not_looked_at(place):
    """Uses a response that never came."""
    answer = {}
    try:
        answer = place.add()
    except ALL:
        print("later")
    assert answer["Statement"]


def retried_in_the_dark(place):
    """Adds once more under another name when it is not sure."""
    try:
        place.add()
    except ALL:
        place.client.add_layer_version_permission(
            **place.where, StatementId="again", Action="lambda:GetLayerVersion", Principal=PARTNER
        )
    assert len(place.principals()) == 1


def stale_revision(place):
    """Reads the revision once, for all of its writes."""
    revision_id = place.policy()["RevisionId"]
    try:
        place.add(RevisionId=revision_id)
    except place.client.exceptions.PreconditionFailedException:
        print("another writer was here: it has shared it, then")
    assert_layer_shared_with(PARTNER)


def leftover_version(place):
    """A version that is published and that nobody may use."""
    place.publish()
    place.client.add_layer_version_permission(
        LayerName="shared-deps", VersionNumber=2, StatementId="s", Action="lambda:GetLayerVersion", Principal=PARTNER
    )


BUGS = {
    swallowed: "Throttle@1",
    error_read_as_absence: "Throttle@1",
    remove_then_add: "Throttle@2",
    public_for_a_moment: "Throttle@2",
    count_then_add: "Rival-adds@2",
    spinning_on_412: "Rival-adds@2",
    retries_for_ever: "Outage@1",
    done_before_doing: "Killed@1",
    cleanup_that_masks: "Throttle@2",
    publish_twice: "ConnectionLost-applied@2",
    conflict_taken_for_success: "Rival-takes-id@1",
    first_of_many: "Throttle@1",
    conflict_reported: "ConnectionLost-applied@1",
    gone_reported: "ConnectionLost-applied@1",
    answer_not_looked_at: "Throttle@1",
    retried_in_the_dark: "ConnectionLost-applied@1",
    stale_revision: "Rival-adds@2",
    leftover_version: "ConnectionLost-applied@1",
}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_it_is_found(layerperm_layer, place, sweep, bug):
    """At the point where it is, of which the report names the call and the kind."""
    settings = {}
    if bug in (error_read_as_absence, remove_then_add, gone_reported):
        layerperm_layer.grant(PARTNER, statement_id=f"account-{PARTNER}")
    if bug is remove_then_add:
        settings["always"] = lambda: assert_layer_shared_with(PARTNER)
    if bug in (count_then_add, spinning_on_412, stale_revision):
        layerperm_layer.grant("111111111111")
    if bug is public_for_a_moment:
        settings["always"] = assert_layer_not_public
    if bug is done_before_doing:
        settings["reset"] = _DONE.clear
    if bug is leftover_version:
        settings["always"] = lambda: _no_version_without_access(place)

    found = sweep(lambda: bug(place), **settings)

    assert BUGS[bug] in found.failing
    assert BUGS[bug] in found.text
    assert len(found.text.splitlines()) <= 60


def _no_version_without_access(place):
    """Versions of the release may be there without policy only while it runs; two of them are one too many."""
    assert len(place.versions()) <= 2


def test_there_are_enough_of_them():
    assert len(BUGS) >= 15
