"""All text that people read, beside AWS's own: pure functions to str."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from .calls import LoggedCall
    from .faults import Fault


def never_struck(overdue: Sequence[Fault], calls: Iterable[LoggedCall]) -> str:
    """The failure of a test whose faults met no call."""
    faults = "\n".join([f"  {fault!r}" for fault in overdue])
    verdict = "an injected fault never struck" if len(overdue) == 1 else "injected faults never struck"
    names = ", ".join([fault.label for fault in overdue])
    return (
        f"{verdict}: {names}\n{faults}\ncalls that came in:\n{call_lines(calls)}\n"
        "What to do: have the code under test make such a call, or say times=None for a fault that need not strike."
    )


def never_entered(helper: str) -> str:
    """The failure of a test that calls a block's assertion and gives it no block."""
    return (
        f"{helper}() was called without a block, and looked at nothing\n"
        f"What to do: write `with {helper}():` around the code that it is about."
    )


def call_lines(calls: Iterable[LoggedCall]) -> str:
    """One line for each call: account, operation, what it was about, outcome."""
    lines = [
        f"  {call.account_id} {call.operation} {call.layer or call.region_name} -> {call.outcome}" for call in calls
    ]
    return "\n".join(lines) or "  none"


def moto_without_extra(service: str, module: str) -> str:
    """Why moto cannot answer a call."""
    return (
        f"moto needs {module} to answer calls of {service}: install moto with the extra of that service, "
        f"such as moto[{'awslambda' if service == 'lambda' else service}]"
    )


def identity_policies(judged: Mapping[str, str]) -> str:
    """Whose calls identity policies have judged, and where the policies came from."""
    return "\n".join([f"{arn} by {source}" for arn, source in judged.items()])


def fakes_left_on(fakes: Sequence[object]) -> str:
    """The failure of a test that leaves its own fakes on."""
    named = ", ".join([repr(fake) for fake in fakes])
    return (
        f"switched on in this test and never off: {named}\n"
        "It is off now. Use the fixture layerperm, or `with LayerPerm() as fake:`, which ends with the block."
    )


def refused_request(method: str, url: SplitResult, body: Any) -> str:
    """Why a request was not let out, naming the call."""
    action = _action_of(body)
    called = f" ({action})" if action else ""
    return (
        f"pytest-layerperm let no request out: {method} {url.scheme}://{url.netloc}{url.path}{called}. "
        "It answers Lambda's layer operations, and moto what it has of the rest of AWS; requests to this machine pass, "
        "and nothing else leaves."
    )


def _action_of(body: Any) -> str | None:
    """The operation that AWS's query protocol names in the body."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    if not isinstance(text, str):
        return None
    return parse_qs(text).get("Action", [None])[0]


def no_fake_is_on() -> str:
    """What the live server says between tests."""
    return (
        "pytest-layerperm: no fake is on. The live server answers while a test with the fixture layerperm_server runs; "
        "a program that outlives its test is on its own."
    )


def raised_inside(raised: Exception) -> str:
    """What the live server says for an exception that in-process code would get to see."""
    return f"pytest-layerperm: {type(raised).__name__} was raised while the call was handled: {raised}"


def request_too_large(limit: int) -> str:
    return f"Request must be smaller than {limit} bytes."


def not_a_lambda_path(method: str, path: str) -> str:
    return f"pytest-layerperm: {method} {path} is no operation of the Lambda API."


def not_answered_here(service: str, method: str, path: str, reason: str | None = None) -> str:
    """What the live server says for a call of another service that moto does not answer."""
    because = "moto has no such operation" if reason is None else f"moto failed with {reason}"
    return f"pytest-layerperm: {method} {path} is no layer call and goes to moto's {service}, and {because}."


def server_extra_missing(module: str | None) -> str:
    return f"the live server needs {module}, which is not installed: pip install 'pytest-layerperm[server]'"


def server_did_not_start(where: str, reason: BaseException | None) -> str:
    if reason is None:
        return f"the live server on {where} was not ready in time"
    return f"the live server could not start on {where}: {reason}"


def refused_host(host: str) -> str:
    return (
        f"--host {host} can be reached from other machines, and the live server lets everybody in: it checks no "
        "signatures, and /_layerperm/ can be read and reset by anyone. Add --allow-remote if that is what you want."
    )


def not_there(names: Sequence[str]) -> str:
    return f"pytest-layerperm: there is a page at /_layerperm/, and beside it {', '.join(names)}."


def wrong_method(name: str, methods: Sequence[str]) -> str:
    return f"pytest-layerperm: /_layerperm/{name} takes {' and '.join(methods)}."


def foreign_page(site: str) -> str:
    return f"pytest-layerperm: {site} is another site, and only the server's own page may ask for this."


def wrong_fault(wrong: str, names: Sequence[str]) -> str:
    return (
        f"pytest-layerperm: {wrong}. POST a JSON object, or a list of them, such as "
        f'{{"fault": "Throttle", "times": 2, "operation": "AddLayerVersionPermission"}}; faults are {", ".join(names)}.'
    )
