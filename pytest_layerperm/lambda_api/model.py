"""Layer versions, statements and policies as values, and their exact JSON."""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import NamedTuple

from .arn import LayerId, root_arn

ACTION = "lambda:GetLayerVersion"
"""The only action that a layer's policy can allow (``validation/action``)."""

POLICY_SIZE_LIMIT = 20_480
"""Bytes of compact policy JSON; that the limit of functions applies to layers is inferred (``size/limit``)."""

_POLICY_HEAD = '{"Version":"2012-10-17","Id":"default","Statement":['
_POLICY_TAIL = "]}"


compact_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
"""JSON as AWS writes it: without spaces, and with text outside ASCII unescaped."""

json_text = encode_basestring
"""The same for one text, with its quotes."""


class Statement(NamedTuple):
    """One grant: who may use a layer version.

    ``principal`` is ``"*"`` or the ARN of an account's root; ``document`` is the statement's JSON.
    """

    sid: str
    principal: str
    organization_id: str | None
    document: str

    @property
    def public(self) -> bool:
        """Whether it allows everyone."""
        return self.principal == "*" and self.organization_id is None

    def admits(self, account_root: str, organization_id: str | None) -> bool:
        """Whether the account whose root ARN that is, a member of that organization, may use the version."""
        if self.principal not in ("*", account_root):
            return False
        return self.organization_id is None or self.organization_id == organization_id


def make_statement(
    layer: LayerId, version: int, sid: str, action: str, principal: str, organization_id: str | None
) -> Statement:
    """The statement that AddLayerVersionPermission writes; an account id becomes its root ARN."""
    if principal != "*" and not principal.startswith("arn:"):
        principal = root_arn(principal, layer.partition)
    shown = '"*"' if principal == "*" else f'{{"AWS":{json_text(principal)}}}'
    condition = ""
    if organization_id is not None:
        condition = f',"Condition":{{"StringEquals":{{"aws:PrincipalOrgID":{json_text(organization_id)}}}}}'
    document = (
        f'{{"Sid":{json_text(sid)},"Effect":"Allow","Principal":{shown},"Action":{json_text(action)},'
        f'"Resource":"{layer.version_arn(version)}"{condition}}}'
    )
    return Statement(sid, principal, organization_id, document)


class Policy(NamedTuple):
    """The policy of one layer version at one revision. Without statements it is an emptied one,
    which differs from none (``errors/get-emptied-policy``).
    """

    revision_id: str
    statements: tuple[Statement, ...]
    document: str
    """The policy as GetLayerVersionPolicy returns it."""

    @property
    def size(self) -> int:
        """Bytes of the document; everything in a statement is ASCII."""
        return len(self.document)

    def statement(self, sid: str) -> Statement | None:
        for statement in self.statements:
            if statement.sid == sid:
                return statement
        return None


def make_policy(revision_id: str, statements: tuple[Statement, ...]) -> Policy:
    """The policy of these statements."""
    return Policy(revision_id, statements, f"{_POLICY_HEAD}{','.join([s.document for s in statements])}{_POLICY_TAIL}")


class StoredObject(NamedTuple):
    """An object in S3 and the version of it that was read."""

    bucket: str
    key: str
    version: str


class Content(NamedTuple):
    """A layer version's archive: its bytes, and what AWS reports about them."""

    archive: bytes
    sha256: str
    """Base64 of the SHA-256 of the archive, as ``CodeSha256`` gives it."""
    unzipped_size: int
    referenced: StoredObject | None = None
    """The object to which a version published with the storage mode REFERENCE refers; None for a copy."""

    @property
    def size(self) -> int:
        """Bytes of the archive, ``CodeSize``."""
        return len(self.archive)


class Details(NamedTuple):
    """What a publisher says about a layer version. A list that was not given is None, not ``[]``
    (``versions/empty-lists``).
    """

    description: str | None = None
    license_info: str | None = None
    compatible_runtimes: tuple[str, ...] | None = None
    compatible_architectures: tuple[str, ...] | None = None


class PublishedVersion(NamedTuple):
    """One layer version as it was published; it never changes, and its policy is stored separately."""

    layer: LayerId
    version: int
    created: str
    """``CreatedDate``, such as ``2026-01-01T00:00:00.000+0000``."""
    content: Content
    details: Details

    @property
    def arn(self) -> str:
        return self.layer.version_arn(self.version)

    def matches(self, runtime: str | None, architecture: str | None) -> bool:
        """Whether the version passes the filters of the two list operations."""
        details = self.details
        return (runtime is None or runtime in (details.compatible_runtimes or ())) and (
            architecture is None or architecture in (details.compatible_architectures or ())
        )
