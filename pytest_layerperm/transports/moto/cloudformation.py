"""AWS::Lambda::LayerVersion and AWS::Lambda::LayerVersionPermission in moto's stacks.

A stack's calls are made as the caller who deploys it: they are authorized, but neither logged nor hit by faults.
"""

from __future__ import annotations

import secrets
import string
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from ...lambda_api.arn import parse
from ...lambda_api.errors import AccessDeniedException, LambdaError, ResourceNotFoundException
from .stack_order import in_order, references
from .stacks import LAYER_VERSION, PERMISSION, Deployments, HandlerDenied, InvalidProperties, ResourceFailed

Act = Callable[[str, str, str, dict[str, Any]], dict[str, Any]]
"""Performs an operation in an account and a region with these members; returns its response or raises LambdaError."""
_FOLLOWERS = (PERMISSION, "AWS::Lambda::Function", "AWS::CloudFormation::Stack")
"""The types that are updated when a layer version to which they refer is replaced."""


class Resource(ABC):
    """One resource of a stack, under the names by which moto asks for it."""

    resource_type = ""
    logical_resource_id = ""

    def __init__(self, kind: Kind, template: Mapping[str, Any], account_id: str, region_name: str) -> None:
        self.kind = kind
        self.template = template
        self.account_id = account_id
        self.region_name = region_name

    def act(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        return self.kind.act(operation, self.account_id, self.region_name, given)

    @property
    @abstractmethod
    def physical_resource_id(self) -> str:
        """The value of Ref."""

    def get_cfn_attribute(self, name: str) -> str:
        """The value of Fn::GetAtt: each of these resources has one attribute, which equals Ref."""
        return self.physical_resource_id

    def is_created(self) -> bool:
        return True

    def delete(self, account_id: str, region_name: str) -> None:
        """Deletes it, at once or when the deployment that it is part of has succeeded, unless it is retained."""
        if self.template.get("DeletionPolicy") != "Retain":
            self.kind.deployments.delete(self)

    @abstractmethod
    def remove(self) -> None:
        """Removes it from the store. If it was removed by hand already, that is no error."""


class LayerVersionResource(Resource):
    resource_type = LAYER_VERSION

    def __init__(self, kind: Kind, template: Mapping[str, Any], account_id: str, region_name: str, name: str) -> None:
        super().__init__(kind, template, account_id, region_name)
        properties = dict(template["Properties"])
        # Inferred: a missing name is generated as statement ids are.
        published = self.act("PublishLayerVersion", {"LayerName": name, **properties})
        self._given = {"LayerName": published["LayerArn"], "VersionNumber": str(published["Version"])}
        self._arn: str = published["LayerVersionArn"]

    @property
    def physical_resource_id(self) -> str:
        return self._arn

    def remove(self) -> None:
        self.act("DeleteLayerVersion", self._given)


class PermissionResource(Resource):
    resource_type = PERMISSION

    def __init__(self, kind: Kind, template: Mapping[str, Any], account_id: str, region_name: str, name: str) -> None:
        super().__init__(kind, template, account_id, region_name)
        properties = dict(template["Properties"])
        arn = str(properties.pop("LayerVersionArn"))
        layer, version = parse(arn)
        # A layer's ARN or name has no version for the path, which Lambda's own validation rejects.
        place = {"LayerName": arn} if layer is None else {"LayerName": layer.arn}
        if version is not None:
            place["VersionNumber"] = str(version)
        self._given = {**place, "StatementId": name}
        self.act("AddLayerVersionPermission", {**self._given, **properties})
        self._id = f"{arn}#{name}"

    @property
    def physical_resource_id(self) -> str:
        return self._id

    def remove(self) -> None:
        with suppress(ResourceNotFoundException):
            self._handle("GetLayerVersionPolicy")
            self._handle("RemoveLayerVersionPermission")

    def _handle(self, operation: str) -> None:
        try:
            self.act(operation, self._given)
        except AccessDeniedException:
            raise HandlerDenied(f"Lambda:{operation} access denied") from None


class Kind:
    """A resource type, in the form of moto's resource classes: it creates, changes and deletes resources."""

    def __init__(
        self,
        made: type[LayerVersionResource | PermissionResource],
        attribute: str,
        required: Sequence[str],
        optional: Sequence[str],
        deployments: Deployments,
        act: Act,
    ) -> None:
        self._made = made
        self._attribute = attribute
        self._required = required
        self._valid = (*required, *optional)
        self.deployments = deployments
        self.act = act

    def has_cfn_attr(self, name: str) -> bool:
        return name == self._attribute

    def create_from_cloudformation_json(
        self, resource_name: str, template: Mapping[str, Any], account_id: str, region_name: str, **more: Any
    ) -> Resource:
        return self._make(more["LogicalId"], template, account_id, region_name)

    def update_from_cloudformation_json(
        self,
        original_resource: Resource,
        new_resource_name: str,
        cloudformation_json: Mapping[str, Any],
        account_id: str,
        region_name: str,
    ) -> Resource:
        """Every property is "createOnly": a change creates a new resource, and then deletes the old one."""
        if cloudformation_json["Properties"] == original_resource.template["Properties"]:
            original_resource.template = cloudformation_json
            return original_resource
        new = self._make(original_resource.logical_resource_id, cloudformation_json, account_id, region_name)
        if cloudformation_json.get("UpdateReplacePolicy") != "Retain":
            self.deployments.delete(original_resource)
        return new

    def _make(self, logical_id: str, template: Mapping[str, Any], account_id: str, region_name: str) -> Resource:
        self._check("#", self._required, self._valid, template["Properties"])
        if self._made is LayerVersionResource:
            valid = ("S3Bucket", "S3Key", "S3ObjectVersion")
            self._check("#/Content", valid[:2], valid, template["Properties"]["Content"])
        resource = self._made(self, template, account_id, region_name, generated_id(logical_id))
        self.deployments.made(resource)
        return resource

    def _check(self, place: str, required: Sequence[str], valid: Sequence[str], given: Mapping[str, Any]) -> None:
        wrong = [f"{place}: required key [{name}] not found" for name in required if name not in given]
        wrong += [f"{place}: extraneous key [{name}] is not permitted" for name in given if name not in valid]
        if wrong:
            raise InvalidProperties("\n".join(wrong))


def generated_id(logical_id: str) -> str:
    """The name of a resource that has none: 27 characters of the logical id, and 12 random ones."""
    alphabet = string.ascii_letters + string.digits
    return f"{logical_id[:27]}-{''.join([secrets.choice(alphabet) for _ in range(12)])}"


class Stacks:
    """Our resource types for moto's CloudFormation."""

    def __init__(self, act: Act) -> None:
        self.deployments = Deployments()
        self._kinds = {
            LAYER_VERSION: Kind(
                LayerVersionResource,
                "LayerVersionArn",
                ("Content",),
                ("CompatibleArchitectures", "CompatibleRuntimes", "Description", "LayerName", "LicenseInfo"),
                self.deployments,
                act,
            ),
            PERMISSION: Kind(
                PermissionResource,
                "Id",
                ("Action", "LayerVersionArn", "Principal"),
                ("OrganizationId",),
                self.deployments,
                act,
            ),
        }

    def kind_of(self, resource_type: str) -> Kind | None:
        return self._kinds.get(resource_type)

    @contextmanager
    def naming(self, logical_id: str, resource_type: str, action: str) -> Generator[None]:
        """Makes the error of a resource name it."""
        try:
            yield
        except ResourceFailed:
            raise  # It names another resource, to which this one refers.
        except LambdaError as failed:
            raise ResourceFailed(logical_id, resource_type, failed, action) from None

    def modified(self, names: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
        """The resources to update, including those that refer to a layer version that is replaced."""
        changed = list(names)
        layers = {name for name in changed if after[name]["Type"] == LAYER_VERSION}
        followers = [
            name
            for name, resource in after.items()
            if name in before
            and name not in changed
            and resource["Type"] in _FOLLOWERS
            and not layers.isdisjoint(references(resource))
        ]
        return [*changed, *followers]

    def steps(
        self, added: Iterable[str], modified: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> list[str]:
        """The resources that an update visits, in its order.

        Ours are always included: only their resolved properties (parameters, conditions, imports) show whether they
        change.
        """
        ours = [name for name, resource in after.items() if name in before and resource["Type"] in self._kinds]
        return in_order([*added, *self.modified(modified, before, after), *ours], after)
