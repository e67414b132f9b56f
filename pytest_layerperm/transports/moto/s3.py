"""Layer content in S3: read from moto's buckets, with AWS's errors."""

from __future__ import annotations

from ...lambda_api.errors import AccessDeniedException, InvalidParameterValueException
from ...lambda_api.wire import Call
from . import private

_NO_SUCH_KEY = ("NoSuchKey", "The specified key does not exist.")
_NO_SUCH_VERSION = ("NoSuchVersion", "The specified version does not exist.")


def read_object(
    bucket_name: str, key: str, version: str | None, call: Call, *, by_reference: bool
) -> tuple[bytes, str | None]:
    """The bytes of an object and its version, None in a bucket without versioning, for PublishLayerVersion.

    Raises InvalidParameterValueException if it does not exist, and AccessDeniedException for a bucket of another
    account that has no policy. Any bucket policy is taken to allow access, whatever it says.
    """
    found = private.bucket(bucket_name)
    if found is None:
        raise _failed(version, "NoSuchBucket", "The specified bucket does not exist")
    account_id, backend, bucket = found
    if account_id != call.account_id and bucket.policy is None:
        raise AccessDeniedException(
            "Your access has been denied by S3, please make sure your request credentials have permission to "
            f"GetObject for {bucket_name}/{key}. S3 Error Code: AccessDenied. S3 Error Message: Access Denied"
        )
    # A reference may name a bucket in any region.
    if bucket.region_name != call.region_name and not by_reference:
        raise _failed(
            version,
            "PermanentRedirect",
            f"The bucket is in this region: {bucket.region_name}. Please use this region to retry the request",
        )
    stored = backend.get_object(bucket_name, key, version)
    if stored is None:
        # The text for a missing version is inferred.
        raise _failed(version, *_NO_SUCH_KEY if version is None else _NO_SUCH_VERSION)
    return stored.value, stored.version_id if bucket.is_versioned else None


def _failed(version: str | None, code: str, message: str) -> InvalidParameterValueException:
    """S3's error as Lambda passes it on: recorded for a missing key and for another region's bucket."""
    operation = "GetObject" if version is None else "GetObjectVersion"
    return InvalidParameterValueException(
        f"Error occurred while {operation}. S3 Error Code: {code}. S3 Error Message: {message}"
    )
