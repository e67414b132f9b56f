"""Where facts come from: the short names that rows use."""

from __future__ import annotations

SOURCES = {
    "LS": (
        "localstack/localstack at 8b9a79f (2026-03-23), tests/aws/services/lambda_/test_lambda_api.snapshot.json: "
        "real AWS's responses to the tests of that name"
    ),
    "LS-M": "localstack/localstack at 8b9a79f, test_lambda.py, TestLambdaMultiAccounts: validated against real AWS",
    "C7N": "cloud-custodian/cloud-custodian at df800e9, tests/data/placebo: recordings of real calls",
    "CDK": "aws/aws-cdk, issue 15524 (2021): pasted output of real calls",
    "AMPLIFY": "aws-amplify/amplify-category-api, issue 2085 (2023): a pasted CloudFormation event",
    "SIDECAR": "aarondfrancis/sidecar, issue 147 (2024): a pasted response",
    "KLAYERS": "keithrozario/Klayers, issue 76 (2019): a pasted response about a deleted layer version",
    "SHELL": "crucial-project/serverless-shell, issue 2 (2022): a pasted denial of another account's layer",
    "DD": "DataDog/datadog-lambda-extension, issue 506: the denial of a layer version that did not exist yet",
    "DD-JS": "DataDog/datadog-lambda-js, issues 100 and 495: pasted denials of another account's layer",
    "LATEST": "mooyoul/serverless-latest-layer-version, issue 31 (2022): a pasted denial of ListLayerVersions",
    "CANVAS": "ShivamJoker/Canvas-Lambda-Layer, issue 2: the denial of a layer in another region",
    "HELIX": "adobe/helix-deploy, issue 24, and scribd/terraform-aws-datadog, issue 61: errors about long policies",
    "TF": "hashicorp/terraform-provider-aws, pull request 37164 (2024): acceptance tests that passed against AWS",
    "ST": (
        "radkawar/stackd at 9dc356f (2026), testdata/aws, mostly in lambda: captures of real calls of September 2026; "
        "L is layers.json, S layer_source_audit.json, F event_policy.json and event_edge_cases.json, of functions; "
        "CF is cloudformation/lambda_layer_permission.json"
    ),
    "SAM": (
        "awslabs/serverless-application-model, issue 430, serverless/serverless, issue 1312, boto/boto3, issue 294: "
        "responses to paths that Lambda does not know, with their headers"
    ),
    "MODEL": "botocore, data/lambda/2015-03-31/service-2.json: the API model, with its examples-1.json",
    "API": "the API reference of AWS Lambda, page of the operation",
    "DG": "the AWS Lambda developer guide, pages on layers and their permissions",
    "IAM": "the IAM user guide",
    "DECISION": "nothing is known about AWS here; the project decided",
}
"""What each short name means. In a row's source a colon follows it, and then the recording or the page."""


def explain(source: str) -> str:
    """What a row's source stands for. Raises KeyError for a short name that is not in ``SOURCES``.

    >>> from pytest_layerperm.facts import sources
    >>> sources.explain("IAM:condition keys")
    'the IAM user guide; condition keys'
    """
    short, _, place = source.partition(":")
    return f"{SOURCES[short]}; {place}" if place else SOURCES[short]
