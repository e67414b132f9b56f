"""Coroutines under test: tasks that run at the same time, and are killed."""

import asyncio
import re

import pytest


def test_gather(layerperm, place):
    """Of calls in threads, awaited together."""
    points = []

    async def main():
        for run in layerperm.every_fault("Throttle", "Killed", "ConnectionLost-applied"):
            with run:
                await asyncio.gather(*[asyncio.to_thread(place.share, f"{number:012}") for number in range(4)])
            points.append(run.point)

    asyncio.run(main())
    assert len(set(points)) == 1 + 12


def test_a_task_that_is_killed(layerperm, place):
    """Its error is nobody's who does not wait for it."""

    async def swallow():
        task = asyncio.create_task(asyncio.to_thread(place.add))
        await asyncio.wait([task], timeout=60)
        if not task.cancelled() and task.exception() is None:
            return
        raise RuntimeError("not shared")

    async def main():
        seen = []
        for run in layerperm.every_fault("Killed", "Throttle", "Outage"):
            with run:
                await swallow()
            seen.append((run.point, run.died))
        return seen

    assert asyncio.run(main())[2:] == [
        ("Killed@1", True),
        ("Killed@1", False),
        ("Throttle@1", False),
        ("Outage@1", False),
    ]


def test_a_cancelled_task_ends_the_test(layerperm, place):
    async def main():
        for run in layerperm.every_fault():
            with run:
                place.versions()
                raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())


def test_the_loop_finds_a_bug(layerperm, place):
    async def main():
        for run in layerperm.every_fault():
            with run:
                await asyncio.gather(*[asyncio.to_thread(place.add, f"{number:012}") for number in range(3)])

    with pytest.raises(AssertionError) as failed:
        asyncio.run(main())
    assert re.match(r"test_the_loop_finds_a_bug does not survive \d+ of 30 failures", str(failed.value))
