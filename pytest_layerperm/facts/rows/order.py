"""Which of two reasons to refuse a call comes first."""

from __future__ import annotations

from ..model import Answer, Fact, Kept
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
        "Input constraints come before the missing layer.",
        "inferred",
        "DECISION:order of checks",
        add(Action="*", answer=Answer(400, "ValidationException")),
    ),
    fact(
        "order/constraints-before-authorization",
        "Input constraints come before another account's refusal.",
        "inferred",
        "DECISION:order of checks",
        add(Action="*", LayerName="${foreign_arn}", answer=Answer(400, "ValidationException")),
    ),
    fact(
        "order/constraints-before-version",
        "Input constraints come before a version below 1.",
        "inferred",
        "DECISION:order of checks",
        add(Action="*", VersionNumber=0, answer=Answer(400, "ValidationException")),
    ),
    fact(
        "order/reading-before-constraints",
        "A member of the wrong JSON type comes before input constraints.",
        "inferred",
        "DECISION:U6",
        add(
            body='{"StatementId":"a b","Action":"*","Principal":1}',
            answer=Answer(400, "SerializationException"),
        ),
    ),
    fact(
        "order/signature-before-reading",
        "A missing signature comes before a body that cannot be read.",
        "inferred",
        "DECISION:order of checks",
        add(by="nobody", body="{", answer=Answer(403, "MissingAuthenticationTokenException")),
    ),
    fact(
        "order/authorization-before-existence",
        "Another account is refused before it learns whether the version exists.",
        "reported",
        "DD",
        get_policy(
            denied("lambda:GetLayerVersionPolicy", "${foreign_version_arn}"),
            LayerName="${foreign_arn}",
        ),
    ),
    fact(
        "order/authorization-before-version",
        "Another account is refused before a version below 1 is.",
        "inferred",
        "DECISION:order of checks",
        get_policy(
            denied("lambda:GetLayerVersionPolicy", "${foreign_arn}:0"), LayerName="${foreign_arn}", VersionNumber=0
        ),
    ),
    fact(
        "order/version-before-existence",
        "A version below 1 comes before the missing layer.",
        "inferred",
        "DECISION:order of checks",
        get_policy(VERSION_BELOW_ONE, VersionNumber=0),
    ),
    fact(
        "order/existence-before-revision",
        "A missing version comes before a wrong RevisionId.",
        "inferred",
        "DECISION:order of checks",
        add(RevisionId="wrong", answer=no_such_version()),
    ),
    fact(
        "order/statement-exists-before-revision",
        "A statement id that exists comes before a wrong RevisionId.",
        "inferred",
        "ST:F, of functions",
        publish(),
        add("s1"),
        add("s1", RevisionId="wrong", answer=statement_exists("s1")),
    ),
    fact(
        "order/no-statement-before-revision",
        "A statement that does not exist comes before a wrong RevisionId.",
        "inferred",
        "ST:F, of functions",
        publish(),
        add("s1"),
        remove("s2", RevisionId="wrong", answer=no_such_statement("s2")),
    ),
    fact(
        "order/no-policy-before-revision",
        "On Remove, a missing policy comes before a wrong RevisionId.",
        "inferred",
        "ST:F, of functions",
        publish(),
        remove("s1", RevisionId="wrong", answer=NO_POLICY),
    ),
    fact(
        "order/emptied-policy-before-revision",
        "On Remove, an emptied policy comes before a wrong RevisionId.",
        "inferred",
        "ST:F, of functions",
        publish(),
        add("s1"),
        remove("s1"),
        remove("s1", RevisionId="wrong", answer=NO_POLICY),
    ),
    fact(
        "order/right-revision-then-statement",
        "With the latest RevisionId it is the statement that counts.",
        "inferred",
        "DECISION:order of checks",
        publish(),
        add("s1", answer=Answer(body={"RevisionId": Kept("first")})),
        add("s1", RevisionId="${first}", answer=statement_exists("s1")),
        remove("s2", RevisionId="${first}", answer=no_such_statement("s2")),
    ),
    computed(
        "order/statement-exists-before-size",
        "A statement id that exists comes before a policy that grows too long.",
        "inferred",
        "DECISION:order of checks",
        lambda names: overflowing(names, filling(names)[0], statement_exists(filling(names)[0])),
    ),
    computed(
        "order/revision-before-size",
        "A wrong RevisionId comes before a policy that grows too long.",
        "inferred",
        "DECISION:order of checks",
        lambda names: overflowing(names, "one-more", WRONG_REVISION, RevisionId="wrong"),
    ),
)
