"""Ways to send a fact's calls to an endpoint: as plain signed HTTP requests, and through a boto3 client."""

from __future__ import annotations

import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from .asking import Asked
from .differences import Received
from .model import By
from .running import Sender

CredentialsOf = Callable[[By], Credentials]
UrlOf = Callable[[str], str]
"""From a region to the endpoint's URL in it, without a trailing slash."""


class HttpSender:
    """Sends signed requests, one for each call, without retries."""

    def __init__(self, url_of: UrlOf, credentials_of: CredentialsOf) -> None:
        self._url_of = url_of
        self._credentials_of = credentials_of
        # As in botocore's clients: a body that follows its headers is not delayed by Nagle's algorithm.
        self._session: Any = URLLib3Session(socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)])

    def __call__(self, asked: Asked) -> Received:
        headers = {"content-type": "application/json"} if asked.body else {}
        request: Any = AWSRequest(asked.method, self._url_of(asked.region) + asked.path, headers, asked.body)
        if asked.by != "nobody":
            signer: Any = SigV4Auth(self._credentials_of(asked.by), "lambda", asked.region)
            signer.add_auth(request)
        response = self._session.send(request.prepare())
        return received(response.status_code, response.headers, response.content)

    def close(self) -> None:
        """Closes the connections that stay open between calls."""
        self._session.close()


def received(status: int, headers: Any, content: bytes) -> Received:
    """A response of any HTTP library."""
    return Received(status, {str(name).lower(): str(value) for name, value in headers.items()}, content)


ClientOf = Callable[[By, str], Any]
"""From a caller and a region to a boto3 Lambda client that neither retries nor checks parameters.

Its settings are ``retries={"total_max_attempts": 1}``, ``parameter_validation=False`` and, for ``nobody``,
``signature_version=UNSIGNED``.
"""


def client_sender(client_of: ClientOf) -> Sender:
    """Makes calls with a boto3 client, and records what it reported of an error."""

    def send(asked: Asked) -> Received:
        client = client_of(asked.by, asked.region)
        with watched(client, asked) as seen:
            understood = None
            try:
                getattr(client, method_of(asked.operation))(**asked.members)
            except ClientError as failed:
                response: Any = failed.response
                understood = (str(response["Error"].get("Code")), str(response["Error"].get("Message")))
        last = seen[-1]
        return Received(last.status, last.headers, last.content, understood)

    return send


def method_of(operation: str) -> str:
    """The name of a boto3 client's method: ``add_layer_version_permission``."""
    return "".join([f"_{letter.lower()}" if letter.isupper() else letter for letter in operation])[1:]


@contextmanager
def watched(client: Any, asked: Asked) -> Generator[list[Received]]:
    """While a client makes a call: records the responses as received, and sends what no client would send."""
    seen: list[Received] = []

    def adjust(params: dict[str, Any], **_: Any) -> None:
        if asked.body_given:
            params["body"] = asked.body
        if asked.path_given:
            params["url"] = f"{client.meta.endpoint_url}{asked.path}"

    def see(response_dict: dict[str, Any] | None, **_: Any) -> None:
        if response_dict is not None:
            seen.append(received(response_dict["status_code"], response_dict["headers"], response_dict["body"]))

    events = client.meta.events
    # The last handler decides.
    events.register_last(f"before-call.lambda.{asked.operation}", adjust)
    events.register(f"response-received.lambda.{asked.operation}", see)
    try:
        yield seen
    finally:
        events.unregister(f"before-call.lambda.{asked.operation}", adjust)
        events.unregister(f"response-received.lambda.{asked.operation}", see)
