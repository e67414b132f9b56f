from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from textwrap import dedent

import pytest


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AbstractContextManager[None]]:
    """A block that fails with exactly this text, 80 columns wide."""
    monkeypatch.setenv("COLUMNS", "88")

    @contextmanager
    def failing_with(text: str) -> Generator[None]:
        with pytest.raises(AssertionError) as failed:
            yield
        assert str(failed.value) == dedent(text).strip()

    return failing_with
