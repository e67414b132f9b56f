"""What is different in this process: everything that a plugin could leave behind, as one snapshot to compare.

Nothing here knows what the plugin patches. Every attribute of every module and class of the packages below is looked
at, whoever changed it.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import re
import signal
import socket
import sys
import threading
import types
from collections.abc import Iterator
from typing import Any

PACKAGES = (
    "aiobotocore",
    "asyncio",
    "boto3",
    "botocore",
    "builtins",
    "datetime",
    "freezegun",
    "importlib",
    "moto",
    "multiprocessing",
    "os",
    "posix",
    "random",
    "requests",
    "responses",
    "socket",
    "ssl",
    "subprocess",
    "threading",
    "time",
    "time_machine",
    "urllib",
    "urllib3",
    "uuid",
)
CONTAINERS = (
    "botocore.handlers.BUILTIN_HANDLERS",
    "freezegun.api.freeze_factories",
    "pytest_layerperm.service.active._activations",
    "pytest_layerperm.transports.moto.hooks._joins",
    "sys.meta_path",
    "sys.path",
    "sys.path_hooks",
    "warnings.filters",
)
"""Lists of which a trace would be another item, not another list."""
MOTO_ITSELF = re.compile(r"moto\.(core\.authorization:.*\.request_count|s3\.urls:.*|.*\.instances_tracked)")
"""What any use of moto changes, with or without this plugin: it counts requests and imports a module again."""
PYTEST_ITSELF = "PYTEST_CURRENT_TEST"

Snapshot = dict[str, Any]


def snapshot() -> Snapshot:
    """All that is looked at, under names that a reader understands."""
    gc.collect()
    found: Snapshot = dict(_attributes())
    for path in CONTAINERS:
        module, _, name = path.rpartition(".")
        found[f"items of {path}"] = _Items(getattr(sys.modules.get(module), name, ()))
    found |= {f"os.environ[{name}]": value for name, value in os.environ.items()}
    found |= {f"inherited variable {name}": value for name, value in _inherited()}
    found |= {f"thread {thread.name}": True for thread in threading.enumerate()}
    found |= {f"file descriptor {number}": target for number, target in _descriptors()}
    found |= {f"handler of signal {number}": signal.getsignal(number) for number in signal.valid_signals()}
    for name in (None, *sorted(logging.root.manager.loggerDict)):
        logger = logging.getLogger(name)
        found[f"logger {name}"] = (logger.level, logger.disabled, logger.propagate, list(logger.handlers))
    found["working directory"] = os.getcwd()
    found["sys.excepthook"] = sys.excepthook
    found["threading.excepthook"] = threading.excepthook
    found["socket timeout"] = socket.getdefaulttimeout()
    found["sys.gettrace"] = sys.gettrace()
    found["living fakes"] = living("LayerPerm")
    return found


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """One line for each trace. Modules that were imported meanwhile are none."""
    modules = {name.partition(":")[0] for name in before}
    lines = []
    for name in sorted(before.keys() | after.keys()):
        if (
            MOTO_ITSELF.fullmatch(name)
            or PYTEST_ITSELF in name
            or (":" in name and name.partition(":")[0] not in modules)
        ):
            continue
        if name not in after:
            lines.append(f"gone: {name}")
        elif name not in before:
            lines.append(f"new: {name} = {after[name]!r}")
        elif not _same(before[name], after[name]):
            lines.append(f"changed: {name}: {before[name]!r} -> {after[name]!r}")
    return lines


def living(class_name: str) -> int:
    """How many objects of a class of the package there are."""
    return sum(
        type(thing).__name__ == class_name and type(thing).__module__.startswith("pytest_layerperm")
        for thing in gc.get_objects()
    )


class _Items:
    def __init__(self, items: Any) -> None:
        self.items = list(items)

    def __repr__(self) -> str:
        return repr(self.items)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, _Items):
        return len(one.items) == len(other.items) and all(map(_same, one.items, other.items))
    # Comparing is what some objects don't bear; what counts is mostly which object it is.
    return one is other or (isinstance(one, (str, int, float, tuple, list)) and one == other)


def _attributes() -> Iterator[tuple[str, Any]]:
    """``module:name`` and ``module:class.name`` with the objects that stand there."""
    for module_name, module in sorted(sys.modules.items()):
        if module_name.partition(".")[0] in PACKAGES and isinstance(module, types.ModuleType):
            for name, value in list(vars(module).items()):
                yield f"{module_name}:{name}", value
                if isinstance(value, type) and value.__module__ == module_name:
                    for member, what in list(vars(value).items()):
                        if member != "__abstractmethods__" and not member.startswith("_abc_"):
                            yield f"{module_name}:{name}.{member}", what


def _inherited() -> Iterator[tuple[str, str]]:
    """The environment that a started program inherits, which Python keeps a copy of only."""
    variables = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    index = 0
    while variables[index] is not None:
        name, _, value = os.fsdecode(variables[index]).partition("=")
        yield name, value
        index += 1


def _descriptors() -> Iterator[tuple[int, str]]:
    for name in os.listdir("/dev/fd"):
        try:
            yield int(name), os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue  # The one that listed the directory.
