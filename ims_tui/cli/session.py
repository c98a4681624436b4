"""Runs the tracker on some jobs until enough is known."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.cli.call import Call
from ims_tui.cli.style import plain_view
from ims_tui.core.config.settings import Settings
from ims_tui.core.errors import StateError, UsageError, WatchFileError
from ims_tui.core.headless.verdict import TIMED_OUT, code_of_answer, exit_code
from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.show.sentences import poll_failure
from ims_tui.core.show.view import View
from ims_tui.core.signin.source import for_commands
from ims_tui.core.state.entry import Entry, name_of
from ims_tui.core.state.health import Link
from ims_tui.core.state.store import Snapshot
from ims_tui.core.text import age, plural, sentences
from ims_tui.core.watchlist.watch import JobKey, Watch
from ims_tui.engine.follower import is_fresh
from ims_tui.engine.runtime import Runtime
from ims_tui.wiring import build_runtime

FRESH_S = 10.0
"""A reply that a running copy got this lately is not asked for again."""


TICK_S = 1.0
"""How often times are looked at where nothing happens."""

LOOK_S = 0.5
"""How often times are looked at while one answer is waited for."""

WORTH_SAYING_S = 2.0
"""A wait for the budget that is this long is said."""


class AskResult(Struct, frozen=True):
    """Entries, view and exit code after asking once."""

    entries: Mapping[JobKey, Entry]
    view: View
    exit_code: int = 0


async def ask_once(
    call: Call, entries: Mapping[JobKey, Entry], wanted: Sequence[JobKey]
) -> AskResult:
    """Ask once about some jobs, but for those that a running copy asked about.

    Args:
        call: with the arguments of `add_timeout`.
        entries: what is known.
        wanted: the jobs to ask about.

    Raises:
        ConfigError: the settings are of no use.
        WatchFileError: what was learned could not be saved.
    """
    keys = _without_fresh(call, wanted)
    if not keys:
        return AskResult(entries, plain_view(call, call.saved.now()))
    runtime = open_runtime(call, call.settings, keys)
    first = [replace(entries[key].watch, result=None) for key in keys]
    asking = _Asking(call, runtime, keys)
    await run_until(call, runtime, asking.is_over, first, LOOK_S)
    snapshot = asking.snapshot
    answered = {k: snapshot.entries[k] for k in keys if _is_answered(snapshot, k)}
    asked = {**entries, **answered}
    view = replace(plain_view(call, runtime.moment()), health=snapshot.health)
    answers = answered.values()
    codes = [code_of_answer(entry, view.health_of(entry)) for entry in answers]
    if left := len(keys) - len(answered):
        jobs = plural(left, "job", "jobs")
        call.err.write(f"ims-tui: --timeout is over; no answer about {jobs}\n")
        codes.append(TIMED_OUT)
    return AskResult(asked, view, exit_code(codes))


def tell_failures(call: Call, entries: Iterable[Entry]) -> None:
    """Say why there is no newer answer about jobs that go on, and what helps."""
    failed: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.failure is not None and not entry.has_ended:
            failed.setdefault(_why(entry.failure), []).append(entry)
    for why, of in failed.items():
        who = name_of(of[0]) if len(of) == 1 else plural(len(of), "job", "jobs")
        call.err.write(f"ims-tui: {who}: {why}\n")


def _why(failure: PollFailed) -> str:
    """What went wrong; of a credential `auth check` says what helps."""
    is_told = failure.kind is not FailureKind.AUTH_REJECTED
    remedy = for_commands(failure.remedy) if is_told else ""
    return sentences(poll_failure(failure), remedy)


class _Asking:
    """One round of questions: when it is over, and what it waits for."""

    def __init__(self, call: Call, runtime: Runtime, keys: Sequence[JobKey]) -> None:
        self._call = call
        self._runtime = runtime
        self._keys = keys
        self._began = runtime.moment()
        self._has_said = False
        self.snapshot = runtime.snapshot()

    def is_over(self) -> bool:
        """Whether all are answered, or the time is over."""
        self.snapshot = self._runtime.snapshot()
        left = [key for key in self._keys if not _is_answered(self.snapshot, key)]
        wait_s = self._runtime.budget_wait_s(left) if left else 0.0
        if wait_s >= WORTH_SAYING_S and not self._has_said:
            self._has_said = True
            self._call.say([f"waiting for the request budget, {age(wait_s)}"])
        limit_s = self._call.args.timeout
        waited_s = self._runtime.moment().since_s(self._began)
        return not left or (limit_s is not None and waited_s >= limit_s)


def _without_fresh(call: Call, keys: Sequence[JobKey]) -> list[JobKey]:
    """The keys that no running copy has asked about lately."""
    saved = call.saved
    if not saved.is_polling():
        return list(keys)
    try:
        now = saved.now()
        replies = saved.replies(keys)
    except StateError:
        return list(keys)
    fresh = {poll.key for poll in replies if is_fresh(poll, now, FRESH_S)}
    return [key for key in keys if key not in fresh]


def open_runtime(
    call: Call, settings: Settings, keys: list[JobKey] | None = None
) -> Runtime:
    """A runtime for some jobs, with its log; None: for the whole list.

    Raises:
        ConfigError: the settings are of no use.
        UsageError: a job belongs to a profile that is not there.
    """
    setup = call.setup
    for key in keys or ():
        if key.profile not in settings.profiles:
            names = ", ".join(settings.profiles) or "none"
            raise UsageError(
                f"{key.job_id} is of profile {key.profile!r}; there are: {names}"
            )
    call.say(call.open_log(setup, settings.log_level))
    return build_runtime(settings, setup.places, setup.files, keys)


async def run_until(
    call: Call,
    runtime: Runtime,
    is_over: Callable[[], bool],
    first: Sequence[Watch] = (),
    tick_s: float | None = None,
    on_end: Callable[[bool], None] = lambda is_over: None,
) -> None:
    """Run until the predicate holds; replies that could not be stored are said.

    Args:
        call: the call of the program.
        runtime: what runs.
        is_over: asked after every change, and every `tick_s`.
        first: jobs to poll that may not be on the list.
        tick_s: None: only changes count.
        on_end: told when the end begins, before what is learned is saved, whether the
            predicate holds.

    Raises:
        WatchFileError: what was learned could not be saved.
    """
    changed = asyncio.Event()
    runtime.on_change = changed.set
    run = asyncio.create_task(runtime.run(first))
    run.add_done_callback(lambda task: changed.set())
    has_come_true = False
    try:
        while not (has_come_true := is_over()) and not run.done():
            changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(tick_s):
                    await changed.wait()
    finally:
        on_end(has_come_true)
        await stop(run)
    if unkept := runtime.saver.unkept:
        call.err.write(f"ims-tui: the last replies are not kept: {unkept}\n")
    if problem := runtime.saver.unsaved or runtime.snapshot().problem:
        raise WatchFileError(problem)


async def stop(run: asyncio.Task[None]) -> None:
    """Cancel a running runtime; everything is on disk when this returns."""
    run.cancel()
    try:
        await run
    except asyncio.CancelledError:
        if not run.cancelled():
            raise


def _is_answered(snapshot: Snapshot, key: JobKey) -> bool:
    entry = snapshot.entries.get(key)
    if entry is None:
        return False
    health = snapshot.health.get(entry.watch.lane)
    is_cut_off = health is not None and health.link in (Link.STOPPED, Link.OFFLINE)
    is_overheard = entry.seen is not None and not entry.is_stored
    failure = entry.failure
    if failure is not None and failure.kind is FailureKind.THROTTLED:
        return failure.exchange is not None  # else it is our own budget: it goes on
    return bool(entry.polls or is_cut_off or is_overheard)
