"""The form of error responses, and that a rejected call changes nothing."""

from __future__ import annotations

from dataclasses import replace

from ..model import Expected, Fact, Kept, Step
from .steps import ACCOUNT, SUCCESS, add, delete, fact, get_policy, get_version, publish, remove, same_policy, statement

_NOT_THERE = '{"Type":"User","Message":"The resource you requested does not exist."}'
_WRONG_REVISION_BODY = (
    '{"Type":"User","message":"The Revision Id provided does not match the latest Revision Id. '
    'Call the GetLayerPolicy API to retrieve the latest Revision Id"}'
)
_NO_POLICY = '{"Type":"User","Message":"No policy is associated with the given resource."}'
_EMPTIED = '{"Type":"User","Message":"Layer version ${version_arn} does not have any resource policy."}'
_DELETED = '{"Type":"User","Message":"Layer version ${version_arn} does not exist."}'
_UNCHANGED = get_policy(Expected(SUCCESS, body={"Policy": same_policy(statement()), "RevisionId": "${revision}"}))
_ONE_STATEMENT = (publish(), add(expected=Expected(body={"RevisionId": Kept("revision")})))


def _class(name: str, code: str, members: tuple[str, ...], source: str, *steps: Step) -> tuple[Fact, Fact]:
    """The members of an error's body, which were recorded, and their order, which was not."""
    *before, last = steps
    assert last.expected is not None
    with_members = replace(last.expected, keys=members, body={"Type": "User"})
    in_order = replace(last.expected, order=members)
    return (
        fact(
            f"envelopes/{name}",
            f"{code}: the body has {members[0]} and {members[1]}, in this spelling; the Type is User.",
            "recorded",
            source,
            *before,
            replace(last, expected=with_members),
        ),
        fact(
            f"envelopes/{name}-order",
            f"{code}: the body is compact JSON, {members[0]} before {members[1]}.",
            "inferred",
            "DECISION",
            *before,
            replace(last, expected=in_order),
        ),
    )


FACTS: tuple[Fact, ...] = (
    fact(
        "envelopes/header",
        "The header x-amzn-errortype carries the plain error code.",
        "recorded",
        "LS:TestLambdaRevisions",
        publish(),
        add(RevisionId="wrong", expected=Expected(headers={"x-amzn-errortype": "PreconditionFailedException"})),
    ),
    fact(
        "envelopes/headers",
        "An error is JSON, as its content-type says.",
        "recorded",
        "LS:TestLambdaRevisions",
        get_policy(Expected(404, headers={"content-type": "application/json"})),
    ),
    *_class(
        "not-found",
        "ResourceNotFoundException",
        ("Type", "Message"),
        "LS:policy_exc",
        get_policy(Expected(404)),
    ),
    *_class(
        "conflict",
        "ResourceConflictException",
        ("Type", "message"),
        "LS:policy_exc",
        publish(),
        add(),
        add(expected=Expected(409)),
    ),
    *_class(
        "precondition-failed",
        "PreconditionFailedException",
        ("Type", "message"),
        "LS:policy_exc",
        publish(),
        add(),
        add("s2", RevisionId="wrong", expected=Expected(412)),
    ),
    *_class(
        "invalid-parameter",
        "InvalidParameterValueException",
        ("Type", "message"),
        "LS:layer_exc",
        get_version(Expected(400), VersionNumber=0),
    ),
    fact(
        "envelopes/not-found-bytes",
        "The 404 of GetLayerVersion has 70 bytes.",
        "recorded",
        "C7N:content-length; the order is inferred",
        get_version(Expected(404, raw=_NOT_THERE)),
    ),
    fact(
        "envelopes/precondition-failed-bytes",
        "The 412 has 154 bytes.",
        "recorded",
        "ST:L policy-add-stale, content-length; the order is inferred",
        publish(),
        add(),
        add("s2", RevisionId="wrong", expected=Expected(412, raw=_WRONG_REVISION_BODY)),
    ),
    fact(
        "envelopes/no-policy-bytes",
        "The 404 of a version that never had a policy has 76 bytes, on Remove as on Get.",
        "recorded",
        "ST:L policy-initial-absent and policy-remove-last-again, content-length; the order is inferred",
        publish(),
        get_policy(Expected(404, raw=_NO_POLICY)),
        add(),
        remove(),
        remove(expected=Expected(404, raw=_NO_POLICY)),
    ),
    fact(
        "envelopes/emptied-policy-bytes",
        "The 404 of an emptied policy names the version ARN, and has no further member.",
        "recorded",
        "ST:L policy-get-after-last-remove, content-length; the order is inferred",
        publish(),
        add(),
        remove(),
        get_policy(Expected(404, raw=_EMPTIED)),
    ),
    fact(
        "envelopes/deleted-version-bytes",
        "The same applies to the 404 of a deleted version.",
        "recorded",
        "ST:L policy-deleted-layer, content-length; the order is inferred",
        publish(),
        delete(),
        get_policy(Expected(404, raw=_DELETED)),
    ),
    fact(
        "envelopes/validation",
        "A ValidationException has a message and no Type.",
        "recorded",
        "SIDECAR",
        publish(),
        add(Action="*", expected=Expected(400, order=("message",))),
    ),
    fact(
        "envelopes/access-denied",
        "An AccessDeniedException has a Message with a capital M and no Type.",
        "recorded",
        "C7N:test_session_policy",
        get_version(Expected(403, order=("Message",)), LayerName="${foreign_arn}"),
    ),
    # --- a rejected call changes nothing
    *[
        fact(
            f"unchanged/{name}",
            f"A rejected call changes nothing: {why}.",
            "inferred",
            "DECISION:order of checks",
            *_ONE_STATEMENT,
            step,
            _UNCHANGED,
        )
        for name, why, step in (
            ("statement-exists", "the statement id already exists", add("s1", ACCOUNT, Expected(409))),
            (
                "wrong-revision-on-add",
                "a wrong RevisionId on Add",
                add("s2", RevisionId="wrong", expected=Expected(412)),
            ),
            (
                "wrong-revision-on-remove",
                "a wrong RevisionId on Remove",
                remove(RevisionId="x", expected=Expected(412)),
            ),
            ("no-statement", "no such statement", remove("s2", Expected(404))),
            ("invalid", "an invalid principal", add("s2", "everyone", Expected(400))),
            ("unreadable", "a body that is not JSON", add("s2", body="{", expected=Expected(400))),
            ("unsigned", "no signature", add("s2", by="nobody", expected=Expected(403))),
        )
    ],
)
