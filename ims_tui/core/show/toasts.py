"""Which events deserve a toast, and in how few words.

Bad news are named, at most five of them; good news of one moment become one line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ims_tui.core.show.sentences import event_line, event_meaning, is_bad_news
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.text import plural
from ims_tui.core.watchlist.watch import JobKey

MOST_NAMED = 5

_GOOD = {
    EventKind.SUCCEEDED: ("job ok", "jobs ok"),
    EventKind.ALREADY_ENDED: ("job had already finished", "jobs had already finished"),
    EventKind.STALLED: ("job has stopped moving", "jobs have stopped moving"),
    EventKind.GONE: ("job is not known", "jobs are not known"),
    EventKind.UNSEEN: ("warning", "warnings"),
}
"""Good or mild news with how many of them are counted together."""


class Toast(Struct, frozen=True):
    """One toast."""

    text: str
    is_bad: bool = False


def toasts(
    events: Sequence[Event], entries: Mapping[JobKey, Entry], view: View
) -> list[Toast]:
    """What to tell of the events of one moment; muted jobs are left out."""
    told = [event for event in events if not _is_muted(event, entries)]
    bad = [event for event in told if is_bad_news(event)]
    out = [Toast(_bad_news(e, entries, view), True) for e in bad[:MOST_NAMED]]
    if len(bad) > MOST_NAMED:
        out.append(Toast(f"{len(bad) - MOST_NAMED} more failed; E shows all", True))
    for kind, words in _GOOD.items():
        of_kind = [event for event in told if event.kind is kind]
        if len(of_kind) == 1:
            out.append(Toast(event_line(of_kind[0], entries, view)))
        elif of_kind:
            out.append(Toast(plural(len(of_kind), *words)))
    return out


def _bad_news(event: Event, entries: Mapping[JobKey, Entry], view: View) -> str:
    """An event with what it means and what to try, where a job failed."""
    told = event_line(event, entries, view)
    return "\n".join([told, *event_meaning(event, entries, view)])


def _is_muted(event: Event, entries: Mapping[JobKey, Entry]) -> bool:
    entry = entries.get(event.key) if event.key else None
    return entry is not None and entry.watch.muted
