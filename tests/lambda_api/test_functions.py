"""The layers of a function, and the location of a layer's archive."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from typing import Any
from urllib.parse import urlsplit

import pytest

from pytest_layerperm.lambda_api.access import Caller
from pytest_layerperm.lambda_api.arn import is_organization_id, layer_id
from pytest_layerperm.lambda_api.content import UNZIPPED_SIZE_LIMIT, unzipped_size
from pytest_layerperm.lambda_api.errors import LambdaError
from pytest_layerperm.lambda_api.functions import attach, check_size, function_denial
from pytest_layerperm.lambda_api.iam import IdentityPolicy
from pytest_layerperm.lambda_api.locations import located_at, location_of
from pytest_layerperm.lambda_api.model import ACTION, Content, Details
from pytest_layerperm.lambda_api.store import LayerStore

OWNER, OTHER = "123456789012", "210987654321"
CONTENT = Content(b"zip", "hash", 3)
HERE = "us-east-1"
PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:"
    r"[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)"
)


@pytest.fixture
def store() -> LayerStore:
    numbers = itertools.count(1)
    return LayerStore(new_id=lambda: f"r{next(numbers)}", timestamp=lambda: "now")


def publish(store: LayerStore, name: str = "shared-deps", account_id: str = OWNER, region: str = HERE) -> str:
    return store.publish(layer_id(name, account_id, region), CONTENT, Details()).arn


def rejected(store: LayerStore, given: Any, caller: Caller | None = None, region: str = HERE) -> tuple[str, str]:
    with pytest.raises(LambdaError) as caught:
        attach(given, store=store, caller=caller or Caller(OWNER), region_name=region)
    return caught.value.code, str(caught.value)


def grant(store: LayerStore, principal: str, name: str = "shared-deps", version: int = 1) -> None:
    layer = layer_id(name, OWNER, HERE)
    store.add_permission(
        layer, version, sid="s", action=ACTION, principal=principal, organization_id=None, revision_id=None
    )


def test_layers_that_may_be_attached(store: LayerStore) -> None:
    """The account's own, and another account's with a grant, in the order given; at most five, or none."""
    arns = [publish(store, f"layer-{number}") for number in range(5)]
    found = attach(arns[::-1], store=store, caller=Caller(OWNER), region_name=HERE)
    assert [published.arn for published in found] == arns[::-1]
    assert attach([], store=store, caller=Caller(OWNER), region_name=HERE) == []
    grant(store, OTHER, "layer-0")
    assert [p.arn for p in attach(arns[:1], store=store, caller=Caller(OTHER), region_name=HERE)] == arns[:1]


def test_more_than_five(store: LayerStore) -> None:
    """Whether they exist or not."""
    arns = [f"arn:aws:lambda:us-east-1:{OWNER}:layer:layer-{number}:1" for number in range(6)]
    assert rejected(store, arns) == ("InvalidParameterValueException", "Cannot reference more than 5 layers.")


@pytest.mark.parametrize("arn", ["", "shared-deps", f"arn:aws:lambda:us-east-1:{OWNER}:layer:shared-deps"])
def test_texts_that_are_not_version_arns(arn: str, store: LayerStore) -> None:
    """The message has all ARNs and all constraints."""
    good = publish(store)
    assert rejected(store, [good, arn]) == (
        "ValidationException",
        f"1 validation error detected: Value '[{good}, {arn}]' at 'layers' failed to satisfy constraint: "
        "Member must satisfy constraint: [Member must have length less than or equal to 2048, "
        "Member must have length greater than or equal to 1, "
        f"Member must satisfy regular expression pattern: {PATTERN}, Member must not be null]",
    )


def test_the_length_of_an_arn(store: LayerStore) -> None:
    """At most 2,048 characters."""
    start = f"arn:aws:lambda:us-east-1:{OWNER}:layer:"
    for length, code in ((2048, "InvalidParameterValueException"), (2049, "ValidationException")):
        arn = start + "a" * (length - len(start) - 2) + ":1"
        assert rejected(store, [arn])[0] == code


def test_two_versions_of_one_layer(store: LayerStore) -> None:
    """The first two are named, whatever is between them."""
    first, second = publish(store), publish(store)
    other = "arn:aws:lambda:::awslayer:AmazonLinux1703"
    assert rejected(store, [other, first, second, first]) == (
        "InvalidParameterValueException",
        "Two different versions of the same layer are not allowed to be referenced in the same function. "
        f"{first} and {second} are versions of the same layer.",
    )


def test_foreign_layers_without_a_grant(store: LayerStore) -> None:
    """The denial names the function's caller and the version."""
    arn = publish(store)
    assert rejected(store, [arn], Caller(OTHER)) == (
        "AccessDeniedException",
        f"User: arn:aws:iam::{OTHER}:root is not authorized to perform: lambda:GetLayerVersion on resource: {arn} "
        "because no resource-based policy allows the lambda:GetLayerVersion action",
    )


def test_layers_of_another_region(store: LayerStore) -> None:
    """The message names the expected region for the account's own layer; another account's layer is denied."""
    arn = publish(store)
    grant(store, "*")
    assert rejected(store, [arn], region="eu-west-1") == (
        "InvalidParameterValueException",
        "Layers are not in the same region as the function. Layers are expected to be in region eu-west-1.",
    )
    assert rejected(store, [arn], Caller(OTHER), "eu-west-1")[0] == "AccessDeniedException"
    assert rejected(store, [arn.replace("arn:aws:", "arn:aws-cn:")])[1].startswith("Layers are not in the same region")


def test_layers_that_do_not_exist(store: LayerStore) -> None:
    """Never published, deleted, or AWS's own."""
    arn = publish(store)
    store.delete(layer_id("shared-deps", OWNER, HERE), 1)
    for gone in (arn, arn.replace("shared", "other"), "arn:aws:lambda:::awslayer:AmazonLinux1703"):
        assert rejected(store, [gone]) == (
            "InvalidParameterValueException",
            f"Layer version {gone} does not exist.",
        )


def _archive(size: int) -> Content:
    return Content(b"", "", size)


@pytest.mark.parametrize(
    ("code", "layers", "text"),
    [
        (UNZIPPED_SIZE_LIMIT + 1, [], None),
        (0, [UNZIPPED_SIZE_LIMIT], None),
        (1, [UNZIPPED_SIZE_LIMIT - 1], None),
        (10, [UNZIPPED_SIZE_LIMIT // 2, 1], None),
        (0, [UNZIPPED_SIZE_LIMIT, 1], "Layers consume more than the available size of 262144000 bytes"),
        (
            2,
            [UNZIPPED_SIZE_LIMIT - 1],
            "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
            "The actual size is 262144001 bytes.",
        ),
        (
            UNZIPPED_SIZE_LIMIT,
            [1],
            "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
            "The actual size is 262144001 bytes.",
        ),
    ],
)
def test_sizes(code: int, layers: list[int], text: str | None) -> None:
    """Of layers together, and with the function's code; code alone is not checked here."""
    contents = [_archive(size) for size in layers]
    if text is None:
        check_size(code, contents)
    else:
        with pytest.raises(LambdaError, match="^" + text.replace(".", "[.]") + "$"):
            check_size(code, contents)


def test_unzipped_size() -> None:
    """Of all files in a zip; for anything else, the data's own size."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("a", b"x" * 1000)
        opened.writestr("b", b"x" * 24)
    assert unzipped_size(buffer.getvalue()) == 1024
    assert unzipped_size(b"no zip") == 6


def restricted(**condition: Any) -> Caller:
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    return Caller(OWNER, policies=(IdentityPolicy.parse({"Version": "2012-10-17", "Statement": [allow]}),))


def test_conditions_on_a_functions_layers() -> None:
    """``lambda:Layer`` has all ARNs of the request, and none if the request has no layers."""
    ours = restricted(**{"ForAllValues:StringLike": {"lambda:Layer": f"arn:aws:lambda:*:{OWNER}:layer:*:*"}})
    mine, foreign = (f"arn:aws:lambda:us-east-1:{account}:layer:l:1" for account in (OWNER, OTHER))
    assert function_denial("CreateFunction", ours, HERE, "app", [mine]) is None
    assert function_denial("CreateFunction", ours, HERE, "app", None) is None
    for name in ("app", f"arn:aws:lambda:{HERE}:{OWNER}:function:app"):
        assert str(function_denial("CreateFunction", ours, HERE, name, [mine, foreign])) == (
            f"User: arn:aws:iam::{OWNER}:root is not authorized to perform: lambda:CreateFunction on resource: "
            f"arn:aws:lambda:us-east-1:{OWNER}:function:app "
            "because no identity-based policy allows the lambda:CreateFunction action"
        )
    assert str(function_denial("UpdateFunctionConfiguration", ours, "cn-north-1", "app", [foreign])) == (
        f"User: arn:aws-cn:iam::{OWNER}:root is not authorized to perform: lambda:UpdateFunctionConfiguration "
        f"on resource: arn:aws-cn:lambda:cn-north-1:{OWNER}:function:app "
        "because no identity-based policy allows the lambda:UpdateFunctionConfiguration action"
    )
    assert function_denial("CreateFunction", Caller(OWNER), HERE, "app", [foreign]) is None


def test_where_an_archive_is(store: LayerStore) -> None:
    """AWS's own URL, or one below a server in place of S3."""
    published = store.publish(layer_id("my-layer_1", OWNER, "us-west-2"), CONTENT, Details())
    place = rf"/snapshots/{OWNER}/my-layer_1-\w{{8}}-\w{{4}}-\w{{4}}-\w{{4}}-000000000001"
    query = (
        r"\?versionId=\w{33}&X-Amz-Security-Token=layerperm&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=nowZ"
        r"&X-Amz-SignedHeaders=host&X-Amz-Expires=600"
        r"&X-Amz-Credential=layerperm%2Fnow%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Signature=\w{32}"
    )
    in_aws = location_of(published)
    assert re.fullmatch(f"https://awslambda-us-west-2-layers.s3.us-west-2.amazonaws.com{place}{query}", in_aws)
    here = location_of(published, "http://127.0.0.1:5")
    assert re.fullmatch(f"http://127.0.0.1:5/awslambda-us-west-2-layers{place}{query}", here)
    assert urlsplit(here).query == urlsplit(in_aws).query
    assert located_at(urlsplit(here).path) == (published.layer, 1)
    assert location_of(published) == in_aws
    newer = store.publish(published.layer, CONTENT, Details())
    assert urlsplit(location_of(newer)).path.rpartition("-")[2] == "000000000002"


def test_the_bucket_of_us_east_1(store: LayerStore) -> None:
    """It has a different name there, as recorded."""
    published = store.publish(layer_id("deps", OWNER, "us-east-1"), CONTENT, Details())
    assert location_of(published).startswith("https://prod-iad-c1-djusa-layers.s3.us-east-1.amazonaws.com/snapshots/")
    assert located_at(urlsplit(location_of(published, "http://127.0.0.1:5")).path) == (published.layer, 1)


@pytest.mark.parametrize(
    "path",
    [
        "/elsewhere",
        f"/awslambda-us-west-2-layers/snapshots/{OWNER}/deps-1",
        f"/awslambda-us-west-2-layers/snapshots/1/deps-{'0' * 8}-0000-0000-0000-{'0' * 12}",
        f"/artifacts/snapshots/{OWNER}/deps-{'0' * 8}-0000-0000-0000-{'0' * 12}",
    ],
)
def test_paths_of_no_archive(path: str) -> None:
    """Another path, another key, another bucket."""
    assert located_at(path) is None


def test_organization_ids() -> None:
    """``o-`` and 10 to 32 lower-case letters and digits."""
    assert is_organization_id("o-exampleorgid")
    for wrong in ("o-short", "exampleorgid", None, 5, "o-exampleorgid ", "O-EXAMPLEORGID"):
        assert not is_organization_id(wrong)
