"""`ims-tui watch`: the list without a screen, for a service manager."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Coroutine

from msgspec.structs import replace

from ims_tui.cli.announcer import GRACE_S, Announcer
from ims_tui.cli.call import Call
from ims_tui.cli.parser import add_utc
from ims_tui.cli.publisher import add_metrics, publisher
from ims_tui.cli.reporter import Reporter
from ims_tui.cli.selection import listed_watches
from ims_tui.cli.session import TICK_S, open_runtime, run_until
from ims_tui.cli.signals import SERVING, ended_by_signals
from ims_tui.core.errors import ConfigError
from ims_tui.core.headless.priority import Priority
from ims_tui.core.headless.readiness import service_status
from ims_tui.core.headless.wait_rule import (
    WaitFacts,
    Wish,
    is_settled,
    renewing,
    troubles,
    verdict,
)
from ims_tui.core.state.store import Snapshot
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.deadline import DEADLINE_S
from ims_tui.engine.runtime import Runtime
from ims_tui.engine.supervisor import log_fault
from ims_tui.wiring import as_poller, service_state

_SIGNALS = """\
signals:
  TERM       end with 0; everything is saved
  INT        the same, with 130
  HUP        read settings and credentials again
  USR1       ask about every job now, within the budget
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what is told, to whom, and when it ends."""
    parser.epilog = _SIGNALS
    add = parser.add_argument
    add("--jsonl", action="store_true", help="events as JSON lines")
    add_utc(parser)
    add("--exit-when-done", action="store_true", help="end when nothing is left to ask")
    add_metrics(parser)


def run(call: Call) -> Coroutine[None, None, int]:
    """Watch; returns the exit code."""
    return ended_by_signals(_watch(call), SERVING, DEADLINE_S + GRACE_S)


async def _watch(call: Call) -> int:
    listed_watches(call)  # an unreadable list is said at once
    runtime = open_runtime(call, call.settings)
    runtime.archives = True
    watching = _Watching(call, runtime)
    with as_poller(call.setup.places) as runtime.is_shared:
        try:
            await run_until(
                call,
                runtime,
                watching.check,
                tick_s=TICK_S,
                on_end=watching.begin_end,
            )
        finally:
            await watching.close()
    return watching.exit_code()


class _Watching:
    """One run: tells here and elsewhere, publishes.

    Raises:
        ConfigError: the port of `--metrics-port` cannot be had.
        UsageError: the extra for metrics is missing.
    """

    def __init__(self, call: Call, runtime: Runtime) -> None:
        self._call = call
        self._runtime = runtime
        self._reporter = Reporter(
            call,
            progress="none" if call.args.jsonl else "lines",
            jsonl=call.args.jsonl,
            lines_to=call.out,
        )
        self._state = service_state(call.environ)
        self._is_ready = False
        self._publisher = publisher(call, runtime)
        self._announcer = Announcer(call, runtime)
        self._seen_live: set[JobKey] = set()
        self._wish = Wish(renewing=renewing(runtime.settings))
        self._known = WaitFacts((), {}, runtime.moment())
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        loop.add_signal_handler(signal.SIGUSR1, self._poll_all)

    def check(self) -> bool:
        """Tell what is new; returns whether the run is over."""
        snapshot, now = self._runtime.snapshot(), self._runtime.moment()
        entries = snapshot.entries
        self._state.alive()
        if snapshot.is_loading or not snapshot.version:
            return False
        self._reporter.tell(entries, snapshot.health, snapshot.events, now)
        if self._publisher is not None:
            self._publisher.on_snapshot(snapshot, self._announcer.failures)
        self._announcer.on_snapshot(snapshot)
        self._seen_live |= {key for key, entry in entries.items() if entry.is_live}
        self._known = WaitFacts(list(entries.values()), snapshot.health, now)
        self._tell_state(snapshot)
        return bool(self._call.args.exit_when_done) and all(
            is_settled(self._wish, entry, self._known) for entry in self._known.entries
        )

    def _tell_state(self, snapshot: Snapshot) -> None:
        if not self._is_ready:
            self._is_ready = True
            self._state.ready()
        self._state.status(service_status(snapshot))

    def _reload(self) -> None:
        self._state.reloading()
        asyncio.ensure_future(self._reloaded()).add_done_callback(self._end_reload)

    def _end_reload(self, task: asyncio.Future[None]) -> None:
        if not task.cancelled() and (fault := task.exception()) is not None:
            log_fault(task)
            name = type(fault).__name__
            line = f"a fault of ims-tui: {name}; the old settings stay"
            self._call.say([line], Priority.ERROR)
        self._state.ready()

    async def _reloaded(self) -> None:
        try:
            problems = await self._runtime.reload()
        except ConfigError as error:
            self._call.say([f"{error}; the old settings stay"], Priority.ERROR)
            return
        self._call.say(map(str, problems), Priority.WARNING)
        self._call.say(["settings and credentials are read again"])

    def _poll_all(self) -> None:
        self._runtime.tracker.poll_now(self._runtime.snapshot().entries)

    def begin_end(self, is_over: bool) -> None:
        """Tell who supervises us; stop where the jobs have not ended by themselves."""
        self._state.stopping()
        if not is_over:
            self._announcer.stop()

    async def close(self) -> None:
        """Tell the last news, and leave the last metrics behind."""
        try:
            await self._announcer.close()
        finally:
            if self._publisher is not None:
                await self._publisher.close()

    def exit_code(self) -> int:
        """How the jobs ended that were live at some time; says what is not plain."""
        entries = [e for e in self._known.entries if e.key in self._seen_live]
        known = replace(self._known, entries=entries)
        for line in dict.fromkeys(troubles(self._wish, known, is_timed_out=False)):
            mark = self._call.mark(self._call.err, Priority.ERROR)
            self._call.err.write(f"{mark}ims-tui: {line}\n")
        return verdict(self._wish, known, is_timed_out=False)
