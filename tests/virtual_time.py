"""Days in milliseconds: an event loop that moves its clock instead of sleeping.

Only the selector differs from the real loop: asked to wait, it adds the time to wait to
the clock and returns. So tasks, timers and time-outs run in their true order.
"""

from __future__ import annotations

import asyncio
import functools
import selectors
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import ParamSpec

from ims_tui.core.moment import Clock

P = ParamSpec("P")

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


REAL_TURN_S = 0.02
PATIENCE_S = 5.0
"""What is under way in a thread comes until then."""


class _VirtualSelector(selectors.SelectSelector):
    now_s = 0.0
    at_work = 0

    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        if self.at_work:
            began_s = time.monotonic()
            turn_s = REAL_TURN_S if timeout is None else min(timeout, REAL_TURN_S)
            found = super().select(turn_s)
            self.now_s += time.monotonic() - began_s
            return found
        if timeout is None:
            if found := super().select(PATIENCE_S):  # from a thread
                return found
            raise RuntimeError("nothing is planned: this would wait for ever")
        self.now_s += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time, which begins at zero."""

    def __init__(self) -> None:
        self._virtual = _VirtualSelector()
        super().__init__(self._virtual)

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._virtual.now_s

    @contextmanager
    def real_time(self) -> Iterator[None]:
        """Let time pass as it does, while a thread or another process is at work."""
        self._virtual.at_work += 1
        try:
            yield
        finally:
            self._virtual.at_work -= 1

    def block(self, seconds: float) -> None:
        """Let time pass in which the loop does nothing, as behind a stuck terminal."""
        self._virtual.now_s += seconds


class VirtualClock(Clock):
    """Clock port on the running virtual loop."""

    def __init__(self) -> None:
        self._suspended_s = 0.0
        self._wall_set_s = 0.0

    def now(self) -> datetime:
        """Wall clock."""
        return START + timedelta(seconds=self.monotonic() + self._wall_set_s)

    def monotonic(self) -> float:
        """Loop time and the time spent suspended, like CLOCK_BOOTTIME."""
        return asyncio.get_running_loop().time() + self._suspended_s

    def suspend(self, seconds: float) -> None:
        """Close the lid: clocks go on, timers do not."""
        self._suspended_s += seconds

    def set_wall(self, seconds: float) -> None:
        """Somebody sets the wall clock forward, or back."""
        self._wall_set_s += seconds


def virtual(test: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Run an async test in virtual time; it must leave no task behind."""

    async def checked(*args: P.args, **kwargs: P.kwargs) -> None:
        await test(*args, **kwargs)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"still running: {left}"

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(checked(*args, **kwargs))

    return run
