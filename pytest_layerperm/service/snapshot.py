"""What a service holds at a moment, as plain data: for the page, for the live server's JSON, and for test reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..lambda_api.arn import is_account_id, root_arn
from .calls import grouped_by_invocation
from .trail import plain

if TYPE_CHECKING:
    from ..lambda_api.model import Policy, PublishedVersion, Statement
    from .calls import LoggedCall
    from .service import LayerService

LAYERS_SHOWN = 500
CALLS_SHOWN = 1_000


def snapshot(service: LayerService) -> dict[str, Any]:
    """Everything that the page shows, its newest layer versions and calls only if there are very many."""
    versions = list(service.store)
    calls = grouped_by_invocation(service.calls)
    shown = versions[-LAYERS_SHOWN:]
    policies = [service.store.policy_for_access(version.layer, version.version) for version in shown]
    statements = [list(policy.statements) if policy else [] for policy in policies]
    accounts = _accounts(service, shown, statements)
    return {
        "account_id": service.account_id,
        "region_name": service.region_name,
        "accounts": [
            {"account_id": account_id, "organization_id": service.callers.organization_of(account_id)}
            for account_id in accounts
        ],
        "organizations": sorted(
            {s.organization_id for found in statements for s in found if s.organization_id is not None}
            | set(service.callers.organizations.values())
        ),
        "layers": [
            {**layer_data(version, policy), "access": _access(service, version, found, accounts)}
            for version, policy, found in zip(shown, policies, statements, strict=True)
        ],
        "layers_omitted": len(versions) - len(shown),
        "calls": [_attempts(attempts) for attempts in calls[-CALLS_SHOWN:]],
        "calls_omitted": max(len(calls) - CALLS_SHOWN, 0),
        "faults": [
            {"text": repr(fault), "struck": fault.struck, "times": fault.times, "waiting": fault.overdue}
            for fault in service.faults
        ],
        "waited": sum(service.virtual_time.sleeps),
    }


def layer_data(version: PublishedVersion, policy: Policy | None) -> dict[str, Any]:
    """One layer version with its policy, None if there is none; an emptied one still has a revision."""
    statements = policy.statements if policy else ()
    return {
        "arn": version.arn,
        "name": version.layer.name,
        "version": version.version,
        "account_id": version.layer.account_id,
        "region_name": version.layer.region_name,
        "created": version.created,
        "description": version.details.description,
        "policy": policy.document if policy and statements else None,
        "revision_id": policy.revision_id if policy else None,
        "statements": [
            {
                "sid": statement.sid,
                "principal": _principal(statement),
                "organization_id": statement.organization_id,
                "way": _way(statement),
            }
            for statement in statements
        ],
    }


def call_data(call: LoggedCall) -> dict[str, Any]:
    """One attempt."""
    return {
        "operation": call.operation,
        "account_id": call.account_id,
        "region_name": call.region_name,
        "layer": call.layer,
        "parameters": plain(call.parameters),
        "status": call.status,
        "error_code": call.error_code,
        "fault": call.fault,
        "time": call.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "invocation_id": call.invocation_id,
    }


def _attempts(attempts: Sequence[LoggedCall]) -> dict[str, Any]:
    """One call with all its attempts."""
    return {
        **call_data(attempts[-1]),
        "time": call_data(attempts[0])["time"],
        "attempts": [
            {"outcome": attempt.outcome, "status": attempt.status, "fault": attempt.fault} for attempt in attempts
        ],
    }


def _accounts(
    service: LayerService, versions: Iterable[PublishedVersion], statements: Iterable[Iterable[Statement]]
) -> list[str]:
    """Every account that occurs anywhere, the default one first."""
    found = {version.layer.account_id for version in versions}
    found.update(call.account_id for call in service.calls)
    found.update(service.callers.organizations)
    found.update(_principal(statement) for policy in statements for statement in policy)
    others = sorted(filter(is_account_id, found - {service.account_id}))
    return [service.account_id, *others]


def _access(
    service: LayerService, version: PublishedVersion, statements: Sequence[Statement], accounts: Iterable[str]
) -> dict[str, list[int]]:
    """For each account that the version's policy allows: the statements that do, by their index."""
    access: dict[str, list[int]] = {}
    for account_id in accounts:
        root = root_arn(account_id, version.layer.partition)
        organization_id = service.callers.organization_of(account_id)
        found = [place for place, statement in enumerate(statements) if statement.admits(root, organization_id)]
        if found:
            access[account_id] = found
    return access


def _principal(statement: Statement) -> str:
    """``*``, or the account, or the principal as it is written."""
    parts = statement.principal.split(":")
    return parts[4] if len(parts) == 6 and is_account_id(parts[4]) else statement.principal


def _way(statement: Statement) -> str:
    if statement.public:
        return "public"
    return "account" if statement.organization_id is None else "organization"
