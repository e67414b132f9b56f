"""In process or over the live server: the same call has the same response, to the byte."""

from __future__ import annotations

import pytest

pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
pytest.importorskip("httptools", reason="the live server needs the extra 'server'")

from tests.properties.sequences import compare

COUNT = 50


def test_sequences_have_the_same_responses() -> None:
    """Random sequences of all nine operations, valid and not; ``python -m tests.properties`` makes 2,000."""
    differences = compare(COUNT)
    assert differences.found == []
    assert differences.sequences == COUNT
    wanted = [f"POST {status}" for status in (201, 400, 403, 404, 409, 412)]
    wanted += [f"DELETE {status}" for status in (204, 400, 403, 404)]
    for one in (*wanted, "GET 200", "GET 400", "GET 403", "GET 404"):
        assert differences.statuses[one] >= 5, differences
