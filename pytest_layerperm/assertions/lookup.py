"""Which layer versions a helper's arguments mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, cast

from ..lambda_api.arn import LayerId, is_layer_name, is_region_name, parse, partition_of
from ..service.active import active_service
from ..service.layers import LayerVersion
from .readers import ClientReader, Reader, Seen, ServiceReader
from .tables import joined

if TYPE_CHECKING:
    from ..service.calls import LoggedCall
    from ..service.service import LayerService

NO_FAKE = (
    "no layerperm fake is on: use the fixture layerperm in this test (or `with LayerPerm():`), "
    "or pass client=, a boto3 Lambda client to look through"
)


_NEWEST = 50
"""Versions that are looked through for a near miss: through a client each is a call."""
_MOST_NAMED = 3
"""Versions that are named if the one that was asked for does not exist."""


@dataclass(frozen=True, slots=True)
class View:
    """What one helper sees."""

    asked: tuple[Seen, ...]
    """The versions to check, newest first within each layer."""
    reader: Reader
    organization_of: Callable[[str], str | None]
    """The organization that an account is declared a member of."""
    knows_organizations: bool
    """Whether there is a fake that membership can be declared to."""
    calls: tuple[LoggedCall, ...] = ()
    """What the fake has logged until now."""

    @property
    def layers(self) -> tuple[LayerId, ...]:
        return tuple(dict.fromkeys([seen.layer for seen in self.asked]))

    def siblings(self, seen: Seen) -> Iterable[Seen]:
        """The other versions of the same layer, the newest of them, as far as they can be seen."""
        try:
            for version in self.reader.versions(seen.layer)[:_NEWEST]:
                if version != seen.version and (other := self.reader.see(seen.layer, version)) is not None:
                    yield other
        except self.reader.blinded_by:
            return

    def elsewhere(self) -> Iterable[Seen]:
        """Every version of all other layers. Through a client none: that would be the whole account."""
        if isinstance(self.reader, ServiceReader):
            others = [layer for layer in self.reader.layers(None) if layer not in self.layers]
            seen = (self.reader.see(layer, version) for layer in others for version in self.reader.versions(layer))
            yield from filter(None, seen)


class NotOneLayer(Exception):
    """Which layer is meant is not clear; ``found`` are the versions that there are."""

    def __init__(self, found: Sequence[tuple[LayerId, int]], name: str | None, region_name: str | None) -> None:
        super().__init__(found, name, region_name)
        self.found = found
        self.name = name
        self.region_name = region_name


class MissingInRegion(Exception):
    """The layer exists, and not in every region that was asked for."""

    def __init__(self, name: str, missing: Sequence[str], asked: Sequence[Seen]) -> None:
        super().__init__(name, missing, asked)
        self.name = name
        self.missing = missing
        self.asked = asked


def look(layer: Any = None, client: Any = None, regions: Any = None, *, service: LayerService | None = None) -> View:
    """What there is of that layer on a fake, the active one unless another is given, or through a client.

    ``layer`` is a ``LayerVersion``, a version ARN, a layer name or a layer ARN (every version); None means the only
    version there is. With ``regions`` the same is looked up in each of them. Raises NotOneLayer and MissingInRegion,
    which are findings, and TypeError or ValueError, naming the argument, for anything else.
    """
    __tracebackhide__ = True
    service = service or active_service()
    calls = () if service is None else tuple(service.calls)
    if client is not None:
        reader: Reader = ClientReader(client)
    elif service is not None:
        reader = ServiceReader(service)
    else:
        raise RuntimeError(NO_FAKE)
    wanted = _parsed(layer)
    asked: list[Seen] = []
    missing: list[str] = []
    for region_name in _checked_regions(regions) or [None]:
        found = _seen(reader, wanted, region_name)
        asked += found
        if not found and region_name is not None:
            missing.append(region_name)
    if not asked:
        where = f" in {', '.join(missing)}" if missing else ""
        raise ValueError(f"layer: {_shown(wanted)} does not exist{where}{_there_is(reader, wanted)}")
    if missing:
        raise MissingInRegion(asked[0].layer.name, missing, asked)
    organization_of = _no_organization if service is None else service.callers.organization_of
    return View(tuple(asked), reader, organization_of, service is not None, calls)


Wanted = tuple[LayerId | str | None, int | None]
"""(layer, bare name, or None for the only one; version, or None for every one)."""


def _seen(reader: Reader, wanted: Wanted, region_name: str | None) -> list[Seen]:
    """The versions that are meant, in that region if one is given; none if they do not exist."""
    __tracebackhide__ = True
    layer, version = wanted
    if layer is None:
        found = [(one, number) for one in reader.layers(region_name) for number in reader.versions(one)]
        if len(found) != 1:
            raise NotOneLayer(found, None, region_name)
        layer, version = found[0]
    if isinstance(layer, str):
        named = reader.named(layer, region_name)
        if not named:
            return []
        if len(named) > 1:
            raise NotOneLayer([(one, number) for one in named for number in reader.versions(one)], layer, region_name)
        layer = named[0]
    elif region_name is not None:
        layer = LayerId(partition_of(region_name), region_name, layer.account_id, layer.name)
    versions = reader.versions(layer) if version is None else [version]
    seen = [reader.see(layer, number) for number in versions]
    return [one for one in seen if one is not None]


def _parsed(layer: Any) -> Wanted:
    __tracebackhide__ = True
    if layer is None:
        return None, None
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


def _checked_regions(regions: Any) -> list[str]:
    __tracebackhide__ = True
    if regions is None:
        return []
    if isinstance(regions, str) or not isinstance(regions, Iterable):
        raise TypeError(f"regions must be a list of region names, not {regions!r}")
    names = list(cast(Iterable[Any], regions))
    for name in names:
        if not is_region_name(name):
            raise ValueError(f"regions must be a list of region names such as 'us-east-1', not of {name!r}")
    if not names:
        raise ValueError("regions must name at least one region")
    return list(dict.fromkeys(names))


def _shown(wanted: Wanted) -> str:
    layer, version = wanted
    if not isinstance(layer, LayerId):
        return str(layer)
    return layer.arn if version is None else layer.version_arn(version)


def _there_is(reader: Reader, wanted: Wanted) -> str:
    """Which versions there are instead, those of the likeliest layers first. Through a client it would cost calls."""
    if not isinstance(reader, ServiceReader):
        return ""
    layer, _ = wanted
    name = layer.name if isinstance(layer, LayerId) else str(layer)
    layers = sorted(reader.layers(None), key=lambda one: -SequenceMatcher(None, one.name, name).ratio())
    found = [one.version_arn(version) for one in layers for version in reader.versions(one)]
    if len(found) > _MOST_NAMED:
        found[_MOST_NAMED:] = [f"{len(found) - _MOST_NAMED} others"]
    return f"; there is {joined(found) or 'no layer version'}"


def _no_organization(account_id: str) -> str | None:
    return None


def calls_about(calls: Iterable[LoggedCall], layer: Any) -> list[LoggedCall]:
    """The calls about that layer or version; all of them if ``layer`` is None. It need not exist."""
    __tracebackhide__ = True
    wanted, version = _parsed(layer)
    found: list[LoggedCall] = []
    for call in calls:
        about, number = parse(call.layer) if call.layer is not None else (None, None)
        if wanted is None or (about is not None and wanted in (about, about.name) and version in (None, number)):
            found.append(call)
    return found


def had_policy_before(calls: Iterable[LoggedCall], arn: str, service: LayerService) -> bool:
    """Whether a fake's layer version had a policy before these calls, as far as the log shows."""
    layer, version = parse(arn)
    policy = None if layer is None or version is None else service.store.policy_for_access(layer, version)
    added: set[str] = set()
    for call in calls:
        if call.layer == arn and call.applied:
            sid = str(call.parameters.get("StatementId"))
            if call.operation == "AddLayerVersionPermission":
                added.add(sid)
            elif call.operation == "RemoveLayerVersionPermission" and sid not in added:
                return True
    return policy is not None and any(statement.sid not in added for statement in policy.statements)
