"""Callers that work on one layer version at the same time, and record what they see."""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from typing import Any

from botocore.exceptions import ClientError

from tests.concurrency.history import Event
from tests.limits import LIMIT, start_and_join

SIDS = ("a", "b", "c")
CALLS = 5
"""Of each caller."""


def record(clients: list[Any], layer_name: str, seed: int) -> list[Event]:
    """The history of callers, each with a client and a thread of its own, whose calls depend on the seed."""
    events: list[Event] = []
    gate = threading.Barrier(len(clients))

    def run(client: Any, number: int) -> None:
        choose = random.Random(f"{seed}-{number}")
        known: str | None = None
        gate.wait(LIMIT)
        for _ in range(CALLS):
            operation = choose.choice(("add", "add", "remove", "get"))
            sid = None if operation == "get" else choose.choice(SIDS)
            given = None if operation == "get" else choose.choice((None, None, known, known, "made-up"))
            event = _call(client, layer_name, operation, sid, given)
            known = event.revision or known
            events.append(event)

    threads = [threading.Thread(target=run, args=(client, number)) for number, client in enumerate(clients)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        start_and_join(*threads)
    finally:
        sys.setswitchinterval(interval)
    return events


def _call(client: Any, layer_name: str, operation: str, sid: str | None, given: str | None) -> Event:
    parameters: dict[str, Any] = {"LayerName": layer_name, "VersionNumber": 1}
    if sid is not None:
        parameters["StatementId"] = sid
    if given is not None:
        parameters["RevisionId"] = given
    revision, sids, outcome = None, None, "ok"
    # One clock for all processes of a machine.
    began = time.monotonic_ns()
    try:
        if operation == "add":
            grant = {"Action": "lambda:GetLayerVersion", "Principal": "*"}
            revision = client.add_layer_version_permission(**parameters, **grant)["RevisionId"]
        elif operation == "remove":
            client.remove_layer_version_permission(**parameters)
        else:
            response = client.get_layer_version_policy(**parameters)
            revision = response["RevisionId"]
            sids = tuple(statement["Sid"] for statement in json.loads(response["Policy"])["Statement"])
        ended = time.monotonic_ns()
    except ClientError as error:
        ended = time.monotonic_ns()
        outcome = error.response["Error"]["Code"]
        if operation == "get":
            outcome = "none" if error.response["Error"]["Message"].startswith("No policy is") else "emptied"
    return Event(operation, sid, given, outcome, revision, sids, began, ended)
