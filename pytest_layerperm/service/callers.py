"""Who a request's caller is: account, organization, user or role, and what restricts it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple, Protocol

from ..lambda_api.access import Caller
from ..lambda_api.arn import is_account_id, is_organization_id
from ..lambda_api.iam import IdentityPolicy
from ..lambda_api.wire import Call, Request, Signature, signature_of
from .arguments import check_account_id

__tracebackhide__ = True

_KEY_LENGTH = 20
"""Characters of an access key as AWS makes them; moto's and ours are as long."""


_is_account = lru_cache(maxsize=256)(is_account_id)
"""Access keys of twelve digits are the account itself; every call asks."""


class Principal(NamedTuple):
    """A user or a role session that an access key belongs to."""

    account_id: str
    arn: str | None = None
    """As errors name it, such as ``arn:aws:sts::123456789012:assumed-role/ROLE/SESSION``; None for the root."""
    principal_arn: str | None = None
    """What ``aws:PrincipalArn`` is: of a role session, the role. None if it is ``arn``."""
    unique_id: str | None = None
    """The id that IAM gave it, such as ``AIDA…``, or ``AROA…:SESSION`` for a role session; None if unknown."""


class Restrictions(NamedTuple):
    """What a principal's own policies allow."""

    policies: tuple[IdentityPolicy, ...] | None = None
    """Its identity policies; None if nothing restricts it."""
    session_policy: IdentityPolicy | None = None
    """What restricts a role session beyond its role's policies."""


class Identities(Protocol):
    """What another AWS service, such as IAM, knows of callers."""

    def principal_of(self, access_key: str) -> Principal | None: ...

    def restrictions_of(self, access_key: str) -> Restrictions: ...

    def organization_of(self, account_id: str) -> str | None: ...

    def knows_organization(self, organization_id: str) -> bool: ...


CallersState = tuple[dict[str, tuple[Principal, Restrictions]], dict[str, str], dict[str, None], dict[str, str]]
"""Who signed in, who is a member of which organization, which were declared, and whose calls policies have judged."""


class Callers:
    """The callers of one fake."""

    def __init__(self, default_account_id: str) -> None:
        self.default_account_id = default_account_id
        self.identities: Identities | None = None
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._signed_in: dict[str, tuple[Principal, Restrictions]] = {}
        self._organizations: dict[str, str] = {}
        self._declared: dict[str, None] = {}
        """Organizations that were declared, those without members too."""
        self._known: dict[str, Principal] = {}
        """Whom the access keys of calls belonged to when they were last used."""
        self.judged: dict[str, str] = {}
        """Users and role sessions whose calls were judged by identity policies: ARN -> where these came from."""

    def clear(self) -> None:
        """Forgets who signed in, and all organizations."""
        self._numbers = count(1)
        self._signed_in.clear()
        self._known.clear()
        self._organizations.clear()
        self._declared.clear()
        self.judged.clear()

    def declare(self, organization_id: str, accounts: Iterable[str]) -> None:
        """Declares accounts members of an organization."""
        if not is_organization_id(organization_id):
            raise ValueError(
                f"organization_id must be 'o-' and 10 to 32 lower-case letters and digits, not {organization_id!r}"
            )
        given: Any = accounts
        if isinstance(given, str):
            raise TypeError(f"accounts must be a list of account ids, not the text {given!r}")
        if not isinstance(given, Iterable):
            raise TypeError(f"accounts must be a list of account ids, not {given!r}")
        members = list(accounts)
        for account_id in members:
            check_account_id(account_id)
        with self._lock:
            for account_id in members:
                if self._organizations.get(account_id, organization_id) != organization_id:
                    raise ValueError(
                        f"account_id {account_id} is a member of {self._organizations[account_id]}, "
                        "and an account is in one organization at most"
                    )
            self._organizations.update(dict.fromkeys(members, organization_id))
            self._declared[organization_id] = None

    @property
    def organizations(self) -> Mapping[str, str]:
        """The declared members: account id to organization id."""
        return dict(self._organizations)

    def save(self) -> CallersState:
        """Who is known now."""
        with self._lock:
            return self._signed_in.copy(), self._organizations.copy(), self._declared.copy(), self.judged.copy()

    def put_back(self, state: CallersState) -> None:
        """Makes it what it was when it was saved."""
        signed_in, organizations, declared, judged = state
        with self._lock:
            self._signed_in, self._organizations = signed_in.copy(), organizations.copy()
            self._declared, self.judged = declared.copy(), judged.copy()

    def organization_of(self, account_id: str) -> str | None:
        """The organization of an account: as declared, else as moto's Organizations has it; None for none."""
        declared = self._organizations.get(account_id)
        if declared is None and self.identities is not None:
            return self.identities.organization_of(account_id)
        return declared

    @property
    def declared_organizations(self) -> Sequence[str]:
        """The ids of the organizations that were declared, in that order."""
        return list(self._declared)

    def knows_organization(self, organization_id: str) -> bool:
        """Whether it is known who is a member: as declared, or as moto's Organizations has it."""
        if organization_id in self._declared:
            return True
        return self.identities is not None and self.identities.knows_organization(organization_id)

    def sign_in(self, account_id: str, partition: str, identity_policy: str | Mapping[str, Any] | None) -> str:
        """An access key of the account: its root's, or a user's that the policy restricts.

        Raises ValueError, saying where, for an invalid identity policy.
        """
        if identity_policy is None:
            return account_id  # Twelve digits are the account itself.
        policy = IdentityPolicy.parse(identity_policy)
        access_key = f"LAYERPERM{next(self._numbers):0{_KEY_LENGTH - 9}}"
        user = f"arn:{partition}:iam::{account_id}:user/layerperm"
        self._signed_in[access_key] = Principal(account_id, user), Restrictions((policy,))
        return access_key

    def account_of(self, access_key: str) -> str:
        """The account behind an access key; the default one for an unknown key."""
        if _is_account(access_key):
            return access_key
        return self._principal_of(access_key).account_id

    def account_of_request(self, request: Request) -> str:
        """The account that signed a request, of whatever service."""
        signature = signature_of(request)
        return self.default_account_id if signature is None else self.account_of(signature.access_key)

    def caller_of(self, call: Call) -> Caller:
        """All that the rules need to know of a call's caller."""
        return self.signed_by(call.signature, call.account_id)

    def signed_by(self, signature: Signature | None, account_id: str) -> Caller:
        organization_id = self.organization_of(account_id)
        if signature is None or is_account_id(signature.access_key):
            return Caller(account_id, organization_id)
        access_key = signature.access_key
        _, arn, principal_arn, _ = self._principal_of(access_key)
        restrictions = self._restrictions_of(access_key)
        if restrictions.policies is not None:
            self.judged[str(arn)] = "identity_policy" if access_key in self._signed_in else "moto's IAM"
        return Caller(account_id, organization_id, arn, principal_arn, *restrictions)

    def _principal_of(self, access_key: str) -> Principal:
        signed_in = self._signed_in.get(access_key)
        if signed_in is not None:
            return signed_in[0]
        found = None
        if self.identities is not None and len(access_key) == _KEY_LENGTH:
            found = self.identities.principal_of(access_key)
        if found is None:
            return Principal(self.default_account_id)
        self._known[access_key] = found
        return found

    def known(self, access_key: str) -> Principal | None:
        """Whom an access key belonged to when it was last used, even if IAM no longer has it; None for an account's."""
        signed_in = self._signed_in.get(access_key)
        return self._known.get(access_key) if signed_in is None else signed_in[0]

    def _restrictions_of(self, access_key: str) -> Restrictions:
        signed_in = self._signed_in.get(access_key)
        if signed_in is not None:
            return signed_in[1]
        if self.identities is not None and len(access_key) == _KEY_LENGTH:
            return self.identities.restrictions_of(access_key)
        return Restrictions()
