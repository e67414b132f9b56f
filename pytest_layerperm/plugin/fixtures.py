"""The fixtures: each gives a test one part of the fake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from responses import RequestsMock

    from ..fake.layerperm import LayerPerm
    from ..service.layers import LayerVersion
    from ..transports.server.live import ServerAddress

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
    "layerperm",
    "layerperm_client",
    "layerperm_clock",
    "layerperm_layer",
    "layerperm_responses",
    "layerperm_server",
]

FAKE = pytest.StashKey["LayerPerm"]()


@pytest.fixture
def layerperm(request: pytest.FixtureRequest) -> Iterator[LayerPerm]:
    """A fake of the Lambda layer API under all boto3 code of this test; empty at the start of each test.

    It is a ``LayerPerm``; the markers ``layerperm…`` and the ini options set it up. What the code under test must not
    hide (faults that never struck, requests that would have left this machine) fails the test at its end::

        def test_release_shares_with_partner(layerperm):
            layer = layerperm.publish_layer("shared-deps")
            my_tool.share(layer.arn, "222222222222")
            assert_layer_shared_with("222222222222")
    """
    from ..fake import NEW_YEAR, LayerPerm, service_of
    from ..fake.activation import keep_environment
    from .markers import test_faults, test_settings

    item: pytest.Item = request.node  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    arguments = test_settings(item)
    faults = test_faults(item)
    if "layerperm_clock" in request.fixturenames:
        arguments.setdefault("frozen_at", NEW_YEAR)
    fake = LayerPerm(**arguments)
    for fault, marker in faults:
        service_of(fake).inject(fault, origin=marker)
    if "monkeypatch" in request.fixturenames:
        keep_environment(service_of(fake), request.getfixturevalue("monkeypatch"))
    item.stash[FAKE] = fake
    fake.start()
    try:
        yield fake
    finally:
        while fake.active:  # The test may have started it once more.
            fake.stop()


@pytest.fixture
def layerperm_client(layerperm: LayerPerm) -> Any:
    """A boto3 Lambda client of the fake's default account and region.

    It is new in each test::

        def test_nothing_is_published(layerperm_client):
            assert layerperm_client.list_layers()["Layers"] == []
    """
    return layerperm.client()


@pytest.fixture
def layerperm_layer(layerperm: LayerPerm) -> LayerVersion:
    """One published layer version, a ``LayerVersion``, in the fake's default account, with no policy.

    Its owner may use it, and nobody else::

        def test_a_new_version_is_private(layerperm_layer):
            assert layerperm_layer.policy is None
    """
    return layerperm.publish_layer()


@pytest.fixture
def layerperm_clock(layerperm: LayerPerm) -> Any:
    """The frozen clock of this test, at 2026-01-01T00:00:00Z unless the marker says otherwise.

    It is freezegun's. ``.tick(seconds)`` and ``.move_to(when)`` move it; retry waits move it on too::

        def test_the_log_has_the_time(layerperm, layerperm_client, layerperm_clock):
            layerperm_clock.tick(90)
            layerperm_client.list_layers()
            assert layerperm.calls.last.time.isoformat() == "2026-01-01T00:01:30+00:00"
    """
    return layerperm.clock if layerperm.clock is not None else layerperm.freeze()


@pytest.fixture
def layerperm_responses(layerperm: LayerPerm) -> Iterator[RequestsMock]:
    """A ``responses.RequestsMock`` that serves the layer URLs of every region and partition from this test's fake.

    Other URLs are what the test registers here, or in a mock of its own around or inside::

        def test_the_room_is_notified(layerperm_layer, layerperm_responses):
            layerperm_responses.post("https://chat.example.com/room")
            share_and_tell(layerperm_layer.arn, "222222222222")
            assert_layer_shared_with("222222222222")
    """
    from ..fake import service_of
    from ..fake.activation import serve_responses

    mock, stop = serve_responses(service_of(layerperm))
    try:
        yield mock
    finally:
        stop()


@pytest.fixture
def layerperm_server(layerperm: LayerPerm) -> ServerAddress:
    """This test's fake behind a real HTTP port on loopback: ``.url``, and ``.env`` for a subprocess.

    It is a ``ServerAddress``. Fails the test, saying why, if no server can be started::

        def test_the_script_shares(layerperm_layer, layerperm_server):
            subprocess.run(["./share.sh"], env={**os.environ, **layerperm_server.env}, check=True)
            assert_layer_public()
    """
    from ..fake import service_of
    from ..transports.server.live import ServerAddress, ServerFailed, shared_server

    service = service_of(layerperm)
    try:
        service.content_url = shared_server().url
        return ServerAddress(service.content_url, service)
    except ServerFailed as failed:
        reason = str(failed)
    pytest.fail(f"layerperm_server: {reason}", pytrace=False)  # Outside the handler: else pytest prints it three times.


def _assertion(name: str, meaning: str, *example: str) -> Any:
    """An assertion helper as a fixture of its own name, for tests that take all they use as arguments."""

    def helper(layerperm: LayerPerm) -> Any:
        from .. import assertions

        return getattr(assertions, name)

    body = "\n".join([f"            {line}" for line in example])
    helper.__doc__ = (
        f"{meaning}\n\n    The helper of that name, with all its parameters::\n\n"
        f"        def test_release(layerperm_layer, {name}):\n{body}\n    "
    )
    return pytest.fixture(name=name)(helper)


_SHARE = 'my_tool.share(layerperm_layer.arn, "222222222222")'
assert_layer_shared_with = _assertion(
    "assert_layer_shared_with",
    "Fails unless an account (twelve digits) may use the layer version; ``via=`` demands the way.",
    _SHARE,
    'assert_layer_shared_with("222222222222")',
)
assert_layer_not_shared_with = _assertion(
    "assert_layer_not_shared_with",
    "Fails if an account (twelve digits) may use the layer version.",
    'my_tool.revoke(layerperm_layer.arn, "222222222222")',
    'assert_layer_not_shared_with("222222222222")',
)
assert_layer_shared_with_organization = _assertion(
    "assert_layer_shared_with_organization",
    "Fails unless the layer version is shared with an organization (``o-…``).",
    'my_tool.share_with_organization(layerperm_layer.arn, "o-exampleorgid")',
    'assert_layer_shared_with_organization("o-exampleorgid")',
)
assert_layer_public = _assertion(
    "assert_layer_public",
    "Fails unless everyone may use the layer version.",
    "my_tool.share_with_everyone(layerperm_layer.arn)",
    "assert_layer_public()",
)
assert_layer_not_public = _assertion(
    "assert_layer_not_public", "Fails if everyone may use the layer version.", _SHARE, "assert_layer_not_public()"
)
assert_layer_private = _assertion(
    "assert_layer_private", "Fails if the layer version is shared with anyone.", "assert_layer_private()"
)
assert_layer_policy = _assertion(
    "assert_layer_policy",
    "Fails unless the policy has exactly the expected statements, such as account ids.",
    _SHARE,
    'assert_layer_policy(["222222222222"])',
)
assert_layer_policy_unchanged = _assertion(
    "assert_layer_policy_unchanged",
    "A context manager that fails if the block changed the policy.",
    "with assert_layer_policy_unchanged():",
    "    my_tool.audit(layerperm_layer.arn)",
)
assert_layer_calls = _assertion(
    "assert_layer_calls",
    "Fails unless the layer calls so far are as expected, a call and its retries being one.",
    _SHARE,
    'assert_layer_calls(["AddLayerVersionPermission"])',
)
