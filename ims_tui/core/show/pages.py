"""Pages to read: help, events, log, profiles. Lines in, nothing drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from ims_tui.core.config.settings import NoCredential, Profile
from ims_tui.core.polling.estimate import ANY_MOMENT, ANY_MOMENT_SHORT
from ims_tui.core.show.actions import AREAS, keys_text
from ims_tui.core.show.comparisons import MEASURES
from ims_tui.core.show.sentences import (
    event_line,
    event_meaning,
    is_bad_news,
    link_word,
)
from ims_tui.core.show.texts import NONE_FOUND
from ims_tui.core.show.view import Cell, Line, Tone, View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.happening import with_earlier
from ims_tui.core.state.health import Health
from ims_tui.core.state.latency import latency_summary
from ims_tui.core.state.searchtext import FIELDS
from ims_tui.core.state.store import Snapshot
from ims_tui.core.state.traffic import quantile
from ims_tui.core.text import (
    cell_len,
    duration,
    fit,
    plural,
    printable,
    sentences,
    span,
    wrapped,
)
from ims_tui.core.watchlist.watch import JobKey

_KEYS_WIDTH = 18
_LEAST_HANGING = 16
"""Columns below which the last cell of a line stays on one, cut."""

SIGNS = (
    ("!", "failed and nobody has looked yet (x), or stalled: unusually long still"),
    ("x", "a sub-job failed while the job goes on"),
    ("*", "new success; x, opening or copying acknowledges it"),
    ("~", "old data: no good answer lately"),
    ("#", "the last poll of this job failed"),
    ("m", "muted"),
    ("=", "before a number: computed by ims-tui from the sub-jobs"),
    ("?", "behind a number: the reply contradicts itself; Summary says how"),
)

TIMES_LEFT = (
    ("~4-6m", "half of such jobs end within this range"),
    ("~6m?", "a hint, from fewer than five earlier jobs"),
    (ANY_MOMENT, "the time that was expected has run out"),
    (ANY_MOMENT_SHORT, f"{ANY_MOMENT}, in a narrow column"),
    ("over 2m", "only the usual total is known, and it has passed"),
    ("due?", "it should have ended; the service does not answer"),
    ("?", "nothing is known yet"),
)

FILTERS = (
    ("sap weekly", "rows with both words, in whatever column"),
    ('"sap data vol"', "rows with this phrase"),
    ("state:fail", f"one field: {' '.join([*FIELDS][:8])}"),
    ("", " ".join([*FIELDS][8:])),
    ("elapsed>30m", f"a comparison, > >= < <= =: {' '.join([*MEASURES][:4])}"),
    ("", " ".join([*MEASURES][4:])),
    ("ended>2026-11-01", "a day or time: 22:30, or how long ago: ended<12h"),
    ("-tag:test", "a minus turns a term around"),
    ("/img.00[56]/", "a regular expression"),
)

MOUSE = (
    ("click", "selects a row, a tab, a word of the last line"),
    ("double click", "opens the details"),
    ("column head", "sorts; once more turns the order around"),
    ("shift + mouse", "the terminal's own selection (Option on macOS)"),
)

READS_ONLY = "ims-tui only reads: nothing in the cloud is changed, stopped or deleted."


def help_page(keymap: Mapping[str, str]) -> list[Line]:
    """Every action with its keys, by area; then signs, filter and mouse."""
    lines: list[Line] = []
    for area, actions in AREAS.items():
        rows = [(keys_text(action, keymap), action.words) for action in actions]
        lines += _block(area, rows)
    lines += _block("Signs", SIGNS)
    lines += _block("Time left", TIMES_LEFT)
    lines += _block("Filter", FILTERS)
    lines += _block("Mouse", MOUSE)
    lines.append(_dim(READS_ONLY))
    return lines


def _block(title: str, rows: Iterable[tuple[str, str]]) -> list[Line]:
    lines: list[Line] = [(Cell(title, Tone.INIT),)]
    for left, right in rows:
        lines.append((Cell(f"  {left:<{_KEYS_WIDTH}}", Tone.RUN), Cell(f" {right}")))
    return [*lines, _dim("")]


def _dim(text: str) -> Line:
    return (Cell(text, Tone.DIM),)


def found_in(lines: Sequence[Line], words: str) -> list[Line]:
    """The lines that hold all words, or one that says that none does."""
    wanted = words.casefold().split()
    if not wanted:
        return list(lines)
    return [line for line in lines if _holds(line, wanted)] or [_dim(NONE_FOUND)]


def _holds(line: Line, wanted: Sequence[str]) -> bool:
    text = " ".join(cell.text for cell in line).casefold()
    return all(word in text for word in wanted)


class ListingItem(Struct, frozen=True):
    """One thing of a listing, in lines."""

    of: object
    """What it is; the cursor stays on it."""
    lines: Sequence[Line]
    key: JobKey | None = None
    """The job it is about, if any."""


def events_page(snapshot: Snapshot, view: View, width: int) -> list[ListingItem]:
    """All events, newest first; a failure with its meaning and what to try.

    Ends of the last day that this run did not see are among them.
    """
    told = []
    events = with_earlier(snapshot, view.now.wall)
    for event in reversed(events):
        at = f"{view.clock_time(event.at, with_date=True)}  "
        tone = Tone.FAIL if is_bad_news(event) else Tone.NORMAL
        room, pad = max(20, width - len(at)), Cell(" " * len(at))
        first, *more = wrapped(event_line(event, snapshot.entries, view), room)
        lines: list[Line] = [(Cell(at, Tone.DIM), Cell(first, tone))]
        lines += [(pad, Cell(part, tone)) for part in more]
        for text in event_meaning(event, snapshot.entries, view):
            lines += [(pad, Cell(part)) for part in wrapped(text, room)]
        told.append(ListingItem(event, lines, event.key))
    return told


def items_with(items: Sequence[ListingItem], words: str) -> list[ListingItem]:
    """The items that hold all words."""
    wanted = words.casefold().split()
    return [item for item in items if _holds(sum(item.lines, ()), wanted)]


def detection_line(entries: Iterable[Entry]) -> str:
    """How long after the service's end time we knew: median and worst."""
    late = latency_summary(entries)
    if late is None:
        return "No end has been noticed while watching yet."
    ends = plural(late.ends, "end", "ends")
    median, worst = span(late.median_s, 1), span(late.worst_s, 1)
    return f"{ends} noticed: median {median} late, worst {worst}."


def held_lines(entries: Iterable[Entry]) -> list[Line]:
    """How often ranges of time left held, of the types that are listed; one line."""
    found = {(e.job_type, e.watch.profile): e.habits.held for e in entries}
    held = [each for each in found.values() if each is not None]
    if not held:
        return []
    least, most = (f"{end(each.ratio for each in held):.0%}" for end in (min, max))
    ratios = least if least == most else f"{least} to {most}"
    types, jobs = len(held), sum(each.jobs for each in held)
    text = (
        f"Ranges of time left held {ratios} of the time, 50% is promised "
        f"({plural(types, 'type', 'types')}, {plural(jobs, 'job', 'jobs')}; "
        "ims-tui doctor names each)."
    )
    return [_dim(text)]


class LogLevel(StrEnum):
    """From which level on lines of the log are shown."""

    ALL = "all levels"
    INFO = "INFO and above"
    WARNING = "WARNING and above"
    ERROR = "ERROR"


_RANKS = {"DEBUG": 0, "INFO": 1, "WARNING": 2, "ERROR": 3, "CRITICAL": 3}
_LEVELS = {2: Tone.WARN, 3: Tone.FAIL}


def log_head(
    snapshot: Snapshot, place: str, level: LogLevel, *, is_followed: bool
) -> list[Line]:
    """What stands above the log: requests, how soon ends are noticed, where it is."""
    known = list(snapshot.entries.values())
    lines = [*_traffic_lines(snapshot.health.values())]
    lines.append((Cell(detection_line(known)),))
    ways = level.value + (", following" if is_followed else "")
    return [*lines, _dim(f"{ways}   {place}")]


_TRAFFIC = f"{'PROFILE':<14}{'REQ/S':>7}{'BUDGET':>9}{'ANSWERS':>9}"
_TRAFFIC += f"{'MEDIAN':>9}{'95%':>9}{'REFUSED':>9}{'NONE':>6}"


def _traffic_lines(known: Iterable[Health]) -> list[Line]:
    """One line a profile: how often it asks, what it may, what came of it."""
    asked = [health for health in known if health.allowed_per_min]
    if not asked:
        return []
    lines = [_dim(_TRAFFIC)]
    for health in asked:
        traffic, allowed = health.traffic, health.allowed_per_min
        late = traffic.latencies_s
        text = f"{fit(health.profile, 14)}{health.rate_per_s:>7.2f}"
        text += f"{f'{allowed}/min':>9}{traffic.answers:>9}"
        text += f"{_ms(quantile(late, 0.5)):>9}{_ms(quantile(late, 0.95)):>9}"
        is_bad = traffic.refused or traffic.unanswered
        bad = f"{traffic.refused:>9}{traffic.unanswered:>6}"
        lines.append((Cell(text), Cell(bad, Tone.WARN if is_bad else Tone.NORMAL)))
    return lines


def _ms(seconds: float | None) -> str:
    return "-" if seconds is None else f"{1000 * seconds:,.0f} ms"


def log_page(
    entries: Iterable[Entry], text: Sequence[str], level: LogLevel, problem: str = ""
) -> list[Line]:
    """How often time left held, then the log: a line without a level goes on."""
    lines = held_lines(entries)
    if problem:
        lines.append((Cell(problem, Tone.WARN),))
    least, rank = list(LogLevel).index(level), 0
    for line in text:
        words = line.split(" ", 3)
        found = next((_RANKS[word] for word in words[:3] if word in _RANKS), None)
        rank = rank if found is None else found
        if rank >= least:
            lines.append((Cell(printable(line), _LEVELS.get(rank, Tone.NORMAL)),))
    return lines


def broken(lines: Iterable[Line], width: int) -> list[Line]:
    """The lines, those too long for the width on several.

    Of several cells the last one goes on below itself, such as what a key does.
    """
    room, found = max(20, width), list[Line]()
    for line in lines:
        if sum(cell_len(cell.text) for cell in line) <= room:
            found.append(line)
            continue
        if len(line) != 1:
            found += _hanging(line, room)
            continue
        first, *more = wrapped(line[0].text, room)
        rest = wrapped(" ".join(more), room - 2) if more else []
        tone = line[0].tone
        found += [(Cell(first, tone),), *((Cell(f"  {part}", tone),) for part in rest)]
    return found


def _hanging(line: Line, room: int) -> list[Line]:
    """A line with its last cell on several, each below its begin."""
    *head, last = line
    text = last.text.lstrip()
    before = len(last.text) - len(text) + sum(cell_len(cell.text) for cell in head)
    if room - before < _LEAST_HANGING:
        return [line]
    first, *more = wrapped(text, room - before)
    begin = last.text.removesuffix(text)
    rest = ((Cell(" " * before + part, last.tone),) for part in more)
    return [(*head, Cell(begin + first, last.tone)), *rest]


def profile_lines(
    profile: Profile,
    health: Health | None,
    jobs: int,
    view: View,
    *,
    is_awaited: bool = False,
) -> list[Line]:
    """One profile in lines: where it points, how it signs in, what is wrong.

    `is_awaited` tells whether it has active jobs: before the first answer it is asked.
    """
    link = link_word(health, view) if health else "idle"
    if link == "idle" and is_awaited:
        link = "asking"
    place = profile.endpoint or "no endpoint"
    count = plural(jobs, "job", "jobs")
    first = f"{profile.name:<14} {profile.region or '-':<15} {link:<14} {count}"
    lines = [(Cell(first),), _dim(place), _dim(_credential(profile, health, view))]
    if health and health.call:
        lines.append(_dim(f"GET {health.call}: the documented call is not offered"))
    if health and health.failure:
        lines.append(_dim(sentences(health.failure.cause, health.failure.remedy)))
    return lines


def _credential(profile: Profile, health: Health | None, view: View) -> str:
    state = health.credential if health else None
    source = state.source if state else profile.auth.source
    scheme = profile.auth.noun
    parts = [f"{scheme} from {source}" if source else "no credential"]
    if state is not None and state.scheme != NoCredential.scheme:
        parts.append("accepted" if state.is_accepted else "not accepted yet")
        left_s = state.left_s(view.now.wall)
        if left_s is not None:
            parts.append(f"ends in {duration(left_s)}" if left_s else "expired")
    return ", ".join(parts)
