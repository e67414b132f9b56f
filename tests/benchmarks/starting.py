"""Starts pytest again and again in forks of a process that has imported pytest and nothing else, in turns with the
plugin and without it, and prints the seconds that each took: what is the same for both, and varies by more than the
plugin takes, is done before.
"""

from __future__ import annotations

import json
import os
import sys
import time

import pytest


def start(options: list[str]) -> tuple[float, float]:
    """One start, in a child: processor and wall time."""
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        status = 1
        try:
            status = int(pytest.main(options))
        finally:
            os._exit(status)
    _, status, usage = os.wait4(child, 0)
    assert status == 0, status
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - began


def main() -> None:
    rounds, *options = sys.argv[1:]
    runs = {"with": options, "without": [*options, "-p", "no:layerperm"]}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for number in range(int(rounds) + 1):
        for name in list(runs) if number % 2 else reversed(list(runs)):
            cost = start(runs[name])
            if number:
                taken[name].append(cost)
    print(json.dumps(taken))


if __name__ == "__main__":
    main()
