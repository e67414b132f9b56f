"""Pages of the two list operations, and their markers."""

from __future__ import annotations

from ..model import Absent, Expected, Fact, Holding, Kept, Matching
from .lists import ONLY_ARM, ONLY_X86, versions
from .steps import SUCCESS, fact, list_layers, list_versions, publish

_INVALID_MARKER = Expected(
    400, "InvalidParameterValueException", raw='{"Type":"User","message":"Invalid pagination key."}'
)

FACTS: tuple[Fact, ...] = (
    fact(
        "lists/page",
        "MaxItems limits a page, and NextMarker leads to the next.",
        "recorded",
        "ST:L versions-page-0",
        publish(),
        publish(),
        publish(),
        list_versions(Expected(body={"NextMarker": Kept("marker"), "LayerVersions": versions(3, 2)}), MaxItems=2),
        list_versions(
            Expected(body={"NextMarker": Absent(), "LayerVersions": versions(1)}), MaxItems=2, Marker="${marker}"
        ),
    ),
    fact(
        "lists/full-page",
        "A full last page has no NextMarker.",
        "recorded",
        "ST:L versions-page-3",
        publish(),
        publish(),
        list_versions(Expected(body={"NextMarker": Absent(), "LayerVersions": versions(2, 1)}), MaxItems=2),
    ),
    fact(
        "lists/pages",
        "All pages together list every version once.",
        "documented",
        "API:ListLayerVersions",
        *[publish() for _ in range(5)],
        list_versions(Expected(body={"LayerVersions": versions(5, 4, 3, 2, 1)}), MaxItems=2, all_pages=True),
    ),
    fact(
        "lists/page-while-publishing",
        "A version published between two pages does not shift the next one.",
        "inferred",
        "DECISION",
        publish(),
        publish(),
        list_versions(Expected(body={"NextMarker": Kept("marker"), "LayerVersions": versions(2)}), MaxItems=1),
        publish(),
        list_versions(Expected(body={"LayerVersions": versions(1)}), MaxItems=1, Marker="${marker}"),
    ),
    fact(
        "lists/layer-pages",
        "All pages of layers together list the layer.",
        "documented",
        "API:ListLayers",
        publish(),
        publish(LayerName="${layer}-2"),
        list_layers(Expected(body={"Layers": Holding({"LayerName": "${layer}"})}), MaxItems=50),
        list_layers(Expected(body={"Layers": Holding({"LayerName": "${layer}-2"})}), MaxItems=50),
    ),
    fact(
        "lists/layer-page",
        "MaxItems limits a page of layers, and NextMarker leads to the next.",
        "documented",
        "API:ListLayers",
        publish(),
        publish(LayerName="${layer}-2"),
        list_layers(
            Expected(body={"NextMarker": Kept("marker"), "Layers": [{"LayerName": Kept("first")}]}),
            MaxItems=1,
            all_pages=False,
        ),
    ),
    fact(
        "lists/filtered-pages",
        "ListLayerVersions filters page by page: a page may be empty and still have a NextMarker.",
        "inferred",
        "ST:L layers-arm64-page-0, of ListLayers",
        publish(**ONLY_ARM),
        publish(**ONLY_X86),
        publish(**ONLY_ARM),
        list_versions(
            Expected(body={"NextMarker": Kept("marker"), "LayerVersions": versions(3)}),
            MaxItems=1,
            CompatibleArchitecture="arm64",
        ),
        list_versions(
            Expected(body={"NextMarker": Kept("next"), "LayerVersions": []}),
            MaxItems=1,
            Marker="${marker}",
            CompatibleArchitecture="arm64",
        ),
        list_versions(
            Expected(body={"NextMarker": Absent(), "LayerVersions": versions(1)}),
            MaxItems=1,
            Marker="${next}",
            CompatibleArchitecture="arm64",
        ),
        list_versions(
            Expected(body={"LayerVersions": versions(3, 1)}),
            MaxItems=1,
            CompatibleArchitecture="arm64",
            all_pages=True,
        ),
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
        "A Marker of one list is invalid in the other.",
        "inferred",
        "DECISION",
        publish(),
        publish(),
        list_versions(Expected(body={"NextMarker": Kept("marker")}), MaxItems=1),
        list_layers(_INVALID_MARKER, Marker="${marker}", all_pages=False),
    ),
    fact(
        "lists/empty-marker",
        "An empty Marker counts as none.",
        "inferred",
        "DECISION",
        publish(),
        list_versions(Expected(SUCCESS, body={"LayerVersions": versions(1)}), Marker=""),
    ),
    fact(
        "lists/opaque-marker",
        "A NextMarker is base64.",
        "recorded",
        "ST:L versions-page-0",
        publish(),
        publish(),
        list_versions(Expected(body={"NextMarker": Matching("[A-Za-z0-9+/]+={0,2}")}), MaxItems=1),
    ),
    fact(
        "lists/empty-page-bytes",
        "An empty ListLayerVersions has 38 bytes.",
        "recorded",
        "ST:L recreate-empty-list, content-length; the order is inferred",
        list_versions(Expected(200, raw='{"NextMarker":null,"LayerVersions":[]}')),
    ),
)
