"""Profiles of the AWS configuration files, for code that names one: files of a fake's own, while it is on."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from tempfile import TemporaryDirectory

from .environment import SECRET_KEY

HIDING = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
"""Variables that SDKs prefer to the profile that ``AWS_PROFILE`` names."""
_NAME = re.compile(r"[\w.@/+-]+", re.ASCII)


def check_profile_name(name: object) -> None:
    """Raises TypeError or ValueError for what cannot be a profile."""
    if not isinstance(name, str):
        raise TypeError(f"name must be text, a profile such as 'prod', not {name!r}")
    if not _NAME.fullmatch(name):
        raise ValueError(f"name must be a profile of letters, digits and . @ / + - _, not {name!r}")


class Profiles:
    """The two files, with the profile ``default`` for code that names none."""

    def __init__(self, access_key: str, region_name: str) -> None:
        self._folder = TemporaryDirectory(prefix="layerperm-")
        self._profiles: dict[str, tuple[str, str]] = {}
        self.add("default", access_key, region_name)

    @property
    def files(self) -> Mapping[str, str]:
        """The environment variables that name the files."""
        return {
            "AWS_CONFIG_FILE": os.path.join(self._folder.name, "config"),
            "AWS_SHARED_CREDENTIALS_FILE": os.path.join(self._folder.name, "credentials"),
        }

    @property
    def environment(self) -> dict[str, str | None]:
        """What variables must be for code to find the profiles; None means absent."""
        return {**self.files, **dict.fromkeys(HIDING)}

    def add(self, name: str, access_key: str, region_name: str) -> None:
        """Writes a profile; one of that name is replaced."""
        self._profiles[name] = access_key, region_name
        settings = "".join(
            [
                f"[{'' if profile == 'default' else 'profile '}{profile}]\nregion = {region}\n"
                for profile, (_, region) in self._profiles.items()
            ]
        )
        credentials = "".join(
            [
                f"[{profile}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET_KEY}\n"
                for profile, (key, _) in self._profiles.items()
            ]
        )
        for path, text in zip(self.files.values(), (settings, credentials), strict=True):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

    def remove(self) -> None:
        """Removes the files."""
        self._folder.cleanup()
