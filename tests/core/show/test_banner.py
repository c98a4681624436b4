"""What stands above the table: cause first, nothing that matters cut away."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.show.sentences import banner, event_line, file_lines
from ims_tui.core.show.statusline import status_line
from ims_tui.core.show.view import View
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Event, EventKind, Snapshot
from ims_tui.core.text import cell_len, folded
from tests.core.entries import at, job, moment, seen

VIEW = View(moment(100), zone=UTC)


def said(failure: PollFailed, link: Link = Link.STOPPED) -> str:
    health = Health("prod", link, failure, moment(0), moment(0), 7, 118.0)
    return " ".join(banner(health, VIEW, host="ims.example", others=False))


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (FailureKind.AUTH_REJECTED, "R reloads the credential."),
        (FailureKind.ACCESS_DENIED, "R tries again."),
        (FailureKind.WRONG_ENDPOINT, "R tries again."),
    ],
)
def test_the_key_says_what_it_is_good_for(kind: FailureKind, key: str) -> None:
    assert key in said(PollFailed(kind, "HTTP 4xx"))


def test_the_tries_stand_before_what_may_be_long() -> None:
    text = said(PollFailed(FailureKind.UNREACHABLE, "x" * 300), Link.OFFLINE)
    assert text.startswith("No answer from ims.example in 7 tries since 12:00:00 (xxx")
    assert "7 tries" in folded([text], 78, 4)[0]


def test_an_unreadable_list_says_file_line_cause_and_what_is_shown() -> None:
    problem = "watchlist.toml line 3: Unterminated string"
    snapshot = replace(Snapshot(), list_problem=problem, copy_of=at(-60))
    lines = folded(file_lines(snapshot, VIEW), 78, 4)
    assert lines[0] == f"{problem}."
    text = " ".join(lines)
    assert "not overwritten" in text
    assert "Rows are from the copy of 2026-11-23 11:59:00." in text
    assert file_lines(Snapshot(), VIEW) == []


def test_replies_that_are_not_kept_are_said_beside_a_list_that_is() -> None:
    snapshot = replace(Snapshot(), state_problem="state.db: disk full")
    assert file_lines(snapshot, VIEW)[0].startswith("Not saved: state.db: disk full.")


@given(
    st.lists(st.text("ab 项", min_size=1, max_size=200), max_size=6),
    st.integers(10, 120),
    st.integers(1, 4),
)
def test_folding_keeps_to_the_room(texts: list[str], width: int, most: int) -> None:
    lines = folded(texts, width, most)
    assert len(lines) <= most
    assert all(cell_len(line) <= width for line in lines)


def test_folding_gives_up_line_ends_before_words() -> None:
    texts = ["one two", "three", "four five"]
    assert folded(texts, 10, 4) == texts
    assert folded(texts, 15, 2) == ["one two three", "four five"]
    assert folded(texts, 10, 2) == ["one two", "three fo.."]


def test_a_list_that_others_use_too_is_named_in_line_1() -> None:
    shared = replace(Snapshot(), is_shared=True)
    for snapshot, is_said in ((shared, True), (Snapshot(), False)):
        line = "".join(cell.text for cell in status_line(snapshot, {}, VIEW, 80))
        assert ("shared list" in line) == is_said


@pytest.mark.parametrize(("detail", "when"), [("0", "at once"), ("7", "after 7s")])
def test_a_moment_without_answers_is_not_counted(detail: str, when: str) -> None:
    event = Event(at(0), EventKind.BACK, profile="prod", detail=detail)
    assert event_line(event, {}, VIEW) == f"prod: reachable again {when}"


@pytest.mark.parametrize(
    ("late_s", "is_said"), [(0.0, False), (0.8, False), (1.9, False), (4.0, True)]
)
def test_an_end_that_was_seen_at_once_is_not_called_late(
    late_s: float, is_said: bool
) -> None:
    ended = replace(seen(job(status=JobStatus.SUCCESS, end_s=50)), detection_s=late_s)
    event = Event(at(0), EventKind.SUCCEEDED, ended.key)
    line = event_line(event, {ended.key: ended}, VIEW)
    assert ("after it ended" in line) is is_said
