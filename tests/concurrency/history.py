"""Histories of concurrent calls for one layer version, and whether some order of the calls explains them.

The model is written from the API's documentation and uses nothing of the package. The search is Wing and Gong's, with
the states that it has seen remembered: https://www.cs.cmu.edu/~wing/publications/WingGong93.pdf
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Event(NamedTuple):
    """One call: its parameters, its outcome, and its times, in ticks of one clock for all callers."""

    operation: str
    """``add``, ``remove`` or ``get``."""
    sid: str | None
    given: str | None
    """The RevisionId that was sent."""
    outcome: str
    """``ok`` or the error code; Get's two kinds of "no policy" are ``none`` and ``emptied``."""
    revision: str | None
    """The RevisionId in the response."""
    sids: tuple[str, ...] | None
    """The statement ids in Get's response."""
    began: int
    ended: int


class State(NamedTuple):
    """``sids`` is None before the first grant. A removal returns no RevisionId: ``revision`` is None until seen."""

    sids: tuple[str, ...] | None
    revision: str | None


START = State(None, None)
CONFLICT, PRECONDITION, NOT_FOUND = (
    "ResourceConflictException",
    "PreconditionFailedException",
    "ResourceNotFoundException",
)


def step(state: State, event: Event, granted: frozenset[str]) -> State | None:
    """The state after the call if it can have had this outcome in this state; None if it cannot.

    ``granted`` are the revisions that the history's grants returned: a removal cannot have made one of them.
    """
    sids = state.sids
    if event.operation == "get":
        if not sids:
            return state if event.outcome == ("none" if sids is None else "emptied") else None
        revision = _seen(state, event.revision, granted)
        return State(sids, revision) if event.outcome == "ok" and event.sids == sids and revision else None
    if event.operation == "add" and sids and event.sid in sids:
        return state if event.outcome == CONFLICT else None
    if event.operation == "remove" and (not sids or event.sid not in sids):
        return state if event.outcome == NOT_FOUND else None
    if event.given is not None:
        revision = None if sids is None else _seen(state, event.given, granted)
        if event.outcome == PRECONDITION:
            # A revision that was never seen may or may not be this one.
            unknown = sids is not None and state.revision is None
            return state if unknown or revision is None else None
        if revision is None:
            return None
    if event.outcome != "ok":
        return None
    if event.operation == "add":
        return State((*(sids or ()), str(event.sid)), event.revision)
    return State(tuple(sid for sid in sids or () if sid != event.sid), None)


def _seen(state: State, revision: str | None, granted: frozenset[str]) -> str | None:
    """The state's revision, now that a call names it; None if it cannot be that one."""
    if state.revision is None:
        return None if revision in granted else revision
    return revision if revision == state.revision else None


def explain(events: list[Event]) -> list[Event] | None:
    """An order of the calls that agrees with their times and explains every outcome; None if there is none."""
    events = sorted(events, key=lambda event: event.began)
    granted = frozenset(str(event.revision) for event in events if event.operation == "add" and event.outcome == "ok")
    everything = (1 << len(events)) - 1
    seen: set[tuple[int, State]] = set()
    pending: list[tuple[int, State, tuple[int, ...]]] = [(0, START, ())]
    while pending:
        done, state, order = pending.pop()
        if done == everything:
            return [events[index] for index in order]
        left = [index for index in range(len(events)) if not done >> index & 1]
        first_end = min(events[index].ended for index in left)
        for index in left:
            if events[index].began > first_end:
                break  # It began after the end of another one that is not in the order yet.
            after = step(state, events[index], granted)
            if after is not None and (key := (done | 1 << index, after)) not in seen:
                seen.add(key)
                pending.append((*key, (*order, index)))
    return None


def overlaps(events: list[Event]) -> int:
    """How many pairs of calls overlapped in time."""
    return sum(
        one.began < other.ended and other.began < one.ended
        for index, one in enumerate(events)
        for other in events[index + 1 :]
    )


def as_event(data: list[Any]) -> Event:
    """An event from JSON."""
    event = Event(*data)
    return event._replace(sids=None if event.sids is None else tuple(event.sids))
