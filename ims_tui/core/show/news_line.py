"""What happened last, in one line: an event, or how many of a storm of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ims_tui.core.show.sentences import event_line, is_bad_news
from ims_tui.core.show.view import Cell, Tone, View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Event, EventKind
from ims_tui.core.watchlist.watch import JobKey

STORM_S = 10.0
"""Events of jobs that come within this of each other are counted together."""

_COUNTED = {
    EventKind.FAILED: "failed",
    EventKind.GONE: "not known",
    EventKind.STALLED: "stalled",
    EventKind.SUCCEEDED: "done",
    EventKind.ALREADY_ENDED: "had finished before",
}
"""Events of jobs, the worst first, with the word behind their number."""


def news_line(
    events: Sequence[Event], entries: Mapping[JobKey, Entry], view: View
) -> Cell:
    """The newest event with its time; of several jobs at once their numbers.

    Such as `12:03:54  7 failed, 12 done`. Muted jobs are left out.
    """
    told = (event for event in reversed(events) if not _is_muted(event, entries))
    newest = next(told, None)
    if newest is None:
        return Cell("")
    storm = [newest, *_storm(newest, told)]
    text = event_line(newest, entries, view)
    if len(storm) > 1:
        counted = Counter(event.kind for event in storm)
        parts = [f"{counted[k]} {word}" for k, word in _COUNTED.items() if counted[k]]
        text = ", ".join(parts)
    is_bad = any(map(is_bad_news, storm))
    tone = Tone.FAIL if is_bad else Tone.NORMAL
    return Cell(f"{view.clock_time(newest.at)}  {text}", tone)


def rings(events: Iterable[Event], entries: Mapping[JobKey, Entry]) -> bool:
    """Whether there is bad news among events of which nobody is spared the sound."""
    return any(is_bad_news(e) and not _is_muted(e, entries) for e in events)


def _storm(newest: Event, older: Iterable[Event]) -> Iterable[Event]:
    """The events of jobs that came with the newest one; none of other kinds."""
    if newest.kind not in _COUNTED:
        return
    last = newest
    for event in older:
        is_near = abs((last.at - event.at).total_seconds()) <= STORM_S
        if event.kind not in _COUNTED or not is_near:
            return
        last = event
        yield event


def _is_muted(event: Event, entries: Mapping[JobKey, Entry]) -> bool:
    entry = entries.get(event.key) if event.key else None
    return entry is not None and entry.watch.muted
