"""Facts about AWS Lambda's layer API, as data, and what holds any endpoint against them.

``FACTS`` are the facts; ``running.show`` shows one on an endpoint. ``pytest --pyargs pytest_layerperm.facts
--layerperm-endpoint=URL`` shows all.
"""

from __future__ import annotations

from .model import CONFIDENCES, Confidence, Fact
from .rows import (
    access,
    envelopes,
    errors,
    layer_validation,
    lists,
    operations,
    order,
    requests,
    revisions,
    sizes,
    statements,
    validation,
    versions,
)

FACTS: tuple[Fact, ...] = tuple(
    [
        fact
        for room in (
            operations,
            statements,
            errors,
            envelopes,
            validation,
            layer_validation,
            revisions,
            order,
            sizes,
            access,
            versions,
            lists,
            requests,
        )
        for fact in room.FACTS
    ]
)

__all__ = ["CONFIDENCES", "FACTS", "Confidence", "Fact"]
