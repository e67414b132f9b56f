"""The API against a model of it, written from what is known about AWS and not from this package's code.

The model has layers as plain lists and policies as parsed JSON, and predicts each response from the facts.
"""

from __future__ import annotations

import base64
import itertools
import json
from collections import Counter
from typing import Any
from urllib.parse import quote

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pytest_layerperm import LayerPerm
from pytest_layerperm.fake import service_of
from pytest_layerperm.lambda_api.wire import Request
from pytest_layerperm.service.layers import zip_of

OWNER, PARTNER, MEMBER = "123456789012", "222222222222", "333333333333"
ORGANIZATION = "o-exampleorgid"
ZIP = base64.b64encode(zip_of({"python/deps.py": "x = 1\n"})).decode()
REGION = "us-east-1"

# Most calls are for one existing version, so that they affect one another: calls that fail early show little.
names = st.sampled_from(["deps", "deps", "deps", "tools"])
places = st.sampled_from([("deps", 1)] * 8 + [("deps", 2)] * 3 + [("deps", 3), ("tools", 1), ("deps", 0)])
rarely_deleted = st.sampled_from([("deps", 2), ("deps", 3), ("tools", 1), ("deps", 0), ("deps", 1)])
sids = st.sampled_from(["one", "two", "Two"])
callers = st.sampled_from([OWNER] * 6 + [PARTNER, MEMBER])
readers = st.sampled_from([OWNER, PARTNER, PARTNER, MEMBER, MEMBER])
grants = st.sampled_from([("*", None), ("*", ORGANIZATION), ("*", "o-anotherorgid"), (PARTNER, None), (MEMBER, None)])
revisions = st.sampled_from(["none", "none", "none", "latest", "stale", "nonsense"])


met: Counter[tuple[str, int, int]] = Counter()
"""How often each method had each status on a path with that many slashes: what the sequences covered."""


class ApiAndModel(RuleBasedStateMachine):
    """Two accounts besides the owner, one of them in an organization; two layer names; a few versions each."""

    def __init__(self) -> None:
        super().__init__()
        self.fake = LayerPerm()
        self.fake.organization(ORGANIZATION, accounts=[MEMBER])
        self.published: dict[str, int] = {}
        """Name to how many versions there ever were."""
        self.deleted: set[tuple[str, int]] = set()
        self.statements: dict[tuple[str, int], list[dict[str, Any]]] = {}
        """The statements of each policy; an emptied one has an empty list, a version without a policy no entry."""
        self.latest: dict[tuple[str, int], str | None] = {}
        """RevisionId of each policy; None if a removal, which returns none, was the last change."""
        self.seen: list[str] = []
        """Every RevisionId that a response had."""

    # --- calls

    def call(self, method: str, path: str, by: str, body: Any = None) -> tuple[int, str | None, Any]:
        """Status, error code and body; for an error, its message."""
        headers = {"Authorization": f"AWS4 Credential={by}/20260101/{REGION}/lambda/aws4_request, Signature=0"}
        path, _, query = path.partition("?")
        data = b"" if body is None else json.dumps(body).encode()
        response = service_of(self.fake).handle(
            Request(method, "host", f"/2018-10-31/layers{path}", query, headers, data)
        )
        assert response is not None
        found = json.loads(response.body) if response.body else None
        met[method, path.count("/"), response.status] += 1
        if response.error_code is not None:
            found = found.get("message", found.get("Message"))
        return response.status, response.error_code, found

    def name_for(self, name: str, by: str) -> str:
        """What an account calls the owner's layer: its name, or its ARN."""
        return name if by == OWNER else quote(self.arn(name), safe="")

    @staticmethod
    def arn(name: str, version: int | None = None) -> str:
        layer = f"arn:aws:lambda:{REGION}:{OWNER}:layer:{name}"
        return layer if version is None else f"{layer}:{version}"

    # --- what the model predicts

    def exists(self, name: str, version: int) -> bool:
        return 1 <= version <= self.published.get(name, 0) and (name, version) not in self.deleted

    def may_read(self, name: str, version: int, by: str) -> bool:
        for statement in self.statements.get((name, version), []):
            if statement["Principal"] not in ("*", {"AWS": f"arn:aws:iam::{by}:root"}):
                continue
            wanted = statement.get("Condition", {}).get("StringEquals", {}).get("aws:PrincipalOrgID")
            if wanted in (None, ORGANIZATION if by == MEMBER else "none"):
                return True
        return False

    def denied(self, action: str, resource: str, by: str) -> tuple[int, str, str]:
        return (
            403,
            "AccessDeniedException",
            f"User: arn:aws:iam::{by}:root is not authorized to perform: lambda:{action} on resource: {resource} "
            f"because no resource-based policy allows the lambda:{action} action",
        )

    def error(self, action: str, name: str, version: int, by: str) -> tuple[int, str, str] | None:
        """The error of a permission operation that fails before it looks at the policy."""
        if by != OWNER:
            return self.denied(action, self.arn(name, version), by)
        if version < 1:
            return 400, "InvalidParameterValueException", "Layer Version Cannot be less than 1"
        if not self.exists(name, version):
            return 404, "ResourceNotFoundException", f"Layer version {self.arn(name, version)} does not exist."
        return None

    def revision(self, name: str, version: int, kind: str) -> tuple[str | None, bool]:
        """A RevisionId to send, and whether it is right."""
        latest = self.latest.get((name, version), "")
        if kind == "none":
            return None, True
        if kind == "latest" and latest:
            return latest, True
        stale = [one for one in self.seen if one != latest]
        return (stale[-1] if kind == "stale" and stale else "nonsense"), False

    WRONG_REVISION = (
        412,
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetLayerPolicy API to retrieve the latest Revision Id",
    )

    # --- rules

    @initialize()
    def publish_first(self) -> None:
        self.publish("deps")

    @rule(name=names)
    def publish(self, name: str) -> None:
        status, _, body = self.call("POST", f"/{name}/versions", OWNER, {"Content": {"ZipFile": ZIP}})
        self.published[name] = self.published.get(name, 0) + 1
        assert (status, body["Version"]) == (201, self.published[name])

    @precondition(lambda self: sum(self.published.values()) > 2)
    @rule(place=rarely_deleted, by=callers)
    def delete(self, place: tuple[str, int], by: str) -> None:
        name, version = place
        response = self.call("DELETE", f"/{self.name_for(name, by)}/versions/{version}", by)
        if by != OWNER:
            assert response == self.denied("DeleteLayerVersion", self.arn(name, version), by)
        elif version < 1:
            assert response == (400, "InvalidParameterValueException", "Layer Version Cannot be less than 1")
        else:
            assert response == (204, None, None)
            if self.exists(name, version):
                self.deleted.add((name, version))

    @rule(place=places, sid=sids, grant=grants, kind=revisions, by=callers)
    def add(self, place: tuple[str, int], sid: str, grant: tuple[str, str | None], kind: str, by: str) -> None:
        name, version = place
        principal, organization_id = grant
        revision, right = self.revision(name, version, kind)
        given = {"StatementId": sid, "Action": "lambda:GetLayerVersion", "Principal": principal}
        if organization_id is not None:
            given["OrganizationId"] = organization_id
        query = "" if revision is None else f"?RevisionId={revision}"
        response = self.call("POST", f"/{self.name_for(name, by)}/versions/{version}/policy{query}", by, given)
        error = self.error("AddLayerVersionPermission", name, version, by)
        if error is not None:
            assert response == error
            return
        existing = self.statements.get((name, version))
        if existing is not None and sid in [one["Sid"] for one in existing]:
            assert response == (
                409,
                "ResourceConflictException",
                f"The statement id ({sid}) provided already exists. "
                "Please provide a new statement id, or remove the existing statement.",
            )
        elif not right:
            assert response == self.WRONG_REVISION
        else:
            statement: dict[str, Any] = {
                "Sid": sid,
                "Effect": "Allow",
                "Principal": principal if principal == "*" else {"AWS": f"arn:aws:iam::{principal}:root"},
                "Action": "lambda:GetLayerVersion",
                "Resource": self.arn(name, version),
            }
            if organization_id is not None:
                statement["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": organization_id}}
            status, _, body = response
            assert status == 201, body
            assert body["Statement"] == json.dumps(statement, separators=(",", ":"))
            assert body["RevisionId"] not in self.seen
            self.statements.setdefault((name, version), []).append(statement)
            self.latest[name, version] = body["RevisionId"]
            self.seen.append(body["RevisionId"])

    @rule(place=places, sid=sids, kind=revisions, by=callers, known=st.booleans())
    def remove(self, place: tuple[str, int], sid: str, kind: str, by: str, known: bool) -> None:
        shared = [one for one in self.statements if self.statements[one] and one not in self.deleted]
        if known and shared:
            place = shared[0]
            sid = self.statements[place][0]["Sid"]
        name, version = place
        revision, right = self.revision(name, version, kind)
        query = "" if revision is None else f"?RevisionId={revision}"
        response = self.call("DELETE", f"/{self.name_for(name, by)}/versions/{version}/policy/{sid}{query}", by)
        error = self.error("RemoveLayerVersionPermission", name, version, by)
        existing = self.statements.get((name, version))
        if error is not None:
            assert response == error
        elif not existing:
            assert response == (404, "ResourceNotFoundException", "No policy is associated with the given resource.")
        elif sid not in [one["Sid"] for one in existing]:
            text = f"Statement {sid} is not found in resource policy."
            assert response == (404, "ResourceNotFoundException", text)
        elif not right:
            assert response == self.WRONG_REVISION
        else:
            assert response == (204, None, None)
            self.statements[name, version] = [one for one in existing if one["Sid"] != sid]
            self.latest[name, version] = None

    @rule(place=places, by=callers)
    def get_policy(self, place: tuple[str, int], by: str) -> None:
        name, version = place
        response = self.call("GET", f"/{self.name_for(name, by)}/versions/{version}/policy", by)
        error = self.error("GetLayerVersionPolicy", name, version, by)
        existing = self.statements.get((name, version))
        if error is not None:
            assert response == error
        elif existing is None:
            assert response == (404, "ResourceNotFoundException", "No policy is associated with the given resource.")
        elif not existing:
            text = f"Layer version {self.arn(name, version)} does not have any resource policy."
            assert response == (404, "ResourceNotFoundException", text)
        else:
            status, _, body = response
            document = {"Version": "2012-10-17", "Id": "default", "Statement": existing}
            assert (status, body["Policy"]) == (200, json.dumps(document, separators=(",", ":")))
            latest = self.latest[name, version]
            assert body["RevisionId"] == latest if latest else body["RevisionId"] not in self.seen
            if not latest:
                self.latest[name, version] = body["RevisionId"]
                self.seen.append(body["RevisionId"])

    @rule(place=places, by=readers, by_arn=st.booleans())
    def get_version(self, place: tuple[str, int], by: str, by_arn: bool) -> None:
        name, version = place
        arn = self.arn(name, version)
        path = f"?find=LayerVersion&Arn={arn}" if by_arn else f"/{self.name_for(name, by)}/versions/{version}"
        status, code, body = self.call("GET", path, by)
        if by != OWNER and not self.may_read(name, version, by):
            assert (status, code, body) == self.denied("GetLayerVersion", arn, by)
        elif version < 1:
            expected = (400, "InvalidParameterValueException", "Layer Version Cannot be less than 1")
            assert (status, code, body) == expected
        elif not self.exists(name, version):
            expected = (404, "ResourceNotFoundException", "The resource you requested does not exist.")
            assert (status, code, body) == expected
        else:
            assert (status, body["LayerVersionArn"], body["Version"]) == (200, arn, version)

    @rule(name=names, limit=st.integers(1, 3), by=callers)
    def list_versions(self, name: str, limit: int, by: str) -> None:
        found: list[int] = []
        marker = ""
        for _ in itertools.count():
            path = f"/{self.name_for(name, by)}/versions?MaxItems={limit}&Marker={quote(marker)}"
            status, code, body = self.call("GET", path, by)
            if by != OWNER:
                assert (status, code, body) == self.denied("ListLayerVersions", self.arn(name), by)
                return
            found += [item["Version"] for item in body["LayerVersions"]]
            assert len(body["LayerVersions"]) <= limit
            marker = body["NextMarker"]
            if marker is None:
                break
        assert found == [one for one in range(self.published.get(name, 0), 0, -1) if self.exists(name, one)]

    # --- always

    @invariant()
    def layers_are_those_of_the_model(self) -> None:
        newest = {}
        for name, count in self.published.items():
            there = [version for version in range(1, count + 1) if self.exists(name, version)]
            if there:
                newest[name] = there[-1]
        _, _, body = self.call("GET", "", OWNER)
        found = {item["LayerName"]: item["LatestMatchingVersion"]["Version"] for item in body["Layers"]}
        assert found == newest

    @invariant()
    def access_is_the_models(self) -> None:
        for layer in self.fake.layers:
            for account_id in (PARTNER, MEMBER):
                expected = self.may_read(layer.name, layer.version, account_id)
                assert bool(self.fake.explain(account_id, layer)) == expected


settled = settings(deadline=None, max_examples=200, stateful_step_count=40, derandomize=True)


def test_the_api_responds_as_the_model_predicts() -> None:
    """Any calls in any order; and the sequences cover every outcome that matters many times."""
    met.clear()
    run_state_machine_as_test(ApiAndModel, settings=settled)
    outcomes = {
        "added": met["POST", 4, 201],
        "exists": met["POST", 4, 409],
        "wrong revision on add": met["POST", 4, 412],
        "no version to add to": met["POST", 4, 404],
        "add by others": met["POST", 4, 403],
        "removed": met["DELETE", 5, 204],
        "nothing to remove": met["DELETE", 5, 404],
        "wrong revision on remove": met["DELETE", 5, 412],
        "policy read": met["GET", 4, 200],
        "no policy to read": met["GET", 4, 404],
        "version read": met["GET", 3, 200],
        "version denied": met["GET", 3, 403],
        "version deleted": met["DELETE", 3, 204],
    }
    assert min(outcomes.values()) >= 20, outcomes
