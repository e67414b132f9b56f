"""Who may read a layer version, against an independent evaluation of its policy."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_layerperm import LayerPerm

VERSION = "arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1"
ACCOUNTS = ("222222222222", "333333333333", "444444444444")
ORGANIZATIONS = ("o-exampleorgid", "o-anotherorgid")
quick = settings(deadline=None, max_examples=75)

grants = st.lists(
    st.one_of(
        st.tuples(st.just("*"), st.none()),
        st.tuples(st.just("*"), st.sampled_from(ORGANIZATIONS)),
        st.tuples(st.sampled_from(ACCOUNTS), st.none()),
        st.tuples(st.sampled_from(ACCOUNTS).map("arn:aws:iam::{}:root".format), st.none()),
        st.tuples(st.sampled_from(ACCOUNTS).map("arn:aws-cn:iam::{}:root".format), st.none()),
    ),
    max_size=4,
)
memberships = st.dictionaries(st.sampled_from(ACCOUNTS), st.sampled_from(ORGANIZATIONS))


def oracle(policy: dict[str, Any], account_id: str, organization_id: str | None) -> bool:
    """IAM's evaluation by brute force: every element of each statement, from the parsed document alone."""
    context = {"aws:PrincipalOrgID": organization_id} if organization_id else {}
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        principal = statement["Principal"]
        who = [principal] if isinstance(principal, str) else [principal["AWS"]]
        names = {"*", f"arn:aws:iam::{account_id}:root", account_id}
        conditions = [
            context.get(key) == wanted
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
            if operator == "StringEquals"
        ]
        matches = [
            any(one in names for one in who),
            statement["Action"] == "lambda:GetLayerVersion",
            statement["Resource"] == VERSION,
            all(conditions),
        ]
        if all(matches):
            return True
    return False


@quick
@given(grants, memberships)
def test_access_is_what_the_policy_says(granted: list[tuple[str, str | None]], members: dict[str, str]) -> None:
    """For every account, GetLayerVersion and explain() agree with the oracle."""
    with LayerPerm() as fake:
        layer = fake.publish_layer()
        for account_id, organization_id in members.items():
            fake.organization(organization_id, accounts=[account_id])
        for number, (principal, organization_id) in enumerate(granted):
            layer.grant(principal, organization_id=organization_id, statement_id=f"s{number}")
        policy = layer.policy or {"Statement": []}
        for account_id in ACCOUNTS:
            expected = oracle(policy, account_id, members.get(account_id))
            client = fake.client(account_id)
            code = None
            try:
                client.get_layer_version(LayerName=layer.layer_arn, VersionNumber=1)
            except ClientError as error:
                code = error.response["Error"]["Code"]
            assert code == (None if expected else "AccessDeniedException")
            assert bool(fake.explain(account_id, layer)) == expected
