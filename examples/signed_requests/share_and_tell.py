"""Shares a layer version with plain requests, signed as AWS requires, and tells a chat room about it."""

import json
from urllib.parse import quote

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

CHAT = "https://chat.example.com/hooks/releases"
PATIENT = Retry(total=4, status_forcelist=[429, 500], allowed_methods=None, backoff_factor=0.5)


def share_and_tell(layer_version_arn: str, account_id: str) -> None:
    """Allows the account to use the layer version. Raises requests.HTTPError if AWS does not."""
    layer_arn, _, version = layer_version_arn.rpartition(":")
    region = layer_arn.split(":")[3]
    place = f"/2018-10-31/layers/{quote(layer_arn, safe='')}/versions/{version}/policy"
    grant = {
        "StatementId": f"account-{account_id}",
        "Action": "lambda:GetLayerVersion",
        "Principal": account_id,
    }
    with requests.Session() as session:
        session.mount("https://lambda.", HTTPAdapter(max_retries=PATIENT))
        url = f"https://lambda.{region}.amazonaws.com{place}"
        answer = session.post(url, json=grant, auth=SignedForLambda(region), timeout=10)
        # After a 409: ours, of an attempt whose response was lost?
        if answer.status_code != 409 or not _is_there(session, url, region, grant):
            answer.raise_for_status()
        session.post(CHAT, json={"text": f"{account_id} may use {layer_version_arn}"}, timeout=10).raise_for_status()


def _is_there(session: requests.Session, url: str, region: str, grant: dict[str, str]) -> bool:
    """Whether the policy has the statement."""
    answer = session.get(url, auth=SignedForLambda(region), timeout=10)
    answer.raise_for_status()
    principals = {s["Sid"]: s["Principal"] for s in json.loads(answer.json()["Policy"])["Statement"]}
    return principals.get(grant["StatementId"]) == {"AWS": f"arn:aws:iam::{grant['Principal']}:root"}


def share_first_draft(layer_version_arn: str, account_id: str) -> None:
    """The same without a word to anyone, sure that every response comes."""
    layer_arn, _, version = layer_version_arn.rpartition(":")
    region = layer_arn.split(":")[3]
    url = (
        f"https://lambda.{region}.amazonaws.com/2018-10-31/layers/{quote(layer_arn, safe='')}/versions/{version}/policy"
    )
    grant = {"StatementId": f"account-{account_id}", "Action": "lambda:GetLayerVersion", "Principal": account_id}
    requests.post(url, json=grant, auth=SignedForLambda(region), timeout=10).raise_for_status()


class SignedForLambda(requests.auth.AuthBase):
    """Signs requests with the credentials that boto3 finds."""

    def __init__(self, region: str) -> None:
        self.signer = SigV4Auth(boto3.Session().get_credentials(), "lambda", region)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        signed = AWSRequest(method=request.method, url=request.url, data=request.body)
        self.signer.add_auth(signed)
        request.headers.update(dict(signed.headers.items()))
        return request
