"""What a helper looks at: which layer versions are meant, and what their policies say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from .activation import active_fake
from .grants import Grant, grants_of
from .lambda_api.arn import LayerId, is_layer_name, layer_id, parse
from .layers import LayerVersion

if TYPE_CHECKING:
    from .calls import LoggedCall
    from .fake import LayerPerm

_ALL = 2**63
State = Literal["never", "emptied", "some"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A layer version, and what its policy was when it was looked at."""

    layer: LayerId
    version: int
    state: State
    """Whether it has statements, had some once, or never had any."""
    grants: tuple[Grant, ...] = ()
    revision_id: str | None = None

    @property
    def arn(self) -> str:
        return self.layer.version_arn(self.version)


class Lens(Protocol):
    """Where layer versions are looked up."""

    def named(self, name: str) -> Sequence[LayerId]:
        """The layers that a bare name can mean."""
        ...

    def layers(self) -> Sequence[LayerId]:
        """All layers."""
        ...

    def versions(self, layer: LayerId) -> Sequence[int]:
        """The layer's versions, newest first."""
        ...

    def see(self, layer: LayerId, version: int) -> Seen | None:
        """The version; None where it does not exist."""
        ...


class FakeLens:
    """Looks at the fake's own state, without a call."""

    def __init__(self, fake: LayerPerm) -> None:
        self._fake = fake

    def named(self, name: str) -> Sequence[LayerId]:
        own = layer_id(name, self._fake.account_id, self._fake.region_name)
        found = [layer for layer in self.layers() if layer.name == name]
        # As for the API, a bare name is first of all one of the default account and region.
        return [own] if own in found else found

    def layers(self) -> Sequence[LayerId]:
        return list(dict.fromkeys([published.layer for published in self._fake.store]))

    def versions(self, layer: LayerId) -> Sequence[int]:
        page = self._fake.store.list_versions(layer, runtime=None, architecture=None, marker=None, limit=_ALL)
        return [published.version for published in page.items]

    def see(self, layer: LayerId, version: int) -> Seen | None:
        store = self._fake.store
        if store.find(layer, version) is None:
            return None
        policy = store.policy_for_access(layer, version)
        if policy is None:
            return Seen(layer, version, "never")
        if not policy.statements:
            return Seen(layer, version, "emptied", revision_id=policy.revision_id)
        grants = grants_of(json.loads(policy.document), layer.partition)
        return Seen(layer, version, "some", grants, policy.revision_id)


@dataclass(frozen=True, slots=True)
class View:
    """What one helper sees."""

    asked: tuple[Seen, ...]
    """The versions that it is about, newest first within each layer."""
    every: bool
    """Whether a layer was asked for, and so every version of it."""
    lens: Lens
    organization_of: Callable[[str], str | None]
    """The organization that an account is declared a member of."""
    calls: tuple[LoggedCall, ...] = ()
    """What was logged until now."""

    @property
    def layers(self) -> tuple[LayerId, ...]:
        return tuple(dict.fromkeys([seen.layer for seen in self.asked]))

    def siblings(self, seen: Seen) -> Iterable[Seen]:
        """The other versions of the same layer, newest first."""
        for version in self.lens.versions(seen.layer):
            if version != seen.version and (other := self.lens.see(seen.layer, version)) is not None:
                yield other


class NotOneLayer(Exception):
    """Which layer is meant is not clear; ``found`` are the versions that there are."""

    def __init__(self, found: Sequence[tuple[LayerId, int]], name: str | None = None) -> None:
        super().__init__(found, name)
        self.found = found
        self.name = name


def look(layer: Any = None) -> View:
    """What the active fake holds of that layer.

    ``layer`` is a ``LayerVersion``, a version ARN, a layer name or a layer ARN; None means the only version there is.
    Raises NotOneLayer where that is not clear, TypeError or ValueError for anything else.
    """
    fake = active_fake()
    if fake is None:
        raise RuntimeError(NO_FAKE)
    lens = FakeLens(fake)
    wanted, every = _wanted(layer, lens)
    seen = [lens.see(*version) for version in wanted]
    asked = tuple([version for version in seen if version is not None])
    if len(asked) != len(seen) or not seen:
        raise ValueError(f"layer: {_shown(layer)} does not exist")
    return View(asked, every, lens, fake.organization_of, tuple(fake.calls))


NO_FAKE = (
    "no layerperm fake is on: use the fixture layerperm in this test (or `with LayerPerm():`), "
    "or pass client=, a boto3 Lambda client to look through"
)


def _wanted(layer: Any, lens: Lens) -> tuple[list[tuple[LayerId, int]], bool]:
    """The versions that are meant, and whether a whole layer is."""
    if layer is None:
        found = [(one, version) for one in lens.layers() for version in lens.versions(one)]
        if len(found) != 1:
            raise NotOneLayer(found)
        return found, False
    one, version = _parsed(layer)
    if version is not None:
        assert isinstance(one, LayerId)
        return [(one, version)], False
    if isinstance(one, str):
        named = lens.named(one)
        if len(named) > 1:
            raise NotOneLayer([(same, version) for same in named for version in lens.versions(same)], one)
        if not named:
            return [], True
        one = named[0]
    return [(one, version) for version in lens.versions(one)], True


def _parsed(layer: Any) -> tuple[LayerId | str, int | None]:
    """(layer or bare name, version or None for all)."""
    if isinstance(layer, LayerVersion):
        layer = layer.arn
    if not isinstance(layer, str):
        raise TypeError(f"layer must be a LayerVersion, a version ARN, a layer name or a layer ARN, not {layer!r}")
    found, version = parse(layer)
    if found is not None:
        return found, version
    if not is_layer_name(layer):
        raise ValueError(f"layer must be a LayerVersion, a version ARN, a layer name or a layer ARN, not {layer!r}")
    return layer, None


def _shown(layer: Any) -> str:
    return layer.arn if isinstance(layer, LayerVersion) else str(layer)
