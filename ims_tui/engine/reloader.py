"""Reads settings again when their files change, and announces credentials that end.

Files are looked at in the thread of all files: a slow disk never holds up the screen,
and two threads that wake at the same tick would only wait for each other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from ims_tui.core.config.provenance import Loaded, SettingProblem
from ims_tui.core.config.settings import Settings
from ims_tui.core.moment import Clock, to_tick_s
from ims_tui.core.ports import ConfigSource
from ims_tui.core.signin.credential import ending_line
from ims_tui.core.state.store import Event, EventKind, JobStore
from ims_tui.engine.threads import InThread
from ims_tui.engine.tracker import Tracker

_LOG = logging.getLogger(__name__)

LOOK_S = 2.0
"""Seconds between two looks at the files."""


class Reloader:
    """Keeps settings and credentials as new as their files."""

    def __init__(
        self,
        config: ConfigSource,
        take: Callable[[Settings], Awaitable[None]],
        store: JobStore,
        tracker: Tracker,
        clock: Clock,
        in_thread: InThread,
        on_change: Callable[[], None],
    ) -> None:
        self._config = config
        self._take = take
        self._store = store
        self._tracker = tracker
        self._clock = clock
        self._in_thread = in_thread
        self._on_change = on_change
        self._files = asyncio.Lock()
        self._is_behind = False
        """Whether files changed that were not read to the end."""
        self._problems: tuple[SettingProblem, ...] = ()
        self._announced: dict[str, datetime] = {}

    async def reload(self) -> Sequence[SettingProblem]:
        """Read settings and credentials; where a new value is wrong the old one stays.

        Profiles that did not change go on undisturbed. Returns what is wrong.
        """
        async with self._files:
            return await self._read(known=())

    async def run(self) -> None:
        """Look at the files until cancelled."""
        while True:
            await asyncio.sleep(to_tick_s(self._clock.monotonic(), LOOK_S))
            await self._check()
            await self._tracker.reload_changed()
            self._announce()

    async def _check(self) -> None:
        async with self._files:
            if await self._in_thread(self._config.has_changed):
                self._is_behind = True
            if not self._is_behind:
                return
            await self._read(self._problems, is_news=True)

    async def _read(
        self, known: Sequence[SettingProblem], *, is_news: bool = False
    ) -> Sequence[SettingProblem]:
        loaded: Loaded = await self._in_thread(self._config.load)
        await self._take(loaded.settings)
        self._is_behind, self._problems = False, loaded.problems
        if is_news:
            self._tell(EventKind.CONFIG_READ)
        for problem in loaded.problems:  # told last: the newest event stands longest
            if problem not in known:
                _LOG.warning("%s", problem)
                self._tell(EventKind.CONFIG_PROBLEM, detail=str(problem))
        self._on_change()
        return loaded.problems

    def _announce(self) -> None:
        """Say once for each credential that its end is near."""
        now = self._clock.now()
        for profile, state in self._tracker.credentials().items():
            ends = state.expires_at
            if not ends or not state.is_ending(now):
                continue
            if self._announced.get(profile) != ends and now < ends:
                detail = ending_line(state, now)
                self._announced[profile] = ends
                self._tell(EventKind.EXPIRING, profile, detail)
                self._on_change()

    def _tell(self, kind: EventKind, profile: str = "", detail: str = "") -> None:
        self._store.tell(Event(self._clock.now(), kind, None, profile, detail))
