"""A layer's archive: whether AWS accepts it, and its digest and sizes."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from functools import lru_cache

from .errors import InvalidParameterValueException
from .model import Content

__tracebackhide__ = True

UNZIPPED_SIZE_LIMIT = 262_144_000
"""Bytes, for one layer and for a function together with its layers (AWS's page "Lambda quotas")."""


_SMALL = 65_536
"""The largest archive, in bytes, whose content is cached: a suite mostly publishes the same small one."""


def unzipped_size(archive: bytes) -> int:
    """Bytes of the files in a zip; for anything else, the data's own size."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return sum([entry.file_size for entry in opened.infolist()])
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return len(archive)


def read_archive(archive: bytes) -> Content:
    """The content of a layer version.

    Raises InvalidParameterValueException for data that is not a zip, an empty zip, and one that is too large unzipped.
    """
    return _read_small(archive) if len(archive) <= _SMALL else _read(archive)


@lru_cache(maxsize=64)
def _read_small(archive: bytes) -> Content:
    return _read(archive)


def _read(archive: bytes) -> Content:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise InvalidParameterValueException(
            "Could not unzip uploaded file. Please check your file, then try to upload again."
        ) from None
    if not entries:
        raise InvalidParameterValueException("Uploaded file must be a non-empty zip")
    unzipped_size = sum([entry.file_size for entry in entries])
    if unzipped_size >= UNZIPPED_SIZE_LIMIT:
        raise InvalidParameterValueException(f"Unzipped size must be smaller than {UNZIPPED_SIZE_LIMIT} bytes")
    digest = hashlib.sha256(archive).digest()
    return Content(archive, base64.b64encode(digest).decode("ascii"), unzipped_size)
