"""Requests, as keyword arguments of boto3's methods, and sequences of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import strategies as st

from .names import account_ids, layer_names, organization_ids, principals, statement_ids

_ACTION = "lambda:GetLayerVersion"


class PlannedCall(NamedTuple):
    """One call of a boto3 Lambda client: ``getattr(client, call.method)(**call.arguments)``."""

    method: str
    arguments: dict[str, Any]


@st.composite
def add_requests(draw: st.DrawFn, layer_name: str | None = None, version_number: int | None = None) -> dict[str, Any]:
    """Arguments of ``add_layer_version_permission`` that meet every constraint; an organization only with ``*``.

    ``layer_name`` and ``version_number`` are drawn by default. https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html

    >>> from hypothesis import find
    >>> find(add_requests("shared-deps", 1), lambda request: "OrganizationId" in request)["Principal"]
    '*'
    """
    principal = draw(principals())
    found: dict[str, Any] = {
        "LayerName": draw(layer_names()) if layer_name is None else layer_name,
        "VersionNumber": draw(st.integers(1, 5)) if version_number is None else version_number,
        "StatementId": draw(statement_ids()),
        "Action": _ACTION,
        "Principal": principal,
    }
    if principal == "*" and draw(st.booleans()):
        found["OrganizationId"] = draw(organization_ids())
    return found


_NOT_A_NAME = st.text("abc019.: /*äß\n", min_size=1, max_size=30).filter(
    lambda text: not text.isalnum() or not text.isascii()
)
_WRONG = {
    "StatementId": _NOT_A_NAME | st.text("ab-_9", min_size=101, max_size=120),
    "Action": st.sampled_from(
        ["", "*", "lambda:*", "lambda:ListLayers", "lambda:GetLayerVersionPolicy", "GetLayerVersion"]
    ),
    "Principal": st.one_of(
        _NOT_A_NAME.filter(lambda text: text != "*"),
        st.text("0123456789", min_size=1, max_size=20).filter(lambda text: len(text) != 12),
        account_ids().map("arn:aws:iam::{}:user/dev".format),
        account_ids().map("{}\n".format),
    ),
    "OrganizationId": st.one_of(
        _NOT_A_NAME,
        st.text("ab09", min_size=1, max_size=9).map("o-{}".format),
        st.text("ab09", min_size=33, max_size=40).map("o-{}".format),
        organization_ids().map("{}A".format),
    ),
}


@st.composite
def invalid_add_requests(
    draw: st.DrawFn, layer_name: str | None = None, version_number: int | None = None
) -> tuple[dict[str, Any], frozenset[str]]:
    """Arguments that boto3 sends and AWS rejects with a ValidationException, and the names of the wrong ones.

    ``layer_name`` and ``version_number`` are drawn by default. https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html

    >>> from hypothesis import find
    >>> request, wrong = find(invalid_add_requests(), lambda found: found[1] == {"Action"})
    >>> request["Action"] == "lambda:GetLayerVersion"
    False
    """
    found = draw(add_requests(layer_name, version_number))
    wrong = draw(st.sets(st.sampled_from(sorted(_WRONG)), min_size=1))
    for name in sorted(wrong):
        found[name] = draw(_WRONG[name])
    return found, frozenset(wrong)


@st.composite
def remove_requests(
    draw: st.DrawFn, layer_name: str | None = None, version_number: int | None = None
) -> dict[str, Any]:
    """Arguments of ``remove_layer_version_permission`` that meet every constraint.

    ``layer_name`` and ``version_number`` are drawn by default. https://docs.aws.amazon.com/lambda/latest/api/API_RemoveLayerVersionPermission.html

    >>> from hypothesis import find
    >>> list(find(remove_requests("shared-deps", 1), lambda request: True).values())
    ['shared-deps', 1, '...']
    """
    return {
        "LayerName": draw(layer_names()) if layer_name is None else layer_name,
        "VersionNumber": draw(st.integers(1, 5)) if version_number is None else version_number,
        "StatementId": draw(statement_ids()),
    }


@st.composite
def call_sequences(
    draw: st.DrawFn, layer_name: str | None = None, version_number: int | None = None, *, max_size: int = 20
) -> list[PlannedCall]:
    """Sequences of calls: adds, removals and reads, with few statement ids, so that the calls affect one another.

    All calls are for one layer version: ``layer_name`` and ``version_number``, drawn by default. There are
    ``max_size`` calls at most, each with a ``method`` and ``arguments`` of a boto3 Lambda client.

    >>> from hypothesis import find
    >>> find(call_sequences("shared-deps", 1), lambda calls: len(calls) == 2 and calls[0] != calls[1])[0].arguments
    {'LayerName': 'shared-deps', 'VersionNumber': 1...}
    """
    layer_name = draw(layer_names()) if layer_name is None else layer_name
    version_number = draw(st.integers(1, 5)) if version_number is None else version_number
    sids = draw(st.lists(statement_ids(10), min_size=1, max_size=4, unique=True))
    which = {"LayerName": layer_name, "VersionNumber": version_number}

    def add(request: dict[str, Any], statement_id: str) -> PlannedCall:
        return PlannedCall("add_layer_version_permission", {**request, "StatementId": statement_id})

    def remove(statement_id: str) -> PlannedCall:
        return PlannedCall("remove_layer_version_permission", {**which, "StatementId": statement_id})

    one_call = st.one_of(
        st.builds(add, add_requests(layer_name, version_number), st.sampled_from(sids)),
        st.builds(remove, st.sampled_from(sids)),
        st.just(PlannedCall("get_layer_version_policy", which)),
    )
    return draw(st.lists(one_call, max_size=max_size))
