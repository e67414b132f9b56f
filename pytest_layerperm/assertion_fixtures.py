"""Every assertion helper as a fixture of its own name, for tests that take all they use as arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

__all__ = [
    "assert_layer_calls",
    "assert_layer_not_public",
    "assert_layer_not_shared_with",
    "assert_layer_policy",
    "assert_layer_policy_unchanged",
    "assert_layer_private",
    "assert_layer_public",
    "assert_layer_shared_with",
    "assert_layer_shared_with_organization",
]


@pytest.fixture
def assert_layer_shared_with(layerperm: object) -> Callable[..., Any]:
    """Fails unless an account may use the layer version."""
    from .assertions import assert_layer_shared_with

    return assert_layer_shared_with


@pytest.fixture
def assert_layer_not_shared_with(layerperm: object) -> Callable[..., Any]:
    """Fails if an account may use the layer version."""
    from .assertions import assert_layer_not_shared_with

    return assert_layer_not_shared_with


@pytest.fixture
def assert_layer_shared_with_organization(layerperm: object) -> Callable[..., Any]:
    """Fails unless the layer version is shared with an organization."""
    from .assertions import assert_layer_shared_with_organization

    return assert_layer_shared_with_organization


@pytest.fixture
def assert_layer_public(layerperm: object) -> Callable[..., Any]:
    """Fails unless everybody may use the layer version."""
    from .assertions import assert_layer_public

    return assert_layer_public


@pytest.fixture
def assert_layer_not_public(layerperm: object) -> Callable[..., Any]:
    """Fails if everybody may use the layer version."""
    from .assertions import assert_layer_not_public

    return assert_layer_not_public


@pytest.fixture
def assert_layer_private(layerperm: object) -> Callable[..., Any]:
    """Fails if the layer version is shared with anybody."""
    from .assertions import assert_layer_private

    return assert_layer_private


@pytest.fixture
def assert_layer_policy(layerperm: object) -> Callable[..., Any]:
    """Fails unless the policy has exactly the expected statements."""
    from .assertions import assert_layer_policy

    return assert_layer_policy


@pytest.fixture
def assert_layer_policy_unchanged(layerperm: object) -> Callable[..., Any]:
    """A context manager that fails if the block changed the policy."""
    from .assertions import assert_layer_policy_unchanged

    return assert_layer_policy_unchanged


@pytest.fixture
def assert_layer_calls(layerperm: object) -> Callable[..., Any]:
    """Fails unless the layer calls so far are as expected."""
    from .assertions import assert_layer_calls

    return assert_layer_calls
