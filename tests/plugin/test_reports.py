"""What pytest itself reports of tests that use the fake."""

from __future__ import annotations

import pytest


def test_durations_are_real_under_a_frozen_clock(pytester: pytest.Pytester):
    """The clock that a test sees stands in 2026; pytest's stopwatch goes on."""
    pytester.makepyfile(
        """
        import time

        def test_new_year(layerperm_clock):
            assert time.gmtime().tm_year == 2026
            assert time.perf_counter() > 0
        """
    )
    result = pytester.inline_run("-p", "no:cacheprovider")
    phases = result.getreports("pytest_runtest_logreport")
    assert [report.outcome for report in phases] == ["passed"] * 3
    assert all(0 <= report.duration < 3600 for report in phases)
