"""The three permission operations on the wire: paths, status codes, members, headers, names and ARNs."""

from __future__ import annotations

from ..model import UUID, Absent, Expected, Fact, Kept, Matching
from .steps import (
    NO_POLICY,
    SUCCESS,
    add,
    delete,
    fact,
    get_by_arn,
    get_policy,
    get_version,
    list_versions,
    publish,
    remove,
    same_policy,
    same_statement,
    statement,
)

_DATE = Matching(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT")
_PLAIN = "/2018-10-31/layers/${layer_arn}/versions"

FACTS: tuple[Fact, ...] = (
    fact(
        "operations/add-status",
        "AddLayerVersionPermission returns 201.",
        "recorded",
        "LS:policy_life",
        publish(),
        add(expected=Expected(201)),
    ),
    fact(
        "operations/add-members",
        "AddLayerVersionPermission returns Statement and RevisionId, both as text.",
        "recorded",
        "LS:policy_life",
        publish(),
        add(
            expected=Expected(keys=("Statement", "RevisionId"), body={"Statement": Kept("s"), "RevisionId": Kept("r")})
        ),
    ),
    fact(
        "operations/add-order",
        "The response of AddLayerVersionPermission is compact JSON, Statement first.",
        "inferred",
        "DECISION",
        publish(),
        add(expected=Expected(order=("Statement", "RevisionId"))),
    ),
    fact(
        "operations/get-status",
        "GetLayerVersionPolicy returns 200.",
        "recorded",
        "LS:policy_life",
        publish(),
        add(),
        get_policy(Expected(200)),
    ),
    fact(
        "operations/get-members",
        "GetLayerVersionPolicy returns Policy and RevisionId, both as text.",
        "recorded",
        "C7N:test_lambda_layer_cross_account",
        publish(),
        add(),
        get_policy(Expected(keys=("Policy", "RevisionId"), body={"Policy": Kept("p"), "RevisionId": Kept("r")})),
    ),
    fact(
        "operations/get-order",
        "The response of GetLayerVersionPolicy is compact JSON, Policy first.",
        "inferred",
        "DECISION",
        publish(),
        add(),
        get_policy(Expected(order=("Policy", "RevisionId"))),
    ),
    fact(
        "operations/remove-status",
        "RemoveLayerVersionPermission returns 204 and an empty body.",
        "recorded",
        "LS:policy_life",
        publish(),
        add(),
        remove(expected=Expected(204, raw="")),
    ),
    fact(
        "operations/success-headers",
        "A successful response has the headers date, content-type and x-amzn-requestid.",
        "recorded",
        "C7N:test_lambda_layer_delete",
        publish(),
        add(
            expected=Expected(
                headers={"date": _DATE, "content-type": "application/json", "x-amzn-requestid": Matching(UUID)}
            )
        ),
    ),
    fact(
        "operations/no-content-headers",
        "A 204 has a content-type and no content-length.",
        "recorded",
        "C7N:test_lambda_layer_delete",
        publish(),
        add(),
        remove(expected=Expected(headers={"content-type": "application/json", "content-length": Absent()})),
    ),
    fact(
        "operations/no-error-header",
        "A successful response has no x-amzn-errortype.",
        "recorded",
        "C7N:test_lambda_layer_delete",
        publish(),
        add(expected=Expected(headers={"x-amzn-errortype": Absent()})),
    ),
    fact(
        "operations/add-by-arn",
        "LayerName may be the layer's ARN on AddLayerVersionPermission.",
        "recorded",
        "LS-M:test_get_lambda_layer",
        publish(),
        add(LayerName="${layer_arn}", expected=Expected(body={"Statement": same_statement()})),
    ),
    fact(
        "operations/get-by-arn",
        "LayerName may be the layer's ARN on GetLayerVersionPolicy.",
        "documented",
        "API:GetLayerVersionPolicy",
        publish(),
        add(),
        get_policy(Expected(SUCCESS, body={"Policy": same_policy(statement())}), LayerName="${layer_arn}"),
    ),
    fact(
        "operations/remove-by-arn",
        "LayerName may be the layer's ARN on RemoveLayerVersionPermission.",
        "documented",
        "API:RemoveLayerVersionPermission",
        publish(),
        add("s1"),
        add("s2"),
        remove("s1", LayerName="${layer_arn}"),
        get_policy(Expected(body={"Policy": same_policy(statement("s2"))})),
    ),
    fact(
        "operations/get-version-by-arn-as-name",
        "LayerName may be the layer's ARN on GetLayerVersion.",
        "recorded",
        "LS-M:test_get_lambda_layer",
        publish(),
        get_version(Expected(SUCCESS, body={"LayerVersionArn": "${version_arn}"}), LayerName="${layer_arn}"),
    ),
    fact(
        "operations/publish-by-arn",
        "LayerName may be the layer's ARN on PublishLayerVersion.",
        "documented",
        "API:PublishLayerVersion",
        publish(Expected(body={"LayerVersionArn": "${version_arn}"}), LayerName="${layer_arn}"),
        get_version(Expected(SUCCESS)),
    ),
    fact(
        "operations/list-by-arn",
        "LayerName may be the layer's ARN on ListLayerVersions.",
        "documented",
        "API:ListLayerVersions",
        publish(),
        list_versions(Expected(body={"LayerVersions": [{"Version": 1}]}), LayerName="${layer_arn}"),
    ),
    fact(
        "operations/delete-by-arn",
        "LayerName may be the layer's ARN on DeleteLayerVersion.",
        "documented",
        "API:DeleteLayerVersion",
        publish(),
        delete(LayerName="${layer_arn}"),
        list_versions(Expected(body={"LayerVersions": []})),
    ),
    fact(
        "operations/plain-arn-in-path",
        "An ARN in the path need not be percent-encoded.",
        "inferred",
        "DECISION",
        publish(),
        add(path=f"{_PLAIN}/1/policy"),
        get_policy(Expected(SUCCESS, body={"Policy": same_policy(statement())}), path=f"{_PLAIN}/1/policy"),
        get_version(Expected(SUCCESS), path=f"{_PLAIN}/1"),
        list_versions(Expected(SUCCESS, body={"LayerVersions": [{"Version": 1}]}), path=_PLAIN),
        remove(path=f"{_PLAIN}/1/policy/s1"),
    ),
    fact(
        "operations/encoded-path",
        "Percent-encoded letters in the path are decoded.",
        "inferred",
        "DECISION",
        publish(),
        add("s1"),
        add("s2"),
        remove("s1", path="/2018-10-31/layers/${layer}/versions/%31/policy/%73%31"),
        get_policy(Expected(body={"Policy": same_policy(statement("s2"))})),
    ),
    fact(
        "operations/arn-without-partition",
        "An ARN may omit the partition, as its pattern allows.",
        "inferred",
        "MODEL:LayerName",
        publish(),
        add(
            LayerName="arn::lambda:${region}:${account}:layer:${layer}",
            expected=Expected(body={"Statement": same_statement()}),
        ),
    ),
    fact(
        "operations/get-version-and-by-arn-agree",
        "GetLayerVersionByArn returns 200 and what GetLayerVersion returns.",
        "documented",
        "API:GetLayerVersionByArn",
        publish(Expected(body={"CreatedDate": Kept("created"), "Content": {"CodeSha256": Kept("sha256")}})),
        get_by_arn(
            expected=Expected(
                200,
                body={
                    "LayerVersionArn": "${version_arn}",
                    "LayerArn": "${layer_arn}",
                    "Version": 1,
                    "CreatedDate": "${created}",
                    "Content": {"CodeSha256": "${sha256}"},
                },
            )
        ),
    ),
    fact(
        "operations/unknown-member",
        "Members that the operation does not have are ignored.",
        "inferred",
        "DECISION",
        publish(),
        add(
            body='{"StatementId":"s1","Action":"lambda:GetLayerVersion","Principal":"*","EventSourceToken":"x"}',
            expected=Expected(SUCCESS, body={"Statement": same_statement()}),
        ),
    ),
    fact(
        "operations/revision-in-body",
        "RevisionId is read from the query only; in the body it is ignored.",
        "inferred",
        "MODEL:AddLayerVersionPermissionRequest",
        publish(),
        add(
            body='{"StatementId":"s1","Action":"lambda:GetLayerVersion","Principal":"*","RevisionId":"wrong"}',
            expected=Expected(SUCCESS),
        ),
    ),
    fact(
        "operations/body-members-in-query",
        "Members of the body are not read from the query.",
        "inferred",
        "MODEL:AddLayerVersionPermissionRequest",
        publish(),
        add(
            path="/2018-10-31/layers/${layer}/versions/1/policy?Principal=123456789012&StatementId=other",
            expected=Expected(SUCCESS, body={"Statement": same_statement()}),
        ),
    ),
    fact(
        "operations/names-in-body",
        "LayerName and VersionNumber are read from the path only.",
        "inferred",
        "MODEL:AddLayerVersionPermissionRequest",
        publish(),
        add(
            body=(
                '{"LayerName":"other","VersionNumber":7,'
                '"StatementId":"s1","Action":"lambda:GetLayerVersion","Principal":"*"}'
            ),
            expected=Expected(SUCCESS, body={"Statement": same_statement()}),
        ),
    ),
    fact(
        "operations/policy-of-one-version",
        "A policy belongs to one version: the next version starts without one.",
        "documented",
        "DG:permissions of layers",
        publish(),
        add(),
        publish(),
        get_policy(NO_POLICY, VersionNumber=2),
    ),
)
