"""Rows about whole pytest processes: start-up, and suites of 100 and of 5 tests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from . import suites
from .measure import ROOT, Cost, difference, environment, pytest_run, take_turns
from .rows import Row, ratio_row

WITHOUT = ("-p", "no:layerperm")
_QUIET = ("-q", "-p", "no:cacheprovider")
_OTHERS = ("anyio", "benchmark", "hypothesispytest", "randomly", "rerunfailures", "time_machine", "xdist")
"""Plugins that a development environment has: their start-up varies by more than ours takes."""


def start_up(folder: Path, rounds: int) -> Row:
    """Pytest with one test that does nothing, with the plugin installed and without."""
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    alone = [option for name in _OTHERS for option in ("-p", f"no:{name}")]
    command = [sys.executable, "-m", "tests.benchmarks.starting", str(20 * rounds), *_QUIET, *alone, str(folder)]
    printed = subprocess.run(
        command, cwd=ROOT, env=environment(), check=True, capture_output=True, text=True, timeout=600
    ).stdout
    costs = {name: [Cost(*cost) for cost in taken] for name, taken in json.loads(printed).items()}
    more = difference(costs["with"], costs["without"])
    return Row(
        "plugin installed but unused: start-up",
        "≤ 5 ms more than without",
        f"{1000 * more.cpu:.1f} ms more ({1000 * more.wall:.1f} by wall time)",
        more.cpu <= 0.005,
    )


def suite(folder: Path, tests: int, rounds: int, *, with_moto: bool) -> list[Row]:
    """A suite on boto3 alone, on the fake, and on moto."""
    runs: dict[str, Callable[[], Cost]] = {}

    def add(name: str, conftest: str, client: str, *options: str) -> None:
        place = suites.write(folder / name.replace(" ", "-"), conftest, client, tests)
        runs[name] = lambda: pytest_run(place, *options)

    for client in ("boto3.client()", "boto3.Session().client()"):
        add(f"floor {client}", suites.FLOOR, client, *WITHOUT)
        add(f"fake {client}", suites.LAYERPERM, client)
    add("fake layerperm.client()", suites.LAYERPERM, "layerperm.client()")
    if with_moto:
        add("moto", suites.MOTO, "boto3.client()", *WITHOUT)
    # The slow ones apart and less often: their ratios are far from any limit.
    slow = {name: run for name, run in runs.items() if name == "moto" or "Session" in name}
    costs = take_turns({name: run for name, run in runs.items() if name not in slow}, 3 * rounds)
    floor = costs["floor boto3.client()"]
    costs = {**costs, **take_turns({**slow, "floor again": runs["floor boto3.client()"]}, rounds)}
    what = f"{tests} tests" if with_moto else f"{tests} tests, cold"
    rows = [
        ratio_row(f"{what}: client from `boto3.client()`", costs["fake boto3.client()"], floor, 1.15),
        ratio_row(f"{what}: client from `layerperm.client()`", costs["fake layerperm.client()"], floor, 1.15),
        ratio_row(
            f"{what}: client from a new `boto3.Session()`",
            costs["fake boto3.Session().client()"],
            costs["floor boto3.Session().client()"],
            1.15,
        ),
    ]
    if with_moto:
        again = costs["floor again"]
        rows.append(ratio_row(f"{what}: moto's documented fixture, for comparison", costs["moto"], again, None))
    return rows
