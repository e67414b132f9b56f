"""How a reader finds the public names: help(), dir(), the version, and what a misspelt import says."""

import importlib
import inspect
import io
import pydoc
import subprocess
import sys
from importlib.metadata import version

import pytest

import pytest_layerperm


def test_help_shows_the_public_names():
    """Each with its first sentence."""
    shown = io.StringIO()
    pydoc.Helper(output=shown).help(pytest_layerperm)
    text = " ".join(shown.getvalue().replace("|", " ").split())
    for name in pytest_layerperm.__all__:
        assert name in text
        first = inspect.getdoc(getattr(pytest_layerperm, name)).partition("\n")[0]
        assert " ".join(first.split()) in text


def test_dir_has_the_public_names():
    """And nothing private, for completion."""
    names = dir(pytest_layerperm)
    assert [name for name in names if not name.startswith("__")] == sorted(pytest_layerperm.__all__)
    assert all(hasattr(pytest_layerperm, name) for name in names)


def test_the_version():
    """That of the distribution, also on the command line."""
    assert pytest_layerperm.__version__ == version("pytest-layerperm")
    done = subprocess.run(
        [sys.executable, "-m", "pytest_layerperm", "--version"], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == f"pytest-layerperm {pytest_layerperm.__version__}\n"


def test_a_misspelt_import_says_what_is_meant():
    """Under every Python."""
    with pytest.raises(ImportError) as raised:
        from pytest_layerperm import assert_layer_shard_with  # noqa: F401
    assert str(raised.value).startswith(
        "cannot import name 'assert_layer_shard_with' from 'pytest_layerperm'; did you mean 'assert_layer_shared_with'?"
    )


def test_a_misspelt_attribute_says_what_is_meant():
    """As the import does; ``hasattr`` works as it always does."""
    with pytest.raises(AttributeError, match=r"has no attribute 'LayerPern'; did you mean 'LayerPerm'\?$"):
        _ = pytest_layerperm.LayerPern
    assert not hasattr(pytest_layerperm, "LayerPern")


@pytest.mark.parametrize("name", ["nothing_like_it", "_LayerPerm", "__wrapped__"])
def test_other_names_are_not_there(name):
    """And nothing is suggested."""
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'$"):
        getattr(pytest_layerperm, name)


def test_modules_are_imported_as_ever():
    """Also those that are named nearly as a public name is."""
    assert importlib.import_module("pytest_layerperm.service") is not None
    from pytest_layerperm import lambda_api

    assert lambda_api.__name__ == "pytest_layerperm.lambda_api"
