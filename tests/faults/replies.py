"""Replies of the service: every field wrong, cut, nested, in another encoding."""

from __future__ import annotations

from ims_tui.core.service.outcome import PollOk
from ims_tui.core.service.rawtext import raw_lines
from ims_tui.core.service.reply import parse_reply
from tests.core.hostile import Hostile, is_dangerous
from tests.core.samples import JOB_ID, NOW
from tests.core.service.test_hostile_replies import examine
from tests.faults.room import Room


def attempt(seed: int) -> str:
    """One reply, decoded and laid out."""
    http_status, headers, body = Hostile(seed).reply()
    outcome = parse_reply(http_status, headers, body, JOB_ID, now=NOW)
    examine(outcome)
    for line in raw_lines(body):
        assert not is_dangerous(line), ascii(line)
    if not isinstance(outcome, PollOk):
        return outcome.kind.value
    return "a job with sub-jobs" if outcome.job.sub_jobs else "a job"


ROOM = Room(
    "replies",
    attempt,
    frozenset({"a job", "a job with sub-jobs", "not_understood", "server_fault"}),
    short=2_000,
    long=100_000,
)
