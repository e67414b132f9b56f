"""The nine layer operations: from a decoded call to its response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol

from .access import Caller, denial
from .arn import LayerId, partition_of
from .constraints import NewerValues, no_newer_values, read
from .content import read_archive
from .errors import (
    InvalidParameterValueException,
    LambdaError,
    ResourceNotFoundException,
    layer_version_not_found,
)
from .model import Content, Details, PublishedVersion, StoredObject, make_policy
from .rendering import described, listed
from .store import LayerStore, Page, version_below_one
from .wire import NO_CONTENT, Call, Response, error_response, is_own_region, revised_success, success

Parameters = Mapping[str, Any]


class Fetch(Protocol):
    """Reads an S3 object for the caller of PublishLayerVersion, and returns its bytes and its version."""

    def __call__(
        self, bucket: str, key: str, version: str | None, call: Call, *, by_reference: bool
    ) -> tuple[bytes, str | None]: ...


class Operations:
    """Performs calls on a store.

    ``caller_of`` returns a call's caller, ``location_of`` the URL at which a version's content can be downloaded.
    ``fetch`` reads an archive from S3, and returns it with the object's version, None in a bucket without
    versioning. ``newer_values`` returns the values of an enumeration of the API, ``Runtime`` or ``Architecture``,
    that AWS added since ``members`` was written.
    """

    def __init__(
        self,
        store: LayerStore,
        *,
        caller_of: Callable[[Call], Caller],
        location_of: Callable[[PublishedVersion], str],
        fetch: Fetch,
        newer_values: NewerValues = no_newer_values,
    ) -> None:
        self._store = store
        self._caller_of = caller_of
        self._location_of = location_of
        self._fetch = fetch
        self._newer_values = newer_values

    def perform(self, call: Call) -> Response:
        """The response to a call, be it an error. A rejected call changes nothing."""
        try:
            return self.carry_out(call)
        except LambdaError as error:
            return error_response(error)

    def carry_out(self, call: Call) -> Response:
        """The response to a call that succeeds. Raises LambdaError for any other."""
        if call.error is not None:
            raise call.error
        parameters = read(call.operation, call.given, self._newer_values)
        self._authorize(call)
        return self._PERFORM[call.operation](self, call, parameters)

    def _authorize(self, call: Call) -> None:
        layer, signature = call.layer, call.signature
        if layer is not None and signature is not None and signature.access_key == layer.account_id:
            return  # Most calls: signed by the account that owns the layer.
        partition = partition_of(call.region_name)
        if layer is not None and layer.partition != partition:
            return  # Every operation reports that it does not exist, to any caller; inferred (regions/partition-add).
        caller = self._caller_of(call)
        # ListLayers names no layer; AWS's own layers (":::awslayer:") have no owner here.
        owner_account_id = caller.account_id if layer is None else layer.account_id
        if caller.unrestricted and owner_account_id == caller.account_id:
            return
        policy = None
        # From another region, another account's layer is denied (access/from-another-region).
        if layer is not None and call.version is not None and is_own_region(layer, call.region_name):
            policy = self._store.policy_for_access(layer, call.version)
            if policy is not None and call.unseen:
                seen = tuple([statement for statement in policy.statements if statement.sid not in call.unseen])
                policy = make_policy(policy.revision_id, seen)
        resource = call.resource or call.given.get("Arn", "*")
        denied = denial(call.operation, caller, partition, resource, owner_account_id=owner_account_id, policy=policy)
        if denied is not None:
            raise denied

    def _version_of(self, call: Call) -> tuple[LayerId, int]:
        """The version that a permission operation names; one in another region does not exist (``regions/add``)."""
        layer, version = call.layer, call.version
        assert layer is not None
        assert version is not None
        if version < 1:
            raise version_below_one()
        if not is_own_region(layer, call.region_name):
            raise layer_version_not_found(layer.version_arn(version))
        return layer, version

    def _add_permission(self, call: Call, parameters: Parameters) -> Response:
        organization_id = parameters.get("OrganizationId")
        principal = parameters["Principal"]
        layer, version = self._version_of(call)
        if organization_id is not None and principal != "*":
            raise InvalidParameterValueException(
                # Our text: AWS's response is not known (errors/organization-with-account).
                "An organization id can only be given with the principal *."
            )
        statement, revision_id = self._store.add_permission(
            layer,
            version,
            sid=parameters["StatementId"],
            action=parameters["Action"],
            principal=principal,
            organization_id=organization_id,
            revision_id=parameters.get("RevisionId") or None,  # An empty one counts as none (revisions/empty).
        )
        return revised_success(201, "Statement", statement.document, revision_id)

    def _remove_permission(self, call: Call, parameters: Parameters) -> Response:
        layer, version = self._version_of(call)
        revision_id = parameters.get("RevisionId") or None
        self._store.remove_permission(layer, version, sid=parameters["StatementId"], revision_id=revision_id)
        return NO_CONTENT

    def _get_policy(self, call: Call, parameters: Parameters) -> Response:
        policy = self._store.policy(*self._version_of(call))
        return revised_success(200, "Policy", policy.document, policy.revision_id)

    def _publish(self, call: Call, parameters: Parameters) -> Response:
        layer = call.layer
        assert layer is not None
        if not is_own_region(layer, call.region_name):
            raise _not_found()
        content = self._content(call, parameters["Content"])
        details = Details(
            description=parameters.get("Description"),
            license_info=parameters.get("LicenseInfo"),
            compatible_runtimes=parameters.get("CompatibleRuntimes"),
            compatible_architectures=parameters.get("CompatibleArchitectures"),
        )
        published = self._store.publish(layer, content, details)
        return success(201, described(published, self._location_of(published)))

    def _content(self, call: Call, given: Parameters) -> Content:
        archive, bucket, key = given.get("ZipFile"), given.get("S3Bucket"), given.get("S3Key")
        by_reference = given.get("S3ObjectStorageMode") == "REFERENCE"
        # Our texts: AWS's for a layer are not known.
        if archive is not None:
            if bucket is not None or key is not None:
                raise InvalidParameterValueException(
                    "Content must have either ZipFile, or S3Bucket and S3Key, not both."
                )
            if by_reference:
                raise InvalidParameterValueException("S3ObjectStorageMode REFERENCE needs S3Bucket and S3Key.")
            return read_archive(archive)
        if bucket is None or key is None:
            raise InvalidParameterValueException("Content must have either ZipFile, or S3Bucket and S3Key.")
        archive, version = self._fetch(bucket, key, given.get("S3ObjectVersion"), call, by_reference=by_reference)
        content = read_archive(archive)
        if not by_reference:
            return content
        if version is None:
            # AWS requires versioning (SAM's documentation); its text is not known.
            raise InvalidParameterValueException(f"S3ObjectStorageMode REFERENCE needs versioning on {bucket}.")
        return content._replace(referenced=StoredObject(bucket, key, version))

    def _get_version(self, call: Call, parameters: Parameters) -> Response:
        if call.layer is None:
            raise _not_found()  # One of AWS's own layers (":::awslayer:"), which cannot be published here.
        layer, version = _located(call)
        if version < 1:
            raise version_below_one()
        published = self._store.find(layer, version) if is_own_region(layer, call.region_name) else None
        if published is None:
            raise _not_found()
        return success(200, described(published, self._location_of(published)))

    def _delete_version(self, call: Call, parameters: Parameters) -> Response:
        layer, version = _located(call)
        if version < 1:
            raise version_below_one()
        _check_partition(layer, call.region_name)
        if is_own_region(layer, call.region_name):
            self._store.delete(layer, version)
        return NO_CONTENT

    def _list_versions(self, call: Call, parameters: Parameters) -> Response:
        assert call.layer is not None
        _check_partition(call.layer, call.region_name)
        if not is_own_region(call.layer, call.region_name):
            page = Page([], None)
        else:
            page = self._store.list_versions(call.layer, **_paging(parameters))
        return success(
            200,
            {
                "NextMarker": page.next_marker,
                "LayerVersions": [listed(published) for published in page.items],
            },
        )

    def _list_layers(self, call: Call, parameters: Parameters) -> Response:
        page = self._store.list_layers(call.account_id, call.region_name, **_paging(parameters))
        return success(
            200,
            {
                "NextMarker": page.next_marker,
                "Layers": [
                    {
                        "LayerName": published.layer.name,
                        "LayerArn": published.layer.arn,
                        "LatestMatchingVersion": listed(published),
                    }
                    for published in page.items
                ],
            },
        )

    _PERFORM: ClassVar[Mapping[str, Callable[..., Response]]] = {
        "AddLayerVersionPermission": _add_permission,
        "RemoveLayerVersionPermission": _remove_permission,
        "GetLayerVersionPolicy": _get_policy,
        "PublishLayerVersion": _publish,
        "GetLayerVersion": _get_version,
        "GetLayerVersionByArn": _get_version,
        "ListLayers": _list_layers,
        "ListLayerVersions": _list_versions,
        "DeleteLayerVersion": _delete_version,
    }


def _located(call: Call) -> tuple[LayerId, int]:
    """Layer and version of a call whose parameters have passed their constraints."""
    assert call.layer is not None
    assert call.version is not None
    return call.layer, call.version


def _not_found() -> ResourceNotFoundException:
    """The 404 of the operations that read a version (``versions/get-unknown-version``)."""
    return ResourceNotFoundException("The resource you requested does not exist.")


def _check_partition(layer: LayerId, region_name: str) -> None:
    if layer.partition != partition_of(region_name):
        raise _not_found()


def _paging(parameters: Parameters) -> dict[str, Any]:
    return {
        "runtime": parameters.get("CompatibleRuntime"),
        "architecture": parameters.get("CompatibleArchitecture"),
        "marker": parameters.get("Marker") or None,
        "limit": parameters.get("MaxItems", 50),
    }
