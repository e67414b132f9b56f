"""CloudTrail's own records of the nine layer operations, as AWS wrote them on 2026-09-15.

Source: radkawar/stackd, the observations of one run against AWS. Account id and access key were replaced by whoever
published them. Each entry has the part in which the records of operations differ; ``recorded`` puts the rest around it.
"""

from typing import Any

ACCOUNT = "000000000000"
LAYER = "stackd-la-a12cae20e133-inline"
LAYER_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:{LAYER}"
DESCRIPTION = "Owned short-lived native source and audit probe"
ZIP = (
    "UEsDBBQAAAAIAEYgL11kpGYTDAAAAAoAAAAPAAAAcHl0aG9uL3Byb2JlLnB5C3P0CXVVsFUw5AIAUEsBAhQDFAAAAAgARiAvXWSkZhMMAAAACgAA"
    "AA8AAAAAAAAAAAAAAIABAAAAAHB5dGhvbi9wcm9iZS5weVBLBQYAAAAAAQABAD0AAAA5AAAAAAA="
)
"""The layer's content, base64."""
STATEMENT = (
    '{"Sid":"OwnedAccountOnly","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},'
    f'"Action":"lambda:GetLayerVersion","Resource":"{LAYER_ARN}:1"}}'
)
_USER_AGENT = (
    "Boto3/1.43.94 md/Botocore#1.43.94 ua/2.1 os/linux#6.17.0-35-generic md/arch#x86_64 lang/python#3.12.3 "
    "md/pyimpl#CPython m/b,Z,E cfg/retry-mode#standard Botocore/1.43.94"
)

# operation, boto3's parameters, what the record has of the call, readOnly, what follows readOnly
RECORDED: dict[str, tuple[str, dict[str, Any], dict[str, Any], bool, dict[str, Any]]] = {
    "publish": (
        "PublishLayerVersion",
        {"LayerName": LAYER, "Description": DESCRIPTION, "Content": ZIP, "CompatibleRuntimes": ["python3.12"]},
        {
            "requestParameters": {
                "layerName": LAYER,
                "description": DESCRIPTION,
                "content": {},
                "compatibleRuntimes": ["python3.12"],
            },
            "responseElements": {
                "content": {
                    "codeSha256": "Hq2+8DtYb5Qkp27L2/GAA5GtBYc6voTFvJUFGGCeBmk=",
                    "codeSize": 140,
                    "uncompressedCodeSize": 0,
                },
                "layerArn": LAYER_ARN,
                "layerVersionArn": f"{LAYER_ARN}:1",
                "description": DESCRIPTION,
                "createdDate": "2026-09-15T03:02:14.243+0000",
                "version": 1,
                "compatibleRuntimes": ["python3.12"],
            },
            "additionalEventData": {"signatureStatus": "VALID"},
        },
        False,
        {},
    ),
    "get": (
        "GetLayerVersion",
        {"LayerName": LAYER, "VersionNumber": 1},
        {"requestParameters": {"layerName": LAYER, "versionNumber": 1}, "responseElements": None},
        True,
        {},
    ),
    "get with a layer ARN": (
        "GetLayerVersion",
        {"LayerName": LAYER_ARN, "VersionNumber": 1},
        {"requestParameters": {"layerName": LAYER_ARN, "versionNumber": 1}, "responseElements": None},
        True,
        {"resources": [{"accountId": ACCOUNT, "type": "layer", "ARN": LAYER_ARN}]},
    ),
    "get by ARN": (
        "GetLayerVersionByArn",
        {"Arn": f"{LAYER_ARN}:1"},
        {"requestParameters": {"arn": f"{LAYER_ARN}:1"}, "responseElements": None},
        True,
        {"resources": [{"accountId": ACCOUNT, "type": "layer", "ARN": f"{LAYER_ARN}:1"}]},
    ),
    "list layers": (
        "ListLayers",
        {"MaxItems": 50},
        {"requestParameters": {"maxItems": 50}, "responseElements": None},
        True,
        {},
    ),
    "list versions": (
        "ListLayerVersions",
        {"LayerName": LAYER},
        {"requestParameters": {"layerName": LAYER}, "responseElements": None},
        True,
        {},
    ),
    "add": (
        "AddLayerVersionPermission",
        {
            "LayerName": LAYER,
            "VersionNumber": 1,
            "StatementId": "OwnedAccountOnly",
            "Action": "lambda:GetLayerVersion",
            "Principal": ACCOUNT,
        },
        {
            "requestParameters": {
                "layerName": LAYER,
                "versionNumber": 1,
                "statementId": "OwnedAccountOnly",
                "action": "lambda:GetLayerVersion",
                "principal": ACCOUNT,
            },
            "responseElements": {"statement": STATEMENT, "revisionId": "da1145cd-c187-442e-a43a-63955e6473ea"},
        },
        False,
        {},
    ),
    "get policy": (
        "GetLayerVersionPolicy",
        {"LayerName": LAYER, "VersionNumber": 1},
        {"requestParameters": {"layerName": LAYER, "versionNumber": 1}, "responseElements": None},
        True,
        {},
    ),
    "remove": (
        "RemoveLayerVersionPermission",
        {"LayerName": LAYER, "VersionNumber": 1, "StatementId": "OwnedAccountOnly"},
        {
            "requestParameters": {"layerName": LAYER, "versionNumber": 1, "statementId": "OwnedAccountOnly"},
            "responseElements": None,
        },
        False,
        {},
    ),
    "delete": (
        "DeleteLayerVersion",
        {"LayerName": LAYER, "VersionNumber": 1},
        {"requestParameters": {"layerName": LAYER, "versionNumber": 1}, "responseElements": None},
        False,
        {},
    ),
    "get what was deleted": (
        "GetLayerVersion",
        {"LayerName": LAYER, "VersionNumber": 1},
        {
            "errorCode": "ResourceNotFoundException",
            "errorMessage": "The resource you requested does not exist.",
            "requestParameters": {"layerName": LAYER, "versionNumber": 1},
            "responseElements": None,
        },
        True,
        {},
    ),
}
"""In the order in which the calls were made; the content of PublishLayerVersion is base64 here."""

LOOKUP_ENTRY = {
    "EventId": "46e07318-3ed4-4615-a48b-1f85975b8dd1",
    "EventName": "AddLayerVersionPermission20181031",
    "ReadOnly": "false",
    "AccessKeyId": "<redacted>",
    "EventTime": "2026-09-15T04:02:15+01:00",
    "EventSource": "lambda.amazonaws.com",
    "Username": "Delegated",
    "Resources": [],
}
"""What LookupEvents says of the Add beside its record."""


def recorded(name: str) -> dict[str, Any]:
    """The whole record."""
    operation, _, of_the_call, read_only, resources = RECORDED[name]
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAQAAAAAAAMEZHRHAHY",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/Delegated",
            "accountId": ACCOUNT,
            "accessKeyId": "<redacted>",
            "userName": "Delegated",
        },
        "eventTime": "2026-09-15T03:02:15Z",
        "eventSource": "lambda.amazonaws.com",
        "eventName": f"{operation}20181031",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "92.234.107.50",
        "userAgent": _USER_AGENT,
        **of_the_call,
        "requestID": "808de699-28ae-4400-8ad3-cad66e427deb",
        "eventID": "46e07318-3ed4-4615-a48b-1f85975b8dd1",
        "readOnly": read_only,
        **resources,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": "lambda.us-east-1.amazonaws.com",
        },
    }
