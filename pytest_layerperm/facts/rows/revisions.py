"""RevisionId: its form, when it changes, and what it protects."""

from __future__ import annotations

from ..model import UUID, Expected, Fact, Kept, Matching, Unlike
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


def _kept(name: str) -> Expected:
    return Expected(body={"RevisionId": Kept(name)})


def _is(name: str) -> Expected:
    return Expected(body={"RevisionId": f"${{{name}}}"})


FACTS: tuple[Fact, ...] = (
    fact(
        "revisions/form",
        "A RevisionId is a lower-case UUID.",
        "recorded",
        "C7N:test_lambda_layer_cross_account",
        publish(),
        add(expected=Expected(body={"RevisionId": Matching(UUID)})),
    ),
    fact(
        "revisions/add-returns-it",
        "Get returns the RevisionId that Add returned.",
        "recorded",
        "LS:policy_life",
        publish(),
        add(expected=_kept("first")),
        get_policy(_is("first")),
    ),
    fact(
        "revisions/add-changes-it",
        "Every Add creates a new RevisionId.",
        "recorded",
        "LS:policy_life",
        publish(),
        add("s1", expected=_kept("first")),
        add("s2", expected=Expected(body={"RevisionId": Unlike(("first",), "second")})),
        get_policy(_is("second")),
    ),
    fact(
        "revisions/remove-changes-it",
        "Every Remove creates a new RevisionId, which only Get returns.",
        "recorded",
        "LS:policy_life",
        publish(),
        add("s1", expected=_kept("first")),
        add("s2", expected=_kept("second")),
        remove("s2"),
        get_policy(Expected(body={"RevisionId": Unlike(("first", "second"))})),
    ),
    fact(
        "revisions/reading-keeps-it",
        "Get does not change the RevisionId.",
        "recorded",
        "LS:policy_life",
        publish(),
        add(expected=_kept("first")),
        get_policy(_is("first")),
        get_policy(_is("first")),
    ),
    fact(
        "revisions/right-on-add",
        "Add with the latest RevisionId succeeds.",
        "recorded",
        "LS:policy_life",
        publish(),
        add("s1", expected=_kept("first")),
        add("s2", RevisionId="${first}", expected=Expected(SUCCESS)),
    ),
    fact(
        "revisions/right-on-remove",
        "Remove with the latest RevisionId succeeds.",
        "recorded",
        "LS:policy_life",
        publish(),
        add("s1", expected=_kept("first")),
        remove("s1", RevisionId="${first}", expected=Expected(SUCCESS)),
    ),
    fact(
        "revisions/stale-on-add",
        "Add with an earlier RevisionId is rejected.",
        "recorded",
        "ST:L policy-add-stale",
        publish(),
        add("s1", expected=_kept("first")),
        add("s2"),
        add("s3", RevisionId="${first}", expected=WRONG_REVISION),
    ),
    fact(
        "revisions/stale-on-remove",
        "Remove with an earlier RevisionId is rejected.",
        "recorded",
        "ST:L policy-remove-stale",
        publish(),
        add("s1", expected=_kept("first")),
        add("s2"),
        remove("s1", RevisionId="${first}", expected=WRONG_REVISION),
    ),
    fact(
        "revisions/not-needed",
        "Without a RevisionId, a call succeeds whatever the latest one is.",
        "documented",
        "API:AddLayerVersionPermission",
        publish(),
        add("s1"),
        add("s2", expected=Expected(SUCCESS)),
        remove("s1", Expected(SUCCESS)),
    ),
    fact(
        "revisions/of-one-version",
        "A RevisionId belongs to the policy of one version.",
        "documented",
        "API:AddLayerVersionPermission, 'current revision of the policy'",
        publish(),
        publish(),
        add("s1", expected=_kept("of_1")),
        add("s1", VersionNumber=2, expected=_kept("of_2")),
        add("s2", VersionNumber=2),
        get_policy(_is("of_1")),
        add("s3", VersionNumber=2, RevisionId="${of_1}", expected=WRONG_REVISION),
    ),
    fact(
        "revisions/before-the-first-statement",
        "On a version that never had a policy, Add rejects every RevisionId.",
        "inferred",
        "ST:F, of functions",
        publish(),
        add(RevisionId="wrong", expected=WRONG_REVISION),
        get_policy(NO_POLICY),
    ),
    fact(
        "revisions/empty",
        "An empty RevisionId counts as none.",
        "inferred",
        "DECISION",
        publish(),
        add("s1", RevisionId="", expected=Expected(SUCCESS)),
        add("s2", RevisionId="", expected=Expected(SUCCESS)),
        remove("s1", RevisionId="", expected=Expected(SUCCESS)),
    ),
    fact(
        "revisions/after-the-last-statement",
        "An emptied policy has a new RevisionId: the one before the removal is rejected.",
        "inferred",
        "DECISION",
        publish(),
        add("s1", expected=_kept("first")),
        remove("s1"),
        add("s2", RevisionId="${first}", expected=WRONG_REVISION),
        add("s2", expected=Expected(SUCCESS, body={"RevisionId": Unlike(("first",))})),
    ),
)
