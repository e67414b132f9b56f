"""The three permission operations on the wire: paths, status codes, members, headers, names and ARNs."""

from __future__ import annotations

from ..model import UUID, Absent, Answer, Fact, Kept, Matching
from .steps import (
    NO_POLICY,
    add,
    delete,
    fact,
    get_by_arn,
    get_policy,
    get_version,
    list_versions,
    policy,
    publish,
    remove,
    statement,
)

_DATE = Matching(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT")
_PLAIN = "/2018-10-31/layers/${layer_arn}/versions"

FACTS: tuple[Fact, ...] = (
    fact(
        "operations/add-status",
        "AddLayerVersionPermission answers 201.",
        "recorded",
        "LS:policy_life",
        publish(),
        add(answer=Answer(201)),
    ),
    fact(
        "operations/add-members",
        "AddLayerVersionPermission answers Statement and RevisionId, both as text.",
        "recorded",
        "LS:policy_life",
        publish(),
        add(answer=Answer(keys=("Statement", "RevisionId"), body={"Statement": Kept("s"), "RevisionId": Kept("r")})),
    ),
    fact(
        "operations/add-order",
        "The answer to AddLayerVersionPermission is compact, Statement first.",
        "inferred",
        "DECISION:U14",
        publish(),
        add(answer=Answer(order=("Statement", "RevisionId"))),
    ),
    fact(
        "operations/get-status",
        "GetLayerVersionPolicy answers 200.",
        "recorded",
        "LS:policy_life",
        publish(),
        add(),
        get_policy(Answer(200)),
    ),
    fact(
        "operations/get-members",
        "GetLayerVersionPolicy answers Policy and RevisionId, both as text.",
        "recorded",
        "C7N:test_lambda_layer_cross_account",
        publish(),
        add(),
        get_policy(Answer(keys=("Policy", "RevisionId"), body={"Policy": Kept("p"), "RevisionId": Kept("r")})),
    ),
    fact(
        "operations/get-order",
        "The answer to GetLayerVersionPolicy is compact, Policy first.",
        "inferred",
        "DECISION:U14",
        publish(),
        add(),
        get_policy(Answer(order=("Policy", "RevisionId"))),
    ),
    fact(
        "operations/remove-status",
        "RemoveLayerVersionPermission answers 204 and nothing else.",
        "recorded",
        "LS:policy_life",
        publish(),
        add(),
        remove(answer=Answer(204, raw="")),
    ),
    fact(
        "operations/success-headers",
        "A success carries date, content-type and x-amzn-requestid.",
        "recorded",
        "C7N:test_lambda_layer_delete",
        publish(),
        add(
            answer=Answer(
                headers={"date": _DATE, "content-type": "application/json", "x-amzn-requestid": Matching(UUID)}
            )
        ),
    ),
    fact(
        "operations/no-content-headers",
        "A 204 carries a content-type and no content-length.",
        "recorded",
        "C7N:test_lambda_layer_delete",
        publish(),
        add(),
        remove(answer=Answer(headers={"content-type": "application/json", "content-length": Absent()})),
    ),
    fact(
        "operations/no-error-header",
        "A success carries no x-amzn-errortype.",
        "recorded",
        "C7N:test_lambda_layer_delete",
        publish(),
        add(answer=Answer(headers={"x-amzn-errortype": Absent()})),
    ),
    fact(
        "operations/add-by-arn",
        "LayerName may be the layer's ARN on AddLayerVersionPermission.",
        "recorded",
        "LS-M:test_get_lambda_layer",
        publish(),
        add(LayerName="${layer_arn}", answer=Answer(body={"Statement": statement()})),
    ),
    fact(
        "operations/get-by-arn",
        "LayerName may be the layer's ARN on GetLayerVersionPolicy.",
        "documented",
        "API:GetLayerVersionPolicy",
        publish(),
        add(),
        get_policy(Answer(200, body={"Policy": policy(statement())}), LayerName="${layer_arn}"),
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
        get_policy(Answer(body={"Policy": policy(statement("s2"))})),
    ),
    fact(
        "operations/get-version-by-arn-as-name",
        "LayerName may be the layer's ARN on GetLayerVersion.",
        "recorded",
        "LS-M:test_get_lambda_layer",
        publish(),
        get_version(Answer(200, body={"LayerVersionArn": "${version_arn}"}), LayerName="${layer_arn}"),
    ),
    fact(
        "operations/publish-by-arn",
        "LayerName may be the layer's ARN on PublishLayerVersion.",
        "documented",
        "API:PublishLayerVersion",
        publish(Answer(body={"LayerVersionArn": "${version_arn}"}), LayerName="${layer_arn}"),
        get_version(Answer(200)),
    ),
    fact(
        "operations/list-by-arn",
        "LayerName may be the layer's ARN on ListLayerVersions.",
        "documented",
        "API:ListLayerVersions",
        publish(),
        list_versions(Answer(body={"LayerVersions": [{"Version": 1}]}), LayerName="${layer_arn}"),
    ),
    fact(
        "operations/delete-by-arn",
        "LayerName may be the layer's ARN on DeleteLayerVersion.",
        "documented",
        "API:DeleteLayerVersion",
        publish(),
        delete(LayerName="${layer_arn}"),
        list_versions(Answer(body={"LayerVersions": []})),
    ),
    fact(
        "operations/plain-arn-in-path",
        "An ARN in the path need not be percent-encoded.",
        "inferred",
        "DECISION:U7",
        publish(),
        add(path=f"{_PLAIN}/1/policy"),
        get_policy(Answer(200, body={"Policy": policy(statement())}), path=f"{_PLAIN}/1/policy"),
        get_version(Answer(200), path=f"{_PLAIN}/1"),
        list_versions(Answer(200, body={"LayerVersions": [{"Version": 1}]}), path=_PLAIN),
        remove(path=f"{_PLAIN}/1/policy/s1"),
    ),
    fact(
        "operations/encoded-path",
        "Percent-encoded letters in the path are the letters.",
        "inferred",
        "DECISION",
        publish(),
        add("s1"),
        add("s2"),
        remove("s1", path="/2018-10-31/layers/${layer}/versions/%31/policy/%73%31"),
        get_policy(Answer(body={"Policy": policy(statement("s2"))})),
    ),
    fact(
        "operations/arn-without-partition",
        "An ARN may leave out the partition, as its pattern says.",
        "inferred",
        "MODEL:LayerName",
        publish(),
        add(
            LayerName="arn::lambda:${region}:${account}:layer:${layer}", answer=Answer(body={"Statement": statement()})
        ),
    ),
    fact(
        "operations/get-version-and-by-arn-agree",
        "GetLayerVersionByArn answers 200 with what GetLayerVersion answers.",
        "documented",
        "API:GetLayerVersionByArn",
        publish(Answer(body={"CreatedDate": Kept("created"), "Content": {"CodeSha256": Kept("sha256")}})),
        get_by_arn(
            answer=Answer(
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
        "Members that the operation does not know are ignored.",
        "inferred",
        "DECISION:3.16",
        publish(),
        add(
            body='{"StatementId":"s1","Action":"lambda:GetLayerVersion","Principal":"*","EventSourceToken":"x"}',
            answer=Answer(201, body={"Statement": statement()}),
        ),
    ),
    fact(
        "operations/revision-in-body",
        "RevisionId is read from the query only; in the body it is one more unknown member.",
        "inferred",
        "MODEL:AddLayerVersionPermissionRequest",
        publish(),
        add(
            body='{"StatementId":"s1","Action":"lambda:GetLayerVersion","Principal":"*","RevisionId":"wrong"}',
            answer=Answer(201),
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
            answer=Answer(201, body={"Statement": statement()}),
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
            answer=Answer(201, body={"Statement": statement()}),
        ),
    ),
    fact(
        "operations/policy-of-one-version",
        "A policy belongs to one version: the next one starts with none.",
        "documented",
        "DG:permissions of layers",
        publish(),
        add(),
        publish(),
        get_policy(NO_POLICY, VersionNumber=2),
    ),
)
