"""Shows a fact on an endpoint: makes its calls, compares, and removes what it published."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..lambda_api.arn import layer_id, partition_of
from .asking import Asked, ask
from .comparing import Difference, Received, compare, fill_in
from .model import Fact, Step

Sender = Callable[[Asked], Received]
"""Carries a call to an endpoint, signed as its caller, and back comes what the endpoint answered."""

FOREIGN_ACCOUNT = "999999999990"
"""An account whose layers nobody here has ever shared: for refusals that need no second account."""
_LISTS = {"ListLayers": "Layers", "ListLayerVersions": "LayerVersions"}


class Endpoint(Protocol):
    """Where facts are shown."""

    @property
    def account_id(self) -> str:
        """Of the owner's credentials, twelve digits."""
        ...

    @property
    def other_account_id(self) -> str | None:
        """Of the other caller; None where there is none."""
        ...

    @property
    def region_name(self) -> str: ...

    def send(self, asked: Asked, /) -> Received: ...

    def serves(self, partition: str, /) -> bool:
        """Whether it answers for regions of that partition: a real account is of one only."""
        ...

    def declare_organization(self, account_id: str, organization_id: str, /) -> bool:
        """Makes an account a member of an organization; whether that can be done."""
        ...


@dataclass
class Outcome:
    """What showing a fact came to."""

    fact: Fact
    differences: list[Difference] = field(default_factory=list[Difference])
    not_shown: str | None = None
    """Why the endpoint cannot show it."""

    @property
    def verdict(self) -> str:
        if self.not_shown is not None:
            return "not shown"
        return "differs" if self.differences else "held"


def names_of(endpoint: Endpoint, layer: str) -> dict[str, str]:
    """What templates can name, for a fact that has that layer name to itself."""
    region = endpoint.region_name
    partition = partition_of(region)
    owned = layer_id(layer, endpoint.account_id, region)
    foreign = layer_id(layer, FOREIGN_ACCOUNT, region)
    other_region = "eu-west-1" if region != "eu-west-1" else "us-east-1"
    return {
        "account": endpoint.account_id,
        "other_account": endpoint.other_account_id or "",
        "region": region,
        "other_region": other_region,
        "partition": partition,
        "layer": layer,
        "layer_arn": owned.arn,
        "version_arn": owned.version_arn(1),
        "arn_in_other_region": layer_id(layer, endpoint.account_id, other_region).arn,
        "foreign_arn": foreign.arn,
        "foreign_version_arn": foreign.version_arn(1),
    }


def show(fact: Fact, endpoint: Endpoint, layer: str) -> Outcome:
    """Shows one fact with layers of that name, which are deleted again whatever happens."""
    outcome = Outcome(fact, not_shown=why_not_shown(fact, endpoint))
    if outcome.not_shown is not None:
        return outcome
    names = names_of(endpoint, layer)
    published: list[Asked] = []
    try:
        outcome.differences += _run(fact, endpoint, names, published)
    finally:
        clean_up(endpoint.send, published)
    return outcome


def why_not_shown(fact: Fact, endpoint: Endpoint) -> str | None:
    """Why the endpoint cannot show a fact; None where it can."""
    names = names_of(endpoint, "layer")
    steps = fact.steps_for(names)
    if endpoint.other_account_id is None and any(step.by == "other" for step in steps):
        return "needs a second account"
    for caller, organization_id in fact.organizations.items():
        account_id = endpoint.account_id if caller == "owner" else endpoint.other_account_id or ""
        if not endpoint.declare_organization(account_id, organization_id):
            return "needs accounts in organizations of the fact's choice"
    for step in steps:
        partition = partition_of(fill_in(step.region, names))
        if not endpoint.serves(partition):
            return f"needs the partition {partition}"
    return None


def _run(fact: Fact, endpoint: Endpoint, names: dict[str, str], published: list[Asked]) -> Iterator[Difference]:
    for number, step in enumerate(fact.steps_for(names), 1):
        asked = ask(step, names)
        if asked.operation == "PublishLayerVersion":
            published.append(asked)
        received = _send(endpoint.send, step, names, asked)
        where = f"step {number}, {step.operation}"
        if step.answer is None:
            if received.status >= 300:
                yield Difference(where, "a success", f"{received.status} {received.code}: {received.message}")
                return
            continue
        found = [
            Difference(f"{where}: {difference.where}", difference.expected, difference.got)
            for difference in compare(step.answer, received, names)
        ]
        yield from found
        if found:
            return


def _send(send: Sender, step: Step, names: dict[str, str], asked: Asked) -> Received:
    received = send(asked)
    if not step.all_pages:
        return received
    listed = _LISTS[step.operation]
    items: list[Any] = list(received.json.get(listed) or [])
    seen: set[str] = set()
    while (marker := received.json.get("NextMarker")) and marker not in seen:
        seen.add(marker)
        following = Step(step.operation, {**step.members, "Marker": marker}, by=step.by, region=step.region)
        received = send(ask(following, names))
        items += received.json.get(listed) or []
    whole = json.dumps({**received.json, listed: items}).encode()
    return Received(received.status, received.headers, whole)


def clean_up(send: Sender, published: list[Asked]) -> None:
    """Deletes every version of the layers that these calls published, as their callers."""
    done: set[tuple[str, str, str]] = set()
    for asked in published:
        key = (asked.members.get("LayerName", ""), asked.by, asked.region)
        if key in done or not key[0]:
            continue
        done.add(key)
        listing = Step("ListLayerVersions", {"LayerName": key[0]}, by=asked.by, region=asked.region, all_pages=True)
        items: list[dict[str, Any]] = _send(send, listing, {}, ask(listing, {})).json.get("LayerVersions") or []
        for item in items:
            version = {"LayerName": key[0], "VersionNumber": item["Version"]}
            send(ask(Step("DeleteLayerVersion", version, by=asked.by, region=asked.region), {}))
