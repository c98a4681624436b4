"""Tells news over channels: noted first, then told, each channel at its own pace.

A channel that is slow or fails delays neither a poll nor another channel. What it does
not take is tried again with growing pauses, also by the next run of the program.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from msgspec import Struct

from ims_tui.core.errors import ChannelError, StateError
from ims_tui.core.notices.escalation import escalated, escalates
from ims_tui.core.notices.letter import Letter
from ims_tui.core.notices.message import message_of
from ims_tui.core.notices.news import News
from ims_tui.core.notices.pace import Pace, due
from ims_tui.core.notices.rules import Candidate, Rule, wants
from ims_tui.core.ports import Channel, Clock, Outbox

_LOG = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

AGAIN_S = 5.0
"""Pause before the outbox is tried again where it could not be used."""

MOST_KEPT = 1000
"""News that are kept in memory while the outbox cannot be used."""

_SOON_S = 0.05
"""Shortest wait between two looks at one channel."""


class Route(Struct, frozen=True):
    """One channel with its rules."""

    name: str
    rule: Rule
    pace: Pace
    channel: Channel
    escalates_s: float = 0.0
    """Failures go there only where nobody acknowledged them for so long; 0: at once."""


class Notifier:
    """Hands news to channels.

    Args:
        routes: the channels.
        outbox: where news wait; its calls block.
        clock: the time.
        thread: where the outbox is used; it is shut down at the end.
        say: told in one line what goes wrong, once per kind.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        outbox: Outbox,
        clock: Clock,
        thread: ThreadPoolExecutor,
        say: Callable[[str], None],
    ) -> None:
        self._routes = routes
        self._outbox = outbox
        self._clock = clock
        self._say = say
        self._new: list[Letter] = []
        self._wake = {route.name: asyncio.Event() for route in routes}
        self._has_new = asyncio.Event()
        self._thread = thread
        self._problems: dict[str, str] = {}

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
        names: dict[float, list[str]] = {}
        for route in self._routes:
            after_s = route.escalates_s if escalates(candidate.news) else 0.0
            # Who looked away again without a key has not acknowledged it.
            if wants(route.rule, candidate, is_away=is_away or after_s > 0):
                names.setdefault(after_s, []).append(route.name)
        for after_s, channels in names.items():
            news = candidate.news
            yield Letter(escalated(news, after_s) if after_s else news, channels)

    async def run(self) -> None:
        """Tell until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._note_all())
            for route in self._routes:
                group.create_task(self._serve(route))

    async def close(self, limit_s: float) -> None:
        """Tell what may be told now without gathering more; the rest stays stored.

        Args:
            limit_s: longest time for that.
        """
        try:
            async with asyncio.timeout(limit_s):
                await self._tell_last()
        except* TimeoutError:
            _LOG.warning("the end did not wait for all channels")
        except* StateError as errors:
            self._failed("outbox", errors.exceptions[0])
        self._thread.shutdown(wait=False)

    async def _tell_last(self) -> None:
        await self._note()
        async with asyncio.TaskGroup() as group:
            for route in self._routes:
                group.create_task(self._step(route, is_last=True))
        await self._call(self._outbox.close)

    async def _note_all(self) -> None:
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
        new = tuple(self._new)
        if not new:
            return
        try:
            await self._call(self._outbox.post, new, self._clock.now())
        except StateError:
            self._has_new.set()
            raise
        del self._new[: len(new)]
        for name in {name for letter in new for name in letter.channels}:
            self._wake[name].set()

    async def _serve(self, route: Route) -> None:
        wake = self._wake[route.name]
        while True:
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
        sends = (self._send(route, news) for news in plan.messages)
        for result in await asyncio.gather(*sends, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result
        if plan.messages and not is_last:
            return _SOON_S  # what came meanwhile, and pauses after failures
        waits = [s for s in (plan.wait_s, backlog.next_s) if s is not None]
        return max(_SOON_S, min(waits)) if waits else None

    async def _send(self, route: Route, news: Sequence[News]) -> None:
        taken = await self._call(self._outbox.take, route.name, news, self._clock.now())
        ours = [one for one in news if one.key in taken]
        if not ours:
            return
        problem = ""
        try:
            await route.channel.send(message_of(ours))
        except ChannelError as error:
            problem = str(error)
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
        self._note_problem(what, str(error), given_up=False)

    async def _call(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        future = self._thread.submit(call, *args, **kwargs)
        return await asyncio.wrap_future(future)
