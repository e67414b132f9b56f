"""Each example stands alone, pasted into a directory of one's own: nothing missing, warned of or skipped."""

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"
ELSEWHERE = {"asynchronous", "cli", "cloudformation", "failing", "node", "own_retries"}
"""Those that need a program, fail on purpose, or need other libraries."""


@pytest.mark.parametrize("name", sorted({path.parent.name for path in EXAMPLES.glob("*/test_*.py")} - ELSEWHERE))
def test_example(collect_example, name):
    """All of its tests are found."""
    assert set(collect_example(name)) <= {"test", "tests"}
