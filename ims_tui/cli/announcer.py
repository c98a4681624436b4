"""Hands the news of a command that polls to the operator's channels."""

from __future__ import annotations

from collections.abc import Sequence

from ims_tui.cli.call import Call
from ims_tui.cli.style import plain_view
from ims_tui.core.headless.candidates import candidates, late_failures
from ims_tui.core.headless.changes import news_since
from ims_tui.core.headless.priority import Priority
from ims_tui.core.state.store import Event, Snapshot
from ims_tui.engine.runtime import Runtime
from ims_tui.wiring import longest_s, open_notifier

GRACE_S = 1.0
"""How long programs and messages that are on their way may take after a signal."""


class Announcer:
    """One run of a command."""

    def __init__(self, call: Call, runtime: Runtime) -> None:
        self._call = call
        self._runtime = runtime
        self._events: Sequence[Event] = ()
        self._notifier = runtime.notifier = open_notifier(
            call.settings.notify,
            call.setup.places,
            call.environ,
            lambda line: call.say([line], Priority.WARNING),
        )
        self._is_stopped = False
        self._has_list = False

    @property
    def failures(self) -> int:
        """Messages that a channel did not take, in this run."""
        return self._notifier.failures

    def on_snapshot(self, snapshot: Snapshot) -> None:
        """Hand on what is new, for those who are not here."""
        new = news_since(self._events, snapshot.events)
        self._events = snapshot.events
        if not self._has_list and not snapshot.is_loading:
            self._has_list = True
            now = self._runtime.moment().wall
            new = [*late_failures(snapshot.entries.values(), now), *new]
        if new:
            view = plain_view(self._call, self._runtime.moment(), snapshot.health)
            self._notifier.tell(list(candidates(new, snapshot.entries, view)))

    def stop(self) -> None:
        """From now on start no program; the next run tells what waits for one."""
        self._is_stopped = True
        self._notifier.stop()

    async def close(self) -> None:
        """Tell the last news; what goes on for too long is ended."""
        last_s = longest_s(self._runtime.settings.notify)
        await self._notifier.close(GRACE_S if self._is_stopped else last_s)
