"""Runs the operator's program on news: no shell, little time, few at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

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
                process = await asyncio.create_subprocess_exec(
                    *filled(self._argv, notice.environ),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.DEVNULL,
                    env={**self._environ, **notice.environ},
                    start_new_session=True,
                )
            except OSError as error:
                self._tell(f"{self._argv[0]}: {error.strerror or error}")
                return
            await self._wait(process, notice)

    async def _wait(self, process: asyncio.subprocess.Process, notice: Notice) -> None:
        try:
            async with asyncio.timeout(self._timeout_s):
                await process.communicate(notice.document)
        except TimeoutError:
            self._tell(f"{self._argv[0]} took longer than {self._timeout_s:g} s")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode and process.returncode > 0:
            self._tell(f"{self._argv[0]} ended with {process.returncode}")

    def _tell(self, problem: str) -> None:
        _LOG.warning("hook: %s", problem)
        self.problem = problem
