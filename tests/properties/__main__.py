"""``python -m tests.properties [--sequences 2000]``: makes that many random sequences of layer calls, in process and
over the live server. The exit status is 1 if any response differs.
"""

from __future__ import annotations

import argparse
import sys

from tests.properties.sequences import compare


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.properties")
    parser.add_argument("--sequences", type=int, default=2000)
    differences = compare(parser.parse_args().sequences)
    print(differences, *differences.found, sep="\n")
    return 1 if differences.found else 0


if __name__ == "__main__":
    sys.exit(main())
