"""The layout of the package: which rooms there are, and which of them may import which."""

import ast
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

import pytest_layerperm

PACKAGE = Path(pytest_layerperm.__file__).parent
TOP_LEVEL = {"__init__", "__main__", "py.typed"}
ROOMS = {
    "plugin": {"facts", "fake", "explore", "transports", "assertions", "patches", "service", "lambda_api"},
    "facts": {"fake", "service", "lambda_api"},
    "strategies": {"fake", "service", "lambda_api"},
    "fake": {"explore", "transports", "assertions", "patches", "service", "lambda_api"},
    "explore": {"assertions", "patches", "service", "lambda_api"},
    "transports": {"patches", "service", "lambda_api"},
    "assertions": {"service", "lambda_api"},
    "patches": {"service", "lambda_api"},
    "service": {"lambda_api"},
    "lambda_api": set(),
}
"""Each room, top floor first, and the rooms that it may import: none above it."""
ALONE = {"translate", "content"}
"""What transports may import of one another."""


def modules() -> dict[str, Path]:
    """All modules of the package by their dotted names below it; the package itself is ``""``."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports_of(name: str) -> Iterator[str]:
    """The package's modules that one imports: at its start, late, or for type checkers only."""
    path = MODULES[name]
    package = f"pytest_layerperm.{name}".rstrip(".")
    if path.name != "__init__.py":
        package = package.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package) if node.level else str(node.module)
            targets = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for target in targets:
            _, ours, inside = f"{target}.".partition("pytest_layerperm.")
            if ours:
                inside = inside.rstrip(".")
                yield inside if inside in MODULES else inside.rpartition(".")[0]


def room_of(name: str) -> str:
    return name.partition(".")[0]


def test_the_top_level_has_the_rooms_and_nothing_else():
    """A new module goes into a room."""
    found = {path.stem if path.suffix == ".py" else path.name for path in PACKAGE.iterdir()} - {"__pycache__"}
    assert found == TOP_LEVEL | set(ROOMS)


def test_no_import_points_up():
    """A module imports its own room and those that the room may import, and the package's own name."""
    wrong = [
        f"{name} imports {target}"
        for name in sorted(set(MODULES) - {"", "__main__"})
        for target in imports_of(name)
        if room_of(target) not in ROOMS[room_of(name)] | {room_of(name), ""}
    ]
    assert wrong == []


def test_transports_do_not_know_each_other():
    """They share what translates and what serves content."""
    wrong = [
        f"{name} imports {target}"
        for name in MODULES
        for target in imports_of(name)
        if name.startswith("transports.") and target.startswith("transports.")
        if target.split(".")[1] not in ALONE | {name.split(".")[1]}
    ]
    assert wrong == []


def test_no_circle():
    """Modules import each other in one direction, late imports and those for type checkers included."""
    edges = {name: set(imports_of(name)) - {name, ""} for name in MODULES if name}
    while free := [name for name, targets in edges.items() if not targets & set(edges)]:
        for name in free:
            del edges[name]
    assert edges == {}


def test_what_an_import_at_the_start_of_pytest_reaches():
    """The plugin's own options and fixtures: all else is imported when a test needs it."""
    reached = {"plugin"}
    for node in ast.parse(MODULES["plugin"].read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            reached.add(resolve_name("." * node.level + (node.module or ""), "pytest_layerperm.plugin"))
    assert reached == {"plugin", "pytest_layerperm.plugin.options", "pytest_layerperm.plugin.fixtures"}


def test_the_first_line_says_what_a_module_is_for():
    """One sentence."""
    texts = {
        name: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "" for name, path in MODULES.items()
    }
    assert [name for name, text in texts.items() if not text.partition("\n")[0].endswith((".", ":"))] == []


@pytest.mark.parametrize(
    ("name", "line", "failing"),
    [
        ("lambda_api.arn", "from ..service import calls", test_no_import_points_up),
        ("lambda_api.arn", "import pytest_layerperm.plugin", test_no_import_points_up),
        ("service.arguments", "if TYPE_CHECKING:\n    from .service import LayerService", test_no_circle),
        ("transports.botocore", "def late():\n    from . import responses", test_transports_do_not_know_each_other),
    ],
)
def test_a_wrong_import_is_seen(tmp_path, monkeypatch, name, line, failing):
    """Late, for type checkers only, relative or absolute."""
    path = tmp_path / "changed.py"
    path.write_text(MODULES[name].read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    monkeypatch.setitem(MODULES, name, path)
    with pytest.raises(AssertionError):
        failing()
