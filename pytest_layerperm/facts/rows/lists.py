"""The two list operations: order, members, filters."""

from __future__ import annotations

from typing import Any

from ..model import Absent, Expected, Fact, Holding, Kept, Lacking, Number
from .steps import SUCCESS, ZIP, delete, fact, list_layers, list_versions, publish

_VERSION = {"LayerVersionArn": "${version_arn}", "Version": 1}
ONLY_ARM: dict[str, Any] = {"CompatibleArchitectures": ["arm64"], "CompatibleRuntimes": ["python3.13"]}
ONLY_X86: dict[str, Any] = {"CompatibleArchitectures": ["x86_64"], "CompatibleRuntimes": ["python3.13", "python3.12"]}


def versions(*numbers: int) -> list[dict[str, int]]:
    return [{"Version": number} for number in numbers]


FACTS: tuple[Fact, ...] = (
    fact(
        "lists/newest-first",
        "ListLayerVersions lists the newest version first.",
        "recorded",
        "LS:layer_life",
        publish(),
        publish(),
        publish(),
        list_versions(Expected(SUCCESS, body={"LayerVersions": versions(3, 2, 1)})),
    ),
    fact(
        "lists/unknown-layer",
        "ListLayerVersions of a layer that does not exist: 200 and an empty list.",
        "recorded",
        "LS:layer_exc",
        list_versions(Expected(200, body={"LayerVersions": []})),
    ),
    fact(
        "lists/deleted",
        "ListLayerVersions leaves out deleted versions.",
        "recorded",
        "LS:layer_life",
        publish(),
        publish(),
        delete(VersionNumber=2),
        list_versions(Expected(body={"LayerVersions": versions(1)})),
    ),
    fact(
        "lists/version-members",
        "A listed version has no Content and no LayerArn.",
        "recorded",
        "LS:layer_life",
        publish(Expected(body={"CreatedDate": Kept("created")}), Description="of facts"),
        list_versions(
            Expected(
                body={
                    "LayerVersions": [
                        {
                            **_VERSION,
                            "Description": "of facts",
                            "CreatedDate": "${created}",
                            "Content": Absent(),
                            "LayerArn": Absent(),
                        }
                    ]
                }
            )
        ),
    ),
    fact(
        "lists/layer-members",
        "A listed layer has LayerName, LayerArn and LatestMatchingVersion.",
        "recorded",
        "C7N:ListLayers",
        publish(),
        list_layers(
            Expected(
                200,
                body={
                    "Layers": Holding(
                        {"LayerName": "${layer}", "LayerArn": "${layer_arn}", "LatestMatchingVersion": _VERSION}
                    )
                },
            )
        ),
    ),
    fact(
        "lists/latest-version",
        "LatestMatchingVersion is the newest version that is not deleted.",
        "documented",
        "API:ListLayers",
        publish(),
        publish(),
        publish(),
        delete(VersionNumber=3),
        list_layers(
            Expected(body={"Layers": Holding({"LayerName": "${layer}", "LatestMatchingVersion": {"Version": 2}})})
        ),
    ),
    fact(
        "lists/nulls",
        "ListLayerVersions is compact JSON, with a null for each member that has no value.",
        "recorded",
        "C7N:content-length of 2018; the order is inferred",
        publish(Expected(body={"CreatedDate": Kept("created")})),
        list_versions(
            Expected(
                raw=(
                    '{"NextMarker":null,"LayerVersions":[{"LayerVersionArn":"${version_arn}","Version":1,'
                    '"Description":null,"CreatedDate":"${created}","CompatibleRuntimes":null,'
                    '"CompatibleArchitectures":null,"LicenseInfo":null}]}'
                )
            )
        ),
    ),
    fact(
        "lists/runtime",
        "The filter CompatibleRuntime keeps the versions that name the runtime.",
        "documented",
        "API:ListLayerVersions",
        publish(**ONLY_X86),
        publish(**ONLY_ARM),
        publish(),
        list_versions(Expected(body={"LayerVersions": versions(1)}), CompatibleRuntime="python3.12"),
        list_versions(Expected(body={"LayerVersions": versions(2, 1)}), CompatibleRuntime="python3.13"),
    ),
    fact(
        "lists/architecture",
        "The filter CompatibleArchitecture keeps the versions that name the architecture.",
        "documented",
        "API:ListLayerVersions",
        publish(**ONLY_X86),
        publish(**ONLY_ARM),
        publish(),
        list_versions(Expected(body={"LayerVersions": versions(2)}), CompatibleArchitecture="arm64"),
    ),
    fact(
        "lists/both-filters",
        "Both filters keep the versions that pass both.",
        "documented",
        "API:ListLayerVersions",
        publish(**ONLY_X86),
        publish(**ONLY_ARM),
        list_versions(
            Expected(body={"LayerVersions": []}), CompatibleArchitecture="arm64", CompatibleRuntime="python3.12"
        ),
        list_versions(
            Expected(body={"LayerVersions": versions(2)}),
            CompatibleArchitecture="arm64",
            CompatibleRuntime="python3.13",
        ),
    ),
    fact(
        "lists/latest-matching",
        "ListLayers filters by the newest version alone: an older one that passes does not count.",
        "recorded",
        "ST:L filter-layers-before-latest-delete-x86_64-0",
        publish(**ONLY_ARM),
        publish(**ONLY_X86),
        publish(LayerName="${layer}-2", **ONLY_ARM),
        list_layers(
            Expected(body={"Layers": Lacking("LayerName", "${layer}")}),
            CompatibleArchitecture="arm64",
        ),
        list_layers(
            Expected(body={"Layers": Holding({"LayerName": "${layer}", "LatestMatchingVersion": {"Version": 2}})}),
            CompatibleArchitecture="x86_64",
        ),
    ),
    fact(
        "lists/latest-matching-after-delete",
        "After the newest version was deleted, ListLayers filters by the one before it.",
        "recorded",
        "ST:L filter-layers-after-latest-delete-x86_64-0",
        publish(**ONLY_ARM),
        publish(**ONLY_X86),
        delete(VersionNumber=2),
        list_layers(
            Expected(body={"Layers": Holding({"LayerName": "${layer}", "LatestMatchingVersion": {"Version": 1}})}),
            CompatibleArchitecture="arm64",
        ),
    ),
    fact(
        "lists/of-the-caller",
        "ListLayers lists the layers of the caller's account.",
        "documented",
        "API:ListLayers",
        publish(by="other"),
        publish(LayerName="${layer}-2"),
        list_layers(
            Expected(body={"Layers": Holding({"LayerArn": "${layer_arn}-2", "LatestMatchingVersion": {"Version": 1}})})
        ),
        list_versions(Expected(body={"LayerVersions": []})),
    ),
    fact(
        "lists/empty-description",
        'A Description that was given as "" is null in the lists.',
        "recorded",
        "ST:L list-versions-unfiltered",
        publish(Description="", LicenseInfo=""),
        list_versions(Expected(body={"LayerVersions": [{"Description": Absent(), "LicenseInfo": Absent()}]})),
    ),
    # --- and what is known of content that AWS measured
    fact(
        "lists/code-size",
        "CodeSize is the size of the archive as sent.",
        "documented",
        "API:PublishLayerVersion",
        publish(Expected(body={"Content": {"CodeSize": Number(len(ZIP))}})),
    ),
)
