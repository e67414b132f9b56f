"""What a test asks of a sweep, checked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from ..service.arguments import check_flag, check_operation
from .kinds import Kind, kinds_of

Check = Callable[[], object]
Checks = Check | Iterable[Check]


@dataclass(frozen=True)
class Settings:
    """The arguments of ``every_fault``."""

    kinds: tuple[Kind, ...]
    always: tuple[Check, ...]
    raises: tuple[type[BaseException], ...]
    may_fail: bool
    pairs: bool
    budget: int
    reset: tuple[Check, ...]
    operations: frozenset[str] | None
    virtual_sleep: bool


def settings_of(
    *faults: object,
    always: Checks = (),
    raises: type[BaseException] | tuple[type[BaseException], ...] = (),
    may_fail: bool = True,
    pairs: bool = False,
    budget: int = 2000,
    reset: Checks = (),
    operations: str | Iterable[str] | None = None,
    virtual_sleep: bool = False,
) -> Settings:
    """The settings that these arguments make. Raises TypeError or ValueError, naming the argument."""
    check_flag("may_fail", may_fail)
    check_flag("pairs", pairs)
    check_flag("virtual_sleep", virtual_sleep)
    if isinstance(budget, bool) or not isinstance(budget, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"budget must be a number of runs, not {budget!r}")
    if budget < 1:
        raise ValueError(f"budget must be a number of runs, at least 1, not {budget}")
    errors = _errors(raises)
    if errors and not may_fail:
        raise ValueError("raises= says which errors are accepted, and may_fail=False that none is")
    return Settings(
        kinds_of(faults),
        _checks("always", always),
        errors,
        may_fail,
        pairs,
        budget,
        _checks("reset", reset),
        _operations(operations),
        virtual_sleep,
    )


def _checks(argument: str, given: Any) -> tuple[Check, ...]:
    checks: tuple[Any, ...] = ()
    if callable(given):
        checks = (given,)
    elif isinstance(given, Iterable) and not isinstance(given, (str, bytes)):
        checks = tuple(given)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    else:
        _reject(argument, given)
    for check in checks:
        if not callable(check):
            _reject(argument, check)
        if inspect.iscoroutinefunction(check):
            raise TypeError(f"{argument} must be a plain function, not the coroutine function {check!r}")
    return checks


def _reject(argument: str, given: object) -> None:
    raise TypeError(f"{argument} must be a callable without arguments, or several, not {given!r}")


def _errors(given: Any) -> tuple[type[BaseException], ...]:
    errors = cast(tuple[Any, ...], given) if isinstance(given, tuple) else (given,)
    for error in errors:
        if not (inspect.isclass(error) and issubclass(error, BaseException)):
            raise TypeError(f"raises must be an exception class or a tuple of them, not {error!r}")
    return errors


def _operations(given: str | Iterable[str] | None) -> frozenset[str] | None:
    if given is None:
        return None
    operations = (given,) if isinstance(given, str) else tuple(given)
    for operation in operations:
        check_operation("operations", operation)
    return frozenset(operations)
