"""What was seen of jobs and profiles in the past, told as `watch` tells it."""

from __future__ import annotations

from ims_tui.core.headless.changes import ChangeKind, event_head, stamp, word_of
from ims_tui.core.show.export import entry_json
from ims_tui.core.show.sentences import failure_line
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import began
from ims_tui.core.state.happening import Happening


def _word(one: Happening) -> str:
    """The state; in the service's own word where that is still known."""
    is_last = one.now.status is one.entry.status
    return word_of(one.entry) if is_last else one.now.status.value


def happening_line(one: Happening) -> str:
    """One event for people and for grep."""
    watch, now = one.entry.watch, one.now
    parts = [stamp(now.at), watch.job_id, _word(one)]
    if now.progress_ratio is not None:
        parts.append(f"{int(now.progress_ratio * 100 + 1e-9)}%")
    parts.append(f"({watch.label})" if watch.label else "")
    if not one.has_failed:
        parts.append("" if now.status.has_ended else now.step)
    elif one.entry.job is not None:
        parts.append(failure_line(one.entry.job))
    return " ".join(filter(None, parts))


_OF_FAILURE = ("error_code", "fail_reason", "meaning", "try")


def happening_json(one: Happening, view: View) -> dict[str, object]:
    """One event as a value for a JSON line, as the schema has an event."""
    job, now = entry_json(one.entry, view), one.now
    began_at = began(one.entry)
    age_s = (now.at - began_at).total_seconds() if began_at else None
    failure = job if one.has_failed else {}
    kind = ChangeKind.STATE if one.is_of_state else ChangeKind.PROGRESS
    return {
        **event_head(now.at, kind, job),
        "initial": one.before is None and not now.status.has_ended,
        "from": one.before.status.value if one.before else None,
        "to": _word(one) or None,
        "percent": now.progress_ratio,
        "step": now.step or None,
        **{name: failure.get(name) for name in _OF_FAILURE},
        "cause": None,
        "elapsed_s": job["elapsed_s"] if now.status.has_ended else age_s,
        "remaining_s": None,
        "expected_end": None,
        "latency_s": one.entry.detection_s if now.status.has_ended else None,
    }
