"""pytest ends soon after its summary, whatever the live server is still doing."""

from __future__ import annotations

import time

import pytest

SUITE = """
import threading, urllib.request
import pytest
from pytest_layerperm import Interleave

def call(url):
    try:
        urllib.request.urlopen(f"{url}/2018-10-31/layers").read()
    except OSError:
        pass

def test_it(layerperm, layerperm_server):
    begun = threading.Event()

    def hang():
        begun.set()
        threading.Event().wait(60)

    layerperm.inject(Interleave(hang, before="ListLayers"))
    threading.Thread(target=call, args=(layerperm_server.url,), daemon=True).start()
    assert begun.wait(30)
"""


def test_an_action_that_hangs_does_not_keep_pytest_from_ending(pytester: pytest.Pytester) -> None:
    """Its thread is not waited for."""
    pytester.makepyfile(SUITE)
    began = time.perf_counter()
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:rerunfailures")
    result.assert_outcomes(passed=1)
    assert time.perf_counter() - began < 40
