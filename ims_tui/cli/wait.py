"""`ims-tui wait`: until jobs have ended."""

from __future__ import annotations

import argparse
from collections.abc import Coroutine, Mapping, Sequence

from msgspec.structs import replace

from ims_tui.cli.announcer import GRACE_S, Announcer
from ims_tui.cli.call import Call, write_json
from ims_tui.cli.parser import add_utc, time_span, with_unit
from ims_tui.cli.reporter import Reporter
from ims_tui.cli.selection import (
    add_choice,
    add_service,
    chosen_watches,
    entries_of,
    listed_watches,
)
from ims_tui.cli.session import TICK_S, open_runtime, run_until
from ims_tui.cli.signals import ended_by_signals
from ims_tui.cli.style import plain_view
from ims_tui.core.config.settings import Settings
from ims_tui.core.errors import UsageError
from ims_tui.core.headless.wait_rule import (
    Until,
    WaitFacts,
    Wish,
    is_over,
    renewing,
    troubles,
    verdict,
    with_news,
)
from ims_tui.core.moment import Moment
from ims_tui.core.release import JSON_SCHEMA
from ims_tui.core.show.export import entry_json
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Snapshot
from ims_tui.core.watchlist.watch import JobKey, Watch
from ims_tui.engine.deadline import DEADLINE_S
from ims_tui.engine.runtime import Runtime

_EXIT_CODES = """\
exit codes, the first that applies:
  130, 143  interrupted, terminated; the list is saved
  2         wrong usage
  7         configuration, list or output unreadable or not writable
  4         not signed in, or refused
  3         at least one job failed
  5         at least one id is unknown to the service
  6         the service is not reachable; given up
  124       the time of --timeout is over
  1         a fault of ims-tui
  0         all succeeded; with --until done: all ended
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the jobs, what is waited for, and how it is told."""
    parser.epilog = _EXIT_CODES
    add_choice(parser)
    add_service(parser)
    add = parser.add_argument
    add("--any", action="store_true", help="one job is enough")
    add("--fail-fast", action="store_true", help="end at the first job that fails")
    add(
        "--until",
        choices=[until.value for until in Until],
        default=Until.SUCCESS.value,
        help="what is waited for; success is the default",
    )
    add("--timeout", type=time_span, metavar="TIME", help="such as 2h; default: none")
    add(
        "--give-up",
        type=time_span,
        metavar="TIME",
        help="end when there is no usable answer for this long; default: only where "
        "there never was one, after 5m",
    )
    add(
        "--unknown-after",
        type=with_unit,
        metavar="TIME",
        help="how long an id may be unknown to the service; default: 10m",
    )
    add_utc(parser)
    add("--add", action="store_true", help="put the jobs on the list, too")
    add("--notify", action="store_true", help="tell the channels of config.toml, too")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the final state as JSON")
    form.add_argument("--jsonl", action="store_true", help="each event as a JSON line")
    add(
        "--progress",
        choices=("auto", "bar", "lines", "none"),
        default="auto",
        help="bars on a terminal, lines elsewhere",
    )


def run(call: Call) -> Coroutine[None, None, int]:
    """Wait; returns the exit code."""
    notify = call.settings.notify
    if not call.args.notify:
        return ended_by_signals(_wait(call))
    if notify.when == "never" or not (notify.channels or notify.command):
        raise UsageError("--notify: no channel is set; see ims-tui notify test")
    return ended_by_signals(_wait(call), limit_s=DEADLINE_S + GRACE_S)


async def _wait(call: Call) -> int:
    entries = entries_of(call, _named(call))
    live = [entry.watch for entry in entries.values() if not entry.has_ended]
    started = call.saved.now()
    waiting = _Waiting(call, entries, started)
    try:
        if not waiting.look(Snapshot(), started):
            settings = _with_short_requests(call.settings, call.args.give_up)
            runtime = open_runtime(call, settings, [w.key for w in live])
            await _run(call, runtime, waiting, live)
    finally:
        waiting.reporter.end()
    return waiting.finish()


async def _run(
    call: Call, runtime: Runtime, waiting: _Waiting, live: Sequence[Watch]
) -> None:
    announcer = Announcer(call, runtime) if call.args.notify else None

    def look() -> bool:
        snapshot = runtime.snapshot()
        if announcer is not None:
            announcer.look(snapshot)
        return waiting.look(snapshot, runtime.moment())

    def begin_end(is_over: bool) -> None:
        if announcer is not None and not is_over:
            announcer.stop()

    first = [replace(watch, result=None) for watch in live]
    try:
        await run_until(call, runtime, look, first, TICK_S, begin_end)
    finally:
        if announcer is not None:
            await announcer.close()


def _named(call: Call) -> list[Watch]:
    """The jobs to wait for, which `--add` puts on the list."""
    saved, listed = call.saved, listed_watches(call)
    now = saved.now().wall
    named = chosen_watches(call, listed)
    watches = [w if w.key in listed else replace(w, added=now) for w in named]
    new = [watch for watch in watches if watch.key not in listed]
    if call.args.add and new:
        saved.watch_file.save([*listed.values(), *new])
    return watches


def _with_short_requests(settings: Settings, give_up_s: float | None) -> Settings:
    """Let no request last beyond `--give-up`: it is to say why there is no answer."""
    if give_up_s is None:
        return settings
    poll = settings.poll
    limit_s = min(poll.request_timeout_s, give_up_s)
    return replace(settings, poll=replace(poll, request_timeout_s=limit_s))


class _Waiting:
    """One wait: what is known, and whether that is enough."""

    def __init__(
        self, call: Call, entries: Mapping[JobKey, Entry], started: Moment
    ) -> None:
        args = call.args
        self._call = call
        self._started = started
        self._wish = Wish(
            Until(args.until),
            args.any,
            args.fail_fast,
            args.give_up,
            started,
            renewing(call.settings),
        )
        self._entries = entries
        self._known = WaitFacts((), {}, started)
        self._is_timed_out = False
        self.reporter = Reporter(
            call,
            progress=_progress(call),
            jsonl=args.jsonl,
            lines_to=call.err if args.json or args.jsonl else call.out,
            tag=args.tag or "",
        )

    def look(self, snapshot: Snapshot, now: Moment) -> bool:
        """Tell what is new; returns whether the wait is over."""
        self._entries = with_news(self._entries, snapshot)
        self.reporter.tell(self._entries, snapshot.health, snapshot.events, now)
        self._known = WaitFacts(list(self._entries.values()), snapshot.health, now)
        if is_over(self._wish, self._known):
            return True
        timeout_s = self._call.args.timeout
        waited_s = now.since_s(self._started)
        self._is_timed_out = timeout_s is not None and waited_s >= timeout_s
        return self._is_timed_out

    def finish(self) -> int:
        """Say why it ended where that is not plain; returns the exit code."""
        known = self._known
        code = verdict(self._wish, known, is_timed_out=self._is_timed_out)
        said = troubles(self._wish, known, is_timed_out=self._is_timed_out)
        for line in dict.fromkeys(said):
            self._call.err.write(f"ims-tui: {line}\n")
        self.reporter.sum_up()
        if self._call.args.json:
            view = plain_view(self._call, known.now, known.health)
            jobs = [entry_json(entry, view) for entry in known.entries]
            document = {"schema": JSON_SCHEMA, "exit_code": code, "jobs": jobs}
            write_json(self._call.out, document)
        return code


def _progress(call: Call) -> str:
    args = call.args
    if args.progress != "auto":
        return str(args.progress)
    if args.quiet:
        return "none"
    is_smart = call.err.isatty() and call.environ.get("TERM", "") not in ("", "dumb")
    if is_smart:
        return "bar"
    return "none" if args.jsonl else "lines"
