"""The constraints, compared with the API model of the installed botocore."""

from __future__ import annotations

import botocore
import botocore.session
import pytest
from botocore.model import OperationModel, Shape

from pytest_layerperm.lambda_api.members import MEMBERS, Member

NAMED_VERSION = (1, 44, 5)
"""The botocore whose model the constraints follow. An older one has older constraints: nothing to compare."""

PLACES = {"uri": "path", "querystring": "query", None: "body"}
LAYER_OPERATIONS = {
    "AddLayerVersionPermission",
    "DeleteLayerVersion",
    "GetLayerVersion",
    "GetLayerVersionByArn",
    "GetLayerVersionPolicy",
    "ListLayerVersions",
    "ListLayers",
    "PublishLayerVersion",
    "RemoveLayerVersionPermission",
}
INSTALLED = tuple([int(part) for part in botocore.__version__.split(".")[:3]])


def line(name: str, place: str, kind: str, required: bool, metadata: dict[str, object], enum: list[str]) -> str:
    """One member, as one line of a diff."""
    limits = " ".join([f"{key}={metadata[key]}" for key in ("min", "max", "pattern") if metadata.get(key) is not None])
    return f"{name} in {place}: {kind}{' required' if required else ''} {limits} {' '.join(sorted(enum))}".rstrip()


def of_model(name: str, shape: Shape, required: bool, place: str) -> list[str]:
    metadata = dict(shape.metadata)
    enum = metadata.pop("enum", [])
    if shape.type_name == "list":
        enum = shape.member.enum
    found = [line(name, place, shape.type_name, required, metadata, enum)]
    if shape.type_name == "structure":
        for member, inner in shape.members.items():
            found += of_model(f"{name}.{member}", inner, member in shape.required_members, place)
    return found


def of_operation(operation: OperationModel) -> list[str]:
    shape = operation.input_shape
    return sorted(
        [
            text
            for name, member in shape.members.items()
            for text in of_model(
                name, member, name in shape.required_members, PLACES[member.serialization.get("location")]
            )
        ]
    )


def of_data(member: Member, prefix: str = "") -> list[str]:
    limits = {"min": member.minimum, "max": member.maximum, "pattern": member.pattern}
    name = prefix + member.name
    found = [line(name, member.place, member.kind, member.required, limits, list(member.enum))]
    for inner in member.members:
        found += of_data(inner, f"{name}.")
    return found


@pytest.fixture(scope="module")
def model() -> object:
    return botocore.session.get_session().get_service_model("lambda")


@pytest.mark.parametrize("operation", sorted(LAYER_OPERATIONS))
def test_constraints_are_those_of_the_model(operation: str, model: object) -> None:
    """Every member, its place, type, limits, pattern and values; drift shows as a diff of lines."""
    wanted = of_operation(model.operation_model(operation))
    ours = sorted([text for member in MEMBERS[operation] for text in of_data(member)])
    if INSTALLED >= NAMED_VERSION:
        assert ours == wanted
    else:
        assert {text.split(":")[0] for text in wanted} <= {text.split(":")[0] for text in ours}


def test_operations_are_those_of_the_model(model: object) -> None:
    """The operations are all of the model's layer operations."""
    about_layers = {name for name in model.operation_names if "Layer" in name}
    assert set(MEMBERS) == about_layers == LAYER_OPERATIONS


def test_paths_and_statuses_are_those_of_the_model(model: object) -> None:
    """Method, path and status of success, as the facts send and expect them."""
    from pytest_layerperm.facts.asking import _ROUTES

    for operation in LAYER_OPERATIONS:
        http = model.operation_model(operation).http
        method, path = _ROUTES[operation]
        assert (http["method"], http["requestUri"]) == (method, path)
