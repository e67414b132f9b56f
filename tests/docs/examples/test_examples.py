"""Each example runs as it stands, pasted into a directory of one's own: nothing warned of, nothing skipped."""

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"
ELSEWHERE = {"asynchronous", "cli", "cloudformation", "failing", "node", "own_retries"}
"""Those that need a program, fail on purpose, or need other libraries."""


@pytest.mark.parametrize("name", sorted({path.parent.name for path in EXAMPLES.glob("*/test_*.py")} - ELSEWHERE))
def test_example(run_example, name):
    """All of its tests pass."""
    assert set(run_example(name).parseoutcomes()) == {"passed"}
