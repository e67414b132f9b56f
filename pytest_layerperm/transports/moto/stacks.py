"""What happens to a stack's layers when the stack succeeds or fails, and AWS's messages about it."""

from __future__ import annotations

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol

from ...lambda_api.errors import LambdaError

LAYER_VERSION = "AWS::Lambda::LayerVersion"
PERMISSION = "AWS::Lambda::LayerVersionPermission"
_HANDLER_ERRORS = {
    "AccessDeniedException": "AccessDenied",
    "InvalidParameterValueException": "InvalidRequest",
    "PolicyLengthExceededException": "ServiceLimitExceeded",
    "ResourceConflictException": "ResourceConflict",
    "ResourceNotFoundException": "NotFound",
    "ValidationException": "InvalidRequest",
}
"""CloudFormation's word for a service's error: two were recorded, AccessDenied and InvalidRequest."""


class InvalidProperties(LambdaError):
    """Properties that violate the resource's schema: no handler is called."""


class HandlerDenied(LambdaError):
    """A denial that the resource's handler words itself, as recorded for GetLayerVersionPolicy."""


class EmbeddedStackFailed(LambdaError):
    """A nested stack that was rolled back."""

    def __init__(self, stack_id: str, failed: ResourceFailed) -> None:
        super().__init__(f"Embedded stack {stack_id} was not successfully created: {failed.summary}")


class ResourceFailed(LambdaError):
    """A resource that could not be created, changed or deleted; the message is the event's ResourceStatusReason."""

    def __init__(self, logical_id: str, resource_type: str, failed: LambdaError, action: str) -> None:
        super().__init__(_reason(logical_id, resource_type, failed))
        self.logical_id = logical_id
        self.resource_type = resource_type
        self.action = action
        """CREATE, UPDATE or DELETE."""

    @property
    def summary(self) -> str:
        """The text of the stack's own event."""
        return f"The following resource(s) failed to {self.action.lower()}: [{self.logical_id}]. "


def _reason(logical_id: str, resource_type: str, failed: LambdaError) -> str:
    """AWS's messages, in their newest form; that all errors have this form is inferred."""
    if isinstance(failed, InvalidProperties):
        return f"Properties validation failed for resource {logical_id} with message:\n{failed.message}"
    if isinstance(failed, EmbeddedStackFailed):
        return str(failed.message)
    if isinstance(failed, HandlerDenied):
        return _from_handler(str(failed.message), "AccessDenied")
    attempt = f"(Service: Lambda, Status Code: {failed.status}, Request ID: {uuid.uuid4()}) (SDK Attempt Count: 1)"
    return _from_handler(f"{failed.message} {attempt}", _HANDLER_ERRORS.get(failed.code, "GeneralServiceException"))


def _from_handler(message: str, handler_error: str) -> str:
    return (
        f'Resource handler returned message: "{message}" '
        f"(RequestToken: {uuid.uuid4()}, HandlerErrorCode: {handler_error})"
    )


class Removable(Protocol):
    """One of our resources."""

    @property
    def resource_type(self) -> str: ...

    @property
    def logical_resource_id(self) -> str: ...

    def remove(self) -> None:
        """Removes it from the store, if it is still there."""


class Deployments:
    """What a stack operation has created, and what it deletes at its end: CloudFormation cleans up last."""

    def __init__(self) -> None:
        self._depth = 0
        self._made: list[Removable] | None = None
        self._doomed: list[Removable] = []

    def made(self, resource: Removable) -> None:
        if self._made is not None:
            self._made.append(resource)

    def delete(self, resource: Removable) -> None:
        if self._made is not None:
            self._doomed.append(resource)
            return
        try:
            resource.remove()
        except LambdaError as failed:
            raise ResourceFailed(resource.logical_resource_id, resource.resource_type, failed, "DELETE") from None

    @property
    def running(self) -> bool:
        """Whether a stack operation is running, so that the next one is a nested stack's."""
        return self._depth > 0

    @contextmanager
    def making(self) -> Generator[None]:
        """The creation of a stack."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    @contextmanager
    def changing(self) -> Generator[None]:
        """An update: if it succeeds, deletes what was replaced, else what was created."""
        made: list[Removable] = []
        doomed: list[Removable] = []
        self._made, self._doomed = made, doomed
        over: list[Removable] = made
        try:
            with self.making():
                yield
            over = doomed
        finally:
            self._made = None
            for resource in reversed(over):
                self._clean_up(resource)

    def _clean_up(self, resource: Removable) -> None:
        try:
            resource.remove()
        except LambdaError:
            return  # As in AWS, what cannot be cleaned up is left behind.
