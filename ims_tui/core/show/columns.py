"""The columns of the table: what each shows, how wide it is, which go first.

A new column is one function and one line in `COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from ims_tui.core.polling.estimate import short_text
from ims_tui.core.service.job import JobStatus, OddityKind, short_step
from ims_tui.core.service.jobtypes import plain_type
from ims_tui.core.show.expectation import end_text
from ims_tui.core.show.view import Cell, Times, Tone, View
from ims_tui.core.state.entry import (
    Entry,
    name_of,
    state_word,
    stated_begin,
    stated_end,
)
from ims_tui.core.text import age, cell_len, duration, short_id

BAR_WIDTH = 8


class Column(Struct, frozen=True):
    """One column. `cell` gets the width, since ids and steps shorten themselves."""

    key: str
    title: str
    width: int
    """Cells it needs."""
    cell: Callable[[Entry, View, int], Cell]
    sort_key: Callable[[Entry, View], object]
    """Raw value; entries without one come last."""
    is_fixed: bool = True
    """Whether that changes with the entry alone, not with the time or the network."""
    right: bool = False
    most: int = 0
    """Cells it can use; 0 means `width`."""
    short_title: str = ""
    """Title where the column is narrower than its title."""

    def title_for(self, width: int) -> str:
        """The title that fits."""
        return self.title if len(self.title) <= width else self.short_title


_STATE_TONES = {
    JobStatus.INIT: Tone.INIT,
    JobStatus.RUNNING: Tone.RUN,
    JobStatus.SUCCESS: Tone.OK,
    JobStatus.FAIL: Tone.FAIL,
    JobStatus.OTHER: Tone.WARN,
    None: Tone.DIM,
}


def sign_of(entry: Entry, view: View) -> str:
    """The sign in the first column: `*` new result, `#` poll error, `!` stalled, ..."""
    if entry.is_news:
        return "*"
    if entry.failure is not None and not entry.has_ended:
        return "#"
    if entry.has_failed_part:
        return "x"
    if entry.is_stalled:
        return "!"
    if view.is_stale(entry) or (entry.is_live and view.is_cut_off(entry)):
        return "~"
    return "m" if entry.watch.muted else " "


def _sign(entry: Entry, view: View, width: int) -> Cell:
    sign = sign_of(entry, view)
    failed = entry.status is JobStatus.FAIL
    tones = {"*": Tone.FAIL if failed else Tone.OK, "x": Tone.FAIL}
    usual = Tone.WARN if sign in ("#", "!") else Tone.DIM
    return Cell(sign, tones.get(sign, usual))


def state_of(entry: Entry) -> tuple[str, Tone]:
    """The word for a state, and its tone."""
    is_unknown = entry.is_gone or entry.unknown_since is not None
    return state_word(entry), Tone.WARN if is_unknown else _STATE_TONES[entry.status]


def _state(entry: Entry, view: View, width: int) -> Cell:
    word, tone = state_of(entry)
    if entry.is_gone or entry.unknown_since is not None:
        return Cell(f"{view.glyphs.unknown} {word}", tone)
    glyph = view.glyphs.status[entry.status] if entry.status else " "
    text = f"{glyph} {word}"
    # A long word of the service needs the room of the sign, which says no more.
    return Cell(text if cell_len(text) <= width else word, tone)


def _label(entry: Entry, view: View, width: int) -> Cell:
    return Cell(name_of(entry, min(width, 18)))


def percent_text(entry: Entry) -> str:
    """`62%`; `=` before what we computed, `?` behind what contradicts itself."""
    job = entry.job
    if job is None or job.progress_ratio is None:
        return ""
    # Rounded down, so that 100% is only shown when it is.
    text = f"{int(job.progress_ratio * 100 + 1e-9)}%"
    if job.is_progress_computed:
        text = f"={text}"
    is_odd = job.has(OddityKind.SUCCESS_BELOW_FULL) or job.has(OddityKind.PROGRESS_FELL)
    return text + ("?" if is_odd else " ")


def _progress(entry: Entry, view: View, width: int) -> Cell:
    tone = state_of(entry)[1]
    percent = percent_text(entry)
    if width < BAR_WIDTH + 6:
        if entry.has_ended or not percent:
            return Cell(state_of(entry)[0], tone)
        return Cell(f"{percent:>5}", tone)
    if percent and entry.job is not None:
        ratio = entry.job.progress_ratio or 0.0
        return Cell(f"{view.glyphs.bar(ratio, BAR_WIDTH)}{percent:>6}", tone)
    return Cell(_without_percent(entry), Tone.DIM)


def _without_percent(entry: Entry) -> str:
    if entry.is_gone or entry.unknown_since is not None:
        return "not known"
    if entry.status is JobStatus.INIT:
        return "waiting"
    if entry.has_ended:
        return "-"
    if entry.job is not None:
        return "no percent"
    return "no answer yet" if entry.polls else "not asked yet"


def _step(entry: Entry, view: View, width: int) -> Cell:
    job = entry.job
    if job is None or entry.status is JobStatus.SUCCESS:
        return Cell("-", Tone.DIM)
    if job.failed_subs:
        count = f"{len(job.failed_subs)} of {len(job.sub_jobs)}"
        return Cell(f"={count} sub-jobs failed", Tone.FAIL)
    if job.sub_jobs and not job.step:
        done = sum(sub.status.has_ended for sub in job.sub_jobs)
        return Cell(f"={done} of {len(job.sub_jobs)} sub-jobs")
    if not job.step:
        return Cell("-", Tone.DIM)
    whole = job.step.rstrip(":")
    return Cell(whole if len(whole) <= width else short_step(job.step))


def _type(entry: Entry, view: View, width: int) -> Cell:
    return Cell(plain_type(entry.job_type) or "-")


def _elapsed(entry: Entry, view: View, width: int) -> Cell:
    if view.times is not Times.ELAPSED:
        return _started(entry, view, width)
    elapsed_s = view.elapsed_s(entry)
    return Cell("-" if elapsed_s is None else duration(elapsed_s))


def _left(entry: Entry, view: View, width: int) -> Cell:
    if not entry.is_live:
        return Cell("-", Tone.DIM)
    if entry.is_stalled:
        return Cell("stalled", Tone.WARN)
    found = entry.estimate
    if found is None:
        return Cell("?", Tone.DIM)
    is_late = found.has_passed(view.now.mono_s)
    if is_late and (view.is_cut_off(entry) or view.is_stale(entry)):
        return Cell("due?", Tone.WARN)
    return Cell(
        short_text(found, view.now.mono_s, width),
        Tone.DIM if found.is_hint else Tone.NORMAL,
    )


def _ends(entry: Entry, view: View, width: int) -> Cell:
    at = view.expected_end(entry)
    if at is None:
        return Cell("-", Tone.DIM)
    text = end_text(at, view)
    return Cell(text if len(text) <= width else text[6:11] + text[-6:])


def _ends_key(entry: Entry, view: View) -> object:
    return view.expected_end(entry)


def _seen(entry: Entry, view: View, width: int) -> Cell:
    if entry.has_ended:
        if entry.detection_s is None:
            return Cell("-", Tone.DIM)
        return Cell(f"+{age(entry.detection_s)}", Tone.DIM)
    age_s = entry.age_s(view.now)
    if age_s is None:
        return Cell("-", Tone.DIM)
    return Cell(
        view.age_text(age_s), Tone.WARN if view.is_stale(entry) else Tone.NORMAL
    )


def _tags(entry: Entry, view: View, width: int) -> Cell:
    return Cell(", ".join(entry.watch.tags))


def _profile(entry: Entry, view: View, width: int) -> Cell:
    return Cell(entry.watch.profile)


def _started(entry: Entry, view: View, width: int) -> Cell:
    at = stated_begin(entry)
    return Cell(view.clock_time(at)[-width:] if at else "-")


def _ended(entry: Entry, view: View, width: int) -> Cell:
    at = stated_end(entry)
    return Cell(view.clock_time(at)[-width:] if at else "-")


def _image(entry: Entry, view: View, width: int) -> Cell:
    return Cell(short_id(entry.image_id, width) if entry.image_id else "-")


def _job_id(entry: Entry, view: View, width: int) -> Cell:
    return Cell(short_id(entry.watch.job_id, width))


def _note(entry: Entry, view: View, width: int) -> Cell:
    return Cell(entry.watch.note)


def _polls(entry: Entry, view: View, width: int) -> Cell:
    return Cell(str(entry.polls))


def _latency(entry: Entry, view: View, width: int) -> Cell:
    latency_s = entry.detection_s
    return Cell("-" if latency_s is None else f"+{latency_s:.1f}s")


def _text_key(
    cell: Callable[[Entry, View, int], Cell], nothing: str = ""
) -> Callable[[Entry, View], object]:
    def value(entry: Entry, view: View) -> object:
        text = cell(entry, view, 999).text
        return None if text == nothing else text.casefold()

    return value


def _state_key(entry: Entry, view: View) -> object:
    word = state_of(entry)[0]
    return None if word == "-" else word


def _time_key(
    time: Callable[[Entry], object],
) -> Callable[[Entry, View], object]:
    return lambda entry, view: time(entry)


def _progress_key(entry: Entry, view: View) -> object:
    return entry.job.progress_ratio if entry.job else None


def _elapsed_key(entry: Entry, view: View) -> object:
    return view.elapsed_s(entry)


def _left_key(entry: Entry, view: View) -> object:
    return view.remaining_s(entry)


def _moved_key(entry: Entry, view: View) -> object:
    return -entry.seen.mono_s if entry.seen else None


COLUMNS: dict[str, Column] = {
    column.key: column
    for column in (
        Column("sign", "", 1, _sign, _text_key(_sign), False),
        Column("state", "STATE", 7, _state, _state_key),
        Column("label", "LABEL", 18, _label, _text_key(_label), most=40),
        Column(
            "progress", "PROGRESS", 14, _progress, _progress_key, short_title="DONE"
        ),
        Column("step", "STEP", 16, _step, _text_key(_step, "-"), most=42),
        Column("type", "TYPE", 17, _type, _text_key(_type, "-"), most=20),
        Column("tags", "TAGS", 12, _tags, _text_key(_tags), most=24),
        Column("profile", "PROFILE", 10, _profile, _text_key(_profile)),
        Column("elapsed", "ELAPSED", 8, _elapsed, _elapsed_key, False, right=True),
        Column("left", "LEFT", 8, _left, _left_key, False, right=True, most=10),
        Column("ends", "ENDS", 11, _ends, _ends_key, False, right=True, most=17),
        Column("seen", "SEEN", 5, _seen, _moved_key, right=True),
        Column("started", "STARTED", 19, _started, _time_key(stated_begin), right=True),
        Column("ended", "ENDED", 19, _ended, _time_key(stated_end), right=True),
        Column("image", "IMAGE", 18, _image, _text_key(_image, "-"), most=36),
        Column("id", "JOB ID", 18, _job_id, _text_key(_job_id), most=32),
        Column("note", "NOTE", 16, _note, _text_key(_note), most=60),
        Column("polls", "POLLS", 5, _polls, lambda e, v: e.polls, right=True),
        Column(
            "latency", "LATENCY", 8, _latency, lambda e, v: e.detection_s, right=True
        ),
    )
}

DEFAULT_COLUMNS = (
    "state",
    "label",
    "progress",
    "step",
    "type",
    "elapsed",
    "left",
    "seen",
)


ARCHIVE_COLUMNS = ("state", "label", "progress", "step", "type", "elapsed", "ended")
"""The same of jobs that are over: nothing is left, and when they ended counts."""


def usual_columns(*, has_several: bool, is_archive: bool = False) -> tuple[str, ...]:
    """The columns where nobody chose some; PROFILE where rows are of several."""
    usual = ARCHIVE_COLUMNS if is_archive else DEFAULT_COLUMNS
    if not has_several:
        return usual
    return (*usual[:2], "profile", *usual[2:])


_KEEP = [
    "sign",
    "state",
    "label",
    "progress",
    "elapsed",
    "profile",
    "ended",
    "left",
    "step",
    "seen",
    "type",
    "ends",
    "tags",
    "started",
    "image",
    "id",
    "note",
    "polls",
    "latency",
]
"""Columns in the order in which they are kept when there is little room."""

_NARROW_PROGRESS = 5

_SMALL = (
    (59, ("label", "progress")),
    (79, ("state", "label", "progress", "elapsed")),
)
"""Below 60 and below 80 columns, less the scroll bar's, only these are shown."""


class Slot(Struct, frozen=True):
    """A column at its place in a table of a certain width."""

    column: Column
    x: int
    width: int


def lay_out(keys: Sequence[str], width: int, skip: int = 0) -> list[Slot]:
    """Choose what fits and give it its place; `skip` scrolls behind the label.

    LEFT grows to its longest words, then LABEL, STEP and the others. Widths never
    depend on values: a column does not move because a value changed.
    """
    wanted = _wanted(keys, width, skip)
    widths = {key: _least(key, width) for key in wanted}
    while len(widths) > 2 and _taken(widths) > width:
        del widths[max(widths, key=_KEEP.index)]
    if "label" in widths and _taken(widths) > width:
        widths["label"] = max(1, widths["label"] - (_taken(widths) - width))
    _grow(widths, width - _taken(widths))
    slots, x = [], 0
    for key, cells in widths.items():
        slots.append(Slot(COLUMNS[key], x, cells))
        x += cells + 1
    return slots


def _wanted(keys: Sequence[str], width: int, skip: int) -> list[str]:
    chosen = [key for key in (keys or DEFAULT_COLUMNS) if key in COLUMNS]
    if "label" not in chosen:
        chosen.insert(0, "label")  # a row without a name is of no use
    for limit, only in _SMALL:
        if width < limit:
            chosen = [key for key in chosen if key in only]
            break
    pinned = [key for key in chosen if key in ("state", "label")]
    others = [key for key in chosen if key not in pinned]
    if skip and others:
        order = [key for key in chosen if key in pinned] + others[skip % len(others) :]
        return ["sign", *order]
    return ["sign", *(key for key in chosen if key != "sign")]


def _least(key: str, width: int) -> int:
    return _NARROW_PROGRESS if key == "progress" and width < 79 else COLUMNS[key].width


def _taken(widths: dict[str, int]) -> int:
    return sum(widths.values()) + len(widths) - 1


def _grow(widths: dict[str, int], spare: int) -> None:
    """Hand out spare cells: two rounds, so that LABEL does not take everything."""
    for limit in (26, 999):
        for key in ("left", "label", "step", *widths):
            if key in widths and spare > 0:
                most = COLUMNS[key].most or COLUMNS[key].width
                more = min(spare, max(0, min(most, limit) - widths[key]))
                if key == "progress":
                    more = 0
                widths[key] += more
                spare -= more
