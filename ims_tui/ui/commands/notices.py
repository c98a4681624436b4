"""Commands for who is told what: a snooze, and what is muted by tag or profile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ims_tui.core.notices.silence import (
    EVERYTHING,
    SNOOZE_S,
    Silence,
    of_profile,
    of_tag,
)
from ims_tui.core.show import texts
from ims_tui.core.text import printable
from ims_tui.engine.notifier import Notifier
from ims_tui.ui.desk import Desk
from ims_tui.ui.dialogs.contents import Check, Checklist, Item, Menu


def _notifier(desk: Desk) -> Notifier | None:
    """What tells news; where nothing does, as in the demo, that is said."""
    if desk.runtime.notifier is None:
        desk.tell(texts.NOBODY, seconds=3)
    return desk.runtime.notifier


def snooze(desk: Desk) -> None:
    """Hold all news for half an hour, or tell them after all."""
    notifier = _notifier(desk)
    if notifier is None:
        return
    view = desk.board.view()
    if notifier.snoozed_until(view.now.wall):
        notifier.lift(EVERYTHING)
        desk.tell(texts.TOLD_AGAIN, seconds=3)
        return
    until = view.now.wall + timedelta(seconds=SNOOZE_S)
    notifier.silence(Silence(EVERYTHING, until))
    desk.tell(texts.QUIET_UNTIL.format(time=view.clock_time(until)))


def mutes(desk: Desk) -> None:
    """Mute and unmute the tags of the chosen jobs, and profiles."""
    notifier = _notifier(desk)
    if notifier is None:
        return
    chosen = desk.board.chosen_entries()
    tags = {tag for entry in chosen for tag in entry.watch.tags}
    scopes = {of_tag(tag): texts.TAG_SCOPE.format(name=tag) for tag in tags}
    for name in desk.settings.profiles:
        scopes[of_profile(name)] = texts.PROFILE_SCOPE.format(name=name)
    muted = notifier.silences.keys() - {EVERYTHING}
    words = scopes | {s: s.replace(":", " ", 1) for s in muted}
    checks = [Check(s, words[s], s in muted) for s in sorted(words, reverse=True)]

    def changed(checks: Sequence[Check]) -> None:
        for check in checks:
            if check.is_on and check.name not in notifier.silences:
                notifier.silence(Silence(check.name))
            elif not check.is_on and check.name in notifier.silences:
                notifier.lift(check.name)

    desk.open(Checklist(texts.MUTES_TITLE, checks, changed))


def try_channel(desk: Desk) -> None:
    """Choose a channel that is sent a message of each level it hears."""
    notifier = _notifier(desk)
    if notifier is None:
        return
    if not notifier.names:
        desk.tell(texts.NEVER, seconds=5)
        return
    items = [Item(name, name.removeprefix("channels.")) for name in notifier.names]

    def done(name: str) -> None:
        channel = name.removeprefix("channels.")
        desk.tell(texts.TRYING.format(channel=channel), seconds=3)
        notifier.attempt(name, lambda problem: report(name, problem))

    def report(name: str, problem: str) -> None:
        if problem:
            why = printable(problem, 300)
            desk.tell(texts.CHANNEL_FAILED.format(name=name, problem=why), is_bad=True)
        else:
            desk.tell(texts.CHANNEL_TOOK.format(name=name), seconds=8)

    desk.open(Menu(texts.TRY_TITLE, items, done, texts.TRY))
