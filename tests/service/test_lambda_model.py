"""What the installed botocore knows of Lambda."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pytest_layerperm import LayerPerm
from pytest_layerperm.service import lambda_model
from pytest_layerperm.service.lambda_model import enum_values, is_operation
from tests.limits import LIMIT


@pytest.mark.parametrize(
    ("method", "path", "known"),
    [
        ("GET", "/2015-03-31/functions", True),
        ("GET", "/2015-03-31/functions/", True),
        ("POST", "/2015-03-31/functions/a%2Fb/invocations", True),
        ("GET", "/2018-10-31/layers/x/versions", True),
        ("PATCH", "/2015-03-31/functions", False),
        ("GET", "/2015-03-31/widgets", False),
        ("GET", "/2015-03-31/functions/a/b/c", False),
        ("GET", "/", False),
    ],
)
def test_operations_of_lambda(method: str, path: str, known: bool) -> None:
    """By method and path."""
    assert is_operation(method, path) is known


def test_enumerations() -> None:
    """As the model has them; one that it does not have is empty."""
    assert "python3.12" in enum_values("Runtime")
    assert enum_values("NoSuchEnumeration") == ()


def test_a_runtime_that_only_botocore_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is valid, for the API as for ``publish_layer``; one that nobody knows is not."""
    model = {"shapes": {"Runtime": {"enum": ["python3.12", "python9.9"]}}, "operations": {}}
    lambda_model.enum_values.cache_clear()
    monkeypatch.setattr(lambda_model, "_model", lambda: model)
    try:
        with LayerPerm() as fake:
            fake.publish_layer(CompatibleRuntimes=["python9.9"])
            (listed,) = fake.client().list_layers(CompatibleRuntime="python9.9")["Layers"]
            assert listed["LatestMatchingVersion"]["CompatibleRuntimes"] == ["python9.9"]
            with pytest.raises(ValueError, match=r"custom, python9.9\], Member must not be null"):
                fake.publish_layer(CompatibleRuntimes=["python9.8"])
    finally:
        lambda_model.enum_values.cache_clear()


def test_the_model_is_not_read_for_what_is_known() -> None:
    """It takes longer than many tests."""
    program = (
        "from pytest_layerperm import LayerPerm\n"
        "from pytest_layerperm.service import lambda_model\n"
        "with LayerPerm() as fake:\n"
        "    fake.publish_layer(CompatibleRuntimes=['python3.13'])\n"
        "    fake.client().list_layers(CompatibleRuntime='python3.13')\n"
        "print(lambda_model._model.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=LIMIT)
    assert done.stdout == "0\n"
