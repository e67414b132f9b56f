import shutil
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def collect_example(pytester, monkeypatch):
    """Collects a folder of examples as it stands, pasted into a directory of one's own, under pytest's defaults.

    The tests themselves are run where they are, as a part of this suite.
    """

    def collect(name):
        for path in EXAMPLES.glob(f"{name}/*.py"):
            shutil.copy(path, pytester.path)
            monkeypatch.delitem(sys.modules, path.stem, raising=False)  # The repository's own run may have left it.
        monkeypatch.setattr(sys, "path", [path for path in sys.path if Path(path).parent != EXAMPLES])
        result = pytester.runpytest_inprocess("-W", "error", "--strict-markers", "--collect-only")
        assert result.ret == pytest.ExitCode.OK
        return result.parseoutcomes()

    return collect
