"""Identifiers that AWS makes up."""

import os
import random
import uuid

import pytest

from pytest_layerperm.service.identifiers import new_id


def test_it_is_a_uuid():
    """Of version 4, in the form in which AWS writes it, each another one."""
    made = [new_id() for _ in range(200)]
    assert [str(uuid.UUID(one)) for one in made] == made
    assert {(uuid.UUID(one).version, uuid.UUID(one).variant) for one in made} == {(4, uuid.RFC_4122)}
    assert len(set(made)) == 200


def test_seeding_random_repeats_nothing():
    """Tests that seed the shared generator, as pytest-randomly does before each, get new ids all the same."""
    state = random.getstate()
    try:
        random.seed(1)
        first = new_id()
        random.seed(1)
        assert new_id() != first
    finally:
        random.setstate(state)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this machine")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_child_has_its_own():
    """Parent and child do not make up the same ids."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover
        os.write(writing, new_id().encode())
        os._exit(0)
    made = new_id()
    os.waitpid(child, 0)
    assert os.read(reading, 100).decode() != made
    os.close(reading)
    os.close(writing)
