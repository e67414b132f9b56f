"""The rule: an honest error, or success."""

import subprocess
import sys
from contextlib import suppress

import pytest
import requests
from botocore.exceptions import ClientError

from pytest_layerperm import assert_layer_private, assert_layer_shared_with
from pytest_layerperm.explore.judgment import ends_the_test, is_honest, shown, user_lines

PARTNER = "222222222222"


def test_the_failures_own_error_is_honest(sweep, place):
    """Throttled, AWS says so, and so does the block."""
    assert sweep(place.add, "Throttle", "ServiceFailure", "ConnectionLost", "Outage").text == ""


def test_what_is_raised_from_it_is_honest(sweep, place):
    def block():
        try:
            place.add()
        except ClientError as error:
            raise LookupError("not shared") from error

    assert sweep(block, "Throttle").text == ""


def test_what_is_raised_while_it_is_handled_is_honest(sweep, place):
    """Unless it is a mistake of the handler's own."""

    def block(error):
        try:
            place.add()
        except ClientError:
            raise error from None

    assert sweep(lambda: block(RuntimeError("not shared")), "Throttle").text == ""
    assert sweep(lambda: block(KeyError("Errror")), "Throttle").failing == {
        "Throttle@1": "it raises KeyError: 'Errror'"
    }


def test_a_programs_own_error_after_the_last_thing_it_heard(sweep, place):
    """The connection between the two is not in the exception."""

    def block():
        failed = False
        try:
            place.add()
        except Exception:
            failed = True
        if failed:
            raise RuntimeError("could not share")

    assert sweep(block, "Throttle", "Outage", "ConnectionLost").text == ""


def test_an_exit_status_is_an_error(sweep, place):
    """But zero says that all went well."""

    def block(status):
        failed = False
        try:
            place.add()
        except Exception:
            failed = True
        if failed:
            sys.exit(status)

    assert sweep(lambda: block("could not share"), "Throttle").text == ""
    assert sweep(lambda: block(0), "Throttle").failing == {"Throttle@1": "it raises SystemExit: 0"}


def test_a_conflict_after_a_lost_response_is_not(sweep, place):
    assert sweep(place.add, "ConnectionLost-applied").failing == {
        "ConnectionLost-applied@1": "it raises ResourceConflictException"
    }


def test_a_mistake_on_the_way_is_not(sweep, place):
    def block():
        answer = None
        with suppress(ClientError):
            answer = place.policy() if place.principals() else place.add()
        answer["RevisionId"]

    failing = sweep(block, "Throttle").failing
    assert failing["Throttle@2"] == "it raises TypeError: 'NoneType' object is not subscriptable"


def test_who_returns_has_to_have_done_it(sweep, place):
    def block():
        try:
            place.add()
        except ClientError:
            print("could not share")
        assert_layer_shared_with(PARTNER)

    found = sweep(block, "Throttle")
    assert found.failing == {"Throttle@1": f"it returns, and shared-deps:1 is not shared with {PARTNER}"}


def test_pytests_own_assertions_count(sweep, place):
    def block():
        with pytest.raises(place.client.exceptions.ResourceNotFoundException):
            place.policy()

    found = sweep(block, "Rival-adds")
    assert found.failing["Rival-adds@1"].startswith("it returns, and DID NOT RAISE")


def test_an_exception_group_is_as_honest_as_its_members(sweep, place):
    class Group(Exception):
        def __init__(self, *exceptions):
            super().__init__("several")
            self.exceptions = exceptions

    def block(*others):
        try:
            place.add()
        except ClientError as error:
            raise Group(error, *others) from None

    assert sweep(block, "Throttle").text == ""
    assert "Throttle@1" in sweep(lambda: block(ZeroDivisionError()), "Throttle").failing
    error = RuntimeError()
    error.__cause__ = Group(ConnectionError())
    assert is_honest(error, frozenset({"ConnectionError"}), [None])


def test_raises_are_accepted(sweep, place):
    assert sweep(place.add, "ConnectionLost-applied", raises=ClientError).text == ""
    assert sweep(place.add, "ConnectionLost-applied", raises=(KeyError, ClientError)).text == ""


def test_no_error_is_accepted_of_what_may_not_fail(sweep, place):
    assert sweep(place.add, "Throttle", may_fail=False).failing == {"Throttle@1": "it raises TooManyRequestsException"}


def test_always_holds_after_failed_and_killed_runs(sweep, place, layerperm_layer):
    """The check is the test's own: the faults are over."""
    checked = []

    def never_shared():
        checked.append(place.principals())
        assert_layer_private()

    def block():
        place.add()
        place.remove()

    found = sweep(block, "Throttle", "Killed-applied", always=never_shared)
    assert found.failing == {
        "Throttle@2": "it raises TooManyRequestsException, and always never_shared: shared-deps:1 is not private",
        "Killed-applied@1": "it is killed, and always never_shared: shared-deps:1 is not private",
    }
    assert len(checked) == 6
    found = sweep(block, "Killed-applied", always=[lambda: 1 / 0 if layerperm_layer.policy else None])
    assert found.failing["Killed-applied@1"].endswith("and always <lambda>: ZeroDivisionError: division by zero")


def test_always_holds_after_the_run_that_follows_a_kill(sweep, place, layerperm_layer):
    def one_statement_at_most():
        assert len((layerperm_layer.policy or {"Statement": []})["Statement"]) < 2

    def block():
        place.add(f"{len(place.principals()) + 1:012}")

    found = sweep(block, "Killed-applied", always=one_statement_at_most)
    assert found.failing["Killed-applied@2"].startswith(
        "run again, it returns, and always one_statement_at_most: assert"
    )


def test_a_check_that_fails_without_any_failure_is_the_tests_own(layerperm, place):
    """In one run."""
    runs = []
    with pytest.raises(AssertionError, match=r"^shared-deps:1 is not private"):
        for run in layerperm.every_fault(always=assert_layer_private):
            runs.append(run)
            with run:
                place.add()
    assert len(runs) == 1


def test_the_blocks_own_failure_is_raised_as_it_is(layerperm, place):
    with pytest.raises(ZeroDivisionError):
        for run in layerperm.every_fault():
            with run:
                place.add()
                raise ZeroDivisionError


@pytest.mark.parametrize("kind", [KeyboardInterrupt, GeneratorExit, pytest.skip.Exception])
def test_nobody_is_kept_from_an_interrupt(layerperm, place, kind):
    with pytest.raises(kind):
        for run in layerperm.every_fault():
            with run:
                place.add()
                if run.point:
                    raise kind
    assert place.principals()


def test_what_is_hidden_from_the_test_is_not_hidden_from_the_sweep(layerperm, place, sweep):
    """A request that would have left this machine, swallowed by the code under test where something fails."""

    def block(always=False):
        failed = always
        try:
            place.add()
        except ClientError:
            failed = True
        if failed:
            try:
                layerperm.client(endpoint_url="https://example.com").list_functions()
            except Exception:
                print("not told")

    found = sweep(block, "Throttle")
    assert found.failing["Throttle@1"].startswith("it hides RequestRefused: pytest-layerperm blocked a request: GET")
    assert layerperm.escaped == []
    with pytest.raises(Exception, match="blocked a request"):
        sweep(lambda: block(always=True))
    layerperm.escaped.clear()


def test_a_program_outside_that_fails_is_honest():
    """Its exit status tells nothing of AWS; what its call heard last does."""
    error = subprocess.CalledProcessError(1, ["release"])
    explains = frozenset({"ConnectionClosedError"})
    assert is_honest(error, explains, ["ConnectionClosedError"])
    assert not is_honest(error, explains, [None])
    assert not is_honest(error, explains, [])


@pytest.mark.parametrize(
    ("status", "code", "honest"), [(429, "TooManyRequestsException", True), (409, "TooManyRequestsException", False)]
)
def test_what_requests_raises(status, code, honest):
    """HTTP's status is all that it has of AWS's error."""
    response = requests.Response()
    response.status_code = status
    error = requests.HTTPError(f"{status} Client Error", response=response)
    assert is_honest(error, frozenset({code}), [code]) == honest
    assert shown(error) == f"{code if honest else status} (HTTPError)"


def test_errors_in_a_few_words():
    assert shown(ValueError()) == "ValueError"
    assert shown(ValueError("x" * 200)) == f"ValueError: {'x' * 109}…"
    assert shown(ClientError({"Error": {"Code": "A"}}, "B")) == "A (ClientError)"


def test_an_error_that_is_its_own_cause_ends():
    error = RuntimeError()
    error.__context__ = other = RuntimeError()
    other.__dict__["exceptions"] = "none"
    assert not is_honest(error, frozenset({"A"}), [])


def test_what_ends_the_test():
    import unittest

    assert ends_the_test(unittest.SkipTest())
    assert not ends_the_test(SystemExit(1))


def test_lines_of_errors_that_were_never_raised():
    assert list(user_lines(ValueError())) == []
