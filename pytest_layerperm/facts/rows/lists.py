"""The two list operations: order, members, pages, filters."""

from __future__ import annotations

from typing import Any

from ..model import Absent, Answer, Fact, Holding, Kept, Number
from .steps import SUCCESS, ZIP, delete, fact, list_layers, list_versions, publish, refused

_VERSION = {"LayerVersionArn": "${version_arn}", "Version": 1}
_ONLY_ARM: dict[str, Any] = {"CompatibleArchitectures": ["arm64"], "CompatibleRuntimes": ["python3.13"]}
_ONLY_X86: dict[str, Any] = {"CompatibleArchitectures": ["x86_64"], "CompatibleRuntimes": ["python3.13", "python3.12"]}


def _versions(*numbers: int) -> list[dict[str, int]]:
    return [{"Version": number} for number in numbers]


FACTS: tuple[Fact, ...] = (
    fact(
        "lists/newest-first",
        "ListLayerVersions has the newest version first.",
        "recorded",
        "LS:layer_life",
        publish(),
        publish(),
        publish(),
        list_versions(Answer(SUCCESS, body={"LayerVersions": _versions(3, 2, 1)})),
    ),
    fact(
        "lists/unknown-layer",
        "ListLayerVersions of a layer that is not there: 200 and an empty list.",
        "recorded",
        "LS:layer_exc",
        list_versions(Answer(200, body={"LayerVersions": []})),
    ),
    fact(
        "lists/deleted",
        "ListLayerVersions leaves out deleted versions.",
        "recorded",
        "LS:layer_life",
        publish(),
        publish(),
        delete(VersionNumber=2),
        list_versions(Answer(body={"LayerVersions": _versions(1)})),
    ),
    fact(
        "lists/version-members",
        "A listed version tells no Content and no LayerArn.",
        "recorded",
        "LS:layer_life",
        publish(Answer(body={"CreatedDate": Kept("created")}), Description="of facts"),
        list_versions(
            Answer(
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
        "A listed layer tells LayerName, LayerArn and LatestMatchingVersion.",
        "recorded",
        "C7N:ListLayers",
        publish(),
        list_layers(
            Answer(
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
            Answer(body={"Layers": Holding({"LayerName": "${layer}", "LatestMatchingVersion": {"Version": 2}})})
        ),
    ),
    fact(
        "lists/nulls",
        "ListLayerVersions is compact, with a null for each member that has no value.",
        "recorded",
        "C7N:content-length of 2018; the order is inferred",
        publish(Answer(body={"CreatedDate": Kept("created")})),
        list_versions(
            Answer(
                raw=(
                    '{"NextMarker":null,"LayerVersions":[{"LayerVersionArn":"${version_arn}","Version":1,'
                    '"Description":null,"CreatedDate":"${created}","CompatibleRuntimes":null,'
                    '"CompatibleArchitectures":null,"LicenseInfo":null}]}'
                )
            )
        ),
    ),
    fact(
        "lists/page",
        "MaxItems limits a page, and NextMarker leads to the next.",
        "documented",
        "API:ListLayerVersions",
        publish(),
        publish(),
        publish(),
        list_versions(Answer(body={"NextMarker": Kept("marker"), "LayerVersions": _versions(3, 2)}), MaxItems=2),
        list_versions(
            Answer(body={"NextMarker": Absent(), "LayerVersions": _versions(1)}), MaxItems=2, Marker="${marker}"
        ),
    ),
    fact(
        "lists/full-page",
        "A page that holds just the rest has no NextMarker.",
        "inferred",
        "API:ListLayerVersions",
        publish(),
        publish(),
        list_versions(Answer(body={"NextMarker": Absent(), "LayerVersions": _versions(2, 1)}), MaxItems=2),
    ),
    fact(
        "lists/pages",
        "All pages together have every version once.",
        "documented",
        "API:ListLayerVersions",
        *[publish() for _ in range(5)],
        list_versions(Answer(body={"LayerVersions": _versions(5, 4, 3, 2, 1)}), MaxItems=2, all_pages=True),
    ),
    fact(
        "lists/page-while-publishing",
        "A version published between two pages does not shift the next one.",
        "inferred",
        "DECISION",
        publish(),
        publish(),
        list_versions(Answer(body={"NextMarker": Kept("marker"), "LayerVersions": _versions(2)}), MaxItems=1),
        publish(),
        list_versions(Answer(body={"LayerVersions": _versions(1)}), MaxItems=1, Marker="${marker}"),
    ),
    fact(
        "lists/layer-pages",
        "All pages of layers together have the layer.",
        "documented",
        "API:ListLayers",
        publish(),
        publish(LayerName="${layer}-2"),
        list_layers(Answer(body={"Layers": Holding({"LayerName": "${layer}"})}), MaxItems=50),
        list_layers(Answer(body={"Layers": Holding({"LayerName": "${layer}-2"})}), MaxItems=50),
    ),
    fact(
        "lists/layer-page",
        "MaxItems limits a page of layers, and NextMarker leads to the next.",
        "documented",
        "API:ListLayers",
        publish(),
        publish(LayerName="${layer}-2"),
        list_layers(
            Answer(body={"NextMarker": Kept("marker"), "Layers": [{"LayerName": Kept("first")}]}),
            MaxItems=1,
            all_pages=False,
        ),
    ),
    fact(
        "lists/runtime",
        "CompatibleRuntime keeps the versions that name it.",
        "documented",
        "API:ListLayerVersions",
        publish(**_ONLY_X86),
        publish(**_ONLY_ARM),
        publish(),
        list_versions(Answer(body={"LayerVersions": _versions(1)}), CompatibleRuntime="python3.12"),
        list_versions(Answer(body={"LayerVersions": _versions(2, 1)}), CompatibleRuntime="python3.13"),
    ),
    fact(
        "lists/architecture",
        "CompatibleArchitecture keeps the versions that name it.",
        "documented",
        "API:ListLayerVersions",
        publish(**_ONLY_X86),
        publish(**_ONLY_ARM),
        publish(),
        list_versions(Answer(body={"LayerVersions": _versions(2)}), CompatibleArchitecture="arm64"),
    ),
    fact(
        "lists/both-filters",
        "Two filters keep the versions that pass both.",
        "documented",
        "API:ListLayerVersions",
        publish(**_ONLY_X86),
        publish(**_ONLY_ARM),
        list_versions(
            Answer(body={"LayerVersions": []}), CompatibleArchitecture="arm64", CompatibleRuntime="python3.12"
        ),
        list_versions(
            Answer(body={"LayerVersions": _versions(2)}), CompatibleArchitecture="arm64", CompatibleRuntime="python3.13"
        ),
    ),
    fact(
        "lists/filtered-pages",
        "A filtered page is full of versions that pass.",
        "inferred",
        "API:ListLayerVersions",
        publish(**_ONLY_ARM),
        publish(**_ONLY_X86),
        publish(**_ONLY_ARM),
        list_versions(Answer(body={"LayerVersions": _versions(3)}), MaxItems=1, CompatibleArchitecture="arm64"),
        list_versions(
            Answer(body={"LayerVersions": _versions(3, 1)}),
            MaxItems=1,
            CompatibleArchitecture="arm64",
            all_pages=True,
        ),
    ),
    fact(
        "lists/latest-matching",
        "LatestMatchingVersion is the newest version that passes the filter.",
        "documented",
        "API:ListLayers",
        publish(**_ONLY_ARM),
        publish(**_ONLY_X86),
        list_layers(
            Answer(body={"Layers": Holding({"LayerName": "${layer}", "LatestMatchingVersion": {"Version": 1}})}),
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
            Answer(body={"Layers": Holding({"LayerArn": "${layer_arn}-2", "LatestMatchingVersion": {"Version": 1}})})
        ),
        list_versions(Answer(body={"LayerVersions": []})),
    ),
    fact(
        "lists/unknown-marker",
        "A marker that no list has returned is refused.",
        "inferred",
        "DECISION",
        publish(),
        list_versions(
            refused(
                400,
                "InvalidParameterValueException",
                "The marker is not one that this list has returned.",
            ),
            Marker="never seen",
        ),
    ),
    # --- and what can be said of a content that AWS measured
    fact(
        "lists/code-size",
        "CodeSize is that of the archive as it was sent.",
        "documented",
        "API:PublishLayerVersion",
        publish(Answer(body={"Content": {"CodeSize": Number(len(ZIP))}})),
    ),
)
