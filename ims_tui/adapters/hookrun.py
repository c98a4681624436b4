"""Runs the operator's program on news: no shell, little time, few at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from ims_tui.adapters.program import run_program
from ims_tui.core.headless.hooks import Notice, filled

_LOG = logging.getLogger(__name__)

MOST_AT_ONCE = 4


class HookRunner:
    """Starts one process for each notice; its output goes nowhere.

    Args:
        argv: the program and its arguments.
        timeout_s: it is killed after this.
        environ: variables it gets besides those of the notice.
    """

    def __init__(
        self, argv: Sequence[str], timeout_s: float, environ: Mapping[str, str]
    ) -> None:
        self._argv = argv
        self._timeout_s = timeout_s
        self._environ = environ
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._running: set[asyncio.Task[None]] = set()
        self.problem = ""
        """What went wrong last; the same is logged each time."""

    def run(self, notice: Notice) -> None:
        """Run for one notice, as soon as there is room."""
        task = asyncio.create_task(self._run(notice))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self) -> None:
        """Wait until all have ended."""
        await asyncio.gather(*self._running)

    async def _run(self, notice: Notice) -> None:
        async with self._places:
            try:
                ended = await run_program(
                    filled(self._argv, notice.environ),
                    self._timeout_s,
                    given=notice.document,
                    environ={**self._environ, **notice.environ},
                    ends_all=False,  # such as a program that shows the notice
                )
            except (OSError, ValueError) as error:
                self._tell(
                    f"{self._argv[0]}: {getattr(error, 'strerror', '') or error}"
                )
                return
        if ended.status is None:
            self._tell(f"{self._argv[0]} took longer than {self._timeout_s:g} s")
        elif ended.status > 0:
            self._tell(f"{self._argv[0]} ended with {ended.status}")

    def _tell(self, problem: str) -> None:
        _LOG.warning("hook: %s", problem)
        self.problem = problem
