"""Runs of equal input in one read, each as one movement, so that a flood is soon done.

Nothing that was meant is lost: a run says how often, and of the pointer only where it
is when something happens counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual import events
from textual.message import Message

Wheel = events.MouseScrollDown | events.MouseScrollUp


class KeyRun(events.Key):
    """A key that was pressed several times on end."""

    def __init__(self, key: events.Key, times: int) -> None:
        super().__init__(key.key, key.character)
        self.times = times

    @property
    def one(self) -> events.Key:
        """The key by itself."""
        return events.Key(self.key, self.character)

    @property
    def others(self) -> events.Key:
        """What is left after one of them."""
        return KeyRun(self.one, self.times - 1) if self.times > 2 else self.one


class WheelRun(events.Event, bubble=False):
    """A wheel that was turned one way over one place."""

    def __init__(self, wheel: Wheel, times: int) -> None:
        super().__init__()
        self.wheel = wheel
        self.times = times

    @property
    def steps(self) -> int:
        """How often down, negative for up."""
        is_down = isinstance(self.wheel, events.MouseScrollDown)
        return self.times if is_down else -self.times


def in_runs(messages: Sequence[Message]) -> list[Message]:
    """The messages of one read, in order, equal ones on end as one."""
    runs: list[tuple[Message, int]] = []
    for message in _latest(messages):
        if runs and _is_again(runs[-1][0], message):
            runs[-1] = runs[-1][0], runs[-1][1] + 1
        else:
            runs.append((message, 1))
    return [_run(message, times) for message, times in runs]


def _run(message: Message, times: int) -> Message:
    if times > 1 and isinstance(message, events.Key):
        return KeyRun(message, times)
    if times > 1 and isinstance(message, Wheel):
        return WheelRun(message, times)
    return message


def _is_again(before: Message, message: Message) -> bool:
    if isinstance(before, events.Key) and isinstance(message, events.Key):
        return (before.key, before.character) == (message.key, message.character)
    if not (isinstance(before, Wheel) and isinstance(message, Wheel)):
        return False
    is_bare = not (message.shift or message.ctrl or message.meta)
    return is_bare and _turned(before) == _turned(message)


def _turned(wheel: Wheel) -> tuple[object, ...]:
    place = wheel.screen_x, wheel.screen_y
    return type(wheel), place, wheel.shift, wheel.ctrl, wheel.meta


def _latest(messages: Sequence[Message]) -> list[Message]:
    """Of focus and pointer only where they are now counts, not each step to there."""
    return list(_backwards(messages))[::-1]


def _backwards(messages: Sequence[Message]) -> Iterator[Message]:
    is_focus_told = is_move_told = False
    for message in reversed(messages):
        if isinstance(message, events.AppFocus | events.AppBlur):
            if is_focus_told:
                continue
            is_focus_told = True
        if isinstance(message, events.MouseMove):
            if is_move_told:
                continue
            is_move_told = True
        elif not isinstance(message, Wheel):  # which says itself where it is
            is_move_told = False
        yield message
