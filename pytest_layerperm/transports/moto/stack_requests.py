"""CloudFormation's requests, said in a way that moto understands: it knows no previous values of parameters that have
a default, and takes the newest change set of a name for that of any stack.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ..translate import bytes_of
from . import private_mending as private

_PARAMETER = re.compile(r"(Parameters\.member\.\d+)\.UsePreviousValue")


def mend(request: Any, account_id: str, region_name: str) -> None:
    """Changes a prepared request in place, if moto would not understand it."""
    body = bytes_of(request.body)
    mended = _mended(body, account_id, region_name)
    if mended != body:
        request.body = mended
        request.headers["Content-Length"] = str(len(mended))


def _mended(body: bytes, account_id: str, region_name: str) -> bytes:
    """The body of a request; unchanged unless it names a change set of a stack or the previous value of a parameter."""
    given = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    stack, action = given.get("StackName", ""), given.get("Action")
    wanted = dict(given)
    if stack and "ChangeSetName" in given and action != "CreateChangeSet":
        wanted["ChangeSetName"] = private.change_set_id(account_id, region_name, given["ChangeSetName"], stack)
    if action in ("CreateChangeSet", "UpdateStack"):
        for name, flag in given.items():
            found = _PARAMETER.fullmatch(name)
            if found is not None and flag == "true" and f"{found[1]}.ParameterValue" not in given:
                key = given.get(f"{found[1]}.ParameterKey", "")
                value = private.previous_value(account_id, region_name, stack, key)
                if value is not None:
                    del wanted[name]
                    wanted[f"{found[1]}.ParameterValue"] = value
    return body if wanted == given else urlencode(wanted).encode()
