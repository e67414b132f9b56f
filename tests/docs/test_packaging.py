"""What is published: the files, the metadata, and what an installed but unused plugin costs."""

from __future__ import annotations

import email.message
import re
import subprocess
import sys
import tarfile
import zipfile
from email.parser import BytesParser
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = (
    "aiobotocore",
    "boto3",
    "botocore",
    "freezegun",
    "hypothesis",
    "moto",
    "requests",
    "responses",
    "urllib3",
    "uvicorn",
    "werkzeug",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the sdist, as their users get them."""
    pytest.importorskip("hatchling")
    place = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(place)], cwd=ROOT, check=True, timeout=60)
    return next(place.glob("*.whl")), next(place.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def metadata(built: tuple[Path, Path]) -> email.message.Message:
    with zipfile.ZipFile(built[0]) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return BytesParser().parsebytes(wheel.read(name))


def files_under(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and "node_modules" not in path.parts
    }


def test_the_wheel_holds_the_package_and_nothing_else(built: tuple[Path, Path]):
    """Each file of the package, its type marker and its data; no tests, no examples."""
    with zipfile.ZipFile(built[0]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
        described = {PurePosixPath(name).name for name in wheel.namelist() if ".dist-info/" in name}
    assert names == files_under("pytest_layerperm")
    assert "pytest_layerperm/py.typed" in names
    assert described == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "LICENSE"}


def test_the_plugin_is_found_by_pytest(built: tuple[Path, Path]):
    """One entry point, under the plugin's short name."""
    with zipfile.ZipFile(built[0]) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
        assert wheel.read(name).decode().split() == ["[pytest11]", "layerperm", "=", "pytest_layerperm.plugin"]


def test_the_sdist_can_be_tested(built: tuple[Path, Path]):
    """It holds what the test suite needs, so that packagers can run it."""
    with tarfile.open(built[1]) as sdist:
        names = {member.name.partition("/")[2] for member in sdist.getmembers()}
    pages = {"README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
    assert {"pyproject.toml", "conftest.py", "tox.ini", ".ci/run", *pages} <= names
    assert {name for name in files_under("tests") if name.endswith(".py")} <= names
    assert {name for name in files_under("examples") if name.endswith(".py")} <= names


def test_five_packages_are_needed_and_three_extras_offered(metadata: email.message.Message):
    """What ``pip install`` of the wheel brings is these and what they need themselves."""
    requirements = metadata.get_all("Requires-Dist") or []
    needed = [re.split(r"[<>=!~; \[]", text)[0] for text in requirements if "extra ==" not in text]
    assert sorted(needed) == ["boto3", "freezegun", "moto", "pytest", "responses"]
    extras: dict[str, list[str]] = {name: [] for name in metadata.get_all("Provides-Extra") or []}
    for text in requirements:
        found = re.search(r"extra == ['\"](\w+)['\"]", text)
        if found:
            extras[found.group(1)].append(re.split(r"[<>=!~; \[]", text)[0])
    assert {name: sorted(packages) for name, packages in extras.items()} == {
        "aio": ["aiobotocore"],
        "hypothesis": ["hypothesis"],
        "server": ["httptools", "uvicorn"],
    }


def test_what_the_metadata_says(metadata: email.message.Message):
    """Name, licence, Python versions, and README as the description."""
    assert metadata["Name"] == "pytest-layerperm"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.10"
    assert "Framework :: Pytest" in metadata.get_all("Classifier", [])
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert str(metadata.get_payload()).startswith("# pytest-layerperm")


def test_every_python_that_is_promised_is_tested(metadata: email.message.Message):
    """Each classifier's version has an environment in tox."""
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(metadata.get_all("Classifier", [])))
    matrix = re.search(r"^    matrix = (.*)$", (ROOT / "tox.ini").read_text(encoding="utf-8"), re.MULTILINE)
    assert matrix is not None
    assert promised
    assert set(promised) <= {f"3.{minor}" for minor in re.findall(r"\bpy3(\d+)\b", matrix[1])}


def test_ci_runs_what_the_readme_says():
    """Its second command, word by word, and then the matrix that CONTRIBUTING.md names."""
    commands = re.findall(r"^python3 -m venv .*$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert commands[0].endswith(".venv/bin/pytest examples")
    assert commands[1].endswith(".venv/bin/tox")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert commands[1] in script
    assert ".venv/bin/tox -m matrix" in script
    assert "tox -m matrix" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def heavy_modules_after(tmp_path: Path, *arguments: str) -> list[str]:
    """Which of the heavy modules a Python process has imported in the end."""
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit, os, sys\n"
        f"atexit.register(lambda: open({str(tmp_path / 'seen')!r}, 'w').write("
        f"' '.join([name for name in {HEAVY!r} if name in sys.modules])))\n"
    )
    subprocess.run(
        [sys.executable, *arguments],
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": f"{tmp_path}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=60,
    )
    return (tmp_path / "seen").read_text().split()


def test_importing_the_plugin_imports_nothing_heavy(tmp_path: Path):
    """Neither boto3 nor moto nor anything that they bring; the package itself neither."""
    code = "import pytest_layerperm.plugin, pytest_layerperm.plugin.fixtures"
    assert heavy_modules_after(tmp_path, "-c", code) == []


def test_a_suite_that_uses_no_fake_imports_nothing_heavy(tmp_path: Path):
    """Hooks run in every project that has the plugin installed."""
    (tmp_path / "test_other.py").write_text("def test_other(tmp_path):\n    assert tmp_path.is_dir()\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    other_plugins = ["anyio", "hypothesispytest", "time_machine", "randomly", "xdist", "rerunfailures"]
    options = [option for name in other_plugins for option in ("-p", f"no:{name}")]
    assert heavy_modules_after(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options) == []


def test_a_suite_of_layer_calls_does_not_import_moto(tmp_path: Path):
    """moto alone takes longer to import than a small suite takes to run."""
    (tmp_path / "test_layers.py").write_text(
        "def test_layers(layerperm, layerperm_client):\n    assert layerperm_client.list_layers()['Layers'] == []\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    seen = heavy_modules_after(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert "boto3" in seen
    assert not {"moto", "werkzeug", "aiobotocore", "uvicorn", "responses"} & set(seen)
