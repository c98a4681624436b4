"""Whether `watch` does its work, for whoever supervises it, and how it stands."""

from __future__ import annotations

from ims_tui.core.config.settings import Settings
from ims_tui.core.moment import Moment
from ims_tui.core.show.statusline import counts
from ims_tui.core.state.health import Link
from ims_tui.core.state.store import Snapshot
from ims_tui.core.state.tally import tally

LIST_UNREAD = "The list is being read."
"""What is said before anything is known."""


def service_status(snapshot: Snapshot) -> str:
    """One line: jobs by state, and each profile whose service does not answer."""
    jobs = " ".join(cell.text for cell in counts(tally(snapshot.entries.values())))
    links = [
        f"{health.profile} {health.link.value}"
        for health in snapshot.health.values()
        if health.link not in (Link.IDLE, Link.LIVE)
    ]
    return "; ".join([jobs or "no jobs", *links])


def why_not_ready(snapshot: Snapshot, settings: Settings, now: Moment) -> str:
    """Why it is not ready, in one sentence; empty where it is.

    It is when a profile was answered within the longest time that may pass between two
    requests about a job, or when there is nothing to ask.
    """
    if snapshot.is_loading:
        return LIST_UNREAD
    asking = {e.watch.lane for e in snapshot.entries.values() if e.is_live}
    if not asking:
        return ""
    poll = settings.poll
    limit_s = poll.max_interval_s + poll.request_timeout_s
    healths = [h for h in snapshot.health.values() if h.profile in asking]
    answers = [now.since_s(h.answered) for h in healths if h.answered is not None]
    if any(since_s <= limit_s for since_s in answers):
        return ""
    ever = f"for {min(answers):.0f} s" if answers else "yet"
    return f"No profile was answered {ever}."
