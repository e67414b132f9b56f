"""The errors of the Lambda layer API: one exception for each AWS error, with status and wire body.

The body has ``Message`` or ``message``, and a ``Type`` or none, depending on the class (the facts ``envelopes``).
"""

from __future__ import annotations

from typing import ClassVar


class LambdaError(Exception):
    """An error response of the Lambda API. The class name is AWS's error code."""

    status: ClassVar[int] = 400
    fault_type: ClassVar[str | None] = "User"
    message_key: ClassVar[str] = "message"

    def __init__(self, message: str | None) -> None:
        super().__init__(message)
        self.message = message

    @property
    def code(self) -> str:
        return type(self).__name__

    def body(self) -> dict[str, str | None]:
        """The members of the response's JSON body, in AWS's order."""
        if self.fault_type is None:
            return {self.message_key: self.message}
        return {"Type": self.fault_type, self.message_key: self.message}


class InvalidParameterValueException(LambdaError):
    """400: a well-formed parameter has an invalid value."""


class PolicyLengthExceededException(LambdaError):
    """400: the policy would grow beyond its limit."""


class ResourceConflictException(LambdaError):
    """409: a statement with that id already exists."""

    status = 409


class PreconditionFailedException(LambdaError):
    """412: the RevisionId is not the latest one."""

    status = 412


class ResourceNotFoundException(LambdaError):
    """404: the layer version, policy or statement does not exist."""

    status = 404
    message_key = "Message"


class RequestEntityTooLargeException(LambdaError):
    """413: the request's body is over the limit."""

    status = 413
    message_key = "Message"


class ServiceException(LambdaError):
    """500: the service failed; the text is inferred."""

    status = 500
    fault_type = "Service"
    message_key = "Message"


class ValidationException(LambdaError):
    """400: input constraints violated. Not in the API model; its body has no ``Type``."""

    fault_type = None


class SerializationException(LambdaError):
    """400: the request could not be read; inferred (the facts ``requests``)."""

    message_key = "Message"


class AccessDeniedException(LambdaError):
    """403: the caller is not authorized. Not in the API model; its body has no ``Type``."""

    status = 403
    fault_type = None
    message_key = "Message"


class MissingAuthenticationTokenException(LambdaError):
    """403: the request is not signed; inferred (``access/unsigned``)."""

    status = 403
    fault_type = None


class TooManyRequestsException(LambdaError):
    """429: the caller exceeds its rate."""

    status = 429

    def __init__(self, message: str = "Rate exceeded", *, reason: str = "CallerRateLimitExceeded") -> None:
        super().__init__(message)
        self.reason = reason

    def body(self) -> dict[str, str | None]:
        return {"Reason": self.reason, **super().body()}


class ThrottlingException(LambdaError):
    """400: the other form in which the control plane throttles. That it has no ``Type`` is inferred."""

    fault_type = None

    def __init__(self, message: str = "Rate exceeded") -> None:
        super().__init__(message)


def layer_version_not_found(version_arn: str) -> ResourceNotFoundException:
    """The 404 of the permission operations, for a missing layer or version (``errors/get-no-version``)."""
    return ResourceNotFoundException(f"Layer version {version_arn} does not exist.")


def access_denied(principal_arn: str, action: str, resource: str, because: str) -> AccessDeniedException:
    """AWS's message for a denied caller (``access/foreign-get-version``)."""
    return AccessDeniedException(
        f"User: {principal_arn} is not authorized to perform: {action} on resource: {resource} {because}"
    )


def internal_error() -> ServiceException:
    return ServiceException("The AWS Lambda service encountered an internal error.")
