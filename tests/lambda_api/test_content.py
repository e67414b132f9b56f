"""Archives: which are rejected, and their digest and sizes."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile

import pytest

from pytest_layerperm.lambda_api.content import UNZIPPED_SIZE_LIMIT, read_archive
from pytest_layerperm.lambda_api.errors import InvalidParameterValueException


def archive_of(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def claiming(size: int) -> bytes:
    """An archive whose directory claims that its one file is that big."""
    archive = bytearray(archive_of(big=b"x"))
    directory = archive.index(b"PK\x01\x02")
    archive[directory + 24 : directory + 28] = size.to_bytes(4, "little")
    return bytes(archive)


def test_hash_and_sizes() -> None:
    """The hash is base64 of the archive's SHA-256, the size is the archive's."""
    archive = archive_of(a=b"1234", b=b"56")
    content = read_archive(archive)
    assert content.archive == archive
    assert content.sha256 == base64.b64encode(hashlib.sha256(archive).digest()).decode()
    assert content.size == len(archive)
    assert content.unzipped_size == 6


@pytest.mark.parametrize(
    "archive",
    [b"", b"no zip", b"PK\x03\x04 cut off", archive_of(a=b"x")[:-10]],
    ids=["empty", "text", "head", "cut"],
)
def test_data_that_is_not_a_zip_is_rejected(archive: bytes) -> None:
    """Lambda's text for code that it cannot unzip."""
    with pytest.raises(InvalidParameterValueException) as raised:
        read_archive(archive)
    assert str(raised.value) == "Could not unzip uploaded file. Please check your file, then try to upload again."


def test_an_empty_zip_is_rejected() -> None:
    """A layer has at least one file."""
    with pytest.raises(InvalidParameterValueException, match=r"^Uploaded file must be a non-empty zip$"):
        read_archive(archive_of())


def test_a_zip_that_is_too_large_unzipped_is_rejected() -> None:
    """The limit itself is already too large."""
    assert read_archive(claiming(UNZIPPED_SIZE_LIMIT - 1)).unzipped_size == UNZIPPED_SIZE_LIMIT - 1
    with pytest.raises(InvalidParameterValueException, match=r"^Unzipped size must be smaller than 262144000 bytes$"):
        read_archive(claiming(UNZIPPED_SIZE_LIMIT))


def stored(size: int) -> bytes:
    """An archive of so many bytes, with one file that is not compressed."""

    def holding(data: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a", data)
        return buffer.getvalue()

    return holding(bytes(size - len(holding(b""))))


@pytest.mark.parametrize(("size", "kept"), [(1000, True), (65_536, True), (65_537, False)])
def test_the_content_of_small_archives_is_cached(size: int, kept: bool) -> None:
    """A suite mostly publishes the same small archive; a large one would stay in memory for the whole run."""
    archive = stored(size)
    assert len(archive) == size
    first = read_archive(archive)
    assert first.archive == archive
    assert (read_archive(bytes(bytearray(archive))) is first) is kept
