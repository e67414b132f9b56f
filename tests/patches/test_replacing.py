"""Patches are put back by identity, whoever else patches the same names, and in whatever order they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest import mock

import botocore.httpsession
import pytest

from pytest_layerperm import LayerPerm
from pytest_layerperm.patches import replacing
from pytest_layerperm.patches.replacing import put_back, replaced, superseded


def theirs() -> str:
    return "theirs"


def original() -> str:
    return "original"


def ours(found: Callable[[], str]) -> Callable[[], str]:
    return lambda: f"ours({found()})"


@pytest.fixture
def owner() -> Iterator[SimpleNamespace]:
    """In place of a module that others patch too."""
    made, older = dict(replacing._made), list(replacing._older)
    yield SimpleNamespace(function=original)
    replacing._older[:] = older
    replacing._made.clear()
    replacing._made.update(made)


def test_what_was_there_is_there_again(owner: SimpleNamespace) -> None:
    """The very object."""
    with replaced((owner, "function", ours)):
        assert owner.function() == "ours(original)"
    assert owner.function is original


def test_an_attribute_that_was_not_there_is_gone_again(owner: SimpleNamespace) -> None:
    """A class attribute that hides an instance's, for one."""
    with replaced((owner, "more", lambda found: (found, "ours"))):
        assert owner.more == (None, "ours")
    assert not hasattr(owner, "more")


def test_one_inside_another_replaces_nothing_more(owner: SimpleNamespace) -> None:
    """And leaves the outer one in place."""
    with replaced((owner, "function", ours)):
        with replaced((owner, "function", ours)):
            assert owner.function() == "ours(original)"
        assert owner.function() == "ours(original)"
    assert owner.function is original


def test_what_someone_else_put_on_top_stays(owner: SimpleNamespace) -> None:
    """Ours comes back with their undo, and is removed at the next occasion."""
    patching = mock.patch.object(owner, "function", theirs)
    with replaced((owner, "function", ours)):
        patching.start()
    assert owner.function() == "theirs"
    put_back()
    assert owner.function() == "theirs"
    patching.stop()
    assert owner.function() == "ours(original)"
    put_back()
    assert owner.function is original


def test_one_that_came_back_serves_again(owner: SimpleNamespace) -> None:
    """It does not grow by one layer with each test."""
    patching = mock.patch.object(owner, "function", theirs)
    with replaced((owner, "function", ours)):
        patching.start()
    patching.stop()
    with replaced((owner, "function", ours)):
        put_back()
        assert owner.function() == "ours(original)"
    assert owner.function is original


def test_one_on_top_of_theirs(owner: SimpleNamespace) -> None:
    """A second fake inside their patch, which ends first."""
    with replaced((owner, "function", ours)):
        with mock.patch.object(owner, "function", theirs):
            with replaced((owner, "function", ours)):
                assert owner.function() == "ours(theirs)"
            assert owner.function() == "theirs"
        assert owner.function() == "ours(original)"
    assert owner.function is original


def test_what_is_gone_for_good_is_replaced_if_it_comes_back(owner: SimpleNamespace) -> None:
    """A mock that has ended, which another one saw when it began."""

    def gone() -> str:
        return "gone"

    superseded(owner, "function", gone, original)
    put_back()
    assert owner.function is original
    owner.function = gone
    put_back()
    assert owner.function is original


def test_no_call_is_lost_on_the_way_to_a_patch_that_came_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours passes everything on once no fake is on."""
    sent: list[Any] = []
    session: Any = botocore.httpsession.URLLib3Session
    with monkeypatch.context() as below:
        below.setattr(session, "send", lambda *args: sent.append(args))
        theirs = pytest.MonkeyPatch()
        with LayerPerm():
            theirs.setattr(session, "send", None)
        theirs.undo()
        session.send(None, mock.Mock(url="https://lambda.us-east-1.amazonaws.com/"))
        put_back()
        assert len(sent) == 1
