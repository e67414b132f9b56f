"""The two list operations: order, members, pages, filters."""

from __future__ import annotations

from typing import Any

from ..model import Absent, Answer, Fact, Holding, Kept, Lacking, Matching, Number
from .steps import SUCCESS, ZIP, delete, fact, list_layers, list_versions, publish

_VERSION = {"LayerVersionArn": "${version_arn}", "Version": 1}
_ONLY_ARM: dict[str, Any] = {"CompatibleArchitectures": ["arm64"], "CompatibleRuntimes": ["python3.13"]}
_ONLY_X86: dict[str, Any] = {"CompatibleArchitectures": ["x86_64"], "CompatibleRuntimes": ["python3.13", "python3.12"]}


_INVALID_MARKER = Answer(
    400, "InvalidParameterValueException", raw='{"Type":"User","message":"Invalid pagination key."}'
)


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
        "recorded",
        "ST:L versions-page-0",
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
        "A full last page has no NextMarker.",
        "recorded",
        "ST:L versions-page-3",
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
        "ListLayerVersions filters a page, which may leave nothing in it, and a NextMarker all the same.",
        "inferred",
        "ST:L layers-arm64-page-0, of ListLayers",
        publish(**_ONLY_ARM),
        publish(**_ONLY_X86),
        publish(**_ONLY_ARM),
        list_versions(
            Answer(body={"NextMarker": Kept("marker"), "LayerVersions": _versions(3)}),
            MaxItems=1,
            CompatibleArchitecture="arm64",
        ),
        list_versions(
            Answer(body={"NextMarker": Kept("next"), "LayerVersions": []}),
            MaxItems=1,
            Marker="${marker}",
            CompatibleArchitecture="arm64",
        ),
        list_versions(
            Answer(body={"NextMarker": Absent(), "LayerVersions": _versions(1)}),
            MaxItems=1,
            Marker="${next}",
            CompatibleArchitecture="arm64",
        ),
        list_versions(
            Answer(body={"LayerVersions": _versions(3, 1)}),
            MaxItems=1,
            CompatibleArchitecture="arm64",
            all_pages=True,
        ),
    ),
    fact(
        "lists/latest-matching",
        "ListLayers filters by the newest version alone: an older one that passes does not count.",
        "recorded",
        "ST:L filter-layers-before-latest-delete-x86_64-0",
        publish(**_ONLY_ARM),
        publish(**_ONLY_X86),
        publish(LayerName="${layer}-2", **_ONLY_ARM),
        list_layers(
            Answer(body={"Layers": Lacking("LayerName", "${layer}")}),
            CompatibleArchitecture="arm64",
        ),
        list_layers(
            Answer(body={"Layers": Holding({"LayerName": "${layer}", "LatestMatchingVersion": {"Version": 2}})}),
            CompatibleArchitecture="x86_64",
        ),
    ),
    fact(
        "lists/latest-matching-after-delete",
        "After the newest version was deleted, ListLayers filters by the one before it.",
        "recorded",
        "ST:L filter-layers-after-latest-delete-x86_64-0",
        publish(**_ONLY_ARM),
        publish(**_ONLY_X86),
        delete(VersionNumber=2),
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
        "A Marker that ListLayerVersions has not returned: 400 InvalidParameterValueException, 51 bytes.",
        "recorded",
        "ST:L versions-invalid-marker",
        publish(),
        list_versions(_INVALID_MARKER, Marker="never seen"),
    ),
    fact(
        "lists/unknown-marker-of-layers",
        "A Marker that ListLayers has not returned: the same.",
        "recorded",
        "ST:L layers-invalid-marker",
        list_layers(_INVALID_MARKER, Marker="never seen", all_pages=False),
    ),
    fact(
        "lists/marker-of-the-other-list",
        "A Marker of one list is none of the other's.",
        "inferred",
        "DECISION",
        publish(),
        publish(),
        list_versions(Answer(body={"NextMarker": Kept("marker")}), MaxItems=1),
        list_layers(_INVALID_MARKER, Marker="${marker}", all_pages=False),
    ),
    fact(
        "lists/empty-marker",
        "An empty Marker is as none.",
        "inferred",
        "DECISION",
        publish(),
        list_versions(Answer(SUCCESS, body={"LayerVersions": _versions(1)}), Marker=""),
    ),
    fact(
        "lists/opaque-marker",
        "A NextMarker is base64.",
        "recorded",
        "ST:L versions-page-0",
        publish(),
        publish(),
        list_versions(Answer(body={"NextMarker": Matching("[A-Za-z0-9+/]+={0,2}")}), MaxItems=1),
    ),
    fact(
        "lists/empty-description",
        'A Description that was given as "" is null in the lists.',
        "recorded",
        "ST:L list-versions-unfiltered",
        publish(Description="", LicenseInfo=""),
        list_versions(Answer(body={"LayerVersions": [{"Description": Absent(), "LicenseInfo": Absent()}]})),
    ),
    fact(
        "lists/empty-page-bytes",
        "An empty ListLayerVersions has 38 bytes.",
        "recorded",
        "ST:L recreate-empty-list, content-length; the order is inferred",
        list_versions(Answer(200, raw='{"NextMarker":null,"LayerVersions":[]}')),
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
