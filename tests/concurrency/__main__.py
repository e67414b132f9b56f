"""``python -m tests.concurrency [--histories 1000]``: records that many random histories, and orders each.

A fifth of them come from processes on the live server. The exit status is 1 if one has no order.
"""

from __future__ import annotations

import argparse
import sys

from pytest_layerperm import LayerPerm
from pytest_layerperm.fake import service_of
from pytest_layerperm.transports.server.live import ServerAddress, shared_server
from tests.concurrency.histories import check_processes, check_threads


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.concurrency")
    parser.add_argument("--histories", type=int, default=1000)
    count: int = parser.parse_args().histories
    served = count // 5
    in_process = check_threads(count - served)
    print("threads:", in_process)
    with LayerPerm() as fake:
        address = ServerAddress(shared_server().url, service_of(fake))
        on_server = check_processes(address.url, address.env, fake, served)
    print("processes on the live server:", on_server)
    unexplained = in_process.unexplained + on_server.unexplained
    for events in unexplained:
        print("no order explains:", *events, sep="\n  ")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
