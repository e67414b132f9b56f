"""Checks a fact on an endpoint: makes its calls, compares the responses, and deletes what it published."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..lambda_api.arn import layer_id, partition_of
from .asking import Asked, ask
from .differences import Difference, Received, compare, fill_in
from .model import By, Fact, Step

Sender = Callable[[Asked], Received]
"""Sends a call to an endpoint, signed as its caller, and returns the response."""

FOREIGN_ACCOUNT = "999999999990"
"""An account that has shared no layers with the caller: for denials that need no second account."""
_LISTS = {"ListLayers": "Layers", "ListLayerVersions": "LayerVersions"}


class Endpoint(Protocol):
    """Where facts are checked.

    Any object with these attributes is one, for example::

        class Emulator:
            account_id, region_name = "123456789012", "us-east-1"
            other_account_id = other_organization = None
            send = HttpSender(lambda region: "http://127.0.0.1:5000", lambda by: Credentials("123456789012", "any"))

            def serves(self, partition):
                return partition == "aws"
    """

    @property
    def account_id(self) -> str:
        """The account of the owner's credentials, twelve digits."""
        ...

    @property
    def other_account_id(self) -> str | None:
        """The account of the other caller; None if there is none."""
        ...

    @property
    def region_name(self) -> str:
        """The region in which layers are published, such as ``us-east-1``."""
        ...

    def send(self, asked: Asked, /) -> Received:
        """Makes a call, signed as ``asked.by``, once, and returns the response."""
        ...

    def serves(self, partition: str, /) -> bool:
        """Whether it serves the regions of a partition: a real account belongs to one only."""
        ...

    @property
    def other_organization(self) -> str | None:
        """The organization of the other caller's account; None if it is not known."""
        ...


@dataclass
class Outcome:
    """The outcome of checking a fact.

    >>> from pytest_layerperm.facts import FACTS
    >>> from pytest_layerperm.facts.running import Outcome
    >>> Outcome(FACTS[0], not_shown="needs a second account").verdict
    'not shown'
    """

    fact: Fact
    differences: list[Difference] = field(default_factory=list[Difference])
    not_shown: str | None = None
    """Why the endpoint cannot check it."""

    @property
    def verdict(self) -> str:
        """``held``, ``differs`` or ``not shown``."""
        if self.not_shown is not None:
            return "not shown"
        return "differs" if self.differences else "held"


def names_of(endpoint: Endpoint, layer: str) -> dict[str, str]:
    """The names that templates can use, for a fact that has that layer name to itself."""
    region = endpoint.region_name
    partition = partition_of(region)
    owned = layer_id(layer, endpoint.account_id, region)
    foreign = layer_id(layer, FOREIGN_ACCOUNT, region)
    other_region = "eu-west-1" if region != "eu-west-1" else "us-east-1"
    other_partition = "cn-north-1" if partition != "aws-cn" else "us-east-1"
    return {
        "account": endpoint.account_id,
        "other_account": endpoint.other_account_id or "",
        "other_organization": endpoint.other_organization or "",
        "region": region,
        "other_region": other_region,
        "partition": partition,
        "layer": layer,
        "layer_arn": owned.arn,
        "version_arn": owned.version_arn(1),
        "arn_in_other_region": layer_id(layer, endpoint.account_id, other_region).arn,
        "arn_in_other_partition": layer_id(layer, endpoint.account_id, other_partition).arn,
        "foreign_arn": foreign.arn,
        "foreign_version_arn": foreign.version_arn(1),
    }


Published = dict[tuple[str, By, str], None]
"""Layers that were published, in order, and are still to be deleted: name, publisher and region."""


def show(fact: Fact, endpoint: Endpoint, layer: str, published: Published | None = None) -> Outcome:
    """Checks one fact with layers of that name, which are deleted again whatever happens.

    ``layer`` is a name of 1 to 140 characters that was never used there, since version numbers are never reused.

    If even the deletion is interrupted, ``published`` holds what is left for another ``clean_up``. You write the
    ``Endpoint``; the module ``sending`` has senders for it, over HTTP and through a boto3 client::

        outcome = show(FACTS[0], Emulator(), "layerperm-facts-000")
        assert outcome.verdict == "held", outcome.differences
    """
    outcome = Outcome(fact, not_shown=why_not_shown(fact, endpoint))
    if outcome.not_shown is not None:
        return outcome
    published = {} if published is None else published
    try:
        outcome.differences += _run(fact, endpoint, names_of(endpoint, layer), published)
    finally:
        clean_up(endpoint.send, published)
    return outcome


def why_not_shown(fact: Fact, endpoint: Endpoint) -> str | None:
    """Why the endpoint cannot check a fact; None if it can."""
    names = names_of(endpoint, "layer")
    steps = fact.steps_for(names)
    if endpoint.other_account_id is None and any(step.by == "other" for step in steps):
        return "needs a second account"
    if endpoint.other_organization is None and fact.needs_organization:
        return "needs a second account in an organization"
    for step in steps:
        partition = partition_of(fill_in(step.region, names))
        if not endpoint.serves(partition):
            return f"needs the partition {partition}"
    return None


def _run(fact: Fact, endpoint: Endpoint, names: dict[str, str], published: Published) -> Iterator[Difference]:
    for number, step in enumerate(fact.steps_for(names), 1):
        asked = ask(step, names)
        if asked.operation == "PublishLayerVersion":
            published[asked.members["LayerName"], asked.by, asked.region] = None
        received = _send(endpoint.send, step, names, asked)
        where = f"step {number}, {step.operation}"
        if step.expected is None:
            if not received.succeeded:
                yield Difference(where, "a success", received.error)
                return
            continue
        found = [
            Difference(f"{where}: {difference.where}", difference.expected, difference.got)
            for difference in compare(step.expected, received, names)
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


def clean_up(send: Sender, published: Published) -> None:
    """Deletes every version of these layers, as their publishers, and removes them from ``published``."""
    for layer, by, region in list(published):
        members: dict[str, Any] = {"LayerName": layer}
        listing = Step("ListLayerVersions", members, by=by, region=region, all_pages=True)
        items: list[dict[str, Any]] = _send(send, listing, {}, ask(listing, {})).json.get("LayerVersions") or []
        for item in items:
            send(
                ask(Step("DeleteLayerVersion", {**members, "VersionNumber": item["Version"]}, by=by, region=region), {})
            )
        del published[layer, by, region]
