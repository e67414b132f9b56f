"""Which layer versions a helper's arguments mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from ..lambda_api.arn import LayerId, partition_of
from ..service.active import active_service
from .layer_argument import Wanted, name_in, parsed_layer, parsed_regions, shown
from .readers import ClientReader, Reader, Seen, ServiceReader
from .tables import joined

if TYPE_CHECKING:
    from ..service.calls import LoggedCall
    from ..service.service import LayerService

__tracebackhide__ = True

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
    service: LayerService | None
    """The fake's; None if there is none to know of calls and organizations."""
    calls: tuple[LoggedCall, ...] = ()
    """What the fake has logged until now."""
    layers: tuple[LayerId, ...] = field(init=False)
    """The layers of the versions to check."""
    _differ: tuple[bool, bool] = field(init=False)
    """Whether they are in several regions, and of several accounts."""

    def __post_init__(self) -> None:
        layers = tuple(dict.fromkeys([seen.layer for seen in self.asked]))
        regions, accounts = {layer.region_name for layer in layers}, {layer.account_id for layer in layers}
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "_differ", (len(regions) > 1, len(accounts) > 1))

    def place(self, layer: LayerId) -> str:
        """The layer's region and account, each if the layers to check differ in it."""
        regions, accounts = self._differ
        region = f" in {layer.region_name}" if regions else ""
        return f"{region} of account {layer.account_id}" if accounts else region

    @property
    def region_name(self) -> str:
        """The default region of the fake whose calls these are."""
        return "" if self.service is None else self.service.region_name

    def organization_of(self, account_id: str) -> str | None:
        """The organization that an account is declared a member of."""
        return None if self.service is None else self.service.callers.organization_of(account_id)

    def knows_organization(self, organization_id: str) -> bool:
        """Whether it is known who is a member of an organization."""
        return self.service is not None and self.service.callers.knows_organization(organization_id)

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
    """Which layer version is meant is not clear; ``found`` are those that exist, newest first within each layer."""

    def __init__(self, found: Sequence[tuple[LayerId, int]], region_name: str | None) -> None:
        super().__init__(found, region_name)
        self.found = found
        self.region_name = region_name


class MissingInRegion(Exception):
    """The layer exists, and not in every region that was asked for."""

    def __init__(self, missing: Sequence[str], view: View, others: Sequence[str]) -> None:
        super().__init__(missing, view, others)
        self.missing = missing
        self.view = view
        self.others = others
        """Regions that were not asked for, in which there is a layer of that name."""


class NothingReachedTheFake(Exception):
    """No call reached the fake, and layer calls went to other servers on this machine: the text says how many."""


def look(layer: Any = None, client: Any = None, regions: Any = None, *, service: LayerService | None = None) -> View:
    """The layer versions of a fake, the active one unless another is given, or of a client.

    ``layer`` is a ``LayerVersion``, a version ARN, a layer ARN (every version) or a layer name (every version of
    every layer of that name); None means the only version there is. ``regions`` narrows it to these, and demands
    that it exists in each. Raises NotOneLayer, MissingInRegion and NothingReachedTheFake, which are findings, and
    TypeError or ValueError, naming the argument, for anything else.
    """
    service = service or active_service()
    if client is not None:
        reader: Reader = ClientReader(client)
    elif service is not None:
        reader = ServiceReader(service)
    else:
        raise RuntimeError(NO_FAKE)
    wanted = parsed_layer(layer)
    region_names = parsed_regions(regions)
    if client is None and service is not None:
        check_gone_past(service)
    asked: list[Seen] = []
    missing: list[str] = []
    for region_name in region_names or [None]:
        found = _seen(reader, wanted, region_name)
        asked += found
        if not found and region_name is not None:
            missing.append(region_name)
    if not asked:
        raise ValueError(f"layer: {shown(wanted)} does not exist{_where(reader, missing)}{_instead(service, wanted)}")
    view = View(tuple(asked), reader, service, () if service is None else tuple(service.calls))
    if missing:
        layers: Sequence[LayerId] = () if service is None else _named(service, view.layers[0].name)
        others = dict.fromkeys([one.region_name for one in layers if one.region_name not in region_names])
        raise MissingInRegion(missing, view, list(others))
    return view


def check_gone_past(service: LayerService) -> None:
    """Raises NothingReachedTheFake: what the fake has says nothing about the code under test."""
    if service.gone_past and not len(service.calls):
        raise NothingReachedTheFake(str(service.gone_past))


def _seen(reader: Reader, wanted: Wanted, region_name: str | None) -> list[Seen]:
    """The versions that are meant, in that region if one is given; none if they do not exist."""
    layer, version = wanted
    if layer is None:
        found = [(one, number) for one in reader.layers(region_name) for number in reader.versions(one)]
        if len(found) != 1:
            raise NotOneLayer(found, region_name)
        layer, version = found[0]
    if isinstance(layer, str):
        layers = reader.named(layer, region_name)
    elif region_name is None:
        layers = [layer]
    else:
        layers = [LayerId(partition_of(region_name), region_name, layer.account_id, layer.name)]
    numbers = [(one, n) for one in layers for n in (reader.versions(one) if version is None else [version])]
    seen = [reader.see(one, number) for one, number in numbers]
    return [one for one in seen if one is not None]


def _where(reader: Reader, missing: Sequence[str]) -> str:
    """The regions in which a layer was looked for in vain, if not everywhere."""
    regions = missing or ([] if isinstance(reader, ServiceReader) else reader.region_names)
    return f" in {', '.join(regions)}" if regions else ""


def _instead(service: LayerService | None, wanted: Wanted) -> str:
    """Where a fake has that layer, or which versions it has, those of the likeliest layers first."""
    if service is None:
        return ""
    layer, _ = wanted
    name = name_in(wanted)
    same_name = [one for one in _named(service, name) if one != layer]
    if same_name and layer not in _named(service, name):
        places = [f"{one.region_name} of account {one.account_id}" for one in same_name]
        if {one.account_id for one in same_name} == {service.account_id}:
            places = [one.region_name for one in same_name]
        return f"; the fake has {name} in {joined(places)}"
    reader = ServiceReader(service)
    layers = sorted(reader.layers(None), key=lambda one: -SequenceMatcher(None, one.name, name).ratio())
    found = [one.version_arn(version) for one in layers for version in reader.versions(one)]
    if len(found) > _MOST_NAMED:
        found[_MOST_NAMED:] = [f"{len(found) - _MOST_NAMED} others"]
    return f"; there is {joined(found) or 'no layer version'}"


def _named(service: LayerService, name: str) -> Sequence[LayerId]:
    return ServiceReader(service).named(name, None)
