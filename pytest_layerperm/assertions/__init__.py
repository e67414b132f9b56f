"""The assertion helpers: each checks layer versions, or the calls made, and fails with a text of its own.

They read the active fake, or with ``client=`` the public API of a boto3 Lambda client, at any endpoint.
``layer`` is a ``LayerVersion``, a version ARN, a layer ARN, which means every version of that layer, or a layer name,
which means every version of every layer of that name, in all regions and accounts of the fake; left out, it is the
only layer version there is. ``regions`` narrows a name to these regions, and demands that the layer exists in each.
With ``client=`` a name is one of that client's account and region, and several regions need a mapping of region names
to clients. Bad input, and a layer that does not exist, raise TypeError or ValueError
naming the argument; no fake and no client, RuntimeError; only findings are AssertionErrors.

>>> statement_id = layerperm_layer.grant("222222222222")
>>> assert_layer_shared_with("222222222222", layer="shared-deps", regions=["us-east-1"])
>>> assert_layer_shared_with("222222222222", layer=layerperm_layer, client=layerperm_client)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..lambda_api.arn import is_account_id, is_organization_id
from ..service.active import active_service
from ..service.hints import with_hints
from .account_checks import NotPossiblyAMember, NotSharedWith, SharedWith, Via
from .call_checks import Budget
from .call_lookup import calls_about, had_policy_before
from .lookup import NO_FAKE, MissingInRegion, NothingReachedTheFake, NotOneLayer, View, check_gone_past, look
from .messages import failure, missing_in_region, not_one_layer, nothing_reached_the_fake
from .policy_checks import Before, ExpectedPolicy
from .sharing_checks import Check, NotPublic, Private, Public, SharedWithOrganization
from .soft import fail
from .typos import mistyped_account, mistyped_organization

if TYPE_CHECKING:
    from ..service.layers import LayerVersion

    Layer = LayerVersion | str
    Regions = Iterable[str]

__tracebackhide__ = True

_VIAS = ("account", "public", "organization")


@with_hints
def assert_layer_shared_with(
    account_id: str,
    *,
    via: Via | None = None,
    layer: Layer | None = None,
    client: Any = None,
    regions: Regions | None = None,
) -> None:
    """Fails unless the account (twelve digits) may use the layer version.

    That is: by a statement of its own, because everyone may, or through an organization that
    ``LayerPerm.organization`` declares it a member of. ``via`` demands the way: "account", "public" or
    "organization". https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html

    ``layer``, ``client`` and ``regions`` choose the versions: see ``pytest_layerperm.assertions``.

    >>> statement_id = layerperm_layer.grant("222222222222")
    >>> assert_layer_shared_with("222222222222")
    >>> assert_layer_shared_with("222222222222", via="public")
    Traceback (most recent call last):
        ...
    AssertionError: shared-deps:1 is not shared with 222222222222 by being public...
    """
    _check_account_id(account_id)
    if via is not None and via not in _VIAS:
        raise ValueError(f"via must be one of {', '.join(_VIAS)}, not {via!r}")
    view = _look(layer, client, regions)
    if view is not None:
        organization_id = view.organization_of(account_id)
        mistyped = mistyped_account(view, account_id)
        _demand(SharedWith(account_id, organization_id, via, view.service is not None, mistyped), view)


@with_hints
def assert_layer_not_shared_with(
    account_id: str, *, layer: Layer | None = None, client: Any = None, regions: Regions | None = None
) -> None:
    """Fails if the account (twelve digits) may use the layer version in any way.

    Also if a statement allows an organization that ``LayerPerm.organization`` has not declared: the account may be
    a member.

    ``layer``, ``client`` and ``regions`` choose the versions: see ``pytest_layerperm.assertions``.
    https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html

    >>> statement_id = layerperm_layer.grant("222222222222")
    >>> assert_layer_not_shared_with("333333333333")
    """
    _check_account_id(account_id)
    view = _look(layer, client, regions)
    if view is not None:
        organization_id = view.organization_of(account_id)
        if _demand(NotSharedWith(account_id, organization_id), view) and organization_id is None:
            _demand(NotPossiblyAMember(account_id, view.knows_organization), view)


@with_hints
def assert_layer_shared_with_organization(
    organization_id: str, *, layer: Layer | None = None, client: Any = None, regions: Regions | None = None
) -> None:
    """Fails unless a statement allows the accounts of that organization (``o-…``) and no others.

    A layer that everyone may use is not thereby shared with an organization: see OrganizationId in
    https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html

    ``layer``, ``client`` and ``regions`` choose the versions: see ``pytest_layerperm.assertions``.

    >>> statement_id = layerperm_layer.grant("*", organization_id="o-exampleorgid")
    >>> assert_layer_shared_with_organization("o-exampleorgid")
    """
    if not isinstance(organization_id, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"organization_id must be text such as 'o-exampleorgid', not {organization_id!r}")
    if not is_organization_id(organization_id):
        raise ValueError(
            f"organization_id must be 'o-' and 10 to 32 lower-case letters and digits, not {organization_id!r}"
        )
    view = _look(layer, client, regions)
    if view is not None:
        _demand(SharedWithOrganization(organization_id, mistyped_organization(view, organization_id)), view)


@with_hints
def assert_layer_public(*, layer: Layer | None = None, client: Any = None, regions: Regions | None = None) -> None:
    """Fails unless everyone may use the layer version.

    That is: the principal of a statement is ``*``, without an organization.

    ``layer``, ``client`` and ``regions`` choose the versions: see ``pytest_layerperm.assertions``.
    https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html

    >>> statement_id = layerperm_layer.grant("*")
    >>> assert_layer_public()
    """
    _demand(Public(), _look(layer, client, regions))


@with_hints
def assert_layer_not_public(*, layer: Layer | None = None, client: Any = None, regions: Regions | None = None) -> None:
    """Fails if everyone may use the layer version.

    ``layer``, ``client`` and ``regions`` choose the versions: see ``pytest_layerperm.assertions``.
    https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html

    >>> statement_id = layerperm_layer.grant("*", organization_id="o-exampleorgid")
    >>> assert_layer_not_public()
    """
    _demand(NotPublic(), _look(layer, client, regions))


@with_hints
def assert_layer_private(*, layer: Layer | None = None, client: Any = None, regions: Regions | None = None) -> None:
    """Fails if the layer version is shared with anyone at all.

    ``layer``, ``client`` and ``regions`` choose the versions: see ``pytest_layerperm.assertions``.
    https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html

    >>> assert_layer_private(layer=layerperm_layer)
    """
    _demand(Private(), _look(layer, client, regions))


@with_hints
def assert_layer_policy(
    statements: Iterable[str | Mapping[str, Any]] | Mapping[str, Any],
    *,
    ids: bool = False,
    order: bool = False,
    layer: Layer | None = None,
    client: Any = None,
    regions: Regions | None = None,
) -> None:
    """Fails unless the policy has exactly these statements; none means that there is no policy.

    Each is an account id, ``"*"``, an organization id, a statement as a policy has it, or the parameters of
    ``add_layer_version_permission``. A whole policy document is accepted too. Statement ids and order count only with
    ``ids=True`` and ``order=True``; ``Resource`` never does, since it is always the version itself.
    https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionPolicy.html

    ``layer``, ``client`` and ``regions`` choose the versions: see ``pytest_layerperm.assertions``.

    >>> statement_id = layerperm_layer.grant("222222222222", statement_id="partner")
    >>> assert_layer_policy(["222222222222"])
    >>> assert_layer_policy([{"StatementId": "partner", "Principal": "222222222222"}], ids=True)
    """
    expected = ExpectedPolicy.of(statements, ids=ids, order=order)
    view = _look(layer, client, regions)
    if view is not None:
        failing = [seen for seen in view.asked if not expected.holds(seen)]
        if failing:
            fail(expected.failure(view, failing))


class assert_layer_policy_unchanged:  # noqa: N801 - used as a function
    """A context manager that fails if the block changed the policy: statements, their order, ids or revision.

    It checks the versions that exist at the start, also if an exception leaves the block: failed calls must
    change nothing either. https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionPolicy.html

    ``layer``, ``client`` and ``regions`` choose the versions: see ``pytest_layerperm.assertions``.

    >>> statement_id = layerperm_layer.grant("222222222222")
    >>> with assert_layer_policy_unchanged():
    ...     layers = layerperm_client.list_layers()
    """

    @with_hints
    def __init__(self, *, layer: Layer | None = None, client: Any = None, regions: Regions | None = None) -> None:
        self._arguments = (layer, client, regions)
        self._before: Before | None = None
        self._service = active_service()
        if self._service is not None:
            self._service.idle_blocks.append(self)

    def __enter__(self) -> None:
        if self._service is not None and self in self._service.idle_blocks:
            self._service.idle_blocks.remove(self)
        view = _look(*self._arguments)
        self._before = None if view is None else Before(view)

    def __exit__(self, *raised: object) -> None:
        if self._before is None:
            return
        changed = self._before.changed()
        if changed:
            service = active_service()
            since = () if service is None else tuple(service.calls)[len(self._before.view.calls) :]
            fail(self._before.failure(changed, since))


@with_hints
def assert_layer_calls(
    operations: Iterable[str] | None = None,
    *,
    at_most: int | Mapping[str, int] | None = None,
    with_revision_id: bool = False,
    no_page_twice: bool = False,
    layer: Layer | None = None,
    client: Any = None,
) -> None:
    """Fails unless the layer calls so far, a call and its retries being one, are as demanded.

    ``operations`` are all of them, in their order. ``at_most`` is a number of calls, or one for each operation.
    ``with_revision_id`` demands a RevisionId in every Add and Remove but the first Add of a version, which has none to
    pass. ``no_page_twice`` forbids a second request for the same page of a list. With ``layer`` only calls that name
    it count. The log is the active fake's own: ``client`` is rejected. Raises TypeError or ValueError, naming the
    argument, for bad input and if nothing is demanded, and RuntimeError if no fake is on.

    >>> with layerperm.inject(Throttle()):
    ...     layers = layerperm_client.list_layers()
    >>> assert_layer_calls(["ListLayers"], at_most=1)
    """
    budget = Budget.of(operations, at_most, with_revision_id=with_revision_id, no_page_twice=no_page_twice)
    if client is not None:
        raise ValueError("client: calls are seen only by the fake that received them, not through a client")
    service = active_service()
    if service is None:
        raise RuntimeError(NO_FAKE)
    try:
        check_gone_past(service)
    except NothingReachedTheFake as past:
        fail(nothing_reached_the_fake(str(past)))
        return
    calls = calls_about(service, layer)
    failures = budget.failures(calls, service.region_name, lambda arn: had_policy_before(calls, arn, service))
    if failures:
        fail("\n\n".join(failures))


def _look(layer: Any, client: Any, regions: Any) -> View | None:
    """The versions to check; None if that failed, and failures are being collected."""
    try:
        return look(layer, client, regions)
    except NotOneLayer as unclear:
        problem = not_one_layer(unclear)
    except MissingInRegion as missing:
        problem = missing_in_region(missing)
    except NothingReachedTheFake as past:
        problem = nothing_reached_the_fake(str(past))
    fail(problem)
    return None


def _demand(check: Check, view: View | None) -> bool:
    """Fails if a version is not as the check demands; returns whether all are."""
    if view is None:
        return False
    failing = [seen for seen in view.asked if not check.holds(seen)]
    if failing:
        fail(failure(check, view, failing))
    return not failing


def _check_account_id(account_id: object) -> None:
    if not isinstance(account_id, str):
        hint = "; call the helper once for each account" if isinstance(account_id, Iterable) else ""
        raise TypeError(f"account_id must be text of twelve digits, not {account_id!r}{hint}")
    if not is_account_id(account_id):
        hint = ""
        if account_id == "*":
            hint = "; for everyone there are assert_layer_public and assert_layer_not_public"
        elif is_organization_id(account_id):
            hint = "; for an organization there is assert_layer_shared_with_organization"
        raise ValueError(f"account_id must be twelve digits, not {account_id!r}{hint}")
