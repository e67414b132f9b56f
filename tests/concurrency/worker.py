"""``python -m tests.concurrency.worker URL``: callers in a process of their own, for the live server.

For each line ``LAYER_NAME SEED`` on stdin it prints one line of JSON: the events of two callers.
"""

from __future__ import annotations

import json
import sys

import boto3

from tests.concurrency.recording import record


def main() -> None:
    session = boto3.Session()
    clients = [session.client("lambda", endpoint_url=sys.argv[1]) for _ in range(2)]
    print("ready", flush=True)
    for line in sys.stdin:
        layer_name, seed = line.split()
        print(json.dumps(record(clients, layer_name, int(seed))), flush=True)


if __name__ == "__main__":
    main()
