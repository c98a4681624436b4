"""What each cell of the table says, and in which tone."""

from __future__ import annotations

from msgspec.structs import replace

from ims_tui.core.polling.estimate import short_text
from ims_tui.core.service.job import JobStatus, OddityKind, short_step
from ims_tui.core.service.jobtypes import plain_type
from ims_tui.core.show.expectation import end_text
from ims_tui.core.show.view import Cell, Times, Tone, View
from ims_tui.core.state.entry import (
    Entry,
    error_code,
    fail_reason,
    name_of,
    state_word,
    stated_begin,
    stated_end,
)
from ims_tui.core.state.order import is_new_failure, is_new_success
from ims_tui.core.text import age, cell_len, duration, short_id, span, whole_percent

BAR_WIDTH = 8

_STATE_TONES = {
    JobStatus.INIT: Tone.INIT,
    JobStatus.RUNNING: Tone.RUN,
    JobStatus.SUCCESS: Tone.OK,
    JobStatus.FAIL: Tone.FAIL,
    JobStatus.OTHER: Tone.WARN,
    None: Tone.DIM,
}


def sign_of(entry: Entry, view: View) -> str:
    """The sign in the first column: `!` failed or stalled, `*` new success, ..."""
    if is_new_failure(entry):
        return "!"
    if is_new_success(entry):
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


def sign(entry: Entry, view: View, width: int) -> Cell:
    """The sign of `sign_of` in its tone."""
    text = sign_of(entry, view)
    stands = Tone.FAIL if entry.has_ended else Tone.WARN
    tones = {"*": Tone.OK, "x": Tone.FAIL, "!": stands, "#": Tone.WARN}
    return Cell(text, tones.get(text, Tone.DIM))


def state_of(entry: Entry) -> tuple[str, Tone]:
    """The word for a state, and its tone."""
    is_unknown = entry.is_gone or entry.unknown_since is not None
    return state_word(entry), Tone.WARN if is_unknown else _STATE_TONES[entry.status]


def state(entry: Entry, view: View, width: int) -> Cell:
    """The word of the state, with its sign where there is room."""
    word, tone = state_of(entry)
    if entry.is_gone or entry.unknown_since is not None:
        return Cell(f"{view.glyphs.unknown} {word}", tone)
    glyph = view.glyphs.status[entry.status] if entry.status else " "
    text = f"{glyph} {word}"
    # A long word of the service needs the room of the sign, which says no more.
    return Cell(text if cell_len(text) <= width else word, tone)


def label(entry: Entry, view: View, width: int) -> Cell:
    """The label, else the name of the image, else the id."""
    return Cell(name_of(entry, min(width, 18)))


def percent_text(entry: Entry) -> str:
    """`62%`; `=` before what we computed, `?` behind what contradicts itself."""
    job = entry.job
    if job is None or job.progress_ratio is None:
        return ""
    text = f"{whole_percent(job.progress_ratio)}%"
    if job.is_progress_computed:
        text = f"={text}"
    is_odd = job.has(OddityKind.SUCCESS_BELOW_FULL) or job.has(OddityKind.PROGRESS_FELL)
    return text + ("?" if is_odd else " ")


def progress(entry: Entry, view: View, width: int) -> Cell:
    """Bar and percent, or why there is none."""
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
    if entry.has_unusable_reply:
        return "unusable reply"
    return "no answer yet" if entry.polls else "not asked yet"


def step(entry: Entry, view: View, width: int) -> Cell:
    """The current step, or how many sub-jobs are done or failed."""
    job = entry.job
    if job is None or entry.status is JobStatus.SUCCESS:
        return Cell("-", Tone.DIM)
    if job.failed_subs:
        count = f"{len(job.failed_subs)} of {job.sub_count}"
        return Cell(f"={count} sub-jobs failed", Tone.FAIL)
    if job.sub_jobs and not job.step:
        done = sum(sub.status.has_ended for sub in job.sub_jobs)
        return Cell(f"={done} of {job.sub_count} sub-jobs")
    if not job.step:
        return Cell("-", Tone.DIM)
    whole = job.step.rstrip(":")
    return Cell(whole if len(whole) <= width else short_step(job.step))


def job_type(entry: Entry, view: View, width: int) -> Cell:
    """The type in plain words."""
    return Cell(plain_type(entry.job_type) or "-")


def code(entry: Entry, view: View, width: int) -> Cell:
    """The code of the failure."""
    return Cell(error_code(entry) or "-", state_of(entry)[1])


def reason(entry: Entry, view: View, width: int) -> Cell:
    """The reason of the failure, in the service's words."""
    return Cell(fail_reason(entry) or "-")


def elapsed(entry: Entry, view: View, width: int) -> Cell:
    """How long the job runs, or ran; when it began, where times are clock times."""
    if view.times is not Times.ELAPSED:
        return started(entry, view, width)
    elapsed_s = view.elapsed_s(entry)
    return Cell("-" if elapsed_s is None else duration(elapsed_s))


def left(entry: Entry, view: View, width: int) -> Cell:
    """The time left; where times are clock times, when it ends: `@~18:30`.

    An end on another day has no room here: then the time left stands all the same.
    """
    until, at = time_left(entry, view, width), view.expected_end(entry)
    if view.times is Times.ELAPSED or at is None or until.tone is Tone.WARN:
        return until
    text = f"@{end_text(at, view)}"
    has_passed = entry.estimate and entry.estimate.has_passed(view.now.mono_s)
    return until if has_passed or len(text) > width else replace(until, text=text)


def time_left(entry: Entry, view: View, width: int) -> Cell:
    """The time left, or why none is known."""
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
    text = short_text(found, view.now.mono_s, width)
    return Cell(text, Tone.DIM if found.is_hint else Tone.NORMAL)


def ends(entry: Entry, view: View, width: int) -> Cell:
    """When the job is expected to end."""
    at = view.expected_end(entry)
    if at is None:
        return Cell("-", Tone.DIM)
    text = end_text(at, view)
    return Cell(text if len(text) <= width else text[6:11] + text[-6:])


def seen(entry: Entry, view: View, width: int) -> Cell:
    """The age of the values; of an ended job how late its end was noticed."""
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


def tags(entry: Entry, view: View, width: int) -> Cell:
    """All tags."""
    return Cell(", ".join(entry.watch.tags))


def profile(entry: Entry, view: View, width: int) -> Cell:
    """The profile."""
    return Cell(entry.watch.profile)


def started(entry: Entry, view: View, width: int) -> Cell:
    """When the job began, as the service states it."""
    at = stated_begin(entry)
    return Cell(view.clock_time(at)[-width:] if at else "-")


def ended(entry: Entry, view: View, width: int) -> Cell:
    """When the job ended, as the service states it."""
    at = stated_end(entry)
    return Cell(view.clock_time(at)[-width:] if at else "-")


def image(entry: Entry, view: View, width: int) -> Cell:
    """The id of the image."""
    return Cell(short_id(entry.image_id, width) if entry.image_id else "-")


def job_id(entry: Entry, view: View, width: int) -> Cell:
    """The id of the job."""
    return Cell(short_id(entry.watch.job_id, width))


def note(entry: Entry, view: View, width: int) -> Cell:
    """The note."""
    return Cell(entry.watch.note)


def polls(entry: Entry, view: View, width: int) -> Cell:
    """How often the service was asked."""
    return Cell(str(entry.polls))


def latency(entry: Entry, view: View, width: int) -> Cell:
    """How late the end was noticed."""
    latency_s = entry.detection_s
    return Cell("-" if latency_s is None else f"+{span(latency_s, 1)}")
