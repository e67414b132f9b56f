"""Arguments that make no sense, and loops that do not: each is told what is wrong."""

import pytest

from pytest_layerperm import LayerPerm, RateLimit, Throttle


@pytest.mark.parametrize(
    ("faults", "error", "text"),
    [
        (
            (None,),
            TypeError,
            "every_fault() takes faults such as Throttle(), and names of kinds such as 'Killed', not None",
        ),
        ((429,), TypeError, "not 429"),
        ((Throttle,), TypeError, "; write Throttle()"),
        (("Throtle",), ValueError, "there is no kind of failure 'Throtle'; there are Throttle, ServiceFailure, "),
        (("Killed", "Killed"), ValueError, "'Killed' is given twice"),
        ((RateLimit(),), ValueError, "RateLimit is no failure of one call; use Throttle()"),
    ],
)
def test_kinds_of_failures(layerperm, faults, error, text):
    with pytest.raises(error) as raised:
        layerperm.every_fault(*faults)
    assert text in str(raised.value)


async def coroutine():
    """No check."""


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({"always": 5}, TypeError, "always must be a callable without arguments, or several, not 5"),
        ({"always": "check"}, TypeError, "not 'check'"),
        ({"always": [print, 5]}, TypeError, "not 5"),
        ({"always": coroutine}, TypeError, "always must be a plain function, not the coroutine function"),
        ({"reset": 5}, TypeError, "reset must be a callable"),
        ({"raises": 5}, TypeError, "raises must be an exception class or a tuple of them, not 5"),
        ({"raises": (ValueError, "x")}, TypeError, "not 'x'"),
        ({"may_fail": 1}, TypeError, "may_fail must be True or False, not 1"),
        ({"pairs": 1}, TypeError, "pairs must be"),
        ({"virtual_sleep": 1}, TypeError, "virtual_sleep must be"),
        ({"budget": "x"}, TypeError, "budget must be a number of runs, not 'x'"),
        ({"budget": True}, TypeError, "not True"),
        ({"budget": 0}, ValueError, "budget must be a number of runs, at least 1, not 0"),
        ({"operations": "AddPermission"}, ValueError, "operations must be one of"),
        ({"operations": ["ListLayers", 5]}, ValueError, "not 5"),
        ({"may_fail": False, "raises": ValueError}, ValueError, "may_fail=False that none is"),
        ({"alway": print}, TypeError, "unexpected keyword argument 'alway'"),
    ],
)
def test_settings(layerperm, settings, error, text):
    with pytest.raises(error) as raised:
        layerperm.every_fault(**settings)
    assert text in str(raised.value)


def test_a_budget_that_is_too_small(layerperm, place):
    """It says how many points there are."""
    with pytest.raises(ValueError, match=r"^budget=13 is too small: 1 calls have 10 points, which take 14 runs\."):
        for run in layerperm.every_fault(budget=13):
            with run:
                place.add()
    for run in layerperm.every_fault(budget=14, raises=Exception, operations="ListLayers"):
        with run:
            place.client.list_layers()


def test_a_sweep_within_a_sweep(layerperm, place):
    with pytest.raises(RuntimeError, match="within a run of"):
        for run in layerperm.every_fault():
            with run:
                place.add()
                for inner in layerperm.every_fault():
                    with inner:
                        place.add()


def test_a_sweep_outside_its_fake():
    with pytest.raises(RuntimeError, match="this LayerPerm is not on"):
        list(LayerPerm().every_fault())


def test_a_run_that_is_entered_twice(layerperm, place):
    with pytest.raises(RuntimeError, match="entered already"):
        for run in layerperm.every_fault():
            with run:
                place.add()
            with run:
                place.add()


def test_a_run_that_is_not_entered(layerperm):
    with pytest.raises(RuntimeError, match="put `with run:` around the block"):
        for _ in layerperm.every_fault():
            pass
