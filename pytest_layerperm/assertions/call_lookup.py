"""Which calls ``assert_layer_calls`` checks, and what the log shows of the policies before them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ..lambda_api.arn import LayerId, parse
from .layer_argument import Wanted, name_in, parsed_layer, shown
from .tables import joined

if TYPE_CHECKING:
    from ..service.calls import LoggedCall
    from ..service.service import LayerService

__tracebackhide__ = True

_MOST_NAMED = 5


def calls_about(service: LayerService, layer: Any) -> list[LoggedCall]:
    """The calls that name that layer or version; all of them if ``layer`` is None.

    Raises ValueError for a layer that never existed and that no call names: it would match nothing, ever.
    """
    wanted = parsed_layer(layer)
    if layer is None:
        return list(service.calls)
    found = [call for call in service.calls if call.layer is not None and _matches(wanted, *parse(call.layer))]
    if not found and not _ever_existed(service, wanted):
        raise ValueError(f"layer: {shown(wanted)} never existed, and no call names it{_near(service, wanted)}")
    return found


def _matches(wanted: Wanted, layer: LayerId | None, version: int | None) -> bool:
    return layer is not None and wanted[0] in (layer, layer.name) and wanted[1] in (None, version)


def _ever_existed(service: LayerService, wanted: Wanted) -> bool:
    layer, version = wanted
    if isinstance(layer, LayerId):
        return service.store.find_deleted(layer, version or 1) is not None
    return any(one.name == layer for one in service.store.layers_ever())


def _near(service: LayerService, wanted: Wanted) -> str:
    """The layer that may have been meant."""
    layers = service.store.layers_ever()
    if wanted[0] in layers:
        return f"; the fake has {name_in(wanted)}, without such a version"
    name = name_in(wanted)
    for layer in layers:
        if layer.name == name:
            return f"; did you mean {layer.arn}?"
    names = list(dict.fromkeys([layer.name for layer in layers]))
    near = get_close_matches(name, names, 1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; there is {joined(names[:_MOST_NAMED]) or 'no layer'}"


def had_policy_before(calls: Iterable[LoggedCall], arn: str, service: LayerService) -> bool:
    """Whether a layer version had a policy before these calls, as far as the log shows."""
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
