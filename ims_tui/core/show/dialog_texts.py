"""What dialogs and pages say: adding, notes, notices, events, sub-jobs, leaving."""

from __future__ import annotations

from ims_tui.core.text import plural

# What several dialogs share.
SEARCH = "type to search"
NONE_FOUND = "Nothing has all these words."
LABEL = "Label"
TAGS = "Tags"
COMMAS = "with commas between them"

# Adding jobs.
ADD_TITLE = "Add jobs"
ADD = "Add"
ADD_INTRO = "Paste ids, a URL, JSON or log text. Ids are picked out."
IDS = "Ids"
IDS_HINT = "32 hex digits each"
NEW_LABEL_HINT = "numbered when there are several ids"
PROFILE = "Profile"


def pasted(lines: int, characters: int, begin: str) -> str:
    """How much was pasted, and how it begins."""
    count = plural(lines, "line", "lines")
    return f"Pasted {count}, {characters:,} characters: {begin}"


def other_project(profile: str, fitting: str) -> str:
    """That a URL is of another project, and which profile fits, if one does."""
    hint = f"; that is profile {fitting}" if fitting else ""
    return f". A URL names another project than that of {profile}{hint}"


def add_verb(count: int) -> str:
    """How many enter would add."""
    return f"Add {count}" if count else ADD


def nothing_to_add(report: str) -> str:
    """What was found, none of it new."""
    return f"{report}. Nothing to add."


def added(count: int) -> str:
    """That jobs are on the list and in its file."""
    return f"Added {plural(count, 'job', 'jobs')}; the list is saved."


def added_unsaved(count: int, why: str) -> str:
    """That jobs are on the list, and why not in its file."""
    return f"Added {plural(count, 'job', 'jobs')}. Not saved: {why}"


# Label, note and tags.
NOTES_TITLE = "Label and note"
NOTE = "Note"
KEEPS = "empty: as it is, - clears"
TAGS_OF_SEVERAL = "added to each; -tag takes it off"
SAVE = "Save"
ONE_JOB = "1 job"


def not_shown(hidden: int) -> str:
    """How many of the chosen jobs are out of sight; follows how many there are."""
    return f", {hidden} not shown" if hidden else ""


def changed_unsaved(jobs: str, problem: str) -> str:
    """That jobs are changed, and why not in the list's file."""
    return f"{jobs} changed. Not saved: {problem}"


# Mute, and marks before the end.
NONE_GOES_ON = "Only a job that goes on can be told before its end."


def muted(jobs: str, *, is_muted: bool) -> str:
    """That several jobs are muted, or are no longer."""
    return f"{jobs} {'muted' if is_muted else 'no longer muted'}."


def marks_title(name: str, count: int) -> str:
    """Whose marks are chosen: those of one job, by its name, or of several."""
    whose = name if count == 1 else f"{count} jobs"
    return f"Tell of {whose} before the end"


def mark_words(mark: str, *, is_percent: bool) -> str:
    """When a mark is reached."""
    return f"at {mark}" if is_percent else f"{mark} before the expected end"


# Notices: snooze, mutes, trying a channel.
NOBODY = "Nobody is told anything here."
TOLD_AGAIN = "News are told again."
MUTES_TITLE = "Muted: nobody is told of these"
NEVER = 'Nobody is told anything: notify.when is "never".'
TRY_TITLE = "Try a channel"
TRY = "Try"


def quiet_until(time: str) -> str:
    """How long news are held."""
    return f"Quiet until {time}; then all is told. Z ends it."


def tag_scope(tag: str) -> str:
    """A tag that can be muted."""
    return f"tag {tag}"


def profile_scope(name: str) -> str:
    """A profile that can be muted."""
    return f"profile {name}"


def trying(channel: str) -> str:
    """That a channel is being tried."""
    return f"Trying {channel}."


def channel_failed(name: str, problem: str) -> str:
    """Why a channel did not take the message."""
    return f"notify.{name}: {problem}"


def channel_took(name: str) -> str:
    """That a channel took the message."""
    return f"notify.{name} took it: look whether it is there."


# Events, and the way from one to its job.
EVENTS_TITLE = "Events, newest first"
NO_EVENTS = "Nothing has happened since ims-tui started, nor in the day before."
NO_SINGLE_JOB = "This event is about no single job."
GONE = "This job is no longer on the list."
GO_TO_JOB = "Go to job"

# The log.
NO_LOG = "No log file is written."


def log_place(path: object) -> str:
    """Where the log is."""
    return f"Log: {path}"


def log_unread(reason: str) -> str:
    """Why the log is not shown."""
    return f"It cannot be read ({reason})."


# The palette, and the console.
NO_JOB_TO_OPEN = "No job to open the console of."
DEMO = "The jobs of the demo are in no console."


def this_job(name: str) -> str:
    """A job to go to, among the commands."""
    return f"{name}: this job"


# Sub-jobs.
NO_SUB_JOBS = "This job has no sub-jobs."
NO_JOB_HERE = "No job is under the cursor."
NO_SUCH_SUB_JOB = "No sub-job has these words."
COPY_ID = "Copy id"


def sub_jobs_title(name: str, order: str) -> str:
    """Whose sub-jobs are shown, and in which order."""
    return f"Sub-jobs of {name}, sorted: {order}"


def id_of_sub_job(number: object) -> str:
    """What is copied."""
    return f"id of sub-job {number}"


def no_id(number: object) -> str:
    """That there is nothing to copy."""
    return f"Sub-job {number} has no id."


# Checklists.
NEW_JOBS = "  (new jobs)"
"""Behind the profile that new jobs get."""

# Leaving.
LEAVE_TWICE = "q leaves, and so does ctrl+c once more."


def press_again(active: int) -> str:
    """That a second press leaves, and what becomes of active jobs."""
    jobs = plural(active, "active job", "active jobs")
    text = f"{jobs}: what runs goes on in the cloud. " if active else ""
    return f"{text}Press q again to leave."
