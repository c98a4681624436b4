"""Line 1 before the first answer: it asks, and says so."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.outcome import FailureKind, PollFailed
from ims_tui.core.show.statusline import status_line
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.state.store import Snapshot
from ims_tui.core.state.tally import tally
from ims_tui.core.text import cell_len
from tests.core.entries import FAIL, SUCCESS, ending, job, moment, polled, seen, watch

NO_ANSWER = PollFailed(FailureKind.UNREACHABLE, "no answer in time")


def unasked(number: int) -> Entry:
    return Entry(watch(number))


def unanswered(number: int) -> Entry:
    return polled((0.0, NO_ANSWER), entry=unasked(number))


def line_of(
    entries: Sequence[Entry],
    health: Health | None = None,
    *,
    is_demo: bool = False,
    is_loading: bool = False,
) -> str:
    snapshot = Snapshot(
        entries={entry.key: entry for entry in entries},
        tally=tally(entries),
        health={} if health is None else {health.profile: health},
        is_loading=is_loading,
    )
    cells = status_line(snapshot, {}, View(moment(0)), 80, is_demo=is_demo)
    return "".join(cell.text for cell in cells)


@pytest.mark.parametrize("health", [None, Health("prod")])
def test_a_first_look_is_named_until_there_is_an_answer(health: Health | None) -> None:
    entries = [unasked(number) for number in range(4)]
    assert "checking 0 of 4" in line_of(entries, health)
    entries[0] = unanswered(0)
    assert "1 unclear checking 1 of 4" in line_of(entries, health)
    assert "1 unclear asking" in line_of(entries[:1], health)


def test_nothing_to_ask_is_idle() -> None:
    assert "no jobs idle" in line_of([])
    assert "1 ok idle" in line_of([seen(job(1, SUCCESS, end_s=5.0), 1)])
    assert "no jobs" not in line_of([], is_loading=True)
    assert "reading the list" in line_of([], is_loading=True)


@given(
    st.lists(st.sampled_from([unasked, unanswered]), min_size=1, max_size=5),
    st.sampled_from([None, *Link]),
    st.booleans(),
    st.booleans(),
)
def test_where_a_job_waits_for_its_answer_nothing_rests(
    kinds: list[object], link: Link | None, is_stored: bool, is_demo: bool
) -> None:
    entries = [
        unasked(n) if kind is unasked else unanswered(n) for n, kind in enumerate(kinds)
    ]
    if is_stored:
        entries.append(replace(seen(job(9), 9), is_stored=True))
    health = None if link is None else Health("prod", link)
    line = line_of(entries, health, is_demo=is_demo)
    assert "no jobs" not in line
    assert "idle" not in line


def several(*links: tuple[str, Link, PollFailed | None]) -> list[Health]:
    return [
        Health(name, link, failure, moment(-134), next_try_s=18.0)
        for name, link, failure in links
    ]


def shown(entries: Sequence[Entry], healths: Sequence[Health], width: int = 160) -> str:
    snapshot = Snapshot(
        entries={entry.key: entry for entry in entries},
        tally=tally(entries),
        health={health.profile: health for health in healths},
    )
    cells = status_line(snapshot, {}, View(moment(0)), width)
    assert sum(cell_len(cell.text) for cell in cells) == width
    return "".join(cell.text for cell in cells)


AUTH = PollFailed(FailureKind.AUTH_REJECTED, "HTTP 401")
FAULT = PollFailed(FailureKind.SERVER_FAULT, "HTTP 500")
PAGE = PollFailed(FailureKind.NOT_UNDERSTOOD, "HTML")
LIVE = ("prod", Link.LIVE, None)


def test_the_profile_in_trouble_is_named() -> None:
    healths = several(LIVE, ("dr", Link.STOPPED, AUTH))
    assert "prod live, dr SIGN-IN " in shown([], healths)
    healths = several(LIVE, ("test", Link.LIVE, None), ("dr", Link.OFFLINE, NO_ANSWER))
    assert "2 live, dr OFFLINE 2:14 " in shown([], healths)
    alone = several(("dr", Link.STOPPED, AUTH))
    assert " SIGN-IN NEEDED " in shown([], alone)


def test_a_service_that_answers_is_not_offline() -> None:
    line = shown([], several(("prod", Link.OFFLINE, FAULT)))
    assert "SERVICE FAULT 2:14" in line
    assert "OFFLINE" not in line


def test_replies_of_no_use_are_not_live() -> None:
    pages = [polled((0.0, PAGE), entry=seen(job(n), n)) for n in range(2)]
    prod = replace(several(LIVE)[0], last_good=moment(-960))
    line = shown(pages, [prod])
    assert "2 unclear NO USABLE ANSWER 16m" in line
    assert "run" not in line
    assert "1 unclear 1 run partly live" in shown([*pages[:1], seen(job(3), 3)], [prod])


def test_jobs_that_nobody_asks_about_do_not_run() -> None:
    jobs = [ending(seen(job(n), n), 300) for n in range(3)]
    assert "3 run all done ~12:12 live" in shown(jobs, several(LIVE))
    for link, failure in ((Link.STOPPED, AUTH), (Link.OFFLINE, NO_ANSWER)):
        line = shown(jobs, several(("prod", link, failure)))
        assert "3 unclear" in line
        assert "run" not in line
        assert "all done" not in line


def test_only_what_nobody_has_looked_at_is_wrong() -> None:
    failed = replace(seen(job(1, FAIL, end_s=5), 1), is_news=True)
    stalled = replace(seen(job(2), 2), is_stalled=True)
    gone = replace(seen(job(3), 3), is_gone=True)
    part = seen(job(4, subs=(job(5, FAIL),)), 4)
    line = shown([failed, stalled, gone, part], several(LIVE))
    assert "1 FAIL 1 part FAIL 1 stalled 1 GONE 2 run" in line
    line = shown([replace(failed, is_news=False)], several(LIVE))
    assert "FAIL" not in line


@given(st.integers(40, 200))
def test_what_is_wrong_and_whether_it_is_fresh_stay_longest(width: int) -> None:
    failed = replace(seen(job(1, FAIL, end_s=5), 1), is_news=True)
    line = shown([failed, seen(job(2), 2)], several(LIVE), width)
    assert "1 FAIL" in line
    assert "live" in line


def test_the_clock_stays_while_nothing_runs() -> None:
    assert shown([], several(LIVE), 80).endswith(" 12:00 ")
    assert shown([seen(job(1), 1)], several(LIVE), 80).endswith(" 12:00:00 ")


@pytest.mark.parametrize(
    ("jobs", "per_min", "link", "said"),
    [
        (90, 30, Link.LIVE, "first look done ~12:03 at 30/min"),
        (3000, 30, Link.IDLE, "first look done ~13:40 at 30/min"),
        (29, 30, Link.LIVE, ""),
        (90, 0, Link.IDLE, ""),
        (90, 30, Link.OFFLINE, ""),
    ],
)
def test_many_new_jobs_say_how_long_the_first_look_takes(
    jobs: int, per_min: int, link: Link, said: str
) -> None:
    entries = [unasked(number) for number in range(jobs)]
    health = Health("prod", link, allowed_per_min=per_min, failure=NO_ANSWER)
    line = shown(entries, [health])
    assert (said in line) if said else ("first look" not in line)
