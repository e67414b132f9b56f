import json

import pytest
from botocore.config import Config

from pytest_layerperm.explore.report import NotSurvived
from pytest_layerperm.service.layers import zip_of

PARTNER = "222222222222"
ARCHIVE = zip_of({"python/shared_deps.py": "VERSION = 2"})
THREE_ATTEMPTS = Config(retries={"mode": "standard", "total_max_attempts": 3})


class Place:
    """Version 1 of shared-deps, and the four things that a program does with it."""

    def __init__(self, client):
        self.client = client
        self.where = {"LayerName": "shared-deps", "VersionNumber": 1}

    def add(self, account_id=PARTNER, **more):
        grant = {"StatementId": f"account-{account_id}", "Action": "lambda:GetLayerVersion", "Principal": account_id}
        return self.client.add_layer_version_permission(**self.where, **grant, **more)

    def share(self, account_id=PARTNER):
        """As it should be done: a conflict is no error if the statement is ours."""
        try:
            self.add(account_id)
        except self.client.exceptions.ResourceConflictException:
            if self.principals().get(f"account-{account_id}") != {"AWS": f"arn:aws:iam::{account_id}:root"}:
                raise

    def remove(self, account_id=PARTNER, **more):
        return self.client.remove_layer_version_permission(**self.where, StatementId=f"account-{account_id}", **more)

    def policy(self):
        return self.client.get_layer_version_policy(**self.where)

    def principals(self):
        """By statement id; empty if there is no policy."""
        try:
            answer = self.policy()
        except self.client.exceptions.ResourceNotFoundException:
            return {}
        return {s["Sid"]: s["Principal"] for s in json.loads(answer["Policy"])["Statement"]}

    def publish(self):
        return self.client.publish_layer_version(LayerName="shared-deps", Content={"ZipFile": ARCHIVE})

    def versions(self):
        return self.client.list_layer_versions(LayerName="shared-deps")["LayerVersions"]


@pytest.fixture
def place(layerperm, layerperm_layer):
    return Place(layerperm.client(config=THREE_ATTEMPTS))


class Swept:
    """A sweep that is over: what it says, and what was tried."""

    def __init__(self, sweep, points, text):
        self.sweep = sweep
        self.tried = points
        """The points, in order; a point that is run twice is there twice."""
        self.text = text
        """The report; empty if all was survived."""

    @property
    def failing(self):
        """The points that are not survived, and what came of each."""
        return {
            failed.step.name if len(failed.point) == 1 else str(failed): failed.verdict
            for failed in self.sweep.failures
        }


@pytest.fixture
def sweep(layerperm):
    """Sweeps a function to the end."""

    def run(block, *faults, **settings):
        found = layerperm.every_fault(*faults, **settings)
        points = []
        try:
            for run in found:
                points.append(run.point)
                with run:
                    block()
        except NotSurvived as failed:
            return Swept(found, points, str(failed))
        return Swept(found, points, "")

    return run
