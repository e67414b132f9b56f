"""Layer versions as responses show them: in full, and in lists."""

from __future__ import annotations

from typing import Any

from .model import PublishedVersion


def described(published: PublishedVersion, location: str | None) -> dict[str, Any]:
    """A version as Publish and Get return it (10.2)."""
    content, details = published.content, published.details
    shown: dict[str, Any] = {} if location is None else {"Location": location}
    shown.update(CodeSha256=content.sha256, CodeSize=content.size)
    if content.referenced is not None:
        bucket, key, version = content.referenced
        shown["ResolvedS3Object"] = {"S3Bucket": bucket, "S3Key": key, "S3ObjectVersion": version}
    return {
        "Content": shown,
        "LayerArn": published.layer.arn,
        "LayerVersionArn": published.arn,
        "Description": details.description or "",
        "CreatedDate": published.created,
        "Version": published.version,
        "CompatibleRuntimes": details.compatible_runtimes,
        "CompatibleArchitectures": details.compatible_architectures,
        "LicenseInfo": details.license_info or None,
    }


def listed(published: PublishedVersion) -> dict[str, Any]:
    """A version as the lists return it, with its null members (1.7, 10.4)."""
    details = published.details
    return {
        "LayerVersionArn": published.arn,
        "Version": published.version,
        "Description": details.description or None,  # Empty in the lists it is null (11.12).
        "CreatedDate": published.created,
        "CompatibleRuntimes": details.compatible_runtimes,
        "CompatibleArchitectures": details.compatible_architectures,
        "LicenseInfo": details.license_info or None,
    }
