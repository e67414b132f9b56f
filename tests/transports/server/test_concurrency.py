"""Many programs at once on one live server."""

import base64
import os
import subprocess
import sys
import threading
from collections import Counter

import pytest

from pytest_layerperm.fake import service_of
from tests.limits import start_and_join

pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
pytest.importorskip("httptools", reason="the live server needs the extra 'server'")

PROCESSES, THREADS, GRANTS = 8, 16, 4

# A writer that reads the policy, adds its statement at that revision, and starts over if it lost the race; in between
# it publishes in its own account. It uses the standard library only: 24 of them run at once.
WRITER = """
import json, sys
from base64 import b64encode
from http.client import HTTPConnection

def write(address, own, shared, grants, archive):
    connection = HTTPConnection(address, timeout=60)
    conflicts = 0

    def call(account, method, path, body=None):
        scope = f"{account}/20260101/us-east-1/lambda/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
        connection.request(method, f"/2018-10-31/layers/{path}", None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    for number in range(grants):
        status, published = call(own, "POST", "own/versions", {"Content": {"ZipFile": archive}})
        assert (status, published["Version"]) == (201, number + 1), published
        assert published["LayerVersionArn"] == f"arn:aws:lambda:us-east-1:{own}:layer:own:{number + 1}"
        while True:
            status, policy = call(shared, "GET", "shared-deps/versions/1/policy")
            assert status == 200, policy
            status, added = call(shared, "POST", f"shared-deps/versions/1/policy?RevisionId={policy['RevisionId']}", {
                "StatementId": f"{own}-{number}", "Principal": own, "Action": "lambda:GetLayerVersion"})
            if status == 201:
                break
            assert status == 412, added
            conflicts += 1
    connection.close()
    return conflicts

if __name__ == "__main__":
    print(write(*sys.argv[1:4], int(sys.argv[4]), sys.argv[5]))
"""


def test_no_update_is_lost_and_no_account_is_mistaken_for_another(layerperm_server, layerperm, layerperm_layer):
    """8 processes and 16 threads write one policy with optimistic locking: every statement is there, once."""
    layerperm_layer.grant("*", statement_id="first")
    archive = base64.b64encode(service_of(layerperm).store.find(*place(layerperm)).content.archive).decode()
    address = layerperm_server.url.removeprefix("http://")
    arguments = [address, "", layerperm.account_id, GRANTS, archive]
    owners = [f"{number:012}" for number in range(1, PROCESSES + THREADS + 1)]

    def of(own):
        return [address, own, *arguments[2:]]

    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, *map(str, of(own))],
            env={**os.environ, **layerperm_server.env},
            stdout=subprocess.PIPE,
            text=True,
        )
        for own in owners[:PROCESSES]
    ]
    program = {"__name__": "writer"}
    exec(WRITER, program)
    conflicts = []
    threads = [
        threading.Thread(target=lambda own=own: conflicts.append(program["write"](*of(own))))
        for own in owners[PROCESSES:]
    ]
    start_and_join(*threads)
    conflicts += [int(process.communicate(timeout=60)[0]) for process in running]

    statements = layerperm_layer.policy["Statement"]
    wanted = [f"{own}-{number}" for own in owners for number in range(GRANTS)]
    assert sorted(statement["Sid"] for statement in statements) == sorted(["first", *wanted])
    assert all(
        statement["Principal"] == {"AWS": f"arn:aws:iam::{statement['Sid'][:12]}:root"} for statement in statements[1:]
    )
    outcomes = Counter((call.operation, call.status) for call in layerperm.calls)
    assert outcomes["AddLayerVersionPermission", 201] == len(wanted)
    assert outcomes["AddLayerVersionPermission", 412] == sum(conflicts)
    own_layers = Counter(layer.account_id for layer in layerperm.layers if layer.name == "own")
    assert own_layers == dict.fromkeys(owners, GRANTS)
    published = [call for call in layerperm.calls if call.operation == "PublishLayerVersion"]
    assert all(call.layer.split(":")[4] == call.account_id for call in published)


def place(layerperm):
    (published,) = service_of(layerperm).store
    return published.layer, published.version
