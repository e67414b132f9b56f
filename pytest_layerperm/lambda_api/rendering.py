"""Layer versions as responses show them: in full, and in lists."""

from __future__ import annotations

from typing import Any

from .model import PublishedVersion


def described(published: PublishedVersion, location: str) -> dict[str, Any]:
    """A version as Publish and Get return it; one published by reference has no location."""
    content, details = published.content, published.details
    shown: dict[str, Any] = {"Location": location, "CodeSha256": content.sha256, "CodeSize": content.size}
    if content.referenced is not None:
        del shown["Location"]
        bucket, key, version = content.referenced
        shown["ResolvedS3Object"] = {"S3Bucket": bucket, "S3Key": key, "S3ObjectVersion": version}
    arn = published.layer.arn
    return {
        "Content": shown,
        "LayerArn": arn,
        "LayerVersionArn": f"{arn}:{published.version}",
        "Description": details.description or "",
        "CreatedDate": published.created,
        "Version": published.version,
        "CompatibleRuntimes": details.compatible_runtimes,
        "CompatibleArchitectures": details.compatible_architectures,
        "LicenseInfo": details.license_info or None,
    }


def listed(published: PublishedVersion) -> dict[str, Any]:
    """A version as the lists return it, with its null members (``lists/nulls``)."""
    details = published.details
    return {
        "LayerVersionArn": published.arn,
        "Version": published.version,
        "Description": details.description or None,  # The lists return null for "" (lists/empty-description).
        "CreatedDate": published.created,
        "CompatibleRuntimes": details.compatible_runtimes,
        "CompatibleArchitectures": details.compatible_architectures,
        "LicenseInfo": details.license_info or None,
    }
