"""What commands on jobs say: copying, showing, exporting, grouping, acknowledging."""

from __future__ import annotations

from pathlib import Path

from ims_tui.core.text import plural

# Coming back: the next new result, and what happened
NO_NEW_RESULT_LEFT = "No new result is left."
WHILE_AWAY = "While you were away"


def told_unread(why: str) -> str:
    """That it is not known who was told, and why."""
    return f"Who was told cannot be read: {why}"


# Copying
NO_JOB_TO_COPY_ID = "No job to copy the id of."
NO_JOB_TO_COPY = "No job to copy from."
COPY = "Copy"
ROW_INTO_FILE = "row as JSON into a file"


def ids_of(count: int, jobs: str) -> str:
    """What is copied of one job or more; a part of `copied`."""
    return "id" if count == 1 else f"ids of {jobs}"


def copy_size(size: int) -> str:
    """How much there is to copy."""
    return f"{size:,} characters" if size else "there is none"


def none_to_copy(job: str, what: str) -> str:
    """That a job has nothing of the kind that was to be copied."""
    return f"{job} has no {what} to copy."


def copy_of(job: str) -> str:
    """The title over what can be copied of a job."""
    return f"Copy of {job}"


# Going to trouble


def no_trouble(*, is_here: bool) -> str:
    """That there is no trouble to go to, but where the cursor is, perhaps."""
    return "No other trouble." if is_here else "No trouble."


def all_trouble(*, is_down: bool) -> str:
    """That the way through the trouble begins again."""
    end = "first" if is_down else "last"
    return f"That was all trouble; from the {end} again."


# Times and the chart


def times_shown(way: str) -> str:
    """How times are shown."""
    return f"Times: {way}."


def chart_turned(*, is_shown: bool, is_one: bool) -> str:
    """That the chart, or the view of the only job, is shown or hidden."""
    now = "is shown where rows leave room" if is_shown else "is hidden"
    what = "view of the only job" if is_one else "chart of the last hours"
    return f"The {what} {now}."


# Sorting
ATTENTION_FIRST = "ATTENTION what needs a person first"


def sorted_now(*, is_descending: bool) -> str:
    """That the rows are in this order, and which way."""
    return "now, descending" if is_descending else "now, ascending"


# Profiles
PROFILES = "Profiles"
NO_PROFILE = "There is no profile. ims-tui config init begins a config.toml."
FOR_NEW_JOBS = "For new jobs"


# Themes
def theme_taken(name: str) -> str:
    """That a theme is chosen, and for how long."""
    return f"Theme {name}, also in the next run."


# Exporting
ENDINGS = "The ending chooses the format: .csv, .json or .md."
WITHOUT_REPLIES = "Archived jobs are written without their entities."
NOTHING_TO_EXPORT = "No row is shown: there is nothing to export."
WRITE_ROW = "Write a row to a file"
NO_JOB_FOR_EVIDENCE = "No job to collect the evidence of."
NAME_NEEDED = "A file needs a name."


def no_format(name: str) -> str:
    """That the ending of a file name chooses no format."""
    ending = f"The ending {name}" if name else "A name without an ending"
    return f"{ending} chooses no format: .csv, .json or .md does."


def export_of(count: int) -> str:
    """The title over the export of jobs."""
    return f"Export {plural(count, 'job', 'jobs')}"


def export_intro(*, is_archive: bool) -> str:
    """What to know before jobs are exported."""
    return f"{ENDINGS} {WITHOUT_REPLIES}" if is_archive else ENDINGS


def evidence_of(job: str) -> str:
    """The title over the evidence of a job."""
    return f"Evidence of {job}"


def one_zip(inside: str) -> str:
    """What is in the file of evidence."""
    return f"One zip file: {inside}."


def evidence_written(name: str) -> str:
    """That evidence is in a file, and what to do before it is sent."""
    return f"Look through it before you send it: {name} is written."


def wrote(size: int, path: Path) -> str:
    """That a file is written, and how large it is."""
    return f"Wrote {path} ({size:,} bytes)."


def file_exists(name: str) -> str:
    """That there is such a file, and how it is overwritten."""
    return f"{name} exists. enter again overwrites it."


def not_written(name: str, why: str) -> str:
    """That a file is not written, and why."""
    return f"{name} cannot be written ({why})."


# Grouping
BY_CAUSE = "cause of failure"
BY_NONE, BY_TAG, BY_TYPE, BY_PROFILE = "none", "tag", "type", "profile"
ARCHIVE_UNGROUPED = "The archive is not grouped; the list is."
NOTHING_GROUPED = "Nothing is grouped. B groups the rows."


# Acknowledging
NO_NEW_RESULT_HERE = "No new result here to acknowledge."


def acknowledged_of(count: int, jobs: str) -> str:
    """How many of the chosen jobs are acknowledged."""
    return f"{count} of {jobs} acknowledged."


def acknowledged(count: int) -> str:
    """How many results are acknowledged."""
    return f"{plural(count, 'result', 'results')} acknowledged."


# Pausing
def paused_line(*, is_paused: bool) -> str:
    """That nothing more is sent, or that it goes on."""
    return "Paused: nothing is sent. p goes on." if is_paused else "Polling goes on."


# Removing, archiving, undoing
NOTHING_TO_UNDO = "Nothing to undo."


def nothing_removed(why: str) -> str:
    """That no job is removed, and why."""
    return f"Nothing removed: {why}"


def nothing_moved(why: str) -> str:
    """That no job is archived or brought back, and why."""
    return f"Nothing moved: {why}"


def nothing_undone(why: str) -> str:
    """That nothing is taken back, and why."""
    return f"Nothing undone: {why}"
