"""Single values: ids, names and ARNs, each within AWS's constraints."""

from __future__ import annotations

import string
import uuid

from hypothesis import strategies as st

from ..lambda_api.arn import partition_of

_NAME = string.ascii_letters + string.digits + "-_"
REGIONS = (
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-southeast-2",
    "sa-east-1",
    "cn-north-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "eusc-de-east-1",
)


def account_ids() -> st.SearchStrategy[str]:
    """Account ids: twelve digits, leading zeros among them.

    >>> from hypothesis import find
    >>> find(account_ids(), lambda account_id: account_id.startswith("1"))
    '100000000000'
    """
    return st.text(string.digits, min_size=12, max_size=12)


def organization_ids() -> st.SearchStrategy[str]:
    """Organization ids: ``o-`` and 10 to 32 lower-case letters and digits.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html

    >>> from hypothesis import find
    >>> find(organization_ids(), lambda organization_id: len(organization_id) == 12)
    'o-0000000000'
    """
    return st.text(string.ascii_lowercase + string.digits, min_size=10, max_size=32).map("o-{}".format)


def root_arns(partition: str = "aws") -> st.SearchStrategy[str]:
    """ARNs of account roots in that partition (``aws``, ``aws-cn``, …).

    >>> from hypothesis import find
    >>> find(root_arns("aws-cn"), lambda arn: True)
    'arn:aws-cn:iam::000000000000:root'
    """
    return account_ids().map(lambda account_id: f"arn:{partition}:iam::{account_id}:root")


def principals(partition: str = "aws") -> st.SearchStrategy[str]:
    """Principals of AddLayerVersionPermission: an account id, ``*``, or an account's root ARN in that partition.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html

    >>> from hypothesis import find
    >>> find(principals(), lambda principal: principal.isdigit())
    '000000000000'
    """
    return st.one_of(account_ids(), st.just("*"), root_arns(partition))


def statement_ids(max_size: int = 100) -> st.SearchStrategy[str]:
    """Statement ids: 1 to ``max_size`` (AWS allows 100) letters, digits, ``-`` and ``_``.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html

    >>> from hypothesis import find
    >>> find(statement_ids(), lambda statement_id: len(statement_id) == 3)
    '000'
    """
    return st.text(_NAME, min_size=1, max_size=max_size)


def revision_ids() -> st.SearchStrategy[str]:
    """RevisionIds: lower-case UUIDs (fact ``revisions/form``), none of them made by the fake.

    >>> from hypothesis import find
    >>> len(find(revision_ids(), lambda revision_id: True))
    36
    """
    return st.uuids(version=4).map(uuid.UUID.__str__)


def layer_names(max_size: int = 140) -> st.SearchStrategy[str]:
    """Layer names of 1 to ``max_size`` (AWS allows 140) letters, digits, ``-`` and ``_``.

    https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html

    >>> from hypothesis import find
    >>> find(layer_names(), lambda name: "-" in name)
    '-'
    """
    return st.text(_NAME, min_size=1, max_size=max_size)


def region_names() -> st.SearchStrategy[str]:
    """Regions of several partitions.

    >>> from hypothesis import find
    >>> find(region_names(), lambda name: name.startswith("cn-"))
    'cn-north-1'
    """
    return st.sampled_from(REGIONS)


def layer_arns(
    account_id: str | None = None, region_name: str | None = None, name: str | None = None
) -> st.SearchStrategy[str]:
    """ARNs of layers, in their region's partition; the parts that are not given are drawn.

    >>> from hypothesis import find
    >>> find(layer_arns("123456789012", "cn-north-1", "shared-deps"), lambda arn: True)
    'arn:aws-cn:lambda:cn-north-1:123456789012:layer:shared-deps'
    """

    def arn(account_id: str, region_name: str, name: str) -> str:
        return f"arn:{partition_of(region_name)}:lambda:{region_name}:{account_id}:layer:{name}"

    return st.builds(
        arn,
        account_ids() if account_id is None else st.just(account_id),
        region_names() if region_name is None else st.just(region_name),
        layer_names() if name is None else st.just(name),
    )


def layer_version_arns(
    account_id: str | None = None, region_name: str | None = None, name: str | None = None
) -> st.SearchStrategy[str]:
    """ARNs of layer versions, from version 1 up; the parts that are not given are drawn.

    >>> from hypothesis import find
    >>> find(layer_version_arns("123456789012", "us-east-1", "shared-deps"), lambda arn: True)
    'arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:1'
    """
    versions = st.integers(min_value=1, max_value=2**31)
    return st.builds("{}:{}".format, layer_arns(account_id, region_name, name), versions)
