"""The caller's own layers, named by ARN in another region or in another partition."""

from __future__ import annotations

from ..model import Fact
from .steps import (
    NO_SUCH_RESOURCE,
    add,
    delete,
    fact,
    get_by_arn,
    get_policy,
    get_version,
    list_versions,
    no_such_version,
    publish,
    remove,
)

_ELSEWHERE = "${arn_in_other_partition}"

FACTS: tuple[Fact, ...] = (
    fact(
        "regions/add",
        "Add on the caller's own layer in another region: 404 with its version ARN there.",
        "inferred",
        "DECISION",
        publish(),
        add(LayerName="${arn_in_other_region}", expected=no_such_version("${arn_in_other_region}:1")),
    ),
    fact(
        "regions/get-policy",
        "Get on the caller's own layer in another region: 404 with its version ARN there.",
        "inferred",
        "DECISION",
        publish(),
        get_policy(no_such_version("${arn_in_other_region}:1"), LayerName="${arn_in_other_region}"),
    ),
    fact(
        "regions/remove",
        "Remove on the caller's own layer in another region: 404 with its version ARN there.",
        "inferred",
        "DECISION",
        publish(),
        remove(LayerName="${arn_in_other_region}", expected=no_such_version("${arn_in_other_region}:1")),
    ),
    fact(
        "regions/get-version",
        "GetLayerVersion of the caller's own layer in another region: 404.",
        "inferred",
        "DECISION",
        publish(),
        get_version(NO_SUCH_RESOURCE, LayerName="${arn_in_other_region}"),
    ),
    *[
        fact(
            f"regions/partition-{name}",
            f"{sentence} with an ARN of another partition: 404.",
            "inferred",
            "DECISION",
            step,
        )
        for name, sentence, step in (
            ("add", "Add", add(LayerName=_ELSEWHERE, expected=no_such_version(f"{_ELSEWHERE}:1"))),
            ("get-policy", "Get", get_policy(no_such_version(f"{_ELSEWHERE}:1"), LayerName=_ELSEWHERE)),
            ("remove", "Remove", remove(LayerName=_ELSEWHERE, expected=no_such_version(f"{_ELSEWHERE}:1"))),
            ("get-version", "GetLayerVersion", get_version(NO_SUCH_RESOURCE, LayerName=_ELSEWHERE)),
            ("by-arn", "GetLayerVersionByArn", get_by_arn(f"{_ELSEWHERE}:1", NO_SUCH_RESOURCE)),
            ("delete", "DeleteLayerVersion", delete(NO_SUCH_RESOURCE, LayerName=_ELSEWHERE)),
            ("list", "ListLayerVersions", list_versions(NO_SUCH_RESOURCE, LayerName=_ELSEWHERE)),
            ("publish", "PublishLayerVersion", publish(NO_SUCH_RESOURCE, LayerName=_ELSEWHERE)),
        )
    ],
    fact(
        "regions/apart",
        "Layers of the same name in two regions are separate.",
        "documented",
        "DG:layers",
        publish(),
        get_version(NO_SUCH_RESOURCE, region="${other_region}"),
    ),
)
