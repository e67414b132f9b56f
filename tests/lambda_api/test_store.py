"""The store: what it keeps, what its lists show, and that its operations are atomic."""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from pytest_layerperm.lambda_api.arn import LayerId, layer_id
from pytest_layerperm.lambda_api.errors import (
    InvalidParameterValueException,
    LambdaError,
    PolicyLengthExceededException,
    PreconditionFailedException,
    ResourceConflictException,
)
from pytest_layerperm.lambda_api.model import ACTION, Content, Details
from pytest_layerperm.lambda_api.store import LayerStore

CONTENT = Content(b"zip", "hash", 3)
LAYER = layer_id("shared-deps", "123456789012", "us-east-1")
THREADS = 8
TURNS = 14


@pytest.fixture
def store() -> LayerStore:
    numbers = itertools.count(1)
    return LayerStore(new_id=lambda: f"revision-{next(numbers)}", timestamp=lambda: "now")


def add(store: LayerStore, sid: str, revision_id: str | None = None, version: int = 1, layer: LayerId = LAYER) -> str:
    _, revision = store.add_permission(
        layer, version, sid=sid, action=ACTION, principal="*", organization_id=None, revision_id=revision_id
    )
    return revision


def sids(store: LayerStore) -> list[str]:
    return [statement.sid for statement in store.policy(LAYER, 1).statements]


def publish(store: LayerStore, name: str = "shared-deps", **details: tuple[str, ...]) -> int:
    return store.publish(LAYER._replace(name=name), CONTENT, Details(**details)).version


ALL = {"runtime": None, "architecture": None, "marker": None, "limit": 50}


def test_rejected_changes_change_nothing(store: LayerStore) -> None:
    """Not the policy, and not its revision."""
    publish(store)
    add(store, "s1")
    before = store.policy(LAYER, 1)
    with pytest.raises(ResourceConflictException):
        add(store, "s1")
    with pytest.raises(PreconditionFailedException):
        add(store, "s2", "wrong")
    with pytest.raises(PreconditionFailedException):
        store.remove_permission(LAYER, 1, sid="s1", revision_id="wrong")
    assert store.policy(LAYER, 1) is before


def test_emptied_policy_keeps_a_revision(store: LayerStore) -> None:
    """A new one since the removal, valid for the next Add (revisions/after-the-last-statement)."""
    publish(store)
    first = add(store, "s1")
    store.remove_permission(LAYER, 1, sid="s1", revision_id=first)
    emptied = store.policy_for_access(LAYER, 1)
    assert emptied is not None
    assert emptied.statements == ()
    assert emptied.revision_id != first
    assert add(store, "s2", emptied.revision_id) not in (first, emptied.revision_id)


def test_deleted_version_keeps_its_policy_for_access(store: LayerStore) -> None:
    """It decides about access; nothing else reads it (access/deleted-public)."""
    publish(store)
    add(store, "s1")
    store.delete(LAYER, 1)
    assert store.find(LAYER, 1) is None
    policy = store.policy_for_access(LAYER, 1)
    assert policy is not None
    assert policy.statement("s1")
    with pytest.raises(LambdaError, match="does not exist"):
        store.policy(LAYER, 1)


@pytest.mark.parametrize("version", [-1, 0])
def test_versions_below_one(store: LayerStore, version: int) -> None:
    """Rejected by the policy operations; not found by the others."""
    publish(store)
    with pytest.raises(InvalidParameterValueException, match=r"^Layer Version Cannot be less than 1$"):
        store.policy(LAYER, version)
    assert store.find(LAYER, version) is None
    assert store.policy_for_access(LAYER, version) is None


def test_policy_may_not_grow_beyond_its_limit(store: LayerStore) -> None:
    """The statement that would exceed it is rejected with the size, and not stored (size/beyond)."""
    publish(store)
    with pytest.raises(PolicyLengthExceededException) as raised:
        for number in itertools.count():
            add(store, f"s{number}".ljust(100, "x"))
    policy = store.policy(LAYER, 1)
    size = len(policy.document) + 1 + len(policy.statements[-1].document)
    assert len(policy.document) <= 20_480 < size
    assert str(raised.value) == f"The final policy size ({size}) is bigger than the limit (20480)."
    assert policy.statement(f"s{number}".ljust(100, "x")) is None


def test_removing_where_there_never_was_a_policy(store: LayerStore) -> None:
    """As on Get, whatever the revision id (order/no-policy-before-revision)."""
    publish(store)
    for revision_id in (None, "wrong"):
        with pytest.raises(LambdaError, match=r"^No policy is associated with the given resource\.$"):
            store.remove_permission(LAYER, 1, sid="s1", revision_id=revision_id)


def test_layers_of_accounts_and_regions_are_separate(store: LayerStore) -> None:
    """One name in another account or region is another layer."""
    publish(store)
    elsewhere = layer_id("shared-deps", "210987654321", "us-east-1")
    assert store.publish(elsewhere, CONTENT, Details()).version == 1
    assert store.find(layer_id("shared-deps", "123456789012", "eu-west-1"), 1) is None
    listed = store.list_layers("210987654321", "us-east-1", **ALL)
    assert [item.layer for item in listed.items] == [elsewhere]


def test_iteration_shows_what_exists(store: LayerStore) -> None:
    """Oldest layer first, without deleted versions, at this moment."""
    publish(store, "b")
    publish(store, "a")
    publish(store, "b")
    store.delete(LAYER._replace(name="b"), 1)
    found = iter(store)
    publish(store, "c")
    assert [(item.layer.name, item.version) for item in found] == [("b", 2), ("a", 1)]


def test_layers_are_listed_by_name(store: LayerStore) -> None:
    """A page at a time; a name that starts with another is no trap."""
    for name in ("b", "a", "a-1", "aa", "A"):
        publish(store, name)
    names: list[str] = []
    marker = None
    while True:
        page = store.list_layers("123456789012", "us-east-1", **{**ALL, "limit": 2, "marker": marker})
        names += [item.layer.name for item in page.items]
        marker = page.next_marker
        if marker is None:
            break
    assert names == ["A", "a", "a-1", "aa", "b"]


def test_layer_without_a_matching_version_is_not_listed(store: LayerStore) -> None:
    """Nor is one whose versions are all deleted."""
    publish(store, "arm", compatible_architectures=("arm64",))
    publish(store, "gone")
    store.delete(LAYER._replace(name="gone"), 1)
    for_arm = store.list_layers("123456789012", "us-east-1", **{**ALL, "architecture": "arm64"})
    assert [item.layer.name for item in for_arm.items] == ["arm"]
    for_x86 = store.list_layers("123456789012", "us-east-1", **{**ALL, "architecture": "x86_64"})
    assert for_x86 == ([], None)
    assert [item.layer.name for item in store.list_layers("123456789012", "us-east-1", **ALL).items] == ["arm"]


def test_unknown_layers_and_accounts_have_empty_lists(store: LayerStore) -> None:
    """No error."""
    assert store.list_versions(LAYER, **ALL) == ([], None)
    assert store.list_layers("123456789012", "us-east-1", **ALL) == ([], None)
    store.delete(LAYER, 1)


def test_marker_of_versions_must_be_one(store: LayerStore) -> None:
    """Nothing else is accepted (lists/unknown-marker)."""
    publish(store)
    with pytest.raises(InvalidParameterValueException):
        store.list_versions(LAYER, **{**ALL, "marker": "next"})


def test_markers_stay_valid_after_deletions(store: LayerStore) -> None:
    """A version deleted between two pages does not shift the next one."""
    for _ in range(4):
        publish(store)
    page = store.list_versions(LAYER, **{**ALL, "limit": 2})
    assert [item.version for item in page.items] == [4, 3]
    store.delete(LAYER, 3)
    store.delete(LAYER, 2)
    rest = store.list_versions(LAYER, **{**ALL, "limit": 2, "marker": page.next_marker})
    assert [item.version for item in rest.items] == [1]


# --- threads


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads that give way as often as they can, so that what is not atomic comes apart."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


def at_once(*actions: Callable[[], object]) -> list[object]:
    """What each action returned or raised, all started at the same moment."""
    barrier = threading.Barrier(len(actions))

    def run(action: Callable[[], object]) -> object:
        barrier.wait(60)
        try:
            return action()
        except LambdaError as error:
            return error

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))


@pytest.mark.usefixtures("hasty_threads")
def test_no_update_is_lost(store: LayerStore) -> None:
    """Statements added at the same time are all stored, each with its own revision id."""
    publish(store)
    revisions = []
    for turn in range(TURNS):
        revisions += at_once(*[partial(add, store, f"s{turn}-{i}") for i in range(THREADS)])
    assert sorted(sids(store)) == sorted([f"s{turn}-{i}" for turn in range(TURNS) for i in range(THREADS)])
    assert len(set(revisions)) == TURNS * THREADS
    assert store.policy(LAYER, 1).revision_id in revisions


@pytest.mark.usefixtures("hasty_threads")
def test_one_winner_among_equal_revisions(store: LayerStore) -> None:
    """Of all simultaneous changes at one revision, one succeeds and the others are rejected."""
    publish(store)
    revision = add(store, "s0")
    for turn in range(20):
        outcomes = at_once(*[partial(add, store, f"s{turn}-{i}", revision) for i in range(THREADS)])
        winners = [outcome for outcome in outcomes if isinstance(outcome, str)]
        assert len(winners) == 1
        assert all(isinstance(outcome, PreconditionFailedException) for outcome in outcomes if outcome not in winners)
        revision = winners[0]
    assert len(sids(store)) == 21


@pytest.mark.usefixtures("hasty_threads")
def test_one_winner_for_a_statement_id(store: LayerStore) -> None:
    """Of all that add one id at the same time, one succeeds; of all that remove it, one succeeds."""
    publish(store)
    for _ in range(20):
        added = at_once(*[lambda: add(store, "s1") for _ in range(THREADS)])
        assert sum(isinstance(outcome, str) for outcome in added) == 1
        assert sum(isinstance(outcome, ResourceConflictException) for outcome in added) == THREADS - 1
        removed = at_once(
            *[lambda: store.remove_permission(LAYER, 1, sid="s1", revision_id=None) for _ in range(THREADS)]
        )
        assert removed.count(None) == 1


@pytest.mark.usefixtures("hasty_threads")
def test_no_torn_reads(store: LayerStore) -> None:
    """A policy read while others change it is one that existed: its statements and its revision id belong together."""
    publish(store)
    written = {add(store, "s0"): ("s0",)}

    def write() -> None:
        kept = ["s0"]
        for number in range(300):
            sid = f"s{number % 7 + 1}"
            if sid in kept:
                store.remove_permission(LAYER, 1, sid=sid, revision_id=None)
                kept.remove(sid)
            else:
                add(store, sid)
                kept.append(sid)
            written[store.policy(LAYER, 1).revision_id] = tuple(kept)

    def read() -> list[tuple[str, tuple[str, ...]]]:
        policies = [store.policy(LAYER, 1) for _ in range(2000)]
        return [(policy.revision_id, tuple([s.sid for s in policy.statements])) for policy in policies]

    _, *readings = at_once(write, *[read] * 3)
    for seen in readings:
        assert isinstance(seen, list)
        assert [statements for revision, statements in seen if written[revision] != statements] == []


@pytest.mark.usefixtures("hasty_threads")
def test_version_numbers_are_given_once(store: LayerStore) -> None:
    """Versions published at the same time have the numbers 1 to n, in one layer."""
    published = at_once(*[lambda: [publish(store) for _ in range(50)]] * THREADS)
    numbers = list(range(1, 50 * THREADS + 1))
    assert sorted(itertools.chain(*published)) == numbers
    assert [item.version for item in store] == numbers
    listed = store.list_layers("123456789012", "us-east-1", **ALL)
    assert [item.version for item in listed.items] == [50 * THREADS]


@pytest.mark.usefixtures("hasty_threads")
def test_lists_while_versions_come_and_go(store: LayerStore) -> None:
    """A list shows one moment: newest first, no gap that was not a deletion."""
    publish(store)

    def come_and_go() -> None:
        for _ in range(100):
            store.delete(LAYER, publish(store) - 1)

    def look() -> list[list[int]]:
        return [[item.version for item in store.list_versions(LAYER, **ALL).items] for _ in range(300)]

    _, *seen = at_once(come_and_go, look, look)
    for pages in seen:
        assert isinstance(pages, list)
        # At each moment one version exists, or two between a publication and the deletion of the one before it.
        assert [page for page in pages if page not in ([page[0]], [page[0], page[0] - 1])] == []


def test_layers_that_ever_were(store: LayerStore) -> None:
    """A layer whose versions are all deleted is still known by name."""
    publish(store)
    publish(store, "tools")
    store.delete(LAYER, 1)
    assert [layer.name for layer in store.layers_ever()] == ["shared-deps", "tools"]
    assert [version.layer.name for version in store] == ["tools"]
