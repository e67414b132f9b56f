"""What a sweep says: each line of a report, and how much of it there is at most."""

import itertools
import re
import time

import pytest

from pytest_layerperm.explore.calls import call_lines
from pytest_layerperm.explore.report import LONGEST

PARTNER = "222222222222"

REPORT = """\
test_the_whole_report does not survive 6 of 10 failures

Its calls, when nothing fails:
  1  AddLayerVersionPermission  shared-deps:1  account-222222222222  201
  2  AddLayerVersionPermission  shared-deps:1  account-333333333333  201
  3  ListLayers                 us-east-1                            200

At calls 1 and 2, AddLayerVersionPermission:
  - carried out, and its response lost
    it raises ResourceConflictException [conftest.py:LINE]
    ConnectionLost-applied@1 ConnectionLost-applied@2
At calls 1 and 2, AddLayerVersionPermission:
  - killed after it, and run again
  - killed before it, and run again
    run again, it raises ResourceConflictException [conftest.py:LINE]
    Killed-applied@1 Killed-applied@2 Killed@2
At call 3, ListLayers:
  - killed before it, and run again
    run again, it raises ResourceConflictException [conftest.py:LINE]
    Killed@3

ConnectionLost-applied@1, call by call:
  1  AddLayerVersionPermission  shared-deps:1  account-222222222222  ReadTimeoutError, 409 ResourceConflictException \
(ConnectionLost-applied, answer 201 lost)

  An error occurred (ResourceConflictException) when calling the AddLayerVersionPermission operation: The statement id \
(account-222222222222) provided already exists. Please provide a new statement id, or remove the existing statement.

That one alone:
  pytest tests/explore/test_report.py::test_the_whole_report --layerperm-only=ConnectionLost-applied@1"""


def test_the_whole_report(place, sweep):
    """Points that fail alike are one group, named with the line that says so."""

    def block():
        place.add("222222222222")
        place.add("333333333333")
        place.client.list_layers()

    text = sweep(block, "ConnectionLost-applied", "Killed-applied", "Killed", "Throttle").text
    text = re.sub(r"conftest.py:\d+", "conftest.py:LINE", text)
    assert text == REPORT


def test_a_run_that_was_killed_is_shown_with_the_one_after_it(place, sweep):
    text = sweep(place.add, "Killed-applied").text
    assert text[text.index("Killed-applied@1, call by call:") :].startswith(
        "Killed-applied@1, call by call:\n"
        "  1  AddLayerVersionPermission  shared-deps:1  account-222222222222  "
        "ProcessDied (Killed-applied, answer 201 lost)\n"
        "  run again:\n"
        "  1  AddLayerVersionPermission  shared-deps:1  account-222222222222  409 ResourceConflictException\n"
    )


def test_it_is_never_longer_than_a_page(place, sweep):
    """Whatever fails: the smallest failures stay, the rest is counted."""
    words = itertools.cycle(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"])

    def block():
        try:
            for number in range(15):
                place.add(f"{number:012}")
        except Exception:
            raise AssertionError("\n".join([next(words)] * 30)) from None

    found = sweep(block)
    lines = found.text.splitlines()
    assert len(lines) <= LONGEST
    assert "  and 3 more" in lines
    assert any(re.fullmatch(r"And \d+ more such groups, \d+ points\.", line) for line in lines)
    assert lines[-1].endswith("--layerperm-only=Throttle@1")


def test_alike_but_for_numbers(place, sweep):
    """One line for them all, and many points are counted."""

    def block():
        try:
            for number in range(15):
                place.add(f"{number:012}")
        except Exception:
            raise AssertionError(f"only {number} of 15") from None

    text = sweep(block, "Throttle").text
    words = " ".join(text.split())
    assert "it returns, and only 0 of 15 (and 14 more like it) [test_report.py:" in words
    assert "Throttle@11 and 4 more" in words


def test_the_calls_section_shows_the_failing_run(layerperm, place, sweep):
    sweep(place.add, "Throttle", "ConnectionLost-applied")
    assert [call.outcome for call in layerperm.calls] == ["ReadTimeoutError", "409 ResourceConflictException"]


def test_sleeping_is_reported_where_it_took_most_of_the_time(place, sweep):
    def block():
        time.sleep(0.2)
        place.add()

    text = sweep(block, "ConnectionLost-applied").text
    assert re.search(r"^time\.sleep took 0\.6 of \d\.\d seconds: virtual_sleep=True skips it\.$", text, re.MULTILINE)
    assert "time.sleep" not in sweep(block, "ConnectionLost-applied", virtual_sleep=True).text


def test_pairs_that_there_was_no_room_for_are_counted(place, sweep):
    found = sweep(lambda: (place.versions(), place.add()), pairs=True, budget=25)
    assert f"{found.sweep.untried} pairs were not tried: budget=25 has no room for them." in found.text


def test_outside_pytest(layerperm, place, sweep, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    text = sweep(place.add, "Killed-applied").text
    assert text.startswith("the block does not survive 1 of 1 failures\n")
    assert text.endswith("\n  pytest --layerperm-only=Killed-applied@1")


def test_no_calls():
    assert call_lines([], 3) == ["  no call"]


# --- what is no sweep at all


def test_no_layer_call(sweep):
    assert sweep(lambda: None).text == (
        "no layer call reached the fake, so there is nothing to sweep\n"
        "What to do: make the calls inside `with run:`, with this fake on."
    )


def test_no_point(place, sweep):
    assert sweep(place.add, "Killed", operations="ListLayers").text == (
        "none of the failures asked for can happen to the block's calls, AddLayerVersionPermission\n"
        "What to do: leave operations= out, or name other kinds of failures."
    )


def test_calls_that_differ(place, sweep):
    """Something is kept from one run to the next."""
    shared = []

    def block():
        if not shared:
            place.add()
        shared.append(True)
        place.versions()

    assert sweep(block).text == (
        "two runs in which nothing fails are not the same\n"
        "\n"
        "The first one:\n"
        "  1  AddLayerVersionPermission  shared-deps:1  account-222222222222  201\n"
        "  2  ListLayerVersions          shared-deps                          200\n"
        "The second one:\n"
        "  1  ListLayerVersions  shared-deps  200\n"
        "\n"
        "What to do: something is kept from one run to the next, such as a module's variable, a file, or what\n"
        "  another AWS service holds. Make it anew inside the block, or pass reset=, which puts it back."
    )
    shared.clear()
    assert "does not survive" in sweep(block, reset=shared.clear).text


def test_a_second_run_that_raises(place, sweep):
    seen = []

    def block():
        place.versions()
        seen.append(1)
        assert len(seen) < 2, "once only"

    assert "\nThe second one raised AssertionError: once only" in sweep(block).text


def test_endless_calls_without_any_failure(layerperm, place):
    with pytest.raises(AssertionError, match=r"^the block makes layer calls without end: 100 attempts"):
        for run in layerperm.every_fault(budget=10):
            with run:
                while True:
                    place.versions()


def test_endless_calls_in_the_second_run(place, sweep):
    seen = []

    def block():
        place.versions()
        seen.append(1)
        while len(seen) > 1:
            place.versions()

    assert "The second one raised EndlessCalls" in sweep(block).text


def test_endless_calls_that_are_caught(place, sweep):
    """By code that catches everything; it gets nothing through any more."""

    def block():
        try:
            place.add()
        except Exception:
            try:
                while True:
                    place.versions()
            except BaseException:
                print("caught")

    assert sweep(block, "Throttle").failing == {"Throttle@1": "it makes calls without end"}


def test_a_call_that_is_not_made_again(place, sweep):
    """Twice the same, and then something else."""
    seen = []

    def block():
        seen.append(1)
        if len(seen) < 3:
            place.versions()
        place.add()

    found = sweep(block, "Throttle", operations="ListLayerVersions")
    assert found.failing == {
        "Throttle@1": "Throttle@1 was not reached: the block does not make the same calls each time"
    }
