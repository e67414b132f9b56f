"""The layers of a function: which ones CreateFunction and UpdateFunctionConfiguration accept, and how large.

The texts are recorded from AWS; the order of the checks is inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from .access import Caller, denial
from .arn import LayerId, parse, partition_of
from .constraints import text_list, validation_error
from .content import UNZIPPED_SIZE_LIMIT
from .errors import AccessDeniedException, InvalidParameterValueException
from .members import VERSION_ARN_PATTERN
from .model import Content, PublishedVersion
from .store import LayerStore

LAYER_LIMIT = 5
_ARN_LENGTH = 2048
_ARN = re.compile(VERSION_ARN_PATTERN, re.ASCII)
_BROKEN = (
    "Value '[{}]' at 'layers' failed to satisfy constraint: Member must satisfy constraint: "
    f"[Member must have length less than or equal to {_ARN_LENGTH}, "
    "Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: "
    + VERSION_ARN_PATTERN.replace("{", "{{").replace("}", "}}")
    + ", Member must not be null]"
)


def function_denial(
    operation: str, caller: Caller, region_name: str, function_name: str, layers: Any
) -> AccessDeniedException | None:
    """The error if the caller's own policies do not allow the call; ``layers`` is the value of ``lambda:Layer``."""
    partition = partition_of(region_name)
    resource = function_name
    if not function_name.startswith("arn:"):
        resource = f"arn:{partition}:lambda:{region_name}:{caller.account_id}:function:{function_name}"
    return denial(
        operation,
        caller,
        partition,
        resource,
        owner_account_id=caller.account_id,
        context={"lambda:Layer": text_list(layers or [])},
    )


def read_layers(given: Any) -> tuple[str, ...]:
    """The member ``Layers`` of a request. Raises ValidationException for anything but layer version ARNs.

    UpdateFunctionConfiguration checks it before it looks for the function.
    """
    arns = text_list(given)
    if not all(0 < len(arn) <= _ARN_LENGTH and _ARN.fullmatch(arn) for arn in arns):
        raise validation_error([_BROKEN.format(", ".join(arns))])
    return arns


def attach(given: Any, *, store: LayerStore, caller: Caller, region_name: str) -> list[PublishedVersion]:
    """The layer versions to attach to a function in a region.

    ``given`` is the member ``Layers`` of the request. Raises the API's error if one of them cannot be attached. Only
    the grants of this moment count: a later revocation or deletion does not detach a layer.
    """
    arns = read_layers(given)
    if len(arns) > LAYER_LIMIT:
        raise InvalidParameterValueException(f"Cannot reference more than {LAYER_LIMIT} layers.")
    _check_distinct(arns)
    return [_attached(arn, store, caller, region_name) for arn in arns]


def _check_distinct(arns: Sequence[str]) -> None:
    """Rejects two versions of one layer, or one version twice; the message names the first two only."""
    seen: dict[LayerId, str] = {}
    for arn in arns:
        layer, _ = parse(arn)
        if layer is None:
            continue
        if layer in seen:
            raise InvalidParameterValueException(
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                f"{seen[layer]} and {arn} are versions of the same layer."
            )
        seen[layer] = arn


def _attached(arn: str, store: LayerStore, caller: Caller, region_name: str) -> PublishedVersion:
    layer, version = parse(arn)
    if layer is None or version is None:
        raise _missing(arn)  # One of AWS's own layers (":::awslayer:"), which cannot be published here.
    partition = partition_of(region_name)
    here = layer.region_name == region_name and layer.partition == partition
    denied = denial(
        "GetLayerVersion",
        caller,
        partition,
        arn,
        owner_account_id=layer.account_id,
        # From another region, another account's layer is denied (access/from-another-region).
        policy=store.policy_for_access(layer, version) if here else None,
    )
    if denied is not None:
        raise denied
    if not here:
        raise InvalidParameterValueException(
            f"Layers are not in the same region as the function. Layers are expected to be in region {region_name}."
        )
    published = store.find(layer, version)
    if published is None:
        raise _missing(arn)
    return published


def _missing(arn: str) -> InvalidParameterValueException:
    """The text of the permission operations' 404, as a 400."""
    return InvalidParameterValueException(f"Layer version {arn} does not exist.")


def check_size(code: int, layers: Iterable[Content]) -> None:
    """Rejects a function that is too large with its layers; sizes are those of the unzipped files, in bytes."""
    layers_size = sum([content.unzipped_size for content in layers])
    if layers_size > UNZIPPED_SIZE_LIMIT:
        raise InvalidParameterValueException(
            f"Layers consume more than the available size of {UNZIPPED_SIZE_LIMIT} bytes"
        )
    if layers_size and code + layers_size > UNZIPPED_SIZE_LIMIT:
        raise InvalidParameterValueException(
            f"Function code combined with layers exceeds the maximum allowed size of {UNZIPPED_SIZE_LIMIT} bytes. "
            f"The actual size is {code + layers_size} bytes."
        )
