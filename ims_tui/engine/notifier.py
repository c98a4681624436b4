"""Tells news over channels: noted first, then told, each channel at its own pace.

A channel that is slow or fails delays neither a poll nor another channel. What it does
not take is tried again with growing pauses, also by the next run of the program.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import ParamSpec, TypeVar

from msgspec import Struct

from ims_tui.core.config.settings import NotifySettings
from ims_tui.core.errors import ChannelError, StateError
from ims_tui.core.moment import Clock
from ims_tui.core.notices.chinese import in_chinese
from ims_tui.core.notices.escalation import escalated, escalates
from ims_tui.core.notices.letter import Letter, Told
from ims_tui.core.notices.message import message_of
from ims_tui.core.notices.news import News
from ims_tui.core.notices.pace import Pace, due
from ims_tui.core.notices.rules import Candidate, Rule, wants
from ims_tui.core.notices.silence import EVERYTHING, Silence
from ims_tui.core.notices.trial import trials
from ims_tui.core.ports import Channel, Outbox
from ims_tui.engine.supervisor import log_fault

_LOG = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

AGAIN_S = 5.0
"""Pause before the outbox is tried again where it could not be used."""

MOST_KEPT = 1000
"""News that are kept in memory while the outbox cannot be used."""

MOST_AT_ONCE = 4
"""Programs that run for one channel."""

_SOON_S = 0.05
"""Shortest wait between two looks at one channel."""


class Route(Struct, frozen=True):
    """One channel with its rules."""

    name: str
    rule: Rule
    pace: Pace
    channel: Channel
    is_chinese: bool = False
    is_default: bool = False
    """Whether the configuration does not name it."""
    escalates_s: float = 0.0
    """Urgent news go there only where nobody acknowledged them so long; 0: at once."""


class Notifier:
    """Hands news to channels.

    Args:
        settings: which channels there are, and their rules.
        routes_of: makes the channels of settings.
        outbox: where news wait; its calls block.
        clock: the time.
        thread: where the outbox is used; it is shut down at the end.
        say: told in one line what goes wrong, once per kind.
    """

    def __init__(
        self,
        settings: NotifySettings,
        routes_of: Callable[[NotifySettings], Sequence[Route]],
        outbox: Outbox,
        clock: Clock,
        thread: ThreadPoolExecutor,
        say: Callable[[str], None],
    ) -> None:
        self._routes_of = routes_of
        self._routes: Sequence[Route] = ()
        self._outbox = outbox
        self._clock = clock
        self._say = say
        self._new: list[Letter] = []
        self._changes: list[Callable[[], None]] = []
        """Silences and acknowledgements, to be stored."""
        self._wake: dict[str, asyncio.Event] = {}
        self._has_routes, self._has_new = asyncio.Event(), asyncio.Event()
        self.silences: Mapping[str, Silence] = {}
        """By scope, as this copy knows them: another one may have changed some."""
        self._attempts: set[asyncio.Future[None]] = set()
        self._thread = thread
        self._problems: dict[str, str] = {}
        self._places: dict[str, asyncio.Semaphore] = {}
        """By channel: of programs several run at once, else one message is sent."""
        self._sending: set[asyncio.Task[None]] = set()
        self._is_stopped = self._is_closing = False
        self.failures = 0
        """Messages that a channel did not take."""
        self.follow(settings)

    def follow(self, settings: NotifySettings) -> None:
        """Use the channels of these settings; what waits for those of before stays."""
        self._routes = tuple(self._routes_of(settings))
        for route in self._routes:
            most = MOST_AT_ONCE if route.pace.is_each else 1
            self._places[route.name] = asyncio.Semaphore(most)
        self._has_routes.set()
        self._wake_all()

    @property
    def names(self) -> list[str]:
        """The channels there are."""
        return [route.name for route in self._routes]

    def attempt(self, name: str, report: Callable[[str], None]) -> None:
        """Send a message of each level to one channel.

        Args:
            name: of the channel.
            report: called with what is wrong, empty where it took all of them.
        """
        task = asyncio.ensure_future(self._attempt(name, report))
        self._attempts.add(task)
        task.add_done_callback(self._attempts.discard)
        task.add_done_callback(log_fault)

    async def _attempt(self, name: str, report: Callable[[str], None]) -> None:
        now, problem = self._clock.now(), ""
        for route in self._routes:
            if route.name == name:
                try:
                    for message in trials(route.rule.level, now):
                        await route.channel.send(message)
                except ChannelError as error:
                    problem = str(error)
        report(problem)

    def _wake_all(self) -> None:
        for wake in self._wake.values():
            wake.set()

    def acknowledge(self) -> None:
        """Somebody looked: what befell profiles and the list goes no further."""
        self._change(lambda: self._outbox.acknowledge_profiles(self._clock.now()))

    def silence(self, silence: Silence) -> None:
        """Hold silence, in all copies."""
        self.silences = {**self.silences, silence.scope: silence}
        self._change(lambda: self._outbox.silence(silence))

    def lift(self, scope: str) -> None:
        """Tell again what a silence kept back."""
        self.silences = {k: v for k, v in self.silences.items() if k != scope}
        self._change(lambda: self._outbox.lift(scope))

    def _change(self, change: Callable[[], None]) -> None:
        self._changes.append(change)
        self._has_new.set()

    async def told(self, since: datetime) -> Sequence[Told]:
        """What channels were told of what came since a time.

        Raises:
            StateError: the outbox cannot be read.
        """
        return await self._call(self._outbox.told, since)

    def snoozed_until(self, now: datetime) -> datetime | None:
        """When the snooze is over that holds now; None where none does."""
        snooze = self.silences.get(EVERYTHING)
        return snooze.until if snooze and snooze.holds(now) else None

    def tell(self, candidates: Sequence[Candidate], *, is_away: bool = True) -> None:
        """Hand over news; whom they are for is decided here.

        Args:
            candidates: what happened.
            is_away: whether nobody saw it on a screen.
        """
        for candidate in candidates:
            self._new += self._letters(candidate, is_away=is_away)
        if len(self._new) > MOST_KEPT:
            _LOG.error("%d news are dropped", len(self._new) - MOST_KEPT)
            del self._new[:-MOST_KEPT]
        if self._new:
            self._has_new.set()

    def _letters(self, candidate: Candidate, *, is_away: bool) -> Iterator[Letter]:
        """One for those who hear at once, and one for each later step."""
        news, closes = candidate.news, list[str]()
        names: dict[float, list[str]] = {0.0: []}
        for route in self._routes:
            after_s = route.escalates_s if escalates(news) else 0.0
            # Who looked away again without a key has not acknowledged it, and who was
            # told bad news hears of their end, whoever saw that on a screen.
            is_due = is_away or after_s > 0 or bool(news.ends)
            if wants(route.rule, candidate, is_away=is_due):
                names.setdefault(after_s, []).append(route.name)
            elif news.ends:  # what it ends must not be told any more
                closes.append(route.name)
        for after_s, channels in names.items():
            if channels or (closes and not after_s):
                told = escalated(news, after_s) if after_s else news
                yield Letter(told, channels, candidate.tags, closes)

    async def run(self) -> None:
        """Tell until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._note_all())
            served: Sequence[Route] = ()
            while True:
                self._has_routes.clear()
                for route in _others(self._routes, served):
                    group.create_task(self._serve(route))
                served = self._routes
                await self._has_routes.wait()

    def stop(self) -> None:
        """From now on start no program; what waits for one stays stored."""
        self._is_stopped = True

    async def close(self, limit_s: float) -> None:
        """Tell what may be told now without gathering more; the rest stays stored.

        Args:
            limit_s: longest time for that; what is on its way then is cut off.
        """
        self._is_closing = True
        try:
            async with asyncio.timeout(limit_s):
                await self._tell_last()
        except* TimeoutError:
            _LOG.warning("the end did not wait for all channels")
        except* StateError as errors:
            self._failed("outbox", errors.exceptions[0])
        finally:
            for task in self._sending:
                task.cancel()
            await asyncio.gather(*self._sending, return_exceptions=True)
            self._thread.shutdown(wait=False)

    async def _tell_last(self) -> None:
        await self._note()
        async with asyncio.TaskGroup() as group:
            for route in self._routes:
                group.create_task(self._step(route, is_last=True))
        await asyncio.gather(*self._sending, return_exceptions=True)
        await self._call(self._outbox.close)

    async def _note_all(self) -> None:
        self._has_new.set()  # to begin with, learn what the other copies know
        while True:
            await self._has_new.wait()
            try:
                await self._note()
            except StateError as error:
                self._failed("outbox", error)
                await asyncio.sleep(AGAIN_S)

    async def _note(self) -> None:
        """Store what is new, so that it is told whatever happens.

        Raises:
            StateError: it cannot be stored; it is kept.
        """
        self._has_new.clear()
        try:
            await self._store_changes()
            await self._post()
        except StateError:
            self._has_new.set()
            raise

    async def _store_changes(self) -> None:
        while self._changes:
            await self._call(self._changes[0])
            del self._changes[0]
            self._wake_all()
        found = await self._call(self._outbox.silences, self._clock.now())
        if not self._changes:
            self.silences = {silence.scope: silence for silence in found}

    async def _post(self) -> None:
        new = tuple(self._new)
        if not new:
            return
        await self._call(self._outbox.post, new, self._clock.now())
        del self._new[: len(new)]
        for name in {name for letter in new for name in letter.channels}:
            if name in self._wake:
                self._wake[name].set()

    async def _serve(self, route: Route) -> None:
        """Tell over one channel until another one takes its place."""
        wake = self._wake[route.name] = asyncio.Event()
        while not _others([route], self._routes):
            wake.clear()
            try:
                wait_s = await self._step(route)
            except StateError as error:
                self._failed("outbox", error)
                wait_s = AGAIN_S
            try:
                async with asyncio.timeout(wait_s):
                    await wake.wait()
            except TimeoutError:
                pass

    async def _step(self, route: Route, *, is_last: bool = False) -> float | None:
        """Tell what is due; returns seconds until there may be more.

        Raises:
            StateError: the outbox cannot be used.
        """
        now = self._clock.now()
        backlog = await self._call(self._outbox.backlog, route.name, now)
        pace = route.pace.hurried() if is_last else route.pace
        plan = due(pace, backlog.waiting, backlog.sent, now)
        for news in plan.messages:
            place = self._places[route.name]
            await place.acquire()
            sending = asyncio.create_task(self._send(route, news, place))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)
            if not route.pace.is_each:
                # Shielded: what is on its way when polling ends has until `close`.
                await asyncio.shield(sending)
        if plan.messages and not is_last:
            return _SOON_S  # what came meanwhile, and pauses after failures
        waits = [s for s in (plan.wait_s, backlog.next_s) if s is not None]
        return max(_SOON_S, min(waits)) if waits else None

    async def _send(
        self, route: Route, news: Sequence[News], place: asyncio.Semaphore
    ) -> None:
        try:
            if not (self._is_stopped and route.pace.is_each):
                await self._send_now(route, news)
        except StateError as error:
            self._failed("outbox", error)
            if not self._is_closing:
                await asyncio.sleep(AGAIN_S)
        finally:
            place.release()
            if wake := self._wake.get(route.name):
                wake.set()  # there is room, and a next try to plan

    async def _send_now(self, route: Route, news: Sequence[News]) -> None:
        taken = await self._call(self._outbox.take, route.name, news, self._clock.now())
        ours = [one for one in news if one.key in taken]
        if not ours:
            return
        problem = ""
        try:
            message = message_of(ours)
            await route.channel.send(
                in_chinese(message) if route.is_chinese else message
            )
        except ChannelError as error:
            problem = str(error)
            self.failures += 1
        given_up = await self._call(
            self._outbox.settle,
            route.name,
            taken,
            self._clock.now(),
            is_told=not problem,
        )
        self._note_problem(route.name, problem, given_up)

    def _note_problem(self, name: str, problem: str, given_up: bool) -> None:
        if given_up:
            problem += "; given up after three more tries"
        if problem != self._problems.get(name, ""):
            self._problems[name] = problem
            if problem:
                self._say(f"notify.{name}: {problem}")
        if problem:
            _LOG.warning("notify.%s: %s", name, problem)

    def _failed(self, what: str, error: BaseException) -> None:
        if all(route.is_default for route in self._routes):
            # Nobody asked to be told, and the screen says what is not stored.
            _LOG.warning("notify.%s: %s", what, error)
        else:
            self._note_problem(what, str(error), given_up=False)

    async def _call(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        future = self._thread.submit(call, *args, **kwargs)
        return await asyncio.wrap_future(future)


def _others(routes: Sequence[Route], known: Sequence[Route]) -> list[Route]:
    """Routes that are none of those known, though they may be worded like one."""
    return [route for route in routes if not any(route is one for one in known)]
