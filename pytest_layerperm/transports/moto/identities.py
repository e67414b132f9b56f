"""The caller of an access key, and the organization of an account, as far as moto knows."""

from __future__ import annotations

from ...lambda_api.iam import IdentityPolicy
from ...service.callers import Principal, Restrictions
from . import private


class MotoIdentities:
    """What moto knows about callers at this moment."""

    def principal_of(self, access_key: str) -> Principal | None:
        """The user or role session to which moto issued the access key."""
        found = private.access_key(access_key)
        if found is None:
            return None
        account_id, backend = found
        role = private.assumed_role(account_id, access_key)
        if role is not None:
            return Principal(account_id, role.arn, role.role_arn, role.user_id)
        user = backend.get_user_from_access_key_id(access_key)
        return Principal(account_id) if user is None else Principal(account_id, user.arn, unique_id=user.id)

    def restrictions_of(self, access_key: str) -> Restrictions:
        """The policies of the user or role session to which moto issued the access key, if moto enforces IAM.

        Raises UnsupportedPolicy, naming the policy's owner, for a part of IAM that is not supported.
        """
        found = private.access_key(access_key) if private.iam_is_enforced() else None
        if found is None:
            return Restrictions()
        account_id, backend = found
        role = private.assumed_role(account_id, access_key)
        documents = private.policies_of(
            account_id, backend.partition, access_key, None if role is None else role.session_token
        )
        owner = self.principal_of(access_key)
        assert owner is not None
        policies = [IdentityPolicy.parse(document, argument=f"policy of {owner.arn}") for document in documents]
        session_policy = None
        if role is not None and role.policy:
            session_policy = IdentityPolicy.parse(role.policy, argument=f"session policy of {owner.arn}")
        return Restrictions(tuple(policies), session_policy)

    def organization_of(self, account_id: str) -> str | None:
        return private.organization_of(account_id)

    def knows_organization(self, organization_id: str) -> bool:
        return private.has_organization(organization_id)
