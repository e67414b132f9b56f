"""Concurrent calls for one layer version: some order of the calls explains each history."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from pytest_layerperm import LayerPerm
from pytest_layerperm.fake import service_of
from tests.concurrency.histories import check_threads
from tests.concurrency.history import CONFLICT, NOT_FOUND, PRECONDITION, Event, explain
from tests.concurrency.recording import record
from tests.limits import LIMIT, start_and_join


def test_threads_in_this_process() -> None:
    """A hundred histories of four threads have an order each, and their calls do overlap."""
    checked = check_threads(100)
    assert checked.unexplained == []
    assert checked.overlaps > 100
    for outcome in ("add ok", f"add {CONFLICT}", f"add {PRECONDITION}", "remove ok", f"remove {NOT_FOUND}", "get ok"):
        assert checked.outcomes[outcome] > 0


def _event(operation: str, times: tuple[int, int], **more: Any) -> Event:
    blank = Event(operation, None, None, "ok", None, None, *times)
    return blank._replace(**more)


def _add(sid: str, revision: str, *times: int, given: str | None = None) -> Event:
    return _event("add", times, sid=sid, revision=revision, given=given)  # type: ignore[arg-type]


def _remove(sid: str, *times: int, given: str | None = None) -> Event:
    return _event("remove", times, sid=sid, given=given)  # type: ignore[arg-type]


def _get(sids: str, revision: str, *times: int) -> Event:
    return _event("get", times, sids=tuple(sids), revision=revision)  # type: ignore[arg-type]


def _failed(event: Event, outcome: str) -> Event:
    return event._replace(outcome=outcome, revision=None, sids=None)


EXPLAINED = {
    "nothing": [],
    "one after the other": [_add("a", "1", 0, 1), _get("a", "1", 2, 3), _remove("a", 4, 5)],
    "a read during the change sees it": [_add("a", "1", 0, 9), _get("a", "1", 1, 2)],
    "a read during the change does not see it": [_add("a", "1", 0, 9), _failed(_get("", "", 1, 2), "none")],
    "the first of two with one revision wins": [
        _add("a", "1", 0, 1),
        _failed(_add("b", "", 2, 9, given="1"), PRECONDITION),
        _add("c", "2", 3, 8, given="1"),
        _get("ac", "2", 10, 11),
    ],
    "a removal's revision is seen later": [
        _add("a", "1", 0, 1),
        _add("b", "2", 2, 3),
        _remove("a", 4, 5, given="2"),
        _get("b", "3", 6, 7),
        _remove("b", 8, 9, given="3"),
        _failed(_get("", "", 10, 11), "emptied"),
        _failed(_remove("b", 12, 13), NOT_FOUND),
        _failed(_add("b", "", 14, 15, given="made-up"), PRECONDITION),
    ],
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_the_checker_explains(name: str) -> None:
    """These are possible outcomes of a faithful service."""
    events = EXPLAINED[name]
    order = explain(events)
    assert order is not None
    assert len(order) == len(events)
    assert set(order) == set(events)


IMPOSSIBLE = {
    "a stale read": [_add("a", "1", 0, 1), _failed(_get("", "", 2, 3), "none")],
    "a read of what was never written": [_add("a", "1", 0, 1), _get("ab", "1", 2, 3)],
    "a read of an old revision": [_add("a", "1", 0, 1), _add("b", "2", 2, 3), _get("ab", "1", 4, 5)],
    "a lost update": [_add("a", "1", 0, 9), _add("b", "2", 1, 8), _get("b", "2", 10, 11)],
    "two winners with one revision": [
        _add("a", "1", 0, 1),
        _add("b", "2", 2, 9, given="1"),
        _add("c", "3", 3, 8, given="1"),
    ],
    "two winners with one statement id": [_add("a", "1", 0, 9), _add("a", "2", 1, 8)],
    "a conflict with nothing": [_failed(_add("a", "", 0, 1), CONFLICT)],
    "a right revision rejected": [_add("a", "1", 0, 1), _failed(_add("b", "", 2, 3, given="1"), PRECONDITION)],
    "a wrong revision accepted": [_add("a", "1", 0, 1), _add("b", "2", 2, 3, given="0")],
    "a revision accepted without a policy": [_add("a", "1", 0, 1, given="0")],
    "time turned back": [_add("a", "1", 0, 9), _get("a", "1", 1, 2), _failed(_get("", "", 3, 4), "none")],
    "a removal undone": [_add("a", "1", 0, 1), _add("b", "2", 2, 3), _remove("a", 4, 5), _get("ab", "2", 6, 7)],
    "a removal twice": [_add("a", "1", 0, 1), _remove("a", 2, 3), _remove("a", 4, 5)],
    "a removal of nothing": [_remove("a", 0, 1)],
    "a removal that finds nothing": [_add("a", "1", 0, 1), _failed(_remove("a", 2, 3), NOT_FOUND)],
    "two revisions of one state": [
        _add("a", "1", 0, 1),
        _add("b", "2", 2, 3),
        _remove("a", 4, 5),
        _get("b", "3", 6, 7),
        _get("b", "4", 8, 9),
    ],
    "a removal that leaves a grant's revision": [
        _add("a", "1", 0, 1),
        _add("b", "2", 2, 3),
        _remove("b", 4, 5),
        _get("a", "1", 6, 7),
    ],
    "never had a policy, after it had": [
        _add("a", "1", 0, 1),
        _remove("a", 2, 3),
        _failed(_get("", "", 4, 5), "none"),
    ],
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_checker_rejects(name: str) -> None:
    """No order explains these."""
    assert explain(IMPOSSIBLE[name]) is None


def _read(event: Event, events: list[Event]) -> Event | None:
    """A read that shows a statement which was never granted."""
    return event._replace(sids=(*event.sids, "never-granted")) if event.sids else None


def _rejection(event: Event, events: list[Event]) -> Event | None:
    """A call without a RevisionId, rejected for its RevisionId."""
    return None if event.operation == "get" or event.given else _failed(event, PRECONDITION)


def _revision(event: Event, events: list[Event]) -> Event | None:
    """A read that shows the revision of a grant, but not its statement."""
    for other in events:
        if event.sids and other.operation == "add" and other.outcome == "ok" and other.sid not in event.sids:
            return event._replace(revision=other.revision)
    return None


@pytest.mark.parametrize("corrupt", [_read, _rejection, _revision])
def test_a_recorded_history_that_was_corrupted_is_rejected(
    corrupt: Callable[[Event, list[Event]], Event | None], layerperm: LayerPerm
) -> None:
    """Twenty recorded histories are explained as they are, and none with a single response changed."""
    rejected = 0
    clients = [layerperm.client() for _ in range(3)]
    for seed in range(20):
        layerperm.publish_layer(f"layer-{seed}")
        events = record(clients, f"layer-{seed}", seed)
        assert explain(events) is not None
        for index, event in enumerate(events):
            corrupted = corrupt(event, events)
            if corrupted is not None:
                assert explain([*events[:index], corrupted, *events[index + 1 :]]) is None
                rejected += 1
    assert rejected > 20


def test_a_store_without_its_lock_is_detected(layerperm: LayerPerm) -> None:
    """Two grants that both read the policy before either writes it: one is lost, and the checker says so."""
    layer = layerperm.publish_layer()
    store: Any = service_of(layerperm).store
    both_have_read = threading.Barrier(2)
    real_id = store._new_id

    def new_id() -> str:
        both_have_read.wait(LIMIT)
        return real_id()

    store.lock, store._new_id = nullcontext(), new_id
    events: list[Event] = []

    def add(sid: str) -> None:
        layer.grant("*", statement_id=sid)
        events.append(_add(sid, f"revision of {sid}", 0, 9))

    threads = [threading.Thread(target=add, args=(sid,)) for sid in ("a", "b")]
    start_and_join(*threads)
    assert layer.policy is not None
    (left,) = [statement["Sid"] for statement in layer.policy["Statement"]]
    assert explain([*events, _get(left, f"revision of {left}", 10, 11)]) is None
