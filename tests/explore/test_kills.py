"""A process that is killed, and run again from its start."""

import boto3

from pytest_layerperm import assert_layer_shared_with

PARTNER = "222222222222"


def test_what_cannot_be_run_again(sweep, place):
    """The statement is there already."""
    assert sweep(place.add, "Killed", "Killed-applied").failing == {
        "Killed-applied@1": "run again, it raises ResourceConflictException"
    }


def test_what_can(sweep, place):
    def block():
        place.share()
        assert_layer_shared_with(PARTNER)

    assert sweep(block, "Killed", "Killed-applied").text == ""


def test_the_second_run_must_succeed(sweep, place):
    def block():
        if not place.principals():
            place.add("333333333333")
            place.add(PARTNER)
        assert_layer_shared_with(PARTNER)

    assert sweep(block, "Killed").failing == {
        "Killed@3": f"run again, it returns, and shared-deps:1 is not shared with {PARTNER}"
    }


def test_a_run_that_died_has_no_error(layerperm, place):
    runs = []
    for run in layerperm.every_fault("Killed"):
        with run:
            place.add()
        runs.append((run.point, run.died, run.error, run.succeeded, repr(run)))
    assert runs == [
        ("", False, None, True, "<run of no failure>"),
        ("", False, None, True, "<run of no failure>"),
        ("Killed@1", True, None, False, "<run of Killed@1>"),
        ("Killed@1", False, None, True, "<run of Killed@1, again>"),
    ]


def test_what_is_not_the_fakes_is_kept_after_a_kill_and_reset_before_each_point(layerperm, place):
    """As files are."""
    files = []
    starts = []
    for run in layerperm.every_fault("Killed", "Throttle", reset=files.clear):
        with run:
            starts.append(len(files))
            files.append("begun")
            place.add()
    assert starts == [0, 0, 0, 1, 0]


# --- two failures


def test_pairs(layerperm, layerperm_layer):
    """A failure that is survived, and then another one, also when the block is run again after a kill."""

    def share():
        client = boto3.client("lambda")
        where = {"LayerName": "shared-deps", "VersionNumber": 1}
        try:
            client.get_layer_version_policy(**where)
        except client.exceptions.ResourceNotFoundException:
            client.add_layer_version_permission(
                **where, StatementId="s", Action="lambda:GetLayerVersion", Principal=PARTNER
            )

    runs = []
    for run in layerperm.every_fault("Outage", "Killed", pairs=True):
        with run:
            share()
        runs.append(run.point)
    singles = [point for point in runs[2:] if "+" not in point]
    assert list(dict.fromkeys(singles)) == ["Outage@1", "Killed@1", "Outage@2", "Killed@2"]
    assert "Killed@1+Killed@1" in runs
    assert runs.count("Killed@1+Killed@1") == 3
    assert runs.count("Killed@2+Outage@1") == 2
    assert not [point for point in runs if point.startswith("Outage@1+")]


def test_what_fails_alone_is_in_no_pair(sweep, place):
    found = sweep(lambda: (place.add(), place.versions()), "ConnectionLost-applied", "Throttle", pairs=True)
    assert list(found.failing) == ["ConnectionLost-applied@1"]
    assert found.tried[2:] == ["ConnectionLost-applied@1", "Throttle@1", "Throttle@2"]


def test_a_pair_that_fails(sweep, place):
    """Two lost responses: the second one is not expected any more."""

    def block():
        try:
            place.add()
        except place.client.exceptions.ResourceConflictException:
            place.add("333333333333")

    found = sweep(block, "ConnectionLost-applied", pairs=True)
    assert "does not survive 1 of 2 failures" in found.text
    assert "after carried out, and its response lost at call 1" in found.text
    assert found.text.endswith("--layerperm-only=ConnectionLost-applied@1+ConnectionLost-applied@2")


def test_a_rival_is_still_there_when_the_block_is_run_again(sweep, place):
    """So that the conflict with it is an honest error."""
    found = sweep(place.share, "Rival-takes-id", "Killed", pairs=True)
    assert found.text == ""


def test_pairs_within_the_budget(sweep, place):
    found = sweep(lambda: [place.versions() for _ in range(4)], "Killed", pairs=True, budget=20)
    assert found.sweep.runs <= 20
    assert found.sweep.untried > 0
