"""What is below ``/_layerperm/``: a page for people, and JSON for test suites in other languages."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from ...lambda_api.wire import Request, Response
from ...service.failure import Failure
from ...service.fault_kinds import ConnectionLost, RateLimit, ServiceFailure, Slow, Throttle
from ...service.propagation import Propagation
from ..translate import MOTO_RESET
from .exchange import HttpResponse, error_response, http_response, no_fake_response
from .interleaving import interleaved

if TYPE_CHECKING:
    from ...service.faults import Fault
    from ...service.service import LayerService

PATH = "/_layerperm"
_FAULTS: dict[str, Callable[..., Fault]] = {
    "ConnectionLost": ConnectionLost,
    "Failure": Failure,
    "Propagation": Propagation,
    "RateLimit": RateLimit,
    "ServiceFailure": ServiceFailure,
    "Slow": Slow,
    "Throttle": Throttle,
}


def is_control(path: str) -> bool:
    return path in (PATH, MOTO_RESET) or path.startswith(f"{PATH}/")


def is_page(request: Request) -> bool:
    """Whether the request is for the page itself, which is the same for everyone and holds no data."""
    return request.method in ("GET", "HEAD") and request.path in (PATH, f"{PATH}/")


def control_response(service: LayerService | None, request: Request) -> HttpResponse:
    """The response to a request below ``/_layerperm/``, or to moto's reset; only the page needs no service."""
    if is_page(request):
        from .page import live_page

        page = Response(200, live_page().encode(), headers={"content-type": "text/html; charset=utf-8"})
        return http_response(page, service)
    if request.path == MOTO_RESET:
        return http_response(_moto_reset(service, request), service)
    name = request.path[len(PATH) + 1 :]
    methods = _RESOURCES.get(name)
    if methods is None:
        return http_response(_not_found(), service)
    respond = methods.get("GET" if request.method == "HEAD" else request.method)
    if respond is None:
        return http_response(_wrong_method(name, list(methods)), service)
    if service is None:
        return http_response(no_fake_response())
    return http_response(respond(service, request), service)


def _json(value: Any, status: int = 200) -> Response:
    return Response(status, json.dumps(value).encode())


def _calls(service: LayerService, request: Request) -> Response:
    from ...service.snapshot import call_data

    return _json({"calls": [call_data(call) for call in service.calls]})


def _events(service: LayerService, request: Request) -> Response:
    from ...service.trail import event_around, records_of

    return _json({"events": [event_around(record) for call in service.calls for record in records_of(call)]})


def _layers(service: LayerService, request: Request) -> Response:
    from ...service.snapshot import layer_data

    found = [(version, service.store.policy_for_access(version.layer, version.version)) for version in service.store]
    return _json({"layers": [layer_data(version, policy) for version, policy in found]})


def _state(service: LayerService, request: Request) -> Response:
    """All that the page shows, or 304 if the browser has that already."""
    from ...service.snapshot import snapshot

    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0] or None
    response = _json({**snapshot(service), "test": test, "fake": f"{id(service):x}"})
    tag = f'"{hashlib.sha256(response.body).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return Response(304, b"", headers={"etag": tag})
    return response._replace(headers={"etag": tag})


def _list_faults(service: LayerService, request: Request) -> Response:
    return _json(
        {"faults": [{"fault": repr(fault), "struck": fault.struck, "times": fault.times} for fault in service.faults]}
    )


def _add_faults(service: LayerService, request: Request) -> Response:
    """Adds one fault or a list of them; if any of them is wrong, none."""
    try:
        given: Any = json.loads(request.body)
        wanted = cast(list[Any], given) if isinstance(given, list) else [given]
        faults = [_fault(service, one) for one in wanted]
    except (ValueError, TypeError, RecursionError) as wrong:
        return _wrong_fault(str(wrong), sorted(_makers(service)))
    service.inject(*faults, origin="a request to the live server")
    return _list_faults(service, request)._replace(status=201)


def _fault(service: LayerService, given: Any) -> Fault:
    """The fault that a JSON object describes: the name of its class in ``fault``, and that class's arguments."""
    if not isinstance(given, dict):
        raise TypeError("a fault must be a JSON object")
    arguments = dict(cast(dict[str, Any], given))
    name = arguments.pop("fault", None)
    makers = _makers(service)
    make = makers.get(name) if isinstance(name, str) else None
    if make is None:
        raise ValueError(f"fault must be one of {', '.join(sorted(makers))}, not {name!r}")
    inspect.signature(make).bind(**arguments)
    return make(**arguments)


def _makers(service: LayerService) -> dict[str, Callable[..., Fault]]:
    return {**_FAULTS, "Interleave": partial(interleaved, service)}


def _reset(service: LayerService, request: Request) -> Response:
    service.reset()
    return Response(204, b"")


def _moto_reset(service: LayerService | None, request: Request) -> Response:
    """As moto's server responds."""
    if request.method != "POST":
        return _json({"Error": "Need to POST to reset Moto"}, 400)
    if service is None:
        return no_fake_response()
    service.reset()
    return _json({"status": "ok"})


_RESOURCES: dict[str, dict[str, Callable[[LayerService, Request], Response]]] = {
    "calls": {"GET": _calls},
    "events": {"GET": _events},
    "faults": {"GET": _list_faults, "POST": _add_faults},
    "layers": {"GET": _layers},
    "reset": {"POST": _reset},
    "state": {"GET": _state},
}


# --- responses to wrong requests


def _not_found() -> Response:
    names = ", ".join(sorted(_RESOURCES))
    return error_response(404, "NotFound", f"pytest-layerperm: /_layerperm/ is a page; below it are {names}.")


def _wrong_method(name: str, methods: Sequence[str]) -> Response:
    text = f"pytest-layerperm: /_layerperm/{name} takes {' and '.join(methods)}."
    return error_response(405, "MethodNotAllowed", text)


def _wrong_fault(wrong: str, faults: Sequence[str]) -> Response:
    text = (
        f"pytest-layerperm: {wrong}. POST a JSON object, or a list of them, such as "
        f'{{"fault": "Throttle", "times": 2, "operation": "AddLayerVersionPermission"}}; '
        f"faults are {', '.join(faults)}."
    )
    return error_response(400, "BadRequest", text)
