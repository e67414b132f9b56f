"""Lets tests import the modules beside them by name, as they do in a directory of their own.

The tests in failing/ fail on purpose: they run only if they are named, as in ``pytest examples/failing``.
"""

import sys
from pathlib import Path

collect_ignore = ["failing"]
sys.path[:0] = [str(folder) for folder in sorted(Path(__file__).parent.iterdir()) if folder.is_dir()]
