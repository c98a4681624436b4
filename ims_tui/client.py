"""Image jobs for Python programs: the list, the tracker and the budget of `ims-tui`.

from ims_tui import Client

client = Client()
for job in await client.wait(["ff8080814dbd65d7014dbe0d84db0013"], timeout_s=7200):
    print(job.label or job.job_id, job.status, job.image_id)
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.config.provenance import OPTION, Loaded
from ims_tui.core.config.settings import Settings
from ims_tui.core.config.values import duration_text
from ims_tui.core.errors import (
    ConfigError,
    ImsTuiError,
    UsageError,
    WatchFileError,
)
from ims_tui.core.headless.changes import changes, is_initial, word_of
from ims_tui.core.headless.verdict import TIMED_OUT
from ims_tui.core.headless.wait_rule import (
    Until,
    WaitFacts,
    Wish,
    is_met,
    is_over,
    is_settled,
    not_ended,
    renewing,
    troubles,
    with_news,
)
from ims_tui.core.service.job import JobStatus
from ims_tui.core.show.export import entry_json, error_json
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry, began, ended
from ims_tui.core.state.stored_reply import restored
from ims_tui.core.text import printable, unstopped
from ims_tui.core.watchlist.selection import UnknownNameError, pick
from ims_tui.core.watchlist.watch import JobKey, Watch
from ims_tui.wiring import build_runtime, saved_list, set_up

if TYPE_CHECKING:
    from ims_tui.wiring import SavedList

TICK_S = 1.0
"""How often times are looked at where nothing happens."""


class WatchedJob(Struct, frozen=True):
    """What is known of one job."""

    job_id: str
    profile: str
    label: str = ""
    status: str | None = None
    """`INIT`, `RUNNING`, `SUCCESS`, `FAIL` or another word of the service; None: no
    reply yet."""
    progress_ratio: float | None = None
    """0 to 1."""
    began_at: datetime | None = None
    ended_at: datetime | None = None
    image_id: str = ""
    error_code: str = ""
    """Why the job failed, such as `IMG.0057`."""
    fail_reason: str = ""
    error: Mapping[str, object] | None = None
    """Why there is no news of the job, as in `--json`; None: the last request
    brought a reply."""
    document: Mapping[str, object] = {}
    """All of it, as `ims-tui get --json` prints it."""

    @property
    def has_succeeded(self) -> bool:
        """Whether the job ended well."""
        return self.status == JobStatus.SUCCESS.value

    @property
    def has_ended(self) -> bool:
        """Whether the job ended, well or not."""
        return self.has_succeeded or self.status == JobStatus.FAIL.value


class JobEvent(Struct, frozen=True):
    """One change of one job."""

    kind: str
    """`state`, `progress`, `stalled`, `moving`, `unknown`, `gone` or `no_answer`."""
    job: WatchedJob
    before: str | None = None
    """Status before; None at the first sight."""
    is_initial: bool = False
    """Whether it was so before we looked."""


class WaitTimeoutError(ImsTuiError, TimeoutError):
    """The time of a wait is over; the text says why there is no news of which job.

    `jobs` is what is known of all of them, in the order of their names.
    """

    exit_code = TIMED_OUT

    def __init__(self, text: str, jobs: Sequence[WatchedJob]) -> None:
        super().__init__(text)
        self.jobs = jobs


class Client:
    """Follows image jobs with the settings and credentials of `ims-tui`.

    Every program that uses it, every terminal and every script on the machine share
    one request budget for an account, and a job that one of them polls is not asked
    about twice.

    Args:
        profile: the profile of ids that are not on the list; empty: the default one.
        environ: variables that settings and credentials are read from; None: those of
            the process.
        config: file to use instead of the usual `config.toml`.
        watchlist: file to use instead of the usual one.
        state_dir: folder for everything that is written.
        unknown_after_s: how long an id may be unknown to the service, which learns of
            a new job a little late; None: as `poll.give_up_unknown_after` says, else
            600.

    Raises:
        ConfigError: nothing says where the files are, or they are of no use.
        UsageError: `unknown_after_s` is no number.
    """

    def __init__(
        self,
        *,
        profile: str = "",
        environ: Mapping[str, str] | None = None,
        config: str = "",
        watchlist: str = "",
        state_dir: str = "",
        unknown_after_s: float | None = None,
    ) -> None:
        variables = os.environ if environ is None else environ
        _check_seconds("unknown_after_s", unknown_after_s)
        unknown_after = None if unknown_after_s is None else f"{unknown_after_s:g}s"
        options = {"profile": profile or None, "unknown_after": unknown_after}
        self._setup = set_up(variables, options, config, watchlist, state_dir)
        self._settings = _usable_settings(self._setup.files.load())

    def jobs(self) -> list[WatchedJob]:
        """The list with its last known values, without a request; blocks on files.

        Raises:
            WatchFileError: the list cannot be read.
            StateError: the stored values cannot be read.
        """
        watches = self._saved.watch_file.load().watches
        view = View(self._saved.now())
        return [watched(e, view) for e in self._stored(watches).values()]

    async def wait(
        self,
        ids: Iterable[str],
        *,
        until: str = "success",
        timeout_s: float | None = None,
    ) -> list[WatchedJob]:
        """Wait until jobs have ended; returns them in the order of their names.

        What keeps a job from its end for good, such as a refused credential or an id
        that the service did not know for `unknown_after_s`, ends the wait, too: see
        `WatchedJob.error`.

        Args:
            ids: job ids, or labels of jobs on the list.
            until: `success` or `done`, as `ims-tui wait --until` takes it.
            timeout_s: longest wait; None: none.

        Raises:
            WaitTimeoutError: the time is over.
            UsageError: a name is neither an id nor a label, `until` is neither, or
                `timeout_s` is no number.
            ConfigError: the settings are of no use.
            WatchFileError: the list cannot be read, or not be saved.
        """
        _check_seconds("timeout_s", timeout_s)
        wish, known = self._wish(until), None
        try:
            async with asyncio.timeout(timeout_s) as limit:
                async with contextlib.aclosing(self._looks(ids)) as looks:
                    async for known in looks:
                        if is_over(wish, known):
                            return _all(known)
        except TimeoutError as error:
            if timeout_s is None or not limit.expired():
                raise
            raise _too_late(wish, known, timeout_s) from error
        raise RuntimeError("the polling ended by itself")

    async def watch(self, ids: Iterable[str]) -> AsyncGenerator[JobEvent, None]:
        """Every change of some jobs, until nothing more will be learned of any.

        Args:
            ids: as for `wait`.

        Raises:
            UsageError: a name is neither an id nor a label.
            ConfigError: the settings are of no use.
            WatchFileError: the list cannot be read, or not be saved.
        """
        wish = self._wish(Until.DONE.value)
        before: dict[JobKey, Entry] = {}
        async with contextlib.aclosing(self._looks(ids)) as looks:
            async for known in looks:
                view = View(known.now, known.health)
                after = {entry.key: entry for entry in known.entries}
                for change in changes(before, after, known.health):
                    yield JobEvent(
                        change.kind.value,
                        watched(change.entry, view),
                        (word_of(change.before) or None) if change.before else None,
                        is_initial(change),
                    )
                before = after
                if all(is_settled(wish, entry, known) for entry in known.entries):
                    return

    def wait_sync(
        self,
        ids: Iterable[str],
        *,
        until: str = "success",
        timeout_s: float | None = None,
    ) -> list[WatchedJob]:
        """`wait` for programs without an event loop; it blocks, and raises alike.

        Raises:
            UsageError: an event loop runs here, too.
        """
        if _is_in_loop():
            raise UsageError("wait_sync blocks the event loop; use: await wait(...)")
        return asyncio.run(self.wait(ids, until=until, timeout_s=timeout_s))

    # -- how ---------------------------------------------------------------------------

    @property
    def _saved(self) -> SavedList:
        return saved_list(self._setup.places)

    def _wish(self, until: str) -> Wish:
        try:
            wanted = Until(until)
        except ValueError as error:
            raise UsageError(f"until is {until!r}; success and done are") from error
        return Wish(wanted, renewing=renewing(self._settings))

    async def _looks(self, ids: Iterable[str]) -> AsyncGenerator[WaitFacts, None]:
        """What is known of some jobs, again whenever that may be something else."""
        watches = await asyncio.to_thread(self._named, _names(ids))
        entries = await asyncio.to_thread(self._stored, watches)
        if all(entry.has_ended for entry in entries.values()):
            yield WaitFacts(list(entries.values()), {}, self._saved.now())
            return
        runtime = build_runtime(
            self._settings, self._setup.places, self._setup.files, list(entries)
        )
        changed = asyncio.Event()
        runtime.on_change = changed.set
        first = [
            replace(w, result=None) for w in watches if not entries[w.key].has_ended
        ]
        run = asyncio.create_task(runtime.run(first))
        run.add_done_callback(lambda task: changed.set())
        try:
            while not run.done():
                changed.clear()
                snapshot = runtime.snapshot()
                entries = with_news(entries, snapshot)
                yield WaitFacts(
                    list(entries.values()), snapshot.health, runtime.moment()
                )
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK_S):
                        await changed.wait()
            await run
        finally:
            run.cancel()
            await asyncio.wait([run])
        if problem := runtime.saver.unsaved:
            raise WatchFileError(problem)

    def _named(self, names: Sequence[str]) -> list[Watch]:
        listed = {watch.key: watch for watch in self._saved.watch_file.load().watches}
        try:
            found = pick(names, listed, "")
        except UnknownNameError as error:
            raise UsageError(str(error)) from error
        if not found:
            raise UsageError("no job is named")
        default = self._settings.default_profile
        keys = [JobKey(default, f) if isinstance(f, str) else f for f in found]
        for key in keys:
            if key.profile not in self._settings.profiles:
                raise UsageError(f"{key.job_id} is of profile {key.profile!r}")
        now = self._saved.now().wall
        return [
            listed.get(k) or Watch(k.job_id, k.profile, added=now)
            for k in dict.fromkeys(keys)
        ]

    def _stored(self, watches: Sequence[Watch]) -> dict[JobKey, Entry]:
        polls = {
            poll.key: poll for poll in self._saved.replies([w.key for w in watches])
        }
        now = self._saved.now()
        return {w.key: restored(w, polls.get(w.key), now) for w in watches}


def _is_in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _names(ids: object) -> list[str]:
    if isinstance(ids, str):  # each of its letters would be taken for a name
        raise UsageError("ids is one text; put it into a list")
    if not isinstance(ids, Iterable):
        raise UsageError(f"ids is {_shown(ids)}; a list of texts is needed")
    names = []
    for name in ids:
        if not isinstance(name, str):
            raise UsageError(f"{_shown(name)} is no text; ids and labels are texts")
        names.append(name)
    return names


def _check_seconds(name: str, value: object) -> None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value is None or (is_number and value == value):  # not NaN
        return
    needed = "a number of seconds or None is needed"
    raise UsageError(f"{name} is {_shown(value)}; {needed}")


def _shown(value: object) -> str:
    return printable(repr(value), 60)


def _usable_settings(loaded: Loaded) -> Settings:
    for problem in loaded.problems:
        if problem.whole_file or problem.source.place == OPTION:
            raise ConfigError(str(problem))
    return loaded.settings


def _all(known: WaitFacts) -> list[WatchedJob]:
    view = View(known.now, known.health)
    return [watched(entry, view) for entry in known.entries]


def _too_late(
    wish: Wish, known: WaitFacts | None, timeout_s: float
) -> WaitTimeoutError:
    limit = duration_text(timeout_s)
    if known is None:
        return WaitTimeoutError(f"the files could not be read within {limit}", ())
    left = [e for e in known.entries if not is_met(e, wish.until)]
    why = dict.fromkeys(troubles(wish, known, is_timed_out=False))
    said = [f"after {limit} {not_ended(len(left))}", *why]
    return WaitTimeoutError("; ".join(unstopped(s) for s in said), _all(known))


def watched(entry: Entry, view: View) -> WatchedJob:
    """An entry as Python programs get it."""
    document = entry_json(entry, view)
    status, code, reason = (
        document[name] for name in ("status", "error_code", "fail_reason")
    )
    return WatchedJob(
        entry.watch.job_id,
        entry.watch.profile,
        entry.watch.label,
        None if status is None else str(status),
        entry.job.progress_ratio if entry.job else None,
        began(entry),
        ended(entry),
        entry.image_id,
        str(code or ""),
        str(reason or ""),
        error_json(entry, view),
        document,
    )
