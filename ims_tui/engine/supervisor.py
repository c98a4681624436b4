"""Keeps loops alive: one that dies is logged, told and started again.

A fault of ours must cost neither the other loops nor their state. It is told once, not
once per death: the banner counts while it lasts, the log has the traceback.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from ims_tui.core.moment import Clock
from ims_tui.core.state.fault import LoopFault
from ims_tui.core.state.store import Event, EventKind, JobStore
from ims_tui.core.watchlist.watch import JobKey

_LOG = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
"""Pause before a loop that died is started again; it doubles from death to death."""

GOOD_STRETCH_S = 60.0
"""A loop that ran for so long is well again: its next pause is the first."""

TOLD_FOR_S = 3600.0
"""A fault is not told again until it was away for so long."""


class Supervisor:
    """Runs loops that must not end, and steps that may fail for one job."""

    def __init__(
        self, store: JobStore, clock: Clock, on_change: Callable[[], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._on_change = on_change
        self._met_s: dict[tuple[str, ...], float] = {}
        """When each fault was last met, on the monotonic clock."""

    async def run(
        self, what: str, loop: Callable[[], Awaitable[None]], profile: str = ""
    ) -> None:
        """Run a loop until it ends by itself; where it dies, start it again.

        Args:
            what: what the loop does, for the sentence that says that it died.
            loop: begins the loop; its state is kept by whoever owns it.
            profile: whose loop it is, where it belongs to one.
        """
        pause_s = FIRST_PAUSE_S
        while True:
            task = asyncio.ensure_future(_awaited(loop))
            try:
                if self._store.fault(what) is not None:
                    await asyncio.wait([task], timeout=GOOD_STRETCH_S)
                    if not task.done():
                        self._is_well(what, profile)
                        pause_s = FIRST_PAUSE_S
                await asyncio.wait([task])
            finally:
                await ended(task)
            if not task.cancelled() and task.exception() is None:
                self._is_well(what, profile)
                return
            # Cancelled by nobody who would cancel us, too: that is a fault as well.
            fault = None if task.cancelled() else task.exception()
            self._died(what, profile, fault or asyncio.CancelledError())
            await asyncio.sleep(pause_s)
            pause_s = min(2.0 * pause_s, LONGEST_PAUSE_S)

    def attempt(
        self, key: JobKey, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Do for one job what must not fail for all; None where it failed."""
        try:
            return call(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - a fault costs this job one step
            self.of_job(key, error)
            return None

    def of_job(self, key: JobKey, fault: BaseException) -> None:
        """Log a fault that one job met, and tell it unless it is known."""
        name = type(fault).__name__
        if self._is_new(fault, key.profile):
            _LOG.error("job %s met a fault", key.job_id, exc_info=fault)
            self._tell(EventKind.JOB_FAULT, key.profile, name, key)
        else:
            _LOG.warning("job %s met a fault again: %s", key.job_id, name)

    def _died(self, what: str, profile: str, fault: BaseException) -> None:
        while isinstance(fault, BaseExceptionGroup):
            fault = fault.exceptions[0]
        name, now = type(fault).__name__, self._clock.now()
        before = self._store.fault(what)
        since, count = (before.since, before.count) if before else (now, 0)
        self._store.put_fault(LoopFault(what, name, since, count + 1))
        if self._is_new(fault, what):
            _LOG.error("%s died", what, exc_info=fault)
            self._tell(EventKind.FAULT, profile, f"{what}: {name}")
        else:
            _LOG.warning("%s died again (%d): %s", what, count + 1, name)
        self._changed()

    def _is_well(self, what: str, profile: str) -> None:
        fault = self._store.fault(what)
        if fault is not None:
            _LOG.info("%s is well again; it died %d times", what, fault.count)
            self._store.drop_fault(what)
            times = "1 fault" if fault.count == 1 else f"{fault.count} faults"
            self._tell(EventKind.WELL, profile, f"{what} goes on after {times}")
            self._changed()

    def _is_new(self, fault: BaseException, where: str) -> bool:
        """Whether a fault was not met lately at this place."""
        mark, now_s = (where, *_place(fault)), self._clock.monotonic()
        met_s = self._met_s.get(mark)
        self._met_s[mark] = now_s
        return met_s is None or now_s - met_s > TOLD_FOR_S

    def _tell(
        self, kind: EventKind, profile: str, detail: str, key: JobKey | None = None
    ) -> None:
        at = self._store.health(profile).clock.time(self._clock.moment())
        self._store.tell(Event(at, kind, key, profile, detail))

    def _changed(self) -> None:
        # Not from here: whoever listens may have a fault, too.
        asyncio.get_running_loop().call_soon(self._on_change)


async def _awaited(loop: Callable[[], Awaitable[None]]) -> None:
    await loop()


async def ended(task: asyncio.Future[None]) -> None:
    """Cancel a task and wait for its end; what it raises then is logged."""
    if task.done():
        return
    task.cancel()
    await asyncio.wait([task])
    log_fault(task)


def log_fault(task: asyncio.Future[T]) -> None:
    """Log what a task raised that has ended and that nobody awaits."""
    if not task.cancelled() and (fault := task.exception()) is not None:
        _LOG.error("a fault that ends nothing else", exc_info=fault)


def _place(fault: BaseException) -> tuple[str, str]:
    """Kind of a fault, and file and line where it was raised."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    line = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return type(fault).__name__, line
