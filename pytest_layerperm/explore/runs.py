"""One run of the block under test, as a context manager, and what came of it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from ..patches.own_sleeps import own_sleeps
from ..patches.retries import fresh_retries
from ..patches.threads import silent_ends
from .judgment import ends_the_test, first_line, is_honest, is_verdict, shown, user_lines
from .points import Point, name_of
from .record import Failure
from .report import NotSurvived, not_put_back
from .watch import EndlessCalls, ProcessDied, Watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from .record import Record


class Run:
    """One run of the block: ``with run:`` around the code under test and its assertions.

    Afterwards ``error`` is what the block raised, ``died`` says whether its process was killed.
    """

    def __init__(
        self, sweep: Record, point: Point, struck: Point, after: Run | None = None, *, quiet: bool = False
    ) -> None:
        self._sweep = sweep
        self._point = point
        self._struck = struck
        """What of the point happens in this run."""
        self._after = after
        """The run that was killed, where this is the one after it."""
        self._quiet = quiet
        """Whether an error of a run without a failure is kept for the sweep to report."""
        self._entered = self.left = False
        self._undo = ExitStack()
        self.error: BaseException | None = None
        """What the block raised; None if nothing, or if it was killed."""
        self.died = False
        """Whether the process of the code under test was killed in this run."""

    @property
    def point(self) -> str:
        """Which failure happens at which call, such as ``Throttle@2``; empty if nothing fails."""
        return name_of(self._point)

    @property
    def succeeded(self) -> bool:
        """Whether the block ran to its end."""
        return self.left and self.error is None and not self.died

    def __repr__(self) -> str:
        return f"<run of {self.point or 'no failure'}{', again' if self._after else ''}>"

    def __enter__(self) -> Run:
        if self._entered:
            raise RuntimeError("this run was entered already; each run of every_fault() is one `with run:` block")
        self._entered = True
        sweep = self._sweep
        service = sweep.service
        if self._after is None:
            sweep.put_back()
        strikes = {step.call.at: step.kind for step in self._struck}
        for kind in strikes.values():
            if kind.template is not None:
                kind.template.restart()
        self.watch = Watch(service.store, strikes, sweep.limit)
        self._escaped = len(service.escaped)
        self._changes = len(service.other_changes)
        with ExitStack() as undo:
            undo.enter_context(fresh_retries())
            undo.enter_context(silent_ends(ProcessDied, EndlessCalls))
            self._slept = undo.enter_context(
                own_sleeps(service.virtual_time.pass_by if sweep.settings.virtual_sleep else None)
            )
            service.surround(self.watch)
            undo.callback(service.surround, None)
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        __tracebackhide__ = True
        self._undo.close()
        self.left = True
        sweep = self._sweep
        sweep.runs += 1
        sweep.slept += sum(self._slept)
        self.died = self.watch.died
        if self.watch.endless:
            error = error or EndlessCalls()
        elif error is not None and not self.died and ends_the_test(error):
            sweep.left_as_it_is = True
            return False
        self.error = None if self.died else error
        if not self._point:
            return self._quiet or self._without_failure()
        hidden = sweep.service.escaped[self._escaped :]
        del sweep.service.escaped[self._escaped :]
        verdict = self._verdict(hidden)
        if verdict is not None:
            self._fail(*verdict)
        else:
            self._check_always()
        return True

    def _without_failure(self) -> bool:
        """What the block does then is the test's own; its report shows how things are."""
        __tracebackhide__ = True
        self._sweep.left_as_it_is = True
        if self.watch.endless:
            raise AssertionError(
                f"the block makes layer calls without end: {self._sweep.limit} attempts, and nothing was made to fail\n"
                "What to do: bound its loop, or raise budget= if it needs that many."
            ) from None
        if self.error is None:
            for raised in self._sweep.service.escaped[self._escaped :]:
                raise raised
            changes = self._sweep.service.other_changes[self._changes :]
            if changes and not self._sweep.settings.reset:
                raise NotSurvived(not_put_back(changes))
            for check in self._sweep.settings.always:
                check()
            self._sweep.left_as_it_is = False
        return False

    def _verdict(self, hidden: list[Exception]) -> tuple[str, BaseException] | None:
        """What is wrong with how the block ended; None if nothing is."""
        again = "run again, it " if self._after else "it "
        if self.watch.endless:
            assert self.error is not None
            return f"{again}makes calls without end", self.error
        missing = [step.name for step in self._struck if step.call.at not in self.watch.reached]
        if missing:
            reason = AssertionError(f"{missing[0]} was not reached: the block does not make the same calls each time")
            return str(reason), reason
        if hidden:
            return f"{again}hides {shown(hidden[0])}", hidden[0]
        if self.error is None or self._is_accepted(self.error):
            return None
        if is_verdict(self.error):
            return f"{again}returns, and {first_line(self.error) or 'an assertion fails'}", self.error
        return f"{again}raises {shown(self.error)}", self.error

    def _is_accepted(self, error: BaseException) -> bool:
        settings = self._sweep.settings
        if is_verdict(error):
            return False
        if isinstance(error, settings.raises):
            return True
        # What a rival did is still there when the block is run again; what else happened to the killed one is over.
        present = [step.kind for step in self._point if step in self._struck or step.kind.family == "rival"]
        heard = [call for call in self.watch.calls if call.at in self.watch.reached]
        explains = frozenset[str]().union(*[kind.explains for kind in present if kind.explains is not None])
        if any(kind.explains is None for kind in present):
            explains |= {call.error_code for call in heard if call.error_code is not None}
        return settings.may_fail and is_honest(error, explains, [call.error_code for call in heard])

    def _check_always(self) -> None:
        for check in self._sweep.settings.always:
            failed = _raised_by(check)
            if failed is not None:
                name = getattr(check, "__name__", repr(check))
                how = "is killed" if self.died else "returns" if self.error is None else f"raises {shown(self.error)}"
                again = "run again, it " if self._after else "it "
                said = first_line(failed) if isinstance(failed, AssertionError) else shown(failed)
                self._fail(f"{again}{how}, and always {name}: {said}", failed)
                return

    def _fail(self, verdict: str, error: BaseException) -> None:
        where = list(user_lines(error))
        traces = [self.watch.calls]
        before = self._after
        while before is not None:
            traces.insert(0, before.watch.calls)
            before = before._after  # noqa: SLF001
        log = self._sweep.service.calls.save()
        self._sweep.failures.append(Failure(self._point, verdict, where[-1] if where else "", error, traces, log))


def _raised_by(check: Callable[[], object]) -> Exception | None:
    try:
        check()
    except Exception as failed:
        return failed
    return None
