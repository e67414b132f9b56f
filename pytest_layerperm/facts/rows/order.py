"""Which of two errors is reported if a call deserves both."""

from __future__ import annotations

from ..model import Expected, Fact, Kept
from .sizes import filling, overflowing
from .steps import (
    NO_POLICY,
    VERSION_BELOW_ONE,
    WRONG_REVISION,
    add,
    computed,
    denied,
    fact,
    get_policy,
    no_such_statement,
    no_such_version,
    publish,
    remove,
    statement_exists,
)

FACTS: tuple[Fact, ...] = (
    fact(
        "order/constraints-before-existence",
        "A violated constraint is reported before a missing layer.",
        "inferred",
        "DECISION:order of checks",
        add(Action="*", expected=Expected(400, "ValidationException")),
    ),
    fact(
        "order/constraints-before-authorization",
        "A violated constraint is reported before another account is denied.",
        "inferred",
        "DECISION:order of checks",
        add(Action="*", LayerName="${foreign_arn}", expected=Expected(400, "ValidationException")),
    ),
    fact(
        "order/constraints-before-version",
        "A violated constraint is reported before a version below 1.",
        "inferred",
        "DECISION:order of checks",
        add(Action="*", VersionNumber=0, expected=Expected(400, "ValidationException")),
    ),
    fact(
        "order/reading-before-constraints",
        "A member of the wrong JSON type is reported before a violated constraint.",
        "inferred",
        "DECISION",
        add(
            body='{"StatementId":"a b","Action":"*","Principal":1}',
            expected=Expected(400, "SerializationException"),
        ),
    ),
    fact(
        "order/signature-before-reading",
        "A missing signature is reported before an unreadable body.",
        "inferred",
        "DECISION:order of checks",
        add(by="nobody", body="{", expected=Expected(403, "MissingAuthenticationTokenException")),
    ),
    fact(
        "order/authorization-before-existence",
        "Another account is denied before it learns whether the version exists.",
        "reported",
        "DD",
        get_policy(
            denied("lambda:GetLayerVersionPolicy", "${foreign_version_arn}"),
            LayerName="${foreign_arn}",
        ),
    ),
    fact(
        "order/authorization-before-version",
        "Another account is denied before a version below 1 is reported.",
        "inferred",
        "DECISION:order of checks",
        get_policy(
            denied("lambda:GetLayerVersionPolicy", "${foreign_arn}:0"), LayerName="${foreign_arn}", VersionNumber=0
        ),
    ),
    fact(
        "order/version-before-existence",
        "A version below 1 is reported before a missing layer.",
        "inferred",
        "DECISION:order of checks",
        get_policy(VERSION_BELOW_ONE, VersionNumber=0),
    ),
    fact(
        "order/existence-before-revision",
        "A missing version is reported before a wrong RevisionId.",
        "inferred",
        "DECISION:order of checks",
        add(RevisionId="wrong", expected=no_such_version()),
    ),
    fact(
        "order/statement-exists-before-revision",
        "A statement id that already exists is reported before a wrong RevisionId.",
        "inferred",
        "ST:F, of functions",
        publish(),
        add("s1"),
        add("s1", RevisionId="wrong", expected=statement_exists("s1")),
    ),
    fact(
        "order/no-statement-before-revision",
        "A missing statement is reported before a wrong RevisionId.",
        "inferred",
        "ST:F, of functions",
        publish(),
        add("s1"),
        remove("s2", RevisionId="wrong", expected=no_such_statement("s2")),
    ),
    fact(
        "order/no-policy-before-revision",
        "On Remove, a missing policy is reported before a wrong RevisionId.",
        "inferred",
        "ST:F, of functions",
        publish(),
        remove("s1", RevisionId="wrong", expected=NO_POLICY),
    ),
    fact(
        "order/emptied-policy-before-revision",
        "On Remove, an emptied policy is reported before a wrong RevisionId.",
        "inferred",
        "ST:F, of functions",
        publish(),
        add("s1"),
        remove("s1"),
        remove("s1", RevisionId="wrong", expected=NO_POLICY),
    ),
    fact(
        "order/right-revision-then-statement",
        "With the latest RevisionId, the statement decides.",
        "inferred",
        "DECISION:order of checks",
        publish(),
        add("s1", expected=Expected(body={"RevisionId": Kept("first")})),
        add("s1", RevisionId="${first}", expected=statement_exists("s1")),
        remove("s2", RevisionId="${first}", expected=no_such_statement("s2")),
    ),
    computed(
        "order/statement-exists-before-size",
        "A statement id that already exists is reported before a policy that grows too long.",
        "inferred",
        "DECISION:order of checks",
        lambda names: overflowing(names, filling(names)[0], statement_exists(filling(names)[0])),
    ),
    computed(
        "order/revision-before-size",
        "A wrong RevisionId is reported before a policy that grows too long.",
        "inferred",
        "DECISION:order of checks",
        lambda names: overflowing(names, "one-more", WRONG_REVISION, RevisionId="wrong"),
    ),
)
