"""What users hold of a layer version: a handle on the fake's own state."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from ..lambda_api.arn import LayerId, is_layer_name, is_organization_id, layer_id
from ..lambda_api.constraints import read
from ..lambda_api.content import read_archive
from ..lambda_api.errors import LambdaError
from ..lambda_api.members import PRINCIPAL
from ..lambda_api.model import ACTION, Content, Details, Policy, PublishedVersion
from .arguments import check_account_id, check_region_name, check_text
from .hints import did_you_mean
from .lambda_model import enum_values

if TYPE_CHECKING:
    from ..lambda_api.store import LayerStore

__tracebackhide__ = True


@dataclass(frozen=True, slots=True, repr=False)
class LayerVersion:
    """A published layer version, as ``LayerPerm.publish_layer`` returns it and ``LayerPerm.layers`` has it.

    ``policy`` and ``revision_id`` are read anew each time, so that they show what the code under test did.

    >>> layer = layerperm.publish_layer("shared-deps")
    >>> layer.name, layer.version, layer.region_name
    ('shared-deps', 1, 'us-east-1')
    >>> layer.grant("222222222222")
    'grant-1'
    >>> [statement["Principal"] for statement in layer.policy["Statement"]]
    [{'AWS': 'arn:aws:iam::222222222222:root'}]
    """

    arn: str
    """ARN of the version, ``arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION``."""
    layer_arn: str
    """ARN of the layer, without the version."""
    name: str
    version: int
    """From 1 up, never used twice (fact ``versions/numbers-not-reused``)."""
    account_id: str
    """Twelve digits: the owner."""
    region_name: str
    _store: LayerStore = field(compare=False)

    def __repr__(self) -> str:
        return f"<LayerVersion {self.arn}>"

    @property
    def policy(self) -> dict[str, Any] | None:
        """The policy document as GetLayerVersionPolicy returns it, parsed; None if there is none.

        https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionPolicy.html
        """
        policy = self._policy
        return json.loads(policy.document) if policy is not None and policy.statements else None

    @property
    def revision_id(self) -> str | None:
        """The policy's latest RevisionId, a uuid, also of an emptied policy; None if there never was one.

        Each statement that is added or removed makes a new one (facts ``revisions/add-changes-it`` and
        ``revisions/remove-changes-it``).
        """
        policy = self._policy
        return None if policy is None else policy.revision_id

    def grant(self, principal: str, *, organization_id: str | None = None, statement_id: str | None = None) -> str:
        """Adds a statement, as the owner would, without a logged call; returns its statement id.

        ``principal`` is an account id (twelve digits), ``"*"`` or the ARN of an account's root;
        ``organization_id`` (``o-…``) goes with ``"*"`` only. ``statement_id`` has 1 to 100 letters, digits, ``-``
        and ``_``; left out, one is made. Raises ValueError for what the API rejects, such as a used statement id.
        https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html

        >>> layerperm_layer.grant("*", organization_id="o-exampleorgid", statement_id="engineering-org")
        'engineering-org'
        """
        if not isinstance(principal, str) or not re.fullmatch(PRINCIPAL, principal, re.ASCII):  # pyright: ignore[reportUnnecessaryIsInstance]
            hint = ""
            if is_organization_id(principal):
                hint = f"; an organization goes with '*', as organization_id={principal!r}"
            raise ValueError(
                f"principal must be twelve digits, '*' or the ARN of an account's root, not {principal!r}{hint}"
            )
        if organization_id is not None:
            check_text("organization_id", organization_id)
        if statement_id is not None:
            check_text("statement_id", statement_id)
        if organization_id is not None and principal != "*":
            raise ValueError(f"organization_id can only be given with principal '*', not {principal!r}")
        with self._store.lock:  # Another thread must not take the statement id that is made here.
            if statement_id is None:
                statement_id = self._free_statement_id()
            return self._grant(principal, organization_id, statement_id)

    def _free_statement_id(self) -> str:
        policy = self._policy
        statement_id = f"grant-{len(policy.statements) + 1 if policy else 1}"
        while policy and policy.statement(statement_id):
            statement_id += "-more"
        return statement_id

    def _grant(self, principal: str, organization_id: str | None, statement_id: str) -> str:
        given = {
            "LayerName": self.name,
            "VersionNumber": str(self.version),
            "StatementId": statement_id,
            "Action": ACTION,
            "Principal": principal,
            "OrganizationId": organization_id,
        }
        try:
            read("AddLayerVersionPermission", given)
            self._store.add_permission(
                self._layer,
                self.version,
                sid=statement_id,
                action=ACTION,
                principal=principal,
                organization_id=organization_id,
                revision_id=None,
            )
        except LambdaError as rejected:
            raise ValueError(str(rejected)) from None
        return statement_id

    def revoke(self, statement_id: str) -> None:
        """Removes a statement, as the owner would, without a logged call.

        Raises ValueError for what the API rejects, such as an id that no statement has.
        https://docs.aws.amazon.com/lambda/latest/api/API_RemoveLayerVersionPermission.html

        >>> layerperm_layer.revoke(layerperm_layer.grant("222222222222"))
        >>> print(layerperm_layer.policy)
        None
        """
        try:
            self._store.remove_permission(self._layer, self.version, sid=statement_id, revision_id=None)
        except LambdaError as rejected:
            raise ValueError(f"statement_id {statement_id!r}: {rejected}") from None

    def delete(self) -> None:
        """Deletes the version, as the owner would, without a logged call; one that is deleted stays so.

        https://docs.aws.amazon.com/lambda/latest/api/API_DeleteLayerVersion.html

        >>> layerperm_layer.delete()
        >>> layerperm.layers
        ()
        """
        self._store.delete(self._layer, self.version)

    @property
    def _layer(self) -> LayerId:
        return layer_id(self.name, self.account_id, self.region_name)

    @property
    def _policy(self) -> Policy | None:
        return self._store.policy_for_access(self._layer, self.version)


def handle_of(published: PublishedVersion, store: LayerStore) -> LayerVersion:
    layer = published.layer
    return LayerVersion(
        published.arn, layer.arn, layer.name, published.version, layer.account_id, layer.region_name, store
    )


def publish(
    store: LayerStore,
    name: str,
    account_id: str,
    region_name: str,
    content: bytes | Mapping[str, str | bytes] | None,
    settings: Mapping[str, Any],
) -> LayerVersion:
    """Publishes a version without a call. Raises ValueError, naming the argument, before anything changes."""
    if not is_layer_name(name) or len(name) > 140:
        raise ValueError(
            f"name must be a layer name of 1 to 140 letters, digits, hyphens and underscores, not {name!r}"
        )
    check_account_id(account_id)
    check_region_name(region_name)
    details = _details(name, settings)
    archive = _archive(content)
    return handle_of(store.publish(layer_id(name, account_id, region_name), archive, details), store)


_OWN = ("name", "account_id", "region_name", "content")
_SETTINGS = ("Description", "LicenseInfo", "CompatibleRuntimes", "CompatibleArchitectures")


def _details(name: str, settings: Mapping[str, Any]) -> Details:
    for setting in settings:
        if setting not in _SETTINGS:
            near = did_you_mean(setting, [*_OWN, *_SETTINGS])
            raise TypeError(f"publish_layer() takes {', '.join(_SETTINGS)} besides its own, not {setting!r}{near}")
    given: dict[str, Any] = {**settings, "LayerName": name, "Content": {}}
    for setting in ("Description", "LicenseInfo"):
        if given.get(setting) is not None:
            check_text(setting, given[setting])
    for setting in ("CompatibleRuntimes", "CompatibleArchitectures"):
        if given.get(setting) is not None:
            given[setting] = _list_of_texts(setting, given[setting])
    try:
        parameters = read("PublishLayerVersion", given, enum_values)
    except LambdaError as rejected:
        raise ValueError(str(rejected)) from None
    return Details(
        parameters.get("Description"),
        parameters.get("LicenseInfo"),
        parameters.get("CompatibleRuntimes"),
        parameters.get("CompatibleArchitectures"),
    )


def _list_of_texts(setting: str, value: Any) -> list[str]:
    given: list[Any] = list(cast(Iterable[Any], value)) if isinstance(value, (list, tuple)) else [None]
    if not all(isinstance(item, str) for item in given):
        raise TypeError(f"{setting} must be a list of texts, not {value!r}")
    return given


def _archive(content: bytes | Mapping[str, str | bytes] | None) -> Content:
    if content is None:
        return _default_content()
    if isinstance(content, Mapping):
        files: Mapping[Any, Any] = content
        if not all(isinstance(name, str) and isinstance(data, (str, bytes)) for name, data in files.items()):
            raise TypeError(f"content must map file names to text or bytes, not be {content!r}")
        archive = zip_of(content)
    else:
        archive = content
    if not isinstance(archive, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"content must be the bytes of a zip, or a mapping of file names to files, not {content!r}")
    try:
        return read_archive(archive)
    except LambdaError as rejected:
        raise ValueError(f"content: {rejected}") from None


@cache
def _default_content() -> Content:
    return read_archive(zip_of({"python/shared_deps.py": "VERSION = 1\n"}))


def zip_of(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of these files: the same bytes for the same files, whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file_name, data in files.items():
            archive.writestr(zipfile.ZipInfo(file_name, (2026, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()
