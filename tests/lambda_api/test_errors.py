"""One exception for each AWS error."""

from __future__ import annotations

import pytest

from pytest_layerperm.lambda_api import errors
from pytest_layerperm.lambda_api.errors import LambdaError

BODIES = [
    ("InvalidParameterValueException", 400, {"Type": "User", "message": "m"}),
    ("PolicyLengthExceededException", 400, {"Type": "User", "message": "m"}),
    ("ResourceConflictException", 409, {"Type": "User", "message": "m"}),
    ("PreconditionFailedException", 412, {"Type": "User", "message": "m"}),
    ("ResourceNotFoundException", 404, {"Type": "User", "Message": "m"}),
    ("RequestEntityTooLargeException", 413, {"Type": "User", "Message": "m"}),
    ("ServiceException", 500, {"Type": "Service", "Message": "m"}),
    ("ValidationException", 400, {"message": "m"}),
    ("SerializationException", 400, {"Type": "User", "Message": "m"}),
    ("AccessDeniedException", 403, {"Message": "m"}),
    ("MissingAuthenticationTokenException", 403, {"message": "m"}),
    ("TooManyRequestsException", 429, {"Reason": "CallerRateLimitExceeded", "Type": "User", "message": "m"}),
    ("ThrottlingException", 400, {"message": "m"}),
]


@pytest.mark.parametrize(("code", "status", "body"), BODIES)
def test_status_and_body_of_each_error(code: str, status: int, body: dict[str, str]) -> None:
    """Which body has a Type, and which a capital Message, depends on the class (the facts envelopes)."""
    error = getattr(errors, code)("m")
    assert (error.code, error.status, list(error.body().items())) == (code, status, list(body.items()))
    assert str(error) == "m"


def test_every_error_is_pinned() -> None:
    """No class without its row above."""
    assert {cls.__name__ for cls in LambdaError.__subclasses__()} >= {code for code, _, _ in BODIES}
    ours = {cls.__name__ for cls in LambdaError.__subclasses__() if cls.__module__ == errors.__name__}
    assert ours == {code for code, _, _ in BODIES}


def test_throttles_say_rate_exceeded() -> None:
    """The control plane's text, without a period."""
    assert str(errors.TooManyRequestsException()) == str(errors.ThrottlingException()) == "Rate exceeded"
    assert errors.TooManyRequestsException(reason="ConcurrentInvocationLimitExceeded").body()["Reason"] == (
        "ConcurrentInvocationLimitExceeded"
    )


def test_internal_error() -> None:
    """The body of a 500; inferred."""
    assert errors.internal_error().body() == {
        "Type": "Service",
        "Message": "The AWS Lambda service encountered an internal error.",
    }


def test_access_denied_is_one_sentence() -> None:
    """User, action, resource, reason (access/foreign-get-version)."""
    assert str(errors.access_denied("arn:u", "lambda:GetLayerVersion", "arn:r", "because so")) == (
        "User: arn:u is not authorized to perform: lambda:GetLayerVersion on resource: arn:r because so"
    )
