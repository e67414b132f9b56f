"""Errors for arguments that a function does not take: with what was probably meant."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any, ParamSpec, TypeVar

from ..lambda_api.arn import is_account_id

__tracebackhide__ = True

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def with_hints(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """The function; its TypeError for arguments that it does not take says what was probably meant."""
    signature = inspect.signature(function)
    name = function.__qualname__.removesuffix(".__init__").rpartition(".")[2]

    @functools.wraps(function)
    def checked(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        try:
            signature.bind(*args, **kwargs)
        except TypeError as wrong:
            problem = f"{name}(): {wrong}{misspelt(signature, kwargs) or _misplaced(signature, args)}"
        else:
            return function(*args, **kwargs)
        raise TypeError(problem)

    return checked


def misspelt(signature: inspect.Signature, keywords: Iterable[str]) -> str:
    """What an unknown keyword probably means, to be put after the error; empty if nothing comes near."""
    names = list(signature.parameters)
    return next((did_you_mean(keyword, names) for keyword in keywords if keyword not in names), "")


def _misplaced(signature: inspect.Signature, args: Sequence[Any]) -> str:
    """What positional arguments of a helper that are too many probably mean."""
    positional = [p for p in signature.parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    extra = args[len(positional) :]
    if extra and all(is_account_id(given) for given in args):
        return "; it takes one account: call it once for each"
    return "; pass the layer as layer=" if extra and "layer" in signature.parameters else ""


def did_you_mean(keyword: str, names: Sequence[str]) -> str:
    """``; did you mean region_name=?`` for ``region``; empty if no name comes near."""
    near = get_close_matches(keyword, names, 1)
    return f"; did you mean {near[0]}=?" if near else ""
