"""What the screen says: one sentence per fact, the same words everywhere.

Rules: present tense, the subject is the thing, what is first, then what happens next,
then what one can do. The service's own words are quoted as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ims_tui.core.polling.poll_request import Obstacle, PollRequest
from ims_tui.core.service.codes import Meaning
from ims_tui.core.service.job import Job, JobStatus, Oddity, OddityKind
from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.show import texts
from ims_tui.core.show.expectation import end_text
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry, fail_reason, name_of_key
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Event, EventKind, Snapshot
from ims_tui.core.text import duration, plural, sentences, span
from ims_tui.core.watchlist.mark import mark_text
from ims_tui.core.watchlist.watch import JobKey

NO_REASON = "The service gave no reason."


def failure_line(job: Job) -> str:
    """Code and reason of a failed job, or the plain statement that there is none."""
    error = job.error
    if error is None:
        return NO_REASON
    if not error.reason:
        return f"{error.code}  {NO_REASON}"
    return f"{error.code}  {error.reason}".strip()


def meaning_lines(meaning: Meaning | None, said: str = "") -> list[str]:
    """What an error means and what to try; nothing where that is not known.

    Args:
        meaning: of the code.
        said: the service's own reason, which stands above; where that says as much
            already, the meaning is left out.
    """
    if meaning is None:
        return []
    known, new = _telling(said), _telling(meaning.text)
    is_said = len(new & known) >= _AS_MUCH * len(new)
    return [*([] if is_said else [meaning.text]), f"Try: {meaning.remedy}"]


_LATE_S = 2.0
"""An end that is seen sooner was seen at once: nothing is said of it."""

_AS_MUCH = 0.5
"""Share of the words of a meaning from which on a reason says the same."""


def _telling(text: str) -> set[str]:
    """The words that tell something: of four letters and more."""
    return set(re.findall(r"\w{4,}", text.casefold()))


def failed_subs_text(job: Job) -> str:
    """How many sub-jobs failed, and which, by number and id."""
    ids = [f"number {n + 1} {job.sub_jobs[n].job_id}".strip() for n in job.failed_subs]
    named = ", ".join(ids[:_MOST_NAMED]) + (", .." if len(ids) > _MOST_NAMED else "")
    return f"{len(ids)} of {job.sub_count} failed: {named}"


_MOST_NAMED = 3

_ODD = {
    OddityKind.TRAILING_COMMA: "The reply has a comma too many; read without it.",
    OddityKind.UNKNOWN_STATUS: "Status {value!r} is not documented; treated as active.",
    OddityKind.SUCCESS_BELOW_FULL: "SUCCESS, yet the percent is {percent}.",
    OddityKind.END_OF_ACTIVE: "It has an end time, {value}, yet the job goes on.",
    OddityKind.END_BEFORE_BEGIN: "The end time {value} is before the begin time.",
    OddityKind.BEGIN_IN_FUTURE: "The start, {value}, is in the future.",
    OddityKind.PROGRESS_FELL: "The percent fell; it was {value}.",
    OddityKind.PROGRESS_UNREADABLE: "The percent {value!r} is not a number of 0 to 1.",
    OddityKind.PROGRESS_AS_PERCENT: "The percent {value} is read as {value} of 100.",
    OddityKind.TIME_UNREADABLE: "{field} {value!r} is not a time the manual knows.",
    OddityKind.DATE_NOT_BELIEVED: (
        "The reply is dated {value}, too far from this machine's clock to be used."
    ),
    OddityKind.NOT_TEXT: "{field} is {value}, not the type the manual says.",
    OddityKind.SUB_JOB_FAILED: "{value} sub-jobs failed.",
    OddityKind.SUB_JOBS_LEFT_OUT: "{value} more sub-jobs are not read.",
}


def odd_line(odd: Oddity, job: Job) -> str:
    """What is odd about a reply."""
    if odd.kind is OddityKind.BEGIN_CONTRADICTS_ID and job.id_time is not None:
        offset_s = float(odd.value)
        hours = abs(offset_s) / 3600
        way = "earlier" if offset_s > 0 else "later"
        return f"The id says {job.id_time:%H:%M:%S} UTC, {hours:g} h {way}."
    percent = f"{job.progress_ratio:.0%}" if job.progress_ratio is not None else ""
    return _ODD[odd.kind].format(field=odd.field, value=odd.value, percent=percent)


_CAUSES = {
    FailureKind.UNREACHABLE: "No answer",
    FailureKind.SERVER_FAULT: "The service has a fault",
    FailureKind.THROTTLED: "Throttled",
    FailureKind.AUTH_REJECTED: "Not signed in",
    FailureKind.ACCESS_DENIED: "Access denied",
    FailureKind.WRONG_ENDPOINT: "No such call at this address",
    FailureKind.NO_PROFILE: "This job cannot be asked about",
    FailureKind.MISCONFIGURED: "No request can be sent",
    FailureKind.NOT_KNOWN: "The service does not know this job",
    FailureKind.NOT_UNDERSTOOD: "The reply is not understood",
    FailureKind.REQUEST_REFUSED: "The service refuses the request",
    FailureKind.UNEXPECTED: "A fault of ims-tui; the log has the details",
}


def poll_failure(failure: PollFailed) -> str:
    """Why the last poll of a job brought nothing."""
    return sentences(f"{_CAUSES[failure.kind]}: {failure.why}")


_UNREADABLE = "It is not overwritten; as soon as it is mended it is read again."


def file_lines(snapshot: Snapshot, view: View) -> list[str]:
    """Lines above the table while a file is not read or written; else none."""
    lines = []
    if snapshot.list_problem:
        lines += [sentences(snapshot.list_problem), _UNREADABLE]
        if snapshot.copy_of is not None:
            when = view.clock_time(snapshot.copy_of, with_date=True)
            lines[-1] += f" Rows are from the copy of {when}."
    elif snapshot.save_problem:
        why = f"Not saved: {snapshot.save_problem}"
        lines.append(sentences(why, "Tried again every 30s."))
    if snapshot.state_problem:
        what = "What the service says is kept until you quit."
        lines.append(sentences(f"Not saved: {snapshot.state_problem}", what))
    return lines


def fault_lines(snapshot: Snapshot, view: View) -> list[str]:
    """Lines above the table while loops of the program die; else none."""
    lines = []
    for fault in snapshot.faults:
        when = view.clock_time(fault.since)
        often = f"{fault.count} times since" if fault.count > 1 else "at"
        what = f"A fault of ims-tui held up {fault.what} {often} {when} ({fault.why})."
        lines.append(f"{what} It is started again each time; the log (L) says more.")
    return lines


def banner(health: Health, view: View, *, host: str, others: bool) -> list[str]:
    """Lines above the table while a profile gets no answers; empty when all is well.

    `others` tells whether further profiles go on.
    """
    failure = health.failure
    if failure is None or health.link not in (Link.OFFLINE, Link.STOPPED):
        return []
    last = health.last_good
    shown = f"Values below are from {view.clock_time(last.wall)}" if last else ""
    if health.link is Link.OFFLINE:
        return _offline(health, failure, view, host, shown)
    if failure.kind is FailureKind.NO_PROFILE:
        name = health.profile
        said = f"There is no profile {name}; its jobs are not asked about."
        return [said, failure.remedy]
    rest = "; other profiles go on" if others else ""
    is_credential = failure.kind is FailureKind.AUTH_REJECTED
    key = "R reloads the credential." if is_credential else "R tries again."
    return [
        *_stopped(health, failure),
        f"Polling of {health.profile} is stopped{rest}. {key}",
        *([f"{shown}."] if shown else []),
    ]


def _offline(
    health: Health, failure: PollFailed, view: View, host: str, shown: str
) -> list[str]:
    since = f" since {view.clock_time(health.since.wall)}" if health.since else ""
    again = "Trying again"
    if health.next_try_s is not None:
        wait_s = max(0.0, health.next_try_s - view.now.mono_s)
        again = f"Trying again in {span(wait_s)}"
    tries = f"{health.tries} tries" if health.tries > 1 else "1 try"
    what = f"No answer from {host}"
    if _has_fault(health):
        what = f"{host} answers with a fault"
    stale = f" {shown} and may be out of date." if shown else ""
    return [
        f"{what} in {tries}{since} ({failure.why}).",
        *filter(None, (failure.remedy,)),
        f"{again}.{stale}",
    ]


def _stopped(health: Health, failure: PollFailed) -> list[str]:
    profile = health.profile
    if failure.kind is FailureKind.ACCESS_DENIED:
        return [
            f"The service denies access to profile {profile} ({failure.why}).",
            failure.remedy,
        ]
    if failure.kind is FailureKind.WRONG_ENDPOINT:
        what = f"The address of profile {profile} is of no use"
        return [
            f"{what}: {failure.why}.",
            failure.remedy or "Check endpoint and region of the profile, then reload.",
        ]
    if failure.exchange is None:  # our own sign-in says it in a sentence
        quoted = health.credential.service_words if health.credential else ""
        said = sentences(f"The service says: {quoted}") if quoted else ""
        return [
            sentences(f"{profile}: {failure.cause}"),
            *filter(None, (said, failure.remedy)),
        ]
    refused = f"The service refused the credential of {profile} ({failure.why})."
    return [refused, *filter(None, (failure.remedy,))]


_STOPPED_WORDS: dict[FailureKind | None, str] = {
    FailureKind.ACCESS_DENIED: "ACCESS DENIED",
    FailureKind.WRONG_ENDPOINT: "WRONG ADDRESS",
    FailureKind.NO_PROFILE: "NO SUCH PROFILE",
    FailureKind.MISCONFIGURED: "WRONG SETTING",
}


def _has_fault(health: Health) -> bool:
    """Whether the service answers, and says that it cannot."""
    failure = health.failure
    return failure is not None and failure.kind is FailureKind.SERVER_FAULT


def link_word(health: Health, view: View) -> str:
    """The state of the link in a word or two, for line 1."""
    since_s = view.now.since_s(health.since) if health.since else 0.0
    if health.link is Link.OFFLINE:
        word = "SERVICE FAULT" if _has_fault(health) else "OFFLINE"
        return f"{word} {duration(since_s)}"
    if health.link is Link.STOPPED:
        kind = health.failure.kind if health.failure else None
        return _STOPPED_WORDS.get(kind, "SIGN-IN NEEDED")
    if health.link is Link.THROTTLED:
        if health.next_try_s is None:
            return "throttled"
        wait_s = max(0.0, health.next_try_s - view.now.mono_s)
        return f"throttled, next {span(wait_s)}"
    if health.link is Link.LIVE and health.slowed_per_min is not None:
        return f"slowed to {health.slowed_per_min}/min"
    return "live" if health.link is Link.LIVE else "idle"


_EVENTS = {
    EventKind.SUCCEEDED: "{name} ok",
    EventKind.FAILED: "{name} failed",
    EventKind.ALREADY_ENDED: "{name} had already finished",
    EventKind.GONE: "{name} is not known to the service; no longer asked",
    EventKind.STALLED: "{name} {detail}",
    EventKind.MOVING: "{name} moves again",
    EventKind.NEAR_END: "{name} {mark}",
    EventKind.OFFLINE: "{profile}: no usable answer ({detail})",
    EventKind.BACK: "{profile}: reachable again {after}",
    EventKind.THROTTLED: "{profile}: throttled ({detail})",
    EventKind.STOPPED: "{profile}: polling stopped ({detail})",
    EventKind.RESUMED: "{profile}: polling goes on {after}",
    EventKind.NOT_SAVED: "not saved: {detail}",
    EventKind.SAVED: "{detail} again",
    EventKind.UNKNOWN_STATUS: "{name} has the unknown status {detail}",
    EventKind.FAULT: "a fault of ims-tui ({detail}); it starts again by itself",
    EventKind.JOB_FAULT: "{name}: a fault of ims-tui ({detail}); asked again later",
    EventKind.WELL: "{detail}",
    EventKind.UNSEEN: "other copies of ims-tui are not seen: {detail}",
    EventKind.LIST_PROBLEM: "{detail}",
    EventKind.LIST_UNREAD: "the list cannot be read: {detail}",
    EventKind.STATE_PROBLEM: "{detail}",
    EventKind.CONFIG_READ: "the configuration changed and was read again",
    EventKind.CONFIG_PROBLEM: "{detail}",
    EventKind.EXPIRING: "{profile}: the credential ends {detail}",
    EventKind.OTHER_CALL: (
        "{profile}: the documented call is not offered here; {detail} is used"
    ),
}


def event_line(event: Event, entries: Mapping[JobKey, Entry], view: View) -> str:
    """One event as a sentence without its time."""
    name = event.name
    if event.key and not name:
        name = name_of_key(entries, event.key)
    text = _EVENTS[event.kind].format(
        name=name,
        profile=event.profile,
        detail=event.detail,
        after=_after(event.detail),
        mark=mark_text(event.detail) if event.kind is EventKind.NEAR_END else "",
    )
    entry = entries.get(event.key) if event.key else None
    if entry is None or entry.reply is None:
        return text
    end = view.expected_end(entry)
    if event.kind is EventKind.NEAR_END and end is not None:
        text += f", expected end {end_text(end, view)}"
    took_s = view.elapsed_s(entry)
    if event.kind is EventKind.SUCCEEDED and took_s is not None:
        text += f" in {duration(took_s)}"
        if entry.habits.total is not None:
            text += f", usually {duration(entry.habits.total.median_s)}"
    if event.kind is EventKind.FAILED:
        text += f": {failure_line(entry.reply)}"
    is_end = event.kind in (EventKind.SUCCEEDED, EventKind.FAILED)
    if is_end and (entry.detection_s or 0.0) >= _LATE_S:
        text += f" (seen {span(entry.detection_s or 0.0)} after it ended)"
    return text


def _after(seconds: str) -> str:
    """How long something lasted, from the detail of an event."""
    if not seconds.isdecimal():
        return ""
    return "at once" if seconds == "0" else f"after {span(int(seconds))}"


def event_meaning(
    event: Event, entries: Mapping[JobKey, Entry], view: View
) -> list[str]:
    """What the failure that an event tells means, and what to try; else nothing."""
    entry = entries.get(event.key) if event.key else None
    if entry is None or event.kind is not EventKind.FAILED:
        return []
    return meaning_lines(view.meaning_of(entry), fail_reason(entry))


def is_bad_news(event: Event) -> bool:
    """Whether an event deserves more than a line in the log."""
    return event.kind in (
        EventKind.FAILED,
        EventKind.STOPPED,
        EventKind.NOT_SAVED,
        EventKind.LIST_UNREAD,
        EventKind.FAULT,
        EventKind.JOB_FAULT,
        EventKind.CONFIG_PROBLEM,
        EventKind.EXPIRING,
    )


def outcome_line(entry: Entry, view: View) -> str:
    """How a job stands, in a few words: `FAIL after 21:09`, `RUNNING for 5:12`."""
    took_s = view.elapsed_s(entry)
    took = f" {duration(took_s)}" if took_s is not None else ""
    if entry.is_gone or entry.unknown_since is not None:
        return "not known to the service"
    if entry.status is None:
        if entry.has_unusable_reply:
            return "no usable reply yet"
        return "no answer yet" if entry.polls else "not asked yet"
    if entry.has_ended:
        word = "OK" if entry.status is JobStatus.SUCCESS else "FAIL"
        return f"{word} after{took}" if took else word
    word = entry.job.raw_status if entry.job else entry.status.value
    stalled = ", stalled" if entry.is_stalled else ""
    return f"{word} for{took}{stalled}" if took else word + stalled


def asked_line(asked: PollRequest, *, of_marked: bool = False) -> str:
    """What to answer the operator who asked."""
    kind = "marked job" if of_marked else "job"
    jobs = plural(asked.count, kind, f"{kind}s")
    match asked.obstacle:
        case Obstacle.PAUSED:
            return texts.PAUSED
        case Obstacle.STOPPED:
            return "Polling is stopped; R goes on."
        case Obstacle.THROTTLED:
            wait = f"next request in {span(asked.wait_s)}"
            return f"The service asked for a pause: {wait}."
        case Obstacle.BUDGET:
            return f"Asking for {jobs}, as the budget allows."
    return f"Asking for {jobs}." if asked.count else "Nothing to ask: no active job."
