"""The state of this process: everything that a plugin could leave behind, as one snapshot to compare.

Nothing here knows what the plugin patches. Every attribute of every module and class of the packages below is looked
at, whoever changed it.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import operator
import os
import re
import signal
import socket
import sys
import threading
import types
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

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
    "pytest_layerperm.transports.moto.services.rules_on",
    "sys.meta_path",
    "sys.path",
    "sys.path_hooks",
    "warnings.filters",
)
"""Lists in which a trace would be another item, not another list."""
MOTO_ITSELF = re.compile(r"moto\.(core\.authorization:.*\.request_count|s3\.urls:.*|.*\.instances_tracked)")
"""Changed by any use of moto, with or without this plugin: it counts requests and imports a module again."""
PYTEST_ITSELF = "PYTEST_CURRENT_TEST"
ABSTRACT = ("__abstractmethods__", "_abc_")
"""What abstract classes keep for themselves."""


class Snapshot(NamedTuple):
    """All that is looked at."""

    attributes: dict[str, dict[str, Any]]
    """The attributes of each ``module:`` and each ``module:class.``."""
    rest: dict[str, Any]
    """Everything else, under names that a reader understands."""


def snapshot() -> Snapshot:
    """What there is now, to be compared with what there is later."""
    gc.collect()
    found: dict[str, Any] = {}
    for path in CONTAINERS:
        module, _, name = path.rpartition(".")
        found[f"items of {path}"] = _Items(getattr(sys.modules[module], name) if module in sys.modules else ())
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
    return Snapshot(dict(_attributes()), found)


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """One line for each trace. Modules imported meanwhile do not count."""
    was, now = before.rest | _changed(before, after), after.rest | _changed(after, before)
    lines = []
    for name in sorted(was.keys() | now.keys()):
        if MOTO_ITSELF.fullmatch(name) or PYTEST_ITSELF in name:
            continue
        if name not in now:
            lines.append(f"gone: {name}")
        elif name not in was:
            lines.append(f"new: {name} = {now[name]!r}")
        elif not _same(was[name], now[name]):
            lines.append(f"changed: {name}: {was[name]!r} -> {now[name]!r}")
    return lines


def living(class_name: str) -> int:
    """How many objects of a class of the package there are."""
    counts = Counter(map(type, gc.get_objects()))
    return sum(
        count
        for kind, count in counts.items()
        if kind.__name__ == class_name and kind.__module__.startswith("pytest_layerperm")
    )


def _changed(one: Snapshot, other: Snapshot) -> dict[str, Any]:
    """The attributes that are different objects in the two snapshots, except those of modules that one lacks."""
    named: dict[str, Any] = {}
    for place, attributes in one.attributes.items():
        others = other.attributes.get(place, {})
        # There are tens of thousands, and hardly any ever changes.
        if list(attributes) == list(others) and all(map(operator.is_, attributes.values(), others.values())):
            continue
        if f"{place.partition(':')[0]}:" in other.attributes:
            named |= {f"{place}{name}": value for name, value in attributes.items() if not name.startswith(ABSTRACT)}
    return named


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


def _attributes() -> Iterator[tuple[str, dict[str, Any]]]:
    """``module:`` and ``module:class.`` with their attributes."""
    for module_name, module in list(sys.modules.items()):
        if module_name.partition(".")[0] in PACKAGES and isinstance(module, types.ModuleType):
            attributes = dict(vars(module))
            yield f"{module_name}:", attributes
            for name, value in attributes.items():
                if isinstance(value, type) and value.__module__ == module_name:
                    yield f"{module_name}:{name}.", dict(vars(value))


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
