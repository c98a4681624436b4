"""Runs the operator's program on news: no shell, little time, few at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from ims_tui.adapters.program import run_program
from ims_tui.core.headless.hooks import Notice, filled
from ims_tui.core.text import printable

_LOG = logging.getLogger(__name__)

MOST_AT_ONCE = 4

MOST_ERRORS = 4096
"""Bytes kept of what one run writes to its standard error."""

_MOST_SAID = 200
"""Characters told of that; the log has all that is kept."""


class HookRunner:
    """Starts one process for each notice; its standard output goes nowhere.

    Args:
        argv: the program and its arguments.
        timeout_s: it is killed after this, with all that it started in its group.
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
        self._is_ending = False
        self.problem = ""
        """What went wrong last; the same is logged each time."""
        self.failures = 0
        """How many runs went wrong."""

    def run(self, notice: Notice) -> None:
        """Run for one notice, as soon as there is room."""
        task = asyncio.create_task(self._run(notice))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self) -> None:
        """Wait until all have ended."""
        await asyncio.gather(*self._running)

    def refuse(self) -> None:
        """Start none from now on; those that run go on."""
        self._is_ending = True

    async def end(self, grace_s: float) -> None:
        """Start none any more, and end those that run after a grace period."""
        self.refuse()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, notice: Notice) -> None:
        async with self._places:
            if self._is_ending:
                _LOG.warning("hook: not run, for the end has begun")
                return
            try:
                ended = await run_program(
                    filled(self._argv, notice.environ),
                    self._timeout_s,
                    given=notice.document,
                    environ={**self._environ, **notice.environ},
                    most_bytes=MOST_ERRORS,
                    keeps_out=False,
                    ends_all=False,  # such as a program that shows the notice
                )
            except (OSError, ValueError) as error:
                self._tell(
                    f"{self._argv[0]}: {getattr(error, 'strerror', '') or error}"
                )
                return
        errors = bytes(ended.err.data).decode("utf-8", "replace")
        lines = [text for line in errors.splitlines() if (text := printable(line))]
        for line in lines:
            _LOG.info("hook: %s says: %s", self._argv[0], line)
        said = f": {printable(lines[-1], _MOST_SAID)}" if lines else ""
        if ended.status is None:
            limit = f"{self._timeout_s:g} s"
            self._tell(f"{self._argv[0]} took longer than {limit}{said}")
        elif ended.status != 0:
            self._tell(f"{self._argv[0]} {_how(ended.status)}{said}")

    def _tell(self, problem: str) -> None:
        _LOG.warning("hook: %s", problem)
        self.problem = problem
        self.failures += 1


def _how(status: int) -> str:
    """How a program ended that did not end well."""
    return f"ended with {status}" if status > 0 else f"was ended by signal {-status}"
