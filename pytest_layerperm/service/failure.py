"""Any error that AWS could respond to a call with."""

from __future__ import annotations

import re

from ..lambda_api import errors
from ..lambda_api.wire import Call, Response, success
from .faults import Fault, Proceed

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9.]*")


class Failure(Fault):
    """Responds with any error: its code, HTTP status (400 to 599) and message; the call is not carried out.

    ``times`` and the limits are those of ``Fault``. Raises TypeError or ValueError, naming the argument, for
    anything else.

    >>> with layerperm.inject(Failure("ServiceUnavailableException", status=503)):
    ...     layers = layerperm_client.list_layers()  # botocore tries again after a 503.
    >>> [call.outcome for call in layerperm.calls]
    ['503 ServiceUnavailableException', '200']
    """

    def __init__(
        self,
        code: str,
        *,
        status: int = 400,
        message: str = "",
        times: int | None = 1,
        operation: str | None = None,
        account_id: str | None = None,
        region_name: str | None = None,
        layer: object = None,
        after: int = 0,
    ) -> None:
        super().__init__(
            times, operation=operation, account_id=account_id, region_name=region_name, layer=layer, after=after
        )
        if not isinstance(code, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"code must be text, an error code such as 'EC2ThrottledException', not {code!r}")
        if not _CODE.fullmatch(code):
            raise ValueError(f"code must be an error code such as 'EC2ThrottledException', not {code!r}")
        if isinstance(status, bool) or not isinstance(status, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"status must be a whole number, not {status!r}")
        if not 400 <= status <= 599:
            raise ValueError(f"status must be an HTTP status from 400 to 599, not {status}")
        if not isinstance(message, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"message must be text, not {message!r}")
        self.code = code
        self.status = status
        self.message = message

    def strike(self, call: Call, proceed: Proceed) -> Response:
        body = {
            "Type": "User" if self.status < 500 else "Service",
            _message_key(self.code): self.message,
        }
        return success(self.status, body)._replace(error_code=self.code)


def _message_key(code: str) -> str:
    """``Message`` or ``message``, as AWS writes it in errors of that code."""
    known: object = getattr(errors, code, None)
    return known.message_key if isinstance(known, type) and issubclass(known, errors.LambdaError) else "message"
