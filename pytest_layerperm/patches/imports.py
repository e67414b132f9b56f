"""Patches modules that cost too much to import before someone needs them, as soon as they are imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import BuiltinImporter, ModuleSpec
from types import ModuleType
from typing import Any

Tell = Callable[[ModuleType], object]


@contextmanager
def on_import(tells: Mapping[str, Tell]) -> Generator[None]:
    """Calls ``tells[name]`` with each module of that name: now, if it is imported, or right after its first import
    while the block runs.
    """
    for name, tell in tells.items():
        if name in sys.modules:
            tell(sys.modules[name])
    finder = _Finder({name: tell for name, tell in tells.items() if name not in sys.modules})
    sys.meta_path.insert(_place(), finder)
    try:
        yield
    finally:
        if finder in sys.meta_path:  # Someone else may have put back a list from before.
            sys.meta_path.remove(finder)


def _place() -> int:
    """Before the interpreter's own finders, and behind all others: some remove whatever comes first."""
    for place, finder in enumerate(sys.meta_path):
        if finder is BuiltinImporter or isinstance(finder, _Finder):
            return place
    return 0


class _Finder(MetaPathFinder):
    """Finds nothing itself: what the finders behind it find is given a loader that tells."""

    def __init__(self, tells: dict[str, Tell]) -> None:
        self._tells = tells

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname not in self._tells:
            return None
        for finder in sys.meta_path[sys.meta_path.index(self) + 1 :]:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _TellingLoader(spec.loader, self._loaded)
                return spec
        return None

    def _loaded(self, module: ModuleType) -> None:
        # The spec may have been asked for while the block ran, and used later.
        if self in sys.meta_path:
            self._tells[module.__name__](module)


class _TellingLoader(Loader):
    """A loader that is gone again as soon as it has loaded."""

    def __init__(self, loader: Loader, loaded: Tell) -> None:
        self._loader = loader
        self._loaded = loaded

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        spec: Any = module.__spec__
        module.__loader__ = spec.loader = self._loader
        self._loader.exec_module(module)
        self._loaded(module)
