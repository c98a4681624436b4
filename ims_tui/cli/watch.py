"""`ims-tui watch`: the list without a screen, for a service manager."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Coroutine, Sequence

from msgspec.structs import replace

from ims_tui.cli.call import Call
from ims_tui.cli.publisher import add_metrics, publisher
from ims_tui.cli.reporter import Reporter
from ims_tui.cli.selection import listed_watches
from ims_tui.cli.session import open_runtime, run_until
from ims_tui.cli.signals import SERVING, ended_by_signals
from ims_tui.cli.style import plain_view
from ims_tui.core.errors import ConfigError
from ims_tui.core.headless.changes import news_since
from ims_tui.core.headless.hooks import notices
from ims_tui.core.headless.level import Level
from ims_tui.core.headless.readiness import service_status
from ims_tui.core.headless.waiting import (
    Known,
    Wish,
    is_settled,
    renewing,
    troubles,
    verdict,
)
from ims_tui.core.state.store import Event, Snapshot
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.engine.deadline import DEADLINE_S
from ims_tui.engine.runtime import Runtime
from ims_tui.engine.supervisor import log_fault
from ims_tui.wiring import as_poller, hook_runner, service_state

TICK_S = 1.0
"""How often times are looked at where nothing happens."""

HOOK_GRACE_S = 1.0
"""How long hooks that run may go on when the end has begun."""

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
    add("--exit-when-done", action="store_true", help="end when nothing is left to ask")
    add_metrics(parser)


def run(call: Call) -> Coroutine[None, None, int]:
    """Watch; returns the exit code."""
    return ended_by_signals(_watch(call), SERVING, DEADLINE_S + HOOK_GRACE_S)


async def _watch(call: Call) -> int:
    listed_watches(call, call.saved())  # an unreadable list is said at once
    runtime = open_runtime(call, call.settings)
    runtime.archives = True
    watching = _Watching(call, runtime)
    with as_poller(call.setup.places) as runtime.is_shared:
        try:
            await run_until(
                call,
                runtime,
                watching.look,
                tick_s=TICK_S,
                on_end=watching.begin_end,
            )
        finally:
            await watching.close()
    return watching.exit_code()


class _Watching:
    """One run: tells, publishes, runs hooks.

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
        notify = runtime.settings.notify
        has_hook = bool(notify.command) and notify.when != "never"
        self._hooks = hook_runner(notify, call.environ) if has_hook else None
        self._hook_problem = ""
        self._state = service_state(call.environ)
        self._is_ready = self._is_done = False
        self._publisher = publisher(call, runtime)
        self._events: Sequence[Event] = ()
        self._seen_live: set[JobKey] = set()
        self._wish = Wish(renewing=renewing(runtime.settings))
        self._known = Known((), {}, runtime.moment())
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        loop.add_signal_handler(signal.SIGUSR1, self._poll_all)

    def look(self) -> bool:
        """Tell what is new; returns whether the run is over."""
        snapshot, now = self._runtime.snapshot(), self._runtime.moment()
        entries = snapshot.entries
        self._state.alive()
        if snapshot.is_loading or not snapshot.version:
            return False
        self._reporter.tell(entries, snapshot.health, snapshot.events, now)
        if self._publisher is not None:
            failures = self._hooks.failures if self._hooks else 0
            self._publisher.look(snapshot, failures)
        self._run_hooks(snapshot)
        self._events = snapshot.events
        self._seen_live |= {key for key, entry in entries.items() if entry.is_live}
        self._known = Known(list(entries.values()), snapshot.health, now)
        self._tell_state(snapshot)
        self._is_done = bool(self._call.args.exit_when_done) and all(
            is_settled(self._wish, entry, self._known) for entry in self._known.entries
        )
        return self._is_done

    def _tell_state(self, snapshot: Snapshot) -> None:
        if not self._is_ready:
            self._is_ready = True
            self._state.ready()
        self._state.status(service_status(snapshot))

    def _run_hooks(self, snapshot: Snapshot) -> None:
        if self._hooks is None:
            return
        view = plain_view(self._call, self._runtime.moment(), snapshot.health)
        new = news_since(self._events, snapshot.events)
        notify = self._runtime.settings.notify
        for notice in notices(new, snapshot.entries, view, notify):
            self._hooks.run(notice)
        self._tell_hook_problem()

    def _tell_hook_problem(self) -> None:
        if self._hooks is None:
            return
        if self._hooks.problem != self._hook_problem:
            self._hook_problem = self._hooks.problem
            line = f"notify.command: {self._hook_problem}"
            self._call.say([line], Level.WARNING)

    def _reload(self) -> None:
        self._state.reloading()
        asyncio.ensure_future(self._reloaded()).add_done_callback(self._end_reload)

    def _end_reload(self, task: asyncio.Future[None]) -> None:
        if not task.cancelled() and (fault := task.exception()) is not None:
            log_fault(task)
            name = type(fault).__name__
            line = f"a fault of ims-tui: {name}; the old settings stay"
            self._call.say([line], Level.ERROR)
        self._state.ready()

    async def _reloaded(self) -> None:
        try:
            problems = await self._runtime.reload()
        except ConfigError as error:
            self._call.say([f"{error}; the old settings stay"], Level.ERROR)
            return
        self._call.say(map(str, problems), Level.WARNING)
        self._call.say(["settings and credentials are read again"])

    def _poll_all(self) -> None:
        self._runtime.poll_now(self._runtime.snapshot().entries)

    def begin_end(self) -> None:
        """No hook is started from now on, unless all jobs have ended by themselves."""
        self._state.stopping()
        if self._hooks is not None and not self._is_done:
            self._hooks.refuse()

    async def close(self) -> None:
        """Let hooks end, and leave the last metrics behind."""
        hooks = self._hooks
        try:
            if hooks is not None and self._is_done:
                await hooks.drain()
        finally:
            if hooks is not None:
                await hooks.end(HOOK_GRACE_S)
            self._tell_hook_problem()
            if self._publisher is not None:
                await self._publisher.close()

    def exit_code(self) -> int:
        """How the jobs ended that were live at some time; says what is not plain."""
        entries = [e for e in self._known.entries if e.key in self._seen_live]
        known = replace(self._known, entries=entries)
        for line in dict.fromkeys(troubles(self._wish, known, is_timed_out=False)):
            mark = self._call.mark(self._call.err, Level.ERROR)
            self._call.err.write(f"{mark}ims-tui: {line}\n")
        return verdict(self._wish, known, is_timed_out=False)
