"""Layer versions and their policies, and the operations on them. Every operation is atomic."""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .arn import LayerId, layer_id
from .errors import (
    InvalidParameterValueException,
    PolicyLengthExceededException,
    PreconditionFailedException,
    ResourceConflictException,
    ResourceNotFoundException,
    layer_version_not_found,
)
from .markers import marker_of, position_of
from .model import POLICY_SIZE_LIMIT, Content, Details, Policy, PublishedVersion, Statement, make_policy, make_statement

_WRONG_REVISION = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetLayerPolicy API to retrieve the latest Revision Id"
)


class Page(NamedTuple):
    """One page of a listing; ``next_marker`` is None on the last one."""

    items: list[PublishedVersion]
    next_marker: str | None


class _Version:
    """A version's place in the store. A deleted one keeps its policy, which still decides about access
    (``access/deleted-public``).
    """

    __slots__ = ("deleted", "policy", "published")

    def __init__(self, published: PublishedVersion) -> None:
        self.published = published
        self.policy: Policy | None = None
        self.deleted = False


class StoreState(NamedTuple):
    """All that a store holds at a moment."""

    layers: list[tuple[_Layer, list[tuple[_Version, Policy | None, bool]], list[int]]]
    """Each layer's place, its versions with policy and whether they are deleted, and the numbers of the others."""
    names: dict[tuple[str, str], list[str]]


class _Layer:
    __slots__ = ("live", "versions")

    def __init__(self) -> None:
        self.versions: list[_Version] = []
        """All that were ever published, version n at index n - 1 (``versions/numbers-not-reused``)."""
        self.live: list[int] = []
        """The numbers of those that are not deleted, ascending."""


class LayerStore:
    """Everything that exists. ``new_id`` returns new revision ids, ``timestamp`` the ``CreatedDate``."""

    def __init__(self, *, new_id: Callable[[], str], timestamp: Callable[[], str]) -> None:
        self._new_id = new_id
        self._timestamp = timestamp
        self.lock = threading.RLock()
        """Held by each change; whoever holds it sees no other change meanwhile."""
        self._layers: dict[LayerId, _Layer] = {}
        self._names: dict[tuple[str, str], list[str]] = {}
        """(account, region) -> names of its layers, sorted, so that a page is found without a scan."""

    # --- layer versions

    def publish(self, layer: LayerId, content: Content, details: Details) -> PublishedVersion:
        """A new version of the layer; the first one creates the layer."""
        with self.lock:
            record = self._layers.get(layer)
            if record is None:
                record = self._layers[layer] = _Layer()
                insort(self._names.setdefault((layer.account_id, layer.region_name), []), layer.name)
            number = len(record.versions) + 1
            published = PublishedVersion(layer, number, self._timestamp(), content, details)
            record.versions.append(_Version(published))
            record.live.append(number)
            return published

    def find(self, layer: LayerId, version: int) -> PublishedVersion | None:
        """The version if it exists and is not deleted."""
        place = self._place(layer, version)
        return None if place is None or place.deleted else place.published

    def find_deleted(self, layer: LayerId, version: int) -> PublishedVersion | None:
        """The version if it was ever published: functions that use it keep it when it is deleted."""
        place = self._place(layer, version)
        return None if place is None else place.published

    def delete(self, layer: LayerId, version: int) -> None:
        """Deletes the version; if there is none, that is no error (``versions/delete-unknown``)."""
        with self.lock:
            place = self._place(layer, version)
            if place is not None and not place.deleted:
                place.deleted = True
                live = self._layers[layer].live
                live.pop(bisect_left(live, version))

    def list_versions(
        self,
        layer: LayerId,
        *,
        runtime: str | None,
        architecture: str | None,
        marker: str | None,
        limit: int,
    ) -> Page:
        """One page of the layer's versions, newest first. Filters apply to each page, which is not filled up
        (``lists/filtered-pages``).
        """
        listing = layer.arn
        last = None if marker is None else int(position_of(listing, marker))
        with self.lock:
            record = self._layers.get(layer)
            if record is None:
                return Page([], None)
            live, versions = record.live, record.versions
            end = len(live) if last is None else bisect_left(live, last)
            start = max(0, end - limit)
            page = [versions[number - 1].published for number in reversed(live[start:end])]
            next_marker = marker_of(listing, str(live[start])) if start else None
        return Page([published for published in page if published.matches(runtime, architecture)], next_marker)

    def list_layers(
        self,
        account_id: str,
        region_name: str,
        *,
        runtime: str | None,
        architecture: str | None,
        marker: str | None,
        limit: int,
    ) -> Page:
        """One page of an account's layers in a region, each as its newest version, if that one passes the filters.

        An older version never replaces the newest one (``lists/latest-matching``), and filters apply to each page. The
        order, by name, is inferred.
        """
        listing = f"{account_id}:{region_name}"
        last = None if marker is None else position_of(listing, marker)
        with self.lock:
            names = self._names.get((account_id, region_name), [])
            start = 0 if last is None else bisect_left(names, last + "\0")
            page, more = _take(self._newest(account_id, region_name, names, start), limit)
        next_marker = marker_of(listing, page[-1].layer.name) if more else None
        return Page([published for published in page if published.matches(runtime, architecture)], next_marker)

    def _newest(self, account_id: str, region_name: str, names: list[str], start: int) -> Iterator[PublishedVersion]:
        for index in range(start, len(names)):
            record = self._layers[layer_id(names[index], account_id, region_name)]
            if record.live:
                yield record.versions[record.live[-1] - 1].published

    def __iter__(self) -> Iterator[PublishedVersion]:
        """All versions that exist, oldest layer first, as they are at this moment."""
        with self.lock:
            found = [
                record.versions[number - 1].published for record in self._layers.values() for number in record.live
            ]
        return iter(found)

    def layers_ever(self) -> list[LayerId]:
        """All layers that were ever published, also those whose versions are all deleted; oldest first."""
        with self.lock:
            return list(self._layers)

    # --- all of it at a moment

    def save(self) -> StoreState:
        """What there is now. Versions and policies are values, so that lists of them are enough."""
        with self.lock:
            return StoreState(
                [
                    (record, [(place, place.policy, place.deleted) for place in record.versions], record.live.copy())
                    for record in self._layers.values()
                ],
                {key: names.copy() for key, names in self._names.items()},
            )

    def put_back(self, state: StoreState) -> None:
        """Makes the store what it was when it was saved: in place, so that whoever holds it goes on with that."""
        with self.lock:
            for layer in list(self._layers)[len(state.layers) :]:  # Layers are added at the end, and never removed.
                del self._layers[layer]
            for record, versions, live in state.layers:
                del record.versions[len(versions) :]
                for place, policy, deleted in versions:
                    place.policy = policy
                    place.deleted = deleted
                record.live[:] = live
            self._names = {key: names.copy() for key, names in state.names.items()}

    # --- policies

    def policy_for_access(self, layer: LayerId, version: int) -> Policy | None:
        """The policy that decides about access: a deleted version's still counts (``access/deleted-public``)."""
        place = self._place(layer, version)
        return None if place is None else place.policy

    def policy(self, layer: LayerId, version: int) -> Policy:
        """The version's policy. Raises ResourceNotFoundException if there is none (``errors/get-no-policy``)."""
        place = self._existing(layer, version)
        policy = place.policy
        if policy is None:
            raise _no_policy()
        if not policy.statements:
            arn = layer.version_arn(version)
            raise ResourceNotFoundException(f"Layer version {arn} does not have any resource policy.")
        return policy

    def add_permission(
        self,
        layer: LayerId,
        version: int,
        *,
        sid: str,
        action: str,
        principal: str,
        organization_id: str | None,
        revision_id: str | None,
    ) -> tuple[Statement, str]:
        """Adds a statement; returns it and the policy's new revision id. The order of the checks is inferred (the
        facts ``order``).
        """
        statement = make_statement(layer, version, sid, action, principal, organization_id)
        with self.lock:
            place = self._existing(layer, version)
            policy = place.policy
            statements = policy.statements if policy else ()
            if policy and policy.statement(sid):
                raise ResourceConflictException(
                    f"The statement id ({sid}) provided already exists. "
                    "Please provide a new statement id, or remove the existing statement."
                )
            _check_revision(policy, revision_id)
            changed = make_policy(self._new_id(), (*statements, statement))
            size = changed.size
            if size > POLICY_SIZE_LIMIT:
                raise PolicyLengthExceededException(
                    f"The final policy size ({size}) is bigger than the limit ({POLICY_SIZE_LIMIT})."
                )
            place.policy = changed
        return statement, changed.revision_id

    def remove_permission(self, layer: LayerId, version: int, *, sid: str, revision_id: str | None) -> None:
        """Removes a statement. After the last one, an empty policy remains (``errors/remove-emptied-policy``)."""
        with self.lock:
            place = self._existing(layer, version)
            policy = place.policy
            if policy is None or not policy.statements:
                raise _no_policy()  # Also for an emptied policy, unlike on Get (errors/remove-emptied-policy).
            if not policy.statement(sid):
                raise ResourceNotFoundException(f"Statement {sid} is not found in resource policy.")
            _check_revision(policy, revision_id)
            kept = tuple([s for s in policy.statements if s.sid != sid])
            place.policy = make_policy(self._new_id(), kept)

    def _place(self, layer: LayerId, version: int) -> _Version | None:
        record = self._layers.get(layer)
        if record is None or not 1 <= version <= len(record.versions):
            return None
        return record.versions[version - 1]

    def _existing(self, layer: LayerId, version: int) -> _Version:
        if version < 1:
            raise version_below_one()
        place = self._place(layer, version)
        if place is None or place.deleted:
            raise layer_version_not_found(layer.version_arn(version))
        return place


def version_below_one() -> InvalidParameterValueException:
    """Recorded on Get and Delete; inferred on the permission operations (``errors/version-below-one-on-add``)."""
    return InvalidParameterValueException("Layer Version Cannot be less than 1")


def _no_policy() -> ResourceNotFoundException:
    return ResourceNotFoundException("No policy is associated with the given resource.")


def _check_revision(policy: Policy | None, revision_id: str | None) -> None:
    if revision_id is not None and (policy is None or revision_id != policy.revision_id):
        raise PreconditionFailedException(_WRONG_REVISION)


def _take(found: Iterator[PublishedVersion], limit: int) -> tuple[list[PublishedVersion], bool]:
    items: list[PublishedVersion] = []
    for item in found:
        if len(items) == limit:
            return items, True
        items.append(item)
    return items, False
