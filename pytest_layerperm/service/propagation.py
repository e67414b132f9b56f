"""Grants that other accounts see some time after they were made."""

from __future__ import annotations

from ..lambda_api.access import CROSS_ACCOUNT_OPERATIONS
from ..lambda_api.wire import Call, Response
from .arguments import is_positive
from .faults import Fault, Proceed

_GRANTS = "AddLayerVersionPermission"


class Propagation(Fault):
    """Lets other accounts see a grant only ``seconds`` of virtual time after the call that made it.

    Until then their GetLayerVersion and GetLayerVersionByArn are denied, if no older statement allows them. How long
    AWS takes is not known. What ``LayerVersion.grant`` adds, the set-up of a test, is seen at once. The limits are
    those of ``Fault``, on the calls of the other accounts. Raises TypeError or ValueError, naming the argument, for
    anything else.

    >>> clock, partner = layerperm.freeze(), layerperm.client("222222222222")
    >>> injection = layerperm.inject(Propagation(5))
    >>> added = layerperm_client.add_layer_version_permission(
    ...     LayerName=layerperm_layer.name, VersionNumber=1, StatementId="partner",
    ...     Action="lambda:GetLayerVersion", Principal="222222222222")
    >>> partner.get_layer_version_by_arn(Arn=layerperm_layer.arn)
    Traceback (most recent call last):
        ...
    botocore.exceptions.ClientError: An error occurred (AccessDeniedException) when calling ...
    >>> time = clock.tick(5)
    >>> partner.get_layer_version_by_arn(Arn=layerperm_layer.arn)["Version"]
    1
    """

    def __init__(
        self,
        seconds: float,
        *,
        account_id: str | None = None,
        region_name: str | None = None,
        layer: object = None,
        after: int = 0,
    ) -> None:
        super().__init__(None, account_id=account_id, region_name=region_name, layer=layer, after=after)
        if not is_positive(seconds):
            raise ValueError(f"seconds must be a number above 0, not {seconds!r}")
        self.seconds = seconds
        self._granted: dict[str, dict[str, float]] = {}
        """Layer version ARN -> statement id -> when it was added."""

    @property
    def label(self) -> str:
        return f"Propagation({self.seconds:g} s)"

    def takes(self, call: Call) -> bool:
        # It has to see what becomes of each grant; it counts the calls from which it hides one.
        return call.operation == _GRANTS or super().takes(call)

    def restart(self) -> None:
        super().restart()
        self._granted.clear()

    def strike(self, call: Call, proceed: Proceed) -> Response:
        if call.operation != _GRANTS:
            call.unseen = self._unseen(call)
            return proceed(call)
        succeeded = False
        try:
            response = proceed(call)
            succeeded = response.error_code is None
            return response
        finally:
            if succeeded or call.applied:
                with self._lock:
                    self._granted.setdefault(str(call.resource), {})[call.given["StatementId"]] = call.time

    def _matches(self, call: Call) -> bool:
        is_foreign = call.layer is not None and call.layer.account_id != call.account_id
        return (
            is_foreign
            and call.operation in CROSS_ACCOUNT_OPERATIONS
            and super()._matches(call)
            and bool(self._unseen(call))
        )

    def _unseen(self, call: Call) -> frozenset[str]:
        with self._lock:
            granted = self._granted.get(str(call.resource), {})
            return frozenset([sid for sid, time in granted.items() if call.time < time + self.seconds])
