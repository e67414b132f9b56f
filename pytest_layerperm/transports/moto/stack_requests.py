"""Requests to CloudFormation, rewritten so that moto understands them.

moto does not know the previous values of parameters with a default, and takes the newest change set of a name for
that of any stack.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

from ...lambda_api.errors import LambdaError
from ...lambda_api.wire import Response
from ..translate import bytes_of
from . import private_mending as private

_PARAMETER = re.compile(r"(Parameters\.member\.\d+)\.UsePreviousValue")
_NONE = "arn:aws:cloudformation:::changeSet/none"
_ERROR = (
    '<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>'
    "<Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
)


class ChangeSetNotFound(LambdaError):
    """The error for which CDK waits after it has deleted a change set; moto says that the stack does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(f"ChangeSet [{name}] does not exist")

    def response(self) -> Response:
        """CloudFormation's errors are XML."""
        body = _ERROR.format(code="ChangeSetNotFound", message=escape(str(self.message)))
        return Response(404, body.encode(), headers={"content-type": "text/xml"})


def mend(request: Any, account_id: str, region_name: str) -> None:
    """Changes a prepared request in place, if moto would not understand it. Raises ChangeSetNotFound."""
    body = bytes_of(request.body)
    mended = _mended(body, account_id, region_name)
    if mended != body:
        request.body = mended
        request.headers["Content-Length"] = str(len(mended))


def _mended(body: bytes, account_id: str, region_name: str) -> bytes:
    """The body of a request; unchanged unless it names a change set of a stack or the previous value of a parameter."""
    given = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    stack, action, wanted = given.get("StackName"), given.get("Action"), dict(given)
    if "ChangeSetName" in given and action != "CreateChangeSet":
        name = given["ChangeSetName"]
        found = private.change_set_id(account_id, region_name, name, stack)
        if found is None and action != "DeleteChangeSet":
            raise ChangeSetNotFound(name)
        wanted["ChangeSetName"] = found or _NONE
    if action in ("CreateChangeSet", "UpdateStack"):
        for name, flag in given.items():
            wanted_value = _PARAMETER.fullmatch(name)
            if wanted_value is not None and flag == "true" and f"{wanted_value[1]}.ParameterValue" not in given:
                key = given.get(f"{wanted_value[1]}.ParameterKey", "")
                value = private.previous_value(account_id, region_name, stack or "", key)
                if value is not None:
                    del wanted[name]
                    wanted[f"{wanted_value[1]}.ParameterValue"] = value
    return body if wanted == given else urlencode(wanted).encode()
