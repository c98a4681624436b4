"""What keys, dialogs and pages say: titles, buttons, results; the words to translate.

Braces hold what is put in by `format`, each by its name; a text that depends on a count
is a function. Sentences about jobs and profiles stand in `sentences` and `moves`.
"""

from __future__ import annotations

from ims_tui.core.text import plural

# The program itself.
OWN_FAULT = "A fault of ims-tui: {name}, see the log (L)"
READ_AGAIN = "Configuration and credentials are read again."
NOT_SAVED = "Changed here only. Not saved: {problem}"
LEAVE_TWICE = "q leaves, and so does ctrl+c once more."

# Keys at the foot of dialogs.
CANCEL, CHOOSE, CLOSE = "Cancel", "Choose", "Close"
MOVE, ON_OFF, SCROLL, SEARCH, SORT = "Move", "On/off", "Scroll", "Search", "Sort"
FOLLOW, LEVEL, USUAL = "Follow", "Level", "Usual"
ARROWS = "up down"
SEARCH_HINT = "type to search"
NONE_FOUND = "Nothing has all these words."

# Copying, and the browser.
COPY_TITLE, COPY, COPY_ID = "Copy of {job}", "Copy", "Copy id"
COPIED = "Copied {what} through {ways}."
NOT_COPIED = "Not copied: {what}; {problem}. Y, then f, writes to a file."
COPYING_OFF = "Copying is off (ui.clipboard). Y, then f, writes to a file."
NO_TOOL = "no clipboard tool works here"
TOO_LONG = "the terminal takes no more ({size} of at most {most} bytes)"
THE_TERMINAL, AND = "the terminal", " and "
SIZE, SIZED, NONE_THERE = "{size:,} characters", "{what} ({size})", "there is none"
SELECTION, LINK = "selection", "link to {what}"
ID, IDS_OF = "id", "ids of {jobs}"
NO_JOB_TO_COPY_ID = "No job to copy the id of."
NO_JOB_TO_COPY = "No job to copy from."
NONE_TO_COPY = "{job} has no {what} to copy."
ROW_INTO_FILE = "row as JSON into a file"
OPENED = "The browser opens {what}."
NO_JOB_TO_OPEN = "No job to open the console of."
DEMO = "The jobs of the demo are in no console."

# Adding jobs.
ADD_TITLE, ADD = "Add jobs", "Add"
ADD_INTRO = "Paste ids, a URL, JSON or log text. Ids are picked out."
IDS, IDS_HINT = "Ids", "32 hex digits each"
LABEL, NEW_LABEL_HINT = "Label", "numbered when there are several ids"
TAGS, COMMAS = "Tags", "with commas between them"
PROFILE = "Profile"
PASTED = "Pasted {lines}, {characters:,} characters: {begin}"
OTHER_PROJECT = ". A URL names another project than that of {profile}"
FITTING = "; that is profile {fitting}"
NOTHING_TO_ADD = "{report}. Nothing to add."
ADDED = "Added {jobs}; the list is saved."
ADDED_UNSAVED = "Added {jobs}. Not saved: {why}"

# Label, note and tags; mute, and marks before the end.
NOTES_TITLE, NOTE, SAVE = "Label and note", "Note", "Save"
KEEPS = "empty: as it is, - clears"
TAGS_OF_SEVERAL = "added to each; -tag takes it off"
SOME_HIDDEN = "{whose}, {hidden} not shown"
CHANGED_UNSAVED = "{jobs} changed. Not saved: {problem}"
MUTED, UNMUTED = "{jobs} muted.", "{jobs} no longer muted."
MARKS_TITLE = "Tell of {whose} before the end"
AT_PERCENT, BEFORE_END = "at {mark}", "{mark} before the expected end"
NONE_GOES_ON = "Only a job that goes on can be told before its end."

# Acknowledging, pausing, undoing.
NO_NEW_RESULT_HERE = "No new result here to acknowledge."
NO_NEW_RESULT_LEFT = "No new result is left."
ACKNOWLEDGED_OF = "{count} of {jobs} acknowledged."
PAUSED = "Paused: nothing is sent. p goes on."
GOES_ON = "Polling goes on."
NOTHING_REMOVED = "Nothing removed: {why}"
NOTHING_MOVED = "Nothing moved: {why}"
NOTHING_UNDONE = "Nothing undone: {why}"
NOTHING_TO_UNDO = "Nothing to undo."

# What is shown, and how.
COLUMNS, SORT_BY, GROUP_BY, GROUP = "Columns", "Sort by", "Group by", "Group"
ATTENTION_FIRST = "ATTENTION what needs a person first"
ASCENDING, DESCENDING = "now, ascending", "now, descending"
BY_NONE, BY_CAUSE = "none", "cause of failure"
BY_TAG, BY_TYPE, BY_PROFILE = "tag", "type", "profile"
ARCHIVE_UNGROUPED = "The archive is not grouped; the list is."
NOTHING_GROUPED = "Nothing is grouped. B groups the rows."
FILTER_HINT = "words, state:fail, elapsed>30m, -word, /regex/"
TIMES_SHOWN = "Times: {way}."
NO_TROUBLE, NO_OTHER_TROUBLE = "No trouble.", "No other trouble."
FROM_FIRST = "That was all trouble; from the first again."
FROM_LAST = "That was all trouble; from the last again."
PROFILES, FOR_NEW_JOBS, NEW_JOBS = "Profiles", "For new jobs", "  (new jobs)"
NO_PROFILE = "There is no profile. ims-tui config init begins a config.toml."
THEME = "Theme"
THEME_TAKEN = "Theme {name}, also in the next run."
NO_THEME = "There is no theme {wanted}; there are {themes}."
REPLY_UNREAD = "The stored reply cannot be read: {why}"

# Writing files.
FILE, WRITE = "File", "Write"
ENDINGS = "The ending chooses the format: .csv, .json or .md."
WRONG_ENDING = "The ending {ending} chooses no format: .csv, .json or .md does."
NO_ENDING = "A name without an ending chooses no format: .csv, .json or .md does."
WITHOUT_REPLIES = "Archived jobs are written without their entities."
EXPORT_TITLE = "Export {jobs}"
NOTHING_TO_EXPORT = "No row is shown: there is nothing to export."
WRITE_ROW = "Write a row to a file"
EVIDENCE_TITLE = "Evidence of {job}"
NO_JOB_FOR_EVIDENCE = "No job to collect the evidence of."
ONE_ZIP = "One zip file: {inside}."
EVIDENCE_WRITTEN = "Look through it before you send it: {name} is written."
WROTE = "Wrote {path} ({size:,} bytes)."
NAME_NEEDED = "A file needs a name."
FILE_EXISTS = "{name} exists. enter again overwrites it."
NOT_WRITTEN = "{name} cannot be written ({why})."

# Notices: snooze, mutes, trying a channel.
NOBODY = "Nobody is told anything here."
NEVER = 'Nobody is told anything: notify.when is "never".'
QUIET_UNTIL = "Quiet until {time}; then all is told. Z ends it."
TOLD_AGAIN = "News are told again."
MUTES_TITLE = "Muted: nobody is told of these"
TAG_SCOPE, PROFILE_SCOPE = "tag {name}", "profile {name}"
TRY_TITLE, TRY = "Try a channel", "Try"
TRYING = "Trying {channel}."
CHANNEL_FAILED = "notify.{name}: {problem}"
CHANNEL_TOOK = "notify.{name} took it: look whether it is there."

# Pages.
HELP, COMMANDS, RUN = "Help", "Commands", "Run"
THIS_JOB = "{name}: this job"
WHILE_AWAY = "While you were away"
TOLD_UNREAD = "Who was told cannot be read: {why}"
EVENTS_TITLE, GO_TO_JOB = "Events, newest first", "Go to job"
NO_EVENTS = "Nothing has happened since ims-tui started, nor in the day before."
NO_SINGLE_JOB = "This event is about no single job."
GONE = "This job is no longer on the list."
LOG, LOG_PLACE, NO_LOG = "Log", "Log: {path}", "No log file is written."
LOG_UNREAD = "It cannot be read ({why})."
SUB_JOBS_TITLE = "Sub-jobs of {name}, sorted: {order}"
ID_OF_SUB_JOB, NO_ID = "id of sub-job {number}", "Sub-job {number} has no id."
NO_SUB_JOBS = "This job has no sub-jobs."
NO_JOB_HERE = "No job is under the cursor."


def jobs(count: int) -> str:
    """How many jobs."""
    return plural(count, "job", "jobs")


def results(count: int) -> str:
    """That so many results are acknowledged."""
    return f"{plural(count, 'result', 'results')} acknowledged."


def lines(count: int) -> str:
    """How many lines."""
    return plural(count, "line", "lines")


def chart_turned(*, is_shown: bool, is_one: bool) -> str:
    """That the chart, or the view of the only job, is shown or hidden."""
    now = "is shown where rows leave room" if is_shown else "is hidden"
    what = "view of the only job" if is_one else "chart of the last hours"
    return f"The {what} {now}."


def press_again(active: int) -> str:
    """That a second press leaves, and what becomes of active jobs."""
    running = plural(active, "active job", "active jobs")
    text = f"{running}: what runs goes on in the cloud. " if active else ""
    return f"{text}Press q again to leave."
