"""RevisionId: what it looks like, when it changes, what it guards."""

from __future__ import annotations

from ..model import UUID, Answer, Fact, Kept, Matching, Unlike
from .steps import (
    NO_POLICY,
    SUCCESS,
    WRONG_REVISION,
    add,
    fact,
    get_policy,
    publish,
    remove,
)


def _kept(name: str) -> Answer:
    return Answer(body={"RevisionId": Kept(name)})


def _is(name: str) -> Answer:
    return Answer(body={"RevisionId": f"${{{name}}}"})


FACTS: tuple[Fact, ...] = (
    fact(
        "revisions/form",
        "A RevisionId is a lower-case uuid.",
        "recorded",
        "C7N:test_lambda_layer_cross_account",
        publish(),
        add(answer=Answer(body={"RevisionId": Matching(UUID)})),
    ),
    fact(
        "revisions/add-tells-it",
        "Get tells the RevisionId that Add has returned.",
        "recorded",
        "LS:policy_life",
        publish(),
        add(answer=_kept("first")),
        get_policy(_is("first")),
    ),
    fact(
        "revisions/add-changes-it",
        "Every Add makes a new one.",
        "recorded",
        "LS:policy_life",
        publish(),
        add("s1", answer=_kept("first")),
        add("s2", answer=Answer(body={"RevisionId": Unlike(("first",), "second")})),
        get_policy(_is("second")),
    ),
    fact(
        "revisions/remove-changes-it",
        "Every Remove makes a new one, which only Get tells.",
        "recorded",
        "LS:policy_life",
        publish(),
        add("s1", answer=_kept("first")),
        add("s2", answer=_kept("second")),
        remove("s2"),
        get_policy(Answer(body={"RevisionId": Unlike(("first", "second"))})),
    ),
    fact(
        "revisions/reading-keeps-it",
        "Get does not change it.",
        "recorded",
        "LS:policy_life",
        publish(),
        add(answer=_kept("first")),
        get_policy(_is("first")),
        get_policy(_is("first")),
    ),
    fact(
        "revisions/right-on-add",
        "Add with the latest RevisionId is done.",
        "recorded",
        "LS:policy_life",
        publish(),
        add("s1", answer=_kept("first")),
        add("s2", RevisionId="${first}", answer=Answer(SUCCESS)),
    ),
    fact(
        "revisions/right-on-remove",
        "Remove with the latest RevisionId is done.",
        "recorded",
        "LS:policy_life",
        publish(),
        add("s1", answer=_kept("first")),
        remove("s1", RevisionId="${first}", answer=Answer(SUCCESS)),
    ),
    fact(
        "revisions/stale-on-add",
        "A RevisionId that was the latest once is refused on Add.",
        "recorded",
        "ST:L policy-add-stale",
        publish(),
        add("s1", answer=_kept("first")),
        add("s2"),
        add("s3", RevisionId="${first}", answer=WRONG_REVISION),
    ),
    fact(
        "revisions/stale-on-remove",
        "A RevisionId that was the latest once is refused on Remove.",
        "recorded",
        "ST:L policy-remove-stale",
        publish(),
        add("s1", answer=_kept("first")),
        add("s2"),
        remove("s1", RevisionId="${first}", answer=WRONG_REVISION),
    ),
    fact(
        "revisions/not-needed",
        "Without a RevisionId a call is done whatever the latest one is.",
        "documented",
        "API:AddLayerVersionPermission",
        publish(),
        add("s1"),
        add("s2", answer=Answer(SUCCESS)),
        remove("s1", Answer(SUCCESS)),
    ),
    fact(
        "revisions/of-one-version",
        "A RevisionId belongs to the policy of one version.",
        "documented",
        "API:AddLayerVersionPermission, 'current revision of the policy'",
        publish(),
        publish(),
        add("s1", answer=_kept("of_1")),
        add("s1", VersionNumber=2, answer=_kept("of_2")),
        add("s2", VersionNumber=2),
        get_policy(_is("of_1")),
        add("s3", VersionNumber=2, RevisionId="${of_1}", answer=WRONG_REVISION),
    ),
    fact(
        "revisions/before-the-first-statement",
        "If there never was a policy, every RevisionId is wrong on Add.",
        "inferred",
        "ST:F, of functions",
        publish(),
        add(RevisionId="wrong", answer=WRONG_REVISION),
        get_policy(NO_POLICY),
    ),
    fact(
        "revisions/empty",
        "An empty RevisionId is as none.",
        "inferred",
        "DECISION:U2",
        publish(),
        add("s1", RevisionId="", answer=Answer(SUCCESS)),
        add("s2", RevisionId="", answer=Answer(SUCCESS)),
        remove("s1", RevisionId="", answer=Answer(SUCCESS)),
    ),
    fact(
        "revisions/after-the-last-statement",
        "An emptied policy is at a new revision: the one that the removed statement had is refused.",
        "inferred",
        "DECISION:U2",
        publish(),
        add("s1", answer=_kept("first")),
        remove("s1"),
        add("s2", RevisionId="${first}", answer=WRONG_REVISION),
        add("s2", answer=Answer(SUCCESS, body={"RevisionId": Unlike(("first",))})),
    ),
)
