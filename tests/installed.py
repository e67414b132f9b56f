"""What differs between the versions of boto3 that the tests run on."""

from __future__ import annotations

from pytest_layerperm import LayerPerm


def _default_attempts() -> int:
    """Attempts of a client that says nothing of retries: five, or three since standard mode is the default."""
    with LayerPerm() as fake:
        return {"legacy": 5, "standard": 3}[fake.client().meta.config.retries["mode"]]


DEFAULT_ATTEMPTS = _default_attempts()
