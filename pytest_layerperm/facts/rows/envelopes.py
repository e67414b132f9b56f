"""The form of error answers, and that a call that is refused changes nothing."""

from __future__ import annotations

from dataclasses import replace

from ..model import Answer, Fact, Kept, Step
from .steps import ACCOUNT, SUCCESS, add, delete, fact, get_policy, get_version, publish, remove, same_policy, statement

_NOT_THERE = '{"Type":"User","Message":"The resource you requested does not exist."}'
_WRONG_REVISION_BODY = (
    '{"Type":"User","message":"The Revision Id provided does not match the latest Revision Id. '
    'Call the GetLayerPolicy API to retrieve the latest Revision Id"}'
)
_NO_POLICY = '{"Type":"User","Message":"No policy is associated with the given resource."}'
_EMPTIED = '{"Type":"User","Message":"Layer version ${version_arn} does not have any resource policy."}'
_DELETED = '{"Type":"User","Message":"Layer version ${version_arn} does not exist."}'
_UNCHANGED = get_policy(Answer(SUCCESS, body={"Policy": same_policy(statement()), "RevisionId": "${revision}"}))
_ONE_STATEMENT = (publish(), add(answer=Answer(body={"RevisionId": Kept("revision")})))


def _class(name: str, code: str, members: tuple[str, ...], source: str, *steps: Step) -> tuple[Fact, Fact]:
    """What the body of an error has, which is recorded, and in which order, which is not."""
    *before, last = steps
    assert last.answer is not None
    with_members = replace(last.answer, keys=members, body={"Type": "User"})
    in_order = replace(last.answer, order=members)
    return (
        fact(
            f"envelopes/{name}",
            f"{code}: the body has {members[0]} and {members[1]}, spelled like that; the Type is User.",
            "recorded",
            source,
            *before,
            replace(last, answer=with_members),
        ),
        fact(
            f"envelopes/{name}-order",
            f"{code}: the body is compact, {members[0]} before {members[1]}.",
            "inferred",
            "DECISION:U14",
            *before,
            replace(last, answer=in_order),
        ),
    )


FACTS: tuple[Fact, ...] = (
    fact(
        "envelopes/header",
        "The header x-amzn-errortype carries the plain error code.",
        "recorded",
        "LS:TestLambdaRevisions",
        publish(),
        add(RevisionId="wrong", answer=Answer(headers={"x-amzn-errortype": "PreconditionFailedException"})),
    ),
    fact(
        "envelopes/headers",
        "A refusal is JSON, and says so.",
        "recorded",
        "LS:TestLambdaRevisions",
        get_policy(Answer(404, headers={"content-type": "application/json"})),
    ),
    *_class(
        "not-found",
        "ResourceNotFoundException",
        ("Type", "Message"),
        "LS:policy_exc",
        get_policy(Answer(404)),
    ),
    *_class(
        "conflict",
        "ResourceConflictException",
        ("Type", "message"),
        "LS:policy_exc",
        publish(),
        add(),
        add(answer=Answer(409)),
    ),
    *_class(
        "precondition-failed",
        "PreconditionFailedException",
        ("Type", "message"),
        "LS:policy_exc",
        publish(),
        add(),
        add("s2", RevisionId="wrong", answer=Answer(412)),
    ),
    *_class(
        "invalid-parameter",
        "InvalidParameterValueException",
        ("Type", "message"),
        "LS:layer_exc",
        get_version(Answer(400), VersionNumber=0),
    ),
    fact(
        "envelopes/not-found-bytes",
        "The 404 of GetLayerVersion has 70 bytes.",
        "recorded",
        "C7N:content-length; the order is inferred",
        get_version(Answer(404, raw=_NOT_THERE)),
    ),
    fact(
        "envelopes/precondition-failed-bytes",
        "The 412 has 154 bytes.",
        "recorded",
        "ST:L policy-add-stale, content-length; the order is inferred",
        publish(),
        add(),
        add("s2", RevisionId="wrong", answer=Answer(412, raw=_WRONG_REVISION_BODY)),
    ),
    fact(
        "envelopes/no-policy-bytes",
        "The 404 of a version that never had a policy has 76 bytes, on Remove as on Get.",
        "recorded",
        "ST:L policy-initial-absent and policy-remove-last-again, content-length; the order is inferred",
        publish(),
        get_policy(Answer(404, raw=_NO_POLICY)),
        add(),
        remove(),
        remove(answer=Answer(404, raw=_NO_POLICY)),
    ),
    fact(
        "envelopes/emptied-policy-bytes",
        "The 404 of an emptied policy holds the version ARN and nothing else of its own.",
        "recorded",
        "ST:L policy-get-after-last-remove, content-length; the order is inferred",
        publish(),
        add(),
        remove(),
        get_policy(Answer(404, raw=_EMPTIED)),
    ),
    fact(
        "envelopes/deleted-version-bytes",
        "The same goes for the 404 of a deleted version.",
        "recorded",
        "ST:L policy-deleted-layer, content-length; the order is inferred",
        publish(),
        delete(),
        get_policy(Answer(404, raw=_DELETED)),
    ),
    fact(
        "envelopes/validation",
        "A ValidationException has a message and no Type.",
        "recorded",
        "SIDECAR",
        publish(),
        add(Action="*", answer=Answer(400, order=("message",))),
    ),
    fact(
        "envelopes/access-denied",
        "An AccessDeniedException has a Message with a capital M and no Type.",
        "recorded",
        "C7N:test_session_policy",
        get_version(Answer(403, order=("Message",)), LayerName="${foreign_arn}"),
    ),
    # --- a refused call changes nothing
    *[
        fact(
            f"unchanged/{name}",
            f"Nothing is changed by a call that is refused: {why}.",
            "inferred",
            "DECISION:order of checks",
            *_ONE_STATEMENT,
            step,
            _UNCHANGED,
        )
        for name, why, step in (
            ("statement-exists", "the statement id exists", add("s1", ACCOUNT, Answer(409))),
            ("wrong-revision-on-add", "a wrong RevisionId on Add", add("s2", RevisionId="wrong", answer=Answer(412))),
            ("wrong-revision-on-remove", "a wrong RevisionId on Remove", remove(RevisionId="x", answer=Answer(412))),
            ("no-statement", "no such statement", remove("s2", Answer(404))),
            ("invalid", "an impossible principal", add("s2", "everybody", Answer(400))),
            ("unreadable", "a body that is no JSON", add("s2", body="{", answer=Answer(400))),
            ("unsigned", "no signature", add("s2", by="nobody", answer=Answer(403))),
        )
    ],
)
