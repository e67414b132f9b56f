"""An ``Interleave`` whose action is a list of layer calls: what a program in another language can ask for."""

from __future__ import annotations

from typing import Any, cast

from ...lambda_api.constraints import read
from ...lambda_api.errors import LambdaError
from ...lambda_api.members import MEMBERS
from ...lambda_api.wire import Call, call_of
from ...service.arguments import check_account_id, check_operation, check_region_name
from ...service.fault_kinds import Interleave
from ...service.lambda_model import enum_values
from ...service.service import LayerService

_KEYS = ("operation", "account_id", "region_name", "parameters")


def interleaved(
    service: LayerService,
    interleave: Any,
    *,
    before: str = "AddLayerVersionPermission",
    times: int | None = 1,
    account_id: str | None = None,
    region_name: str | None = None,
    layer: object = None,
    after: int = 0,
) -> Interleave:
    """The fault that makes these calls, unlogged, just before a matching one. Raises TypeError or ValueError."""
    if not isinstance(interleave, list) or not interleave:
        raise TypeError(f"interleave must be a list of layer calls, not {interleave!r}")
    given = [_checked(service, one) for one in cast(list[Any], interleave)]

    def action() -> None:
        for operation, account, region, parameters in given:
            service.carry_out(call_of(operation, account, region, dict(parameters), None))

    action.__qualname__ = f"[{', '.join([operation for operation, *_ in given])}]"
    return Interleave(
        action,
        before=before,
        times=times,
        account_id=account_id,
        region_name=region_name,
        layer=layer,
        after=after,
    )


def _checked(service: LayerService, one: Any) -> tuple[str, str, str, dict[str, Any]]:
    """Operation, account, region and parameters of a call, in the types of the wire."""
    if not isinstance(one, dict):
        raise TypeError("interleave: a layer call must be a JSON object")
    call = cast(dict[str, Any], one)
    for key in call:
        if key not in _KEYS:
            raise ValueError(f"interleave: a layer call has {', '.join(_KEYS)}, not {key!r}")
    operation = call.get("operation")
    check_operation("operation", operation)
    account_id, region_name = call.get("account_id", service.account_id), call.get("region_name", service.region_name)
    check_account_id(account_id)
    check_region_name(region_name)
    given = call.get("parameters", {})
    if not isinstance(given, dict):
        raise TypeError("parameters must be a JSON object")
    parameters = dict(cast(dict[str, Any], given))
    members = {member.name: member for member in MEMBERS[str(operation)]}
    for name, value in parameters.items():
        if name not in members:
            raise ValueError(f"parameters of {operation} are {', '.join(members)}, not {name!r}")
        if members[name].kind in ("long", "integer"):
            parameters[name] = str(value)
    found = Call(str(operation), account_id, region_name, parameters)
    try:
        read(found.operation, found.given, enum_values)
    except LambdaError as wrong:
        raise ValueError(f"parameters: {wrong}") from None
    return found.operation, account_id, region_name, parameters
