"""Responses to three requests to AWS that are neither layer calls nor for moto.

They are GetAccountSettings and CloudTrail's LookupEvents, which moto does not have, and moto's reset, which must reset
the fake as well.
"""

from __future__ import annotations

import json
from typing import Any

from ...lambda_api.store import LayerStore
from ...lambda_api.wire import Request, Response, region_of, signature_of
from ...service.service import LayerService
from ...service.trail_lookup import TARGET as LOOKUP_EVENTS
from ...service.trail_lookup import lookup_events
from ..translate import MOTO_RESET
from . import private, private_state

_ACCOUNT_SETTINGS = "/2016-08-19/account-settings"
_LIMITS = {
    "TotalCodeSize": 80_530_636_800,
    "CodeSizeUnzipped": 262_144_000,
    "CodeSizeZipped": 52_428_800,
    "ConcurrentExecutions": 1_000,
    "UnreservedConcurrentExecutions": 1_000,
}
"""The default quotas of an account (AWS's page "Lambda quotas")."""


def own_response(service: LayerService, request: Request) -> Response | None:
    """The response to one of these three requests; None for any other."""
    place = (request.method, request.host.partition(".")[0], request.path.rstrip("/"))
    if place == ("POST", "motoapi", MOTO_RESET):
        service.reset()
        return Response(200, b'{"status": "ok"}')
    if place == ("POST", "cloudtrail", "") and request.headers.get("x-amz-target") == LOOKUP_EVENTS:
        account_id = service.callers.account_of_request(request)
        return lookup_events(service.calls, account_id, region_of(request, signature_of(request)), request.body)
    if place == ("GET", "lambda", _ACCOUNT_SETTINGS):
        account_id = service.callers.account_of_request(request)
        region_name = region_of(request, signature_of(request))
        return Response(200, json.dumps(_account_settings(service.store, account_id, region_name)).encode())
    return None


def _account_settings(store: LayerStore, account_id: str, region_name: str) -> dict[str, Any]:
    """Limits and usage; layer versions count like functions."""
    functions, sizes = private_state.code_sizes(account_id, region_name) if private.mock_is_on() else (0, [])
    layers = [
        published.content.size
        for published in store
        if (published.layer.account_id, published.layer.region_name) == (account_id, region_name)
    ]
    usage = {"TotalCodeSize": sum(sizes) + sum(layers), "FunctionCount": functions}
    return {"AccountLimit": _LIMITS, "AccountUsage": usage}
