"""Markers of the two lists: opaque to clients, and valid only in the list that returned them."""

from __future__ import annotations

import base64
import binascii
from hashlib import blake2b

from .errors import InvalidParameterValueException

_SEAL = 12
"""Bytes that identify the list of a marker."""


def marker_of(listing: str, position: str) -> str:
    """The marker of the items after a position in a list; ``listing`` is any text unique to the list."""
    place = position.encode()
    return base64.b64encode(_seal(listing, place) + place).decode("ascii")


def position_of(listing: str, marker: str) -> str:
    """The position that a marker was made for. Raises InvalidParameterValueException for any other text."""
    try:
        data = base64.b64decode(marker, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    place = data[_SEAL:]
    if data[:_SEAL] != _seal(listing, place):
        raise InvalidParameterValueException("Invalid pagination key.")
    return place.decode()


def _seal(listing: str, place: bytes) -> bytes:
    return blake2b(place, digest_size=_SEAL, key=blake2b(listing.encode()).digest()).digest()
