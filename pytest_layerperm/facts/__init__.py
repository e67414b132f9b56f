"""Facts about AWS Lambda's layer API as data, and the suite that checks any endpoint against them.

``FACTS`` are the facts, ``CONFIDENCES`` how sure they can be; ``running.show`` shows one on an endpoint, and
``sources.explain`` says where it comes from. ``pytest --pyargs pytest_layerperm.facts --layerperm-endpoint=URL`` shows
all.

>>> from pytest_layerperm.facts import FACTS
>>> fact = {fact.id: fact for fact in FACTS}["errors/statement-exists"]
>>> fact.confidence, fact.sentence
('recorded', 'A statement id that already exists: 409 ResourceConflictException.')
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
    pages,
    regions,
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
            regions,
            lists,
            pages,
            requests,
        )
        for fact in room.FACTS
    ]
)

__all__ = ["CONFIDENCES", "FACTS", "Confidence", "Fact"]
