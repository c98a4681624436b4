"""The running program: its loops, made of settings and ports, and its verbs.

`wiring.py` builds it and hands the adapters in as ports. Front ends (screen, commands)
call the verbs and read snapshots; they never fetch or decide.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.config.provenance import SettingProblem
from ims_tui.core.config.settings import KeySpec, Profile, Settings
from ims_tui.core.config.values import Rate
from ims_tui.core.errors import StateError
from ims_tui.core.moment import Clock, Moment
from ims_tui.core.polling.budget import Budget, Limit
from ims_tui.core.polling.ledger import Ledger
from ims_tui.core.polling.memory import Memory
from ims_tui.core.polling.schedule import Scheduler
from ims_tui.core.ports import (
    ConfigSource,
    JobSource,
    StartProgram,
    StateFile,
    WatchFile,
)
from ims_tui.core.service.jobservice import JobService, lane_name
from ims_tui.core.state.account import account_of, of_service
from ims_tui.core.state.archive import Archive
from ims_tui.core.state.archive_row import Archived
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import without_profile
from ims_tui.core.state.store import JobStore, Snapshot
from ims_tui.core.watchlist.watch import JobKey, Watch
from ims_tui.engine.archiver import AgeLimits, Archiver, Moved
from ims_tui.engine.follower import BookedSource, Follower, Neighbour
from ims_tui.engine.lane import Lane, LaneLimits
from ims_tui.engine.notifier import Notifier
from ims_tui.engine.reloader import Reloader
from ims_tui.engine.saver import STORED_S, Saver
from ims_tui.engine.supervisor import Supervisor
from ims_tui.engine.tracker import Tracker

_LOG = logging.getLogger(__name__)

MAX_UNDO = 50
"""Removals and moves that can be taken back."""

KEY_PAIR_IN_FLIGHT = 2
"""Requests under way with a key pair: five refusals in a row lock it, so a key that
dies in mid-flight must not be refused more than twice."""


def _nobody() -> None:
    """Nobody listens yet."""


async def _no_program(argv: Sequence[str], given: bytes | None) -> bool:
    return False


class Ports(Struct, frozen=True):
    """The outside world as the program sees it; tests and the demo bring their own."""

    clock: Clock
    watch_file: WatchFile
    state_file: StateFile
    open_source: Callable[[Profile, Settings], JobSource]
    """Builds the way to the service of one profile; called after the first paint."""
    config: ConfigSource
    """Configuration and environment, to be read again."""
    chance: Callable[[], float]
    """Random numbers from 0 to 1, for jitter."""
    load_network: Callable[[], None] = _nobody
    """Loads what the first request needs, which takes long; called in a thread."""
    ledger: Ledger | None = None
    """Where the copies on this machine share the request budget."""
    neighbour: Neighbour | None = None
    """Another copy whose replies are used instead of asking twice; None: ask."""
    start_program: StartProgram = _no_program
    """Hands a page or a text to a program of the desk."""
    file_thread: ThreadPoolExecutor | None = None
    """Runs what blocks on the files, one call at a time; None: a thread of its own."""


class Added(Struct, frozen=True):
    """The result of adding jobs: which are new, which were there already."""

    added: tuple[JobKey, ...] = ()
    known: tuple[JobKey, ...] = ()
    is_saved: bool = True


class Undone(Struct, frozen=True):
    """The result of an undo: the jobs that are back."""

    entries: tuple[Entry, ...] = ()
    is_archived: bool = False
    """Whether the jobs are in the archive again, not on the list."""
    problem: str = ""
    """Why it could not be taken back."""


class Runtime:
    """A running program without a face."""

    def __init__(self, settings: Settings, ports: Ports) -> None:
        self.settings = settings
        self.store = JobStore()
        self.store.flag(is_loading=True)  # until `run` has read and added all
        self.on_change: Callable[[], None] = _nobody
        """Called on the event loop whenever a newer snapshot exists."""
        self.on_settings: Callable[[Settings], None] = lambda before: None
        """Called with the settings before when newer ones are in force."""
        self.is_shared: Callable[[], bool] = lambda: False
        """Whether another copy of the program works on the same list; blocks.

        None: that cannot be told.
        """
        self.archives = False
        """Whether old jobs leave the list by themselves while this runs."""
        self.shows_archive = False
        """Whether the archive is read as well."""
        self.notifier: Notifier | None = None
        """Tells news elsewhere; whoever sets it closes it, too."""
        self.start_program = ports.start_program
        self._ports = ports
        self._has_ended = asyncio.Event()
        self._has_ended.set()
        self._undo: deque[Callable[[], Awaitable[Undone]]] = deque(maxlen=MAX_UNDO)
        self._supervisor = Supervisor(self.store, ports.clock, self._changed)
        self.tracker = Tracker(
            self.store, ports.clock, stall=settings.stall, on_change=self._changed
        )
        self.saver = Saver(
            self.store,
            ports.watch_file,
            ports.state_file,
            ports.clock,
            on_added=self._track,
            on_removed=self._left_elsewhere,
            on_change=self._changed,
            keep_history_s=lambda: self.settings.keep_history_s,
            is_shared=lambda: self.is_shared(),
            thread=ports.file_thread,
        )
        self.archiver = Archiver(
            self.store,
            self.saver,
            ports.state_file,
            ports.clock,
            limits=self._age_limits,
            on_added=self._track,
            on_removed=self._untrack,
            on_change=self._changed,
        )
        self.reloader = Reloader(
            ports.config,
            self._take,
            self.store,
            self.tracker,
            ports.clock,
            self.saver.in_thread,
            self._changed,
        )
        self._budgets: dict[str, Budget] = {}
        self._booked: dict[str, BookedSource] = {}
        self._memories: dict[str, Memory] = {}

    def _changed(self) -> None:
        self.on_change()

    # -- reading -----------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The present state."""
        return self.store.snapshot()

    def moment(self) -> Moment:
        """Now, on both clocks."""
        return self._ports.clock.moment()

    def budget_wait_s(self, keys: Iterable[JobKey]) -> float:
        """Seconds until the request budget has let the last of these jobs through."""
        now_s = self._ports.clock.monotonic()
        waits = [self.tracker.next_poll_in_s(key) or 0.0 for key in keys]
        waits += [source.wait_s(now_s) for source in self._booked.values()]
        return max((wait for wait in waits if wait < float("inf")), default=0.0)

    async def view_state(self) -> Mapping[str, str]:
        """Sort, columns and the like of the last run; empty where nothing is stored."""
        try:
            return await self.saver.in_thread(self._ports.state_file.view)
        except StateError as error:
            _LOG.warning("view state not read: %s", error)
            return {}

    # -- life --------------------------------------------------------------------------

    async def run(self, first: Sequence[Watch] = ()) -> None:
        """Load the list, add `first` to it, poll and save until cancelled."""
        self._has_ended.clear()
        if self.shows_archive:
            self.store.put_archive(Archive(is_reading=True))
        try:
            supervised = self._supervisor.run
            await supervised("reading the list", lambda: self._begin(first))
            follower = self._follower()
            async with asyncio.TaskGroup() as group:
                if follower is not None:
                    group.create_task(supervised("following", follower.run))
                    await follower.has_looked.wait()  # before we ask ourselves
                group.create_task(self.tracker.run())
                group.create_task(self._complete())
                group.create_task(supervised("saving", self.saver.run))
                group.create_task(supervised("reading settings", self.reloader.run))
                if self.notifier is not None:
                    group.create_task(supervised("telling news", self.notifier.run))
        finally:
            try:
                await self.saver.close()
            finally:
                self._has_ended.set()

    async def _begin(self, first: Sequence[Watch]) -> None:
        """Know the jobs and how to ask about them; may be done again."""
        await self.saver.load()
        await self._put(first)  # looks into the archive, which may take seconds
        self.store.flag(is_loading=False)
        self._changed()
        self._memories |= await self.saver.state.recall()
        await self.saver.in_thread(self._ports.load_network)
        for profile in self.settings.profiles.values():
            if not self.tracker.has_lane(profile.name):
                await self._open_lane(profile)
        for entry in self.store.entries():
            self._open_lane_for(entry.watch)

    async def _complete(self) -> None:
        """Reads what is needed only after the list is loaded."""
        supervised = self._supervisor.run
        await supervised("reading stored replies", self.saver.complete)
        if self.archives:
            is_shown = self.shows_archive
            await supervised("archiving", lambda: self.archiver.run(is_shown=is_shown))

    def _age_limits(self) -> AgeLimits:
        return AgeLimits(self.settings.ui.archive_after_s, self.settings.keep_history_s)

    async def ended(self) -> None:
        """Wait until everything is on disk after `run` was cancelled."""
        await self._has_ended.wait()

    def _follower(self) -> Follower | None:
        neighbour = self._ports.neighbour
        if neighbour is None:
            return None
        return Follower(
            self.store,
            self.tracker,
            neighbour,
            self._ports.clock,
            longest_gap_s=self.settings.poll.max_interval_s + STORED_S,
            on_change=self._changed,
        )

    def _open_lane_for(self, watch: Watch) -> None:
        """The siblings of IMS are polled once there is a job of theirs."""
        profile = self.settings.profiles.get(watch.profile)
        is_open = self.tracker.has_lane
        if profile and is_open(profile.name) and not is_open(watch.lane):
            self.tracker.open_lane(self._new_lane(profile, watch.service))

    async def _open_lane(self, profile: Profile) -> None:
        """Poll the jobs of IMS of a profile; keys come before what is foreseen."""
        lane = self._new_lane(profile)
        for _ in self.tracker.foreseeing(lane):
            await asyncio.sleep(0)
        self.tracker.open_lane(lane)

    def _new_lane(self, account: Profile, service: JobService = JobService.IMS) -> Lane:
        profile = of_service(account, service)
        budget = Budget(limit_of(profile.budget or self.settings.poll.budget))
        self._budgets[profile.name] = budget
        poll = self.settings.poll
        most = poll.max_in_flight
        if isinstance(profile.auth, KeySpec):
            is_ims = service is JobService.IMS
            most = min(most, KEY_PAIR_IN_FLIGHT if is_ims else 1)
        scheduler: Scheduler[JobKey] = Scheduler(
            budget=budget,
            min_gap_s=poll.min_interval_s,
            max_gap_s=poll.max_interval_s,
            memory=self._memories.setdefault(account.name, Memory()),
            chance=self._ports.chance,
        )
        return Lane(
            profile.name,
            self._open_source(profile, budget),
            scheduler,
            self.store,
            self._ports.clock,
            LaneLimits(most, poll.give_up_unknown_after_s),
            self._changed,
        )

    def _track(self, entry: Entry) -> None:
        """Poll a job, or say that nobody can."""
        self._open_lane_for(entry.watch)
        self.tracker.track(entry)
        self._say_if_homeless(entry)

    def _untrack(self, key: JobKey) -> None:
        """Stop polling a job that left the list."""
        self.tracker.untrack(key)
        name = key.profile
        if name not in self.settings.profiles and all(
            entry.watch.profile != name for entry in self.store.entries()
        ):
            self.store.drop_health(name)

    def _left_elsewhere(self, key: JobKey) -> None:
        """A job left the list in another copy, perhaps for the archive."""
        self._untrack(key)
        self.archiver.check_soon()

    def _say_if_homeless(self, entry: Entry) -> None:
        """A job whose profile is not there is never asked about as somebody else."""
        name = entry.watch.profile
        if name not in self.settings.profiles:
            self.store.put_health(without_profile(name, self.moment()))

    def _open_source(self, profile: Profile, budget: Budget) -> JobSource:
        source = self._ports.open_source(profile, self.settings)
        ledger = self._ports.ledger
        if ledger is None:
            return source
        account = account_of(profile)
        booked = BookedSource(source, ledger, account, budget, self._ports.clock)
        self._booked[profile.name] = booked
        return booked

    # -- verbs -------------------------------------------------------------------------

    async def add(self, watches: Sequence[Watch]) -> Added:
        """Add jobs to the list; they are on disk when this returns."""
        added, known = await self._put(watches)
        if not added:
            return Added((), known)
        self._changed()
        return Added(added, known, await self.saver.saved())

    async def _put(
        self, watches: Sequence[Watch]
    ) -> tuple[tuple[JobKey, ...], tuple[JobKey, ...]]:
        added, known = [], []
        new = [w.key for w in watches if self.store.get(w.key) is None]
        back = await self.archiver.find(new) if new and self.archives else {}
        for watch in watches:
            if self.store.get(watch.key) is not None:
                known.append(watch.key)
                continue
            now = self._ports.clock.now()
            if watch.key in back:
                entry = back[watch.key]
                self.archiver.put_back([readded(entry, watch, now)])
            else:
                stamped = replace(watch, added=watch.added or now)
                self._track(self.store.put_watch(stamped))
            added.append(watch.key)
        if added:
            self.saver.list_changed()
        return tuple(added), tuple(known)

    def remove(self, keys: Iterable[JobKey]) -> Awaitable[tuple[Entry, ...]]:
        """Take jobs off the list, which `undo` reverts; the jobs themselves go on.

        They are gone at once; what is awaited is that the list is saved.
        """
        gone = tuple(e for key in keys if (e := self.store.drop(key)) is not None)
        if gone:
            self._undo.append(lambda: self._unremove(gone))
        for entry in gone:
            self._untrack(entry.key)
            self.saver.forget(entry.key)
        return self._listed(gone)

    async def _unremove(self, back: tuple[Entry, ...]) -> Undone:
        for entry in back:
            self.store.put(entry)
            self._track(entry)
            self.saver.note(entry)
        return Undone(await self._listed(back))

    async def undo(self) -> Undone:
        """Take back the last removal or move; empty where there is nothing."""
        return await self._undo.pop()() if self._undo else Undone()

    # -- the archive -------------------------------------------------------------------

    async def archive(self, keys: Iterable[JobKey]) -> Moved:
        """Move jobs that have ended to the archive, which acknowledges them."""
        ended = [k for k in keys if (e := self.store.get(k)) and e.has_ended]
        self.acknowledge(ended)
        moved = await self.archiver.move(ended)
        if moved.entries:
            self._undo.append(lambda: self._unarchive(moved.entries))
            await self.saver.saved()
        return moved

    async def _unarchive(self, entries: tuple[Entry, ...]) -> Undone:
        self.archiver.put_back(entries)
        await self.saver.saved()
        return Undone(entries)

    async def bring_back(self, keys: Sequence[JobKey]) -> Moved:
        """Put archived jobs on the list again."""
        moved = await self.archiver.bring_back(keys)
        if moved.entries:
            self._undo.append(lambda: self._rearchive(moved.entries))
            await self.saver.saved()
        return moved

    async def _rearchive(self, entries: tuple[Entry, ...]) -> Undone:
        moved = await self.archiver.move([entry.key for entry in entries])
        await self.saver.saved()
        return Undone(moved.entries, is_archived=True, problem=moved.problem)

    async def remove_archived(self, keys: Sequence[JobKey]) -> Moved:
        """Take jobs out of the archive for good, which `undo` reverts."""
        moved, jobs = await self.archiver.remove(keys)
        if moved.entries:
            self._undo.append(lambda: self._restore(jobs))
        return moved

    async def _restore(self, jobs: Sequence[Archived]) -> Undone:
        moved = await self.archiver.restore(jobs)
        return Undone(moved.entries, is_archived=True, problem=moved.problem)

    # -- changing ----------------------------------------------------------------------

    async def annotate(
        self, keys: Iterable[JobKey], change: Callable[[Watch], Watch]
    ) -> tuple[Entry, ...]:
        """Change label, tags, note or mute of jobs."""
        changed = []
        for key in keys:
            entry = self.store.get(key)
            if entry is not None:
                changed.append(self.store.put_watch(change(entry.watch)))
        return await self._listed(tuple(changed))

    async def _listed(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        self.saver.list_changed()
        self._changed()
        await self.saver.saved()
        return entries

    def acknowledge(self, keys: Iterable[JobKey]) -> int:
        """Mark results as looked at; returns how many were new.

        Whoever does has seen what befell profiles and the list as well.
        """
        if self.notifier is not None:
            self.notifier.acknowledge()
        count = 0
        for key in keys:
            entry = self.store.get(key)
            if entry is not None and entry.is_news:
                entry = replace(entry, is_news=False)
                self.store.put(entry)
                self.saver.note(entry)
                count += 1
        if count:
            self._changed()
        return count

    async def reload(self) -> Sequence[SettingProblem]:
        """Read settings and credentials again, and go on where one was refused.

        Returns what is wrong with them, which is in the event log as well.
        """
        problems = await self.reloader.reload()
        await self.tracker.reload()
        return problems

    async def _take(self, settings: Settings) -> None:
        """Work with newer settings; profiles that did not change are left alone."""
        before, self.settings = self.settings, settings
        self.tracker.judge_by(settings.stall)
        for name in before.profiles.keys() - settings.profiles.keys():
            for service in JobService:
                await self.tracker.close_lane(lane_name(name, service))
        for name, profile in settings.profiles.items():
            old = before.profiles.get(name)
            is_kept = before.poll == settings.poll and _share_a_lane(old, profile)
            for service in JobService:
                if self.tracker.has_lane(lane_name(name, service)) and is_kept:
                    await self._switch(old, profile, service)
                else:
                    await self._reopen(profile, service)
        for entry in self.store.entries():
            self._open_lane_for(entry.watch)
            self._say_if_homeless(entry)
        if self.notifier is not None and before.notify != settings.notify:
            self.notifier.follow(settings.notify)
        self.on_settings(before)

    async def _switch(
        self, old: Profile | None, new: Profile, service: JobService
    ) -> None:
        """Ask as another, or elsewhere; plan, budget and memory of the lane stay."""
        if old != new:
            asked = of_service(new, service)
            source = self._open_source(asked, self._budgets[asked.name])
            await self.tracker.switch(asked.name, source)

    async def _reopen(self, profile: Profile, service: JobService) -> None:
        """Close a lane; that of IMS is opened at once, others for their jobs."""
        await self.tracker.close_lane(lane_name(profile.name, service))
        if service is JobService.IMS:
            await self._open_lane(profile)


def readded(entry: Entry, watch: Watch, now: datetime) -> Entry:
    """An archived job that is added again: what is said of it now goes first."""
    old = entry.watch
    said = replace(
        old,
        label=watch.label or old.label,
        tags=tuple(dict.fromkeys((*old.tags, *watch.tags))),
        note=watch.note or old.note,
        added=now,
    )
    return replace(entry, watch=said)


def _share_a_lane(old: Profile | None, new: Profile) -> bool:
    """Whether only where and as whom is asked changed, not how often."""
    if old is None or old.budget != new.budget:
        return False
    return isinstance(old.auth, KeySpec) == isinstance(new.auth, KeySpec)


def limit_of(rate: Rate) -> Limit:
    """A rate of the settings as a limit that holds in every window."""
    return Limit.per_window(rate.requests, rate.window_s)
