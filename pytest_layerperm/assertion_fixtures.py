"""Every assertion helper as a fixture of its own name, for tests that take all they use as arguments.

Parameters and errors are told where the helpers are: ``pytest_layerperm.assertions``.
"""

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
    """Fails unless an account (twelve digits) may use the layer version; ``via=`` demands the way.

    The helper of that name, with all its parameters::

        def test_release(layerperm_layer, assert_layer_shared_with):
            my_tool.share(layerperm_layer.arn, "222222222222")
            assert_layer_shared_with("222222222222")
    """
    from .assertions import assert_layer_shared_with

    return assert_layer_shared_with


@pytest.fixture
def assert_layer_not_shared_with(layerperm: object) -> Callable[..., Any]:
    """Fails if an account (twelve digits) may use the layer version.

    The helper of that name, with all its parameters::

        def test_revoke(layerperm_layer, assert_layer_not_shared_with):
            my_tool.revoke(layerperm_layer.arn, "222222222222")
            assert_layer_not_shared_with("222222222222")
    """
    from .assertions import assert_layer_not_shared_with

    return assert_layer_not_shared_with


@pytest.fixture
def assert_layer_shared_with_organization(layerperm: object) -> Callable[..., Any]:
    """Fails unless the layer version is shared with an organization (``o-…``).

    The helper of that name, with all its parameters::

        def test_release(layerperm_layer, assert_layer_shared_with_organization):
            my_tool.share_with_organization(layerperm_layer.arn, "o-exampleorgid")
            assert_layer_shared_with_organization("o-exampleorgid")
    """
    from .assertions import assert_layer_shared_with_organization

    return assert_layer_shared_with_organization


@pytest.fixture
def assert_layer_public(layerperm: object) -> Callable[..., Any]:
    """Fails unless everybody may use the layer version.

    The helper of that name, with all its parameters::

        def test_release(layerperm_layer, assert_layer_public):
            my_tool.share_with_everybody(layerperm_layer.arn)
            assert_layer_public()
    """
    from .assertions import assert_layer_public

    return assert_layer_public


@pytest.fixture
def assert_layer_not_public(layerperm: object) -> Callable[..., Any]:
    """Fails if everybody may use the layer version.

    The helper of that name, with all its parameters::

        def test_release(layerperm_layer, assert_layer_not_public):
            my_tool.share(layerperm_layer.arn, "222222222222")
            assert_layer_not_public()
    """
    from .assertions import assert_layer_not_public

    return assert_layer_not_public


@pytest.fixture
def assert_layer_private(layerperm: object) -> Callable[..., Any]:
    """Fails if the layer version is shared with anybody.

    The helper of that name, with all its parameters::

        def test_a_new_version_is_private(layerperm_layer, assert_layer_private):
            assert_layer_private()
    """
    from .assertions import assert_layer_private

    return assert_layer_private


@pytest.fixture
def assert_layer_policy(layerperm: object) -> Callable[..., Any]:
    """Fails unless the policy has exactly the expected statements, such as account ids.

    The helper of that name, with all its parameters::

        def test_release(layerperm_layer, assert_layer_policy):
            my_tool.share(layerperm_layer.arn, "222222222222")
            assert_layer_policy(["222222222222"])
    """
    from .assertions import assert_layer_policy

    return assert_layer_policy


@pytest.fixture
def assert_layer_policy_unchanged(layerperm: object) -> Callable[..., Any]:
    """A context manager that fails if the block changed the policy.

    The helper of that name, with all its parameters::

        def test_audit(layerperm_layer, assert_layer_policy_unchanged):
            with assert_layer_policy_unchanged():
                my_tool.audit(layerperm_layer.arn)
    """
    from .assertions import assert_layer_policy_unchanged

    return assert_layer_policy_unchanged


@pytest.fixture
def assert_layer_calls(layerperm: object) -> Callable[..., Any]:
    """Fails unless the layer calls so far are as expected, a call and its retries being one.

    The helper of that name, with all its parameters::

        def test_release(layerperm_layer, assert_layer_calls):
            my_tool.share(layerperm_layer.arn, "222222222222")
            assert_layer_calls(["AddLayerVersionPermission"])
    """
    from .assertions import assert_layer_calls

    return assert_layer_calls
