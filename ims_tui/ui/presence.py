"""Whether the operator is there, and when they came back."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import events

from ims_tui.core.notices.attention import Attention
from ims_tui.ui.runs import Wheel, WheelRun

if TYPE_CHECKING:
    from ims_tui.ui.desk import Host

_BY_HAND = events.Key | events.Paste | events.MouseDown | Wheel | WheelRun


class Presence:
    """Takes the signs of somebody at the terminal: keys, and its focus.

    Args:
        host: whose runtime is told when the operator was away for long.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        now_s = host.now().mono_s
        self._touched_s = -math.inf
        self._attention = Attention(keyed_s=now_s, seen_s=now_s)

    @property
    def is_away(self) -> bool:
        """Whether nobody looks."""
        after_s = self._host.settings.notify.away_after_s
        return self._attention.is_away(self._host.now().mono_s, after_s)

    @property
    def idle_s(self) -> float:
        """Seconds since the last key or click, endless before the first."""
        return self._host.now().mono_s - self._touched_s

    def see(self, event: events.Event) -> None:
        """Take what the hands did; a mouse that only moves is nothing yet."""
        if isinstance(event, _BY_HAND):
            self._touched_s = self._host.now().mono_s

    def press(self) -> None:
        """A key was pressed."""
        now_s = self._host.now().mono_s
        self._come_back(now_s)
        self._attention = replace(self._attention, keyed_s=now_s, seen_s=now_s)

    def focus(self, *, is_focused: bool) -> None:
        """The terminal told that it is looked at, or is no more."""
        now_s = self._host.now().mono_s
        if is_focused:
            self._come_back(now_s)
        self._attention = replace(self._attention, is_focused=is_focused, seen_s=now_s)

    def _come_back(self, now_s: float) -> None:
        away_s = now_s - self._attention.seen_s
        if away_s >= self._host.settings.notify.digest_after_s:
            until = self._host.now().wall
            away = until - timedelta(seconds=away_s), until
            self._host.runtime.store.flag(away=away)
