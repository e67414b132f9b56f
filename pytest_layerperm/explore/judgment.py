"""The rule by which a run is judged: an honest error, or success."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

MISTAKES = (
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    NotImplementedError,
    RecursionError,
    TypeError,
)
"""Errors that nobody raises to say that AWS has failed."""


def is_verdict(error: BaseException) -> bool:
    """Whether an assertion of the block has failed: Python's, or pytest's own ``fail`` and ``raises``."""
    return isinstance(error, AssertionError) or type(error).__name__ == "Failed"


def ends_the_test(error: BaseException) -> bool:
    """Whether nobody is to be kept from seeing it: an interrupt, a skip, a task that is cancelled."""
    if isinstance(error, Exception):
        return type(error).__name__ == "SkipTest"
    return not (is_verdict(error) or _nested(error) or isinstance(error, SystemExit))


def is_honest(error: BaseException, explains: frozenset[str], heard: list[str | None]) -> bool:
    """Whether an error says that the failure happened which did.

    It is that failure's own, or was caused by it; or the failure was the last thing that the struck calls heard
    (``heard``) and the error tells nothing else of AWS, as a program's own exception or exit status.
    """
    nested = _nested(error)
    if nested:
        return all(is_honest(one, explains, heard) for one in nested)
    if _is_caused_by(error, explains):
        return True
    if isinstance(error, MISTAKES) or _code_of(error) is not None:
        return False
    if isinstance(error, SystemExit) and not error.code:
        return False  # It says that all went well.
    return bool(heard) and all(code in explains for code in heard)


def _is_caused_by(error: BaseException | None, explains: frozenset[str]) -> bool:
    known: set[int] = set()
    while error is not None and id(error) not in known:
        known.add(id(error))
        if _names_of(error) & explains:
            return True
        nested = _nested(error)
        if nested:
            return all(_is_caused_by(one, explains) for one in nested)
        if error.__cause__ is not None:
            error = error.__cause__
        elif isinstance(error, MISTAKES) or _code_of(error) is not None:
            return False  # What merely came up while another error was handled, and says something else.
        else:
            error = error.__context__
    return False


def _nested(error: BaseException) -> tuple[BaseException, ...]:
    """The members of an exception group."""
    nested = getattr(error, "exceptions", None)
    return cast(tuple[BaseException, ...], nested) if isinstance(nested, tuple) else ()


def _names_of(error: BaseException) -> set[str]:
    """AWS's code, or the names of the exception's classes."""
    names = {kind.__name__ for kind in type(error).__mro__}
    code = _code_of(error)
    if code is not None:
        names.add(code)
    return names


def _code_of(error: BaseException) -> str | None:
    """The error code of AWS's that an exception of botocore, or one of requests, has."""
    response: Any = getattr(error, "response", None)
    if isinstance(response, dict):
        return str(cast(dict[str, Any], response).get("Error", {}).get("Code", "?"))
    status = getattr(response, "status_code", None)
    if status is None:
        return None
    named = response.headers.get("x-amzn-errortype")
    return named or {429: "TooManyRequestsException", 500: "ServiceException"}.get(status, str(status))


def shown(error: BaseException) -> str:
    """An error in a few words."""
    code = _code_of(error)
    kind = type(error).__name__
    if code is not None:
        return code if kind == code else f"{code} ({kind})"
    text = first_line(error)
    return f"{kind}: {text}" if text else kind


def first_line(error: BaseException) -> str:
    """The first line of an error's text, shortened."""
    line = str(error).strip().partition("\n")[0]
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


_LONGEST = 110


def user_lines(error: BaseException) -> Iterator[str]:
    """The lines of the user's own code that the error came through, outermost first: ``FILE:LINE``."""
    import sysconfig
    import traceback
    from pathlib import Path

    paths = sysconfig.get_paths()
    others = (str(Path(__file__).parents[1]), paths["stdlib"], paths["purelib"], paths["platlib"])
    for frame in traceback.extract_tb(error.__traceback__):
        if not frame.filename.startswith((*others, "<")):
            yield f"{Path(frame.filename).name}:{frame.lineno}"
