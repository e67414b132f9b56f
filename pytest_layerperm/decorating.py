"""A fake as a decorator of functions, coroutine functions and classes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .fake import LayerPerm


def decorated_function(fake: LayerPerm, function: Callable[..., Any], *, verified: bool = False) -> Any:
    """The function with the fake on while it runs. Raises TypeError for a generator function, which would not run.

    ``verified`` checks the fake after the function even where an outer block keeps it on.
    """
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(
            f"{function.__qualname__} is a generator function, whose body runs when the decorator is over; "
            "use 'with LayerPerm() as fake:' inside it"
        )
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def run_async(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            with fake:
                result = await function(*args, **kwargs)
                if verified:
                    fake.verify()
                return result

        return run_async

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        with fake:
            result = function(*args, **kwargs)
            if verified:
                fake.verify()
            return result

    return run


def decorated_class(fake: LayerPerm, decorated: type[Any]) -> Any:
    """The class with the fake on in each ``test…`` method; in a ``TestCase`` also in ``setUp`` and ``tearDown``."""
    for name, member in dict(vars(decorated)).items():
        if name.startswith("test") and inspect.isfunction(member):
            setattr(decorated, name, decorated_function(fake, member, verified=True))
    if hasattr(decorated, "addCleanup"):
        decorated.setUp = _set_up(fake, decorated.setUp)
    return decorated


def _set_up(fake: LayerPerm, set_up: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(set_up)
    def run(case: Any) -> Any:
        fake.start()
        case.addCleanup(fake.stop)
        return set_up(case)

    return run
