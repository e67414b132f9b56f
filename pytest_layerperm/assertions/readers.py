"""Where a helper sees layer versions: the active fake's own state, or any Lambda client's public API."""

from __future__ import annotations

import inspect
import json
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from ..lambda_api.arn import LayerId, parse
from ..service.calls import UNLOGGED
from ..service.grants import Grant, UnreadablePolicy, grants_of

if TYPE_CHECKING:
    from ..service.service import LayerService

__tracebackhide__ = True

_ALL = 2**63
State = Literal["never", "emptied", "some"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A layer version, and what its policy was when it was looked at."""

    layer: LayerId
    version: int
    state: State
    """Whether it never had a policy, lost its last statement, or has statements."""
    grants: tuple[Grant, ...] = ()
    revision_id: str | None = None

    @property
    def arn(self) -> str:
        return self.layer.version_arn(self.version)


class Reader(Protocol):
    """Where layer versions are looked up."""

    @property
    def reads_a_fake(self) -> bool:
        """Whether it reads the fake's own state."""
        ...

    @property
    def blinded_by(self) -> tuple[type[Exception], ...]:
        """What a look-up can raise although the layer exists: a client may be allowed one call and denied another."""
        ...

    @property
    def region_names(self) -> Sequence[str]:
        """The regions that it reads; none if it reads all of them."""
        ...

    def named(self, name: str, region_name: str | None) -> Sequence[LayerId]:
        """The layers that a bare name means, in that region if one is given."""
        ...

    def layers(self, region_name: str | None) -> Sequence[LayerId]:
        """All layers, of that region if one is given."""
        ...

    def versions(self, layer: LayerId) -> Sequence[int]:
        """The layer's versions, newest first."""
        ...

    def see(self, layer: LayerId, version: int) -> Seen | None:
        """The version; None if it does not exist."""
        ...


class ServiceReader:
    """Reads the active service's own state, without a call."""

    blinded_by = ()
    region_names = ()
    reads_a_fake = True

    def __init__(self, service: LayerService) -> None:
        self._service = service

    def named(self, name: str, region_name: str | None) -> Sequence[LayerId]:
        return [layer for layer in self.layers(region_name) if layer.name == name]

    def layers(self, region_name: str | None) -> Sequence[LayerId]:
        found = dict.fromkeys([published.layer for published in self._service.store])
        return [layer for layer in found if region_name in (None, layer.region_name)]

    def versions(self, layer: LayerId) -> Sequence[int]:
        page = self._service.store.list_versions(layer, runtime=None, architecture=None, marker=None, limit=_ALL)
        return [published.version for published in page.items]

    def see(self, layer: LayerId, version: int) -> Seen | None:
        store = self._service.store
        if store.find(layer, version) is None:
            return None
        policy = store.policy_for_access(layer, version)
        if policy is None:
            return Seen(layer, version, "never")
        if not policy.statements:
            return Seen(layer, version, "emptied", revision_id=policy.revision_id)
        grants = grants_of(json.loads(policy.document), layer.partition)
        return Seen(layer, version, "some", grants, policy.revision_id)


class ClientReader:
    """Looks through boto3 Lambda clients, one for each region, by the calls that every endpoint has."""

    reads_a_fake = False

    def __init__(self, client: Any) -> None:
        """``client`` is one client, or a mapping of region names to clients. Raises TypeError or ValueError."""
        clients = list(cast(Mapping[str, Any], client).values()) if isinstance(client, Mapping) else [client]
        for each in clients:
            _check_client(each)
        self._clients = {each.meta.region_name: each for each in clients}
        if isinstance(client, Mapping) and list(self._clients) != list(cast(Mapping[str, Any], client)):
            raise ValueError(
                f"client: each key must be its client's region; the clients are of {', '.join(self._clients)}"
            )

    @property
    def blinded_by(self) -> tuple[type[Exception], ...]:
        from botocore.exceptions import BotoCoreError, ClientError

        return BotoCoreError, ClientError, ValueError

    @property
    def region_names(self) -> Sequence[str]:
        return list(self._clients)

    def named(self, name: str, region_name: str | None) -> Sequence[LayerId]:
        found: list[LayerId] = []
        for client in self._of_region(region_name):
            listed = _pages(client, "list_layer_versions", "LayerVersions", LayerName=name)
            found += [_layer_of(item["LayerVersionArn"]) for item in listed[:1]]
        return found

    def layers(self, region_name: str | None) -> Sequence[LayerId]:
        return [
            _layer_of(item["LayerArn"])
            for client in self._of_region(region_name)
            for item in _pages(client, "list_layers", "Layers")
        ]

    def versions(self, layer: LayerId) -> Sequence[int]:
        (client,) = self._of_region(layer.region_name)
        return [item["Version"] for item in _pages(client, "list_layer_versions", "LayerVersions", LayerName=layer.arn)]

    def see(self, layer: LayerId, version: int) -> Seen | None:
        (client,) = self._of_region(layer.region_name)
        which = {"LayerName": layer.arn, "VersionNumber": version}
        response, missing = _ask(client, "get_layer_version_policy", **which)
        if response is not None:
            try:
                grants = grants_of(json.loads(response["Policy"]), layer.partition)
            except ValueError as unreadable:
                raise ValueError(f"client: the policy of {layer.version_arn(version)}: {unreadable}") from None
            return Seen(layer, version, "some" if grants else "emptied", grants, response.get("RevisionId"))
        if "does not have any resource policy" in missing:
            return Seen(layer, version, "emptied")
        # Endpoints word it differently; GetLayerVersion says on each of them whether the version exists.
        if "No policy is associated" in missing or _ask(client, "get_layer_version", **which)[0] is not None:
            return Seen(layer, version, "never")
        return None

    def _of_region(self, region_name: str | None) -> Sequence[Any]:
        if region_name is None:
            return list(self._clients.values())
        if region_name not in self._clients:
            raise ValueError(
                f"client: it is of {', '.join(self._clients)}, and cannot read layers in {region_name}; "
                "client= also takes a mapping of region names to clients"
            )
        return [self._clients[region_name]]


def _check_client(client: Any) -> None:
    meta = getattr(client, "meta", None)
    service = getattr(getattr(meta, "service_model", None), "service_name", None)
    if service is None:
        raise TypeError(f"client must be a boto3 Lambda client, not {client!r}")
    if service != "lambda":
        raise ValueError(f"client must be a boto3 Lambda client, not one for {service}")
    if inspect.iscoroutinefunction(client.get_layer_version_policy):
        raise TypeError("client must be a boto3 Lambda client, not an asynchronous one")


_NO_CREDENTIALS = frozenset(
    {
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
    }
)


def _ask(client: Any, operation: str, **parameters: Any) -> tuple[dict[str, Any] | None, str]:
    """The response, or the message of a 404. Raises ValueError if the client may not call the operation."""
    from botocore.exceptions import ClientError, NoCredentialsError, PartialCredentialsError

    try:
        with _unlogged(client):
            return getattr(client, operation)(**parameters), ""
    except (NoCredentialsError, PartialCredentialsError) as none:
        raise ValueError(f"client: it has no credentials: {none}") from None
    except ClientError as failed:
        details: Any = failed.response
        error = details["Error"]
        if error["Code"] == "ResourceNotFoundException":
            return None, str(error.get("Message"))
        if error["Code"] == "AccessDeniedException":
            raise ValueError(
                f"client: it is denied access; pass the layer owner's client. {error.get('Message')}"
            ) from None
        if error["Code"] in _NO_CREDENTIALS:
            raise ValueError(f"client: it has no valid credentials: {error.get('Message')}") from None
        raise


@contextmanager
def _unlogged(client: Any) -> Generator[None]:
    """Marks this thread's requests of the client: a fake that gets them leaves them out of its log and faults."""
    thread = threading.get_ident()

    def mark(request: Any, **_: Any) -> None:
        if threading.get_ident() == thread:
            request.headers["amz-sdk-invocation-id"] = UNLOGGED  # No signature covers it.

    client.meta.events.register("before-send.lambda", mark, mark)
    try:
        yield
    finally:
        client.meta.events.unregister("before-send.lambda", mark, mark)


def _pages(client: Any, operation: str, items: str, **parameters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        response, _ = _ask(client, operation, **parameters)
        if response is None:
            return found
        found += response[items]
        if not response.get("NextMarker"):
            return found
        parameters["Marker"] = response["NextMarker"]


def _layer_of(arn: str) -> LayerId:
    layer, _ = parse(arn)
    if layer is None:
        raise UnreadablePolicy(f"client: it lists a layer with the ARN {arn!r}")
    return layer
