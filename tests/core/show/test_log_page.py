"""The page with the log: what was measured stands above it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.polling.habits import Habits, Held
from ims_tui.core.service.outcome import Exchange, FailureKind, Outcome, PollFailed
from ims_tui.core.show.pages import LogLevel, broken, log_head, log_page
from ims_tui.core.show.view import Cell, Tone
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health
from ims_tui.core.state.store import Snapshot
from ims_tui.core.state.traffic import KEPT, Traffic, quantile
from ims_tui.core.text import cell_len
from tests.core.entries import job, seen

LOG = (
    "2026-11-28 10:00:00,000 INFO ims_tui.a started",
    "2026-11-28 10:00:01,000 WARNING ims_tui.a INFO is a word",
    "2026-11-28 10:00:02,000 ERROR ims_tui.a fault",
    "Traceback (most recent call last):",
    "2026-11-28 10:00:03,000 DEBUG ims_tui.a asked",
)


def with_held(*found: Held | None) -> list[Entry]:
    return [
        replace(seen(job(n), n), habits=Habits(held=held))
        for n, held in enumerate(found)
    ]


def head(*found: Held | None, health: Health | None = None) -> list[str]:
    entries = with_held(*found)
    known = {health.profile: health} if health else {}
    snapshot = Snapshot(entries={e.key: e for e in entries}, health=known)
    lines = log_head(snapshot, "Log: here", LogLevel.ALL, is_followed=True)
    return ["".join(cell.text for cell in line) for line in lines]


def test_how_often_time_left_held_is_told_once_for_a_type() -> None:
    held = Held(0.48, 31)
    told = log_page(with_held(held, held), (), LogLevel.ALL)
    assert [line[0].text for line in told] == [
        "Ranges of time left held 48% of the time, 50% is promised "
        "(1 type, 31 jobs; ims-tui doctor names each)."
    ]


def test_of_many_types_one_line_tells() -> None:
    kinds = ("imsImportImageJob", "imsCreateImageJob", "imsCopyImageJob")
    entries = [
        replace(seen(job(n, job_type=kind), n), habits=Habits(held=Held(ratio, 10)))
        for n, (kind, ratio) in enumerate(zip(kinds, (0.61, 0.43, 0.5), strict=True))
    ]
    (line,) = log_page(entries, (), LogLevel.ALL)
    assert "held 43% to 61% of the time" in line[0].text
    assert "(3 types, 30 jobs;" in line[0].text


def test_where_nothing_was_measured_nothing_is_told() -> None:
    assert head(None)[1:] == ["all levels, following   Log: here"]
    assert log_page(with_held(None), (), LogLevel.ALL) == []


def test_the_requests_of_a_profile_stand_on_top() -> None:
    traffic = Traffic(214, 3, 1, (0.05, 0.08, 0.1, 0.4))
    health = Health("prod", rate_per_s=0.4, allowed_per_min=30, traffic=traffic)
    titles, numbers = head(None, health=health)[:2]
    assert titles.split()[:3] == ["PROFILE", "REQ/S", "BUDGET"]
    assert numbers.split() == [
        *("prod", "0.40", "30/min", "214", "100", "ms", "400", "ms", "3", "1")
    ]


@pytest.mark.parametrize(
    ("level", "kept"),
    [
        (LogLevel.ALL, [0, 1, 2, 3, 4]),
        (LogLevel.INFO, [0, 1, 2, 3]),
        (LogLevel.WARNING, [1, 2, 3]),
        (LogLevel.ERROR, [2, 3]),
    ],
)
def test_a_level_leaves_its_lines_with_what_follows_them(
    level: LogLevel, kept: list[int]
) -> None:
    lines = log_page((), LOG, level)
    assert [line[0].text for line in lines] == [LOG[n] for n in kept]


@pytest.mark.parametrize(
    ("outcome", "traffic"),
    [
        (PollFailed(FailureKind.UNREACHABLE, "x"), Traffic(0, 0, 1)),
        (PollFailed(FailureKind.MISCONFIGURED, "x"), Traffic()),
        (
            PollFailed(FailureKind.THROTTLED, "x", exchange=Exchange(429)),
            Traffic(1, 1, 0),
        ),
        (
            PollFailed(
                FailureKind.NOT_KNOWN, "x", exchange=Exchange(404, latency_s=0.2)
            ),
            Traffic(1, 0, 0, (0.2,)),
        ),
    ],
)
def test_a_request_is_counted_by_what_came_of_it(
    outcome: Outcome, traffic: Traffic
) -> None:
    assert Traffic().after(outcome) == traffic


def test_only_the_newest_latencies_are_kept() -> None:
    traffic = Traffic()
    for number in range(1, KEPT + 6):
        answer = Exchange(404, latency_s=float(number))
        traffic = traffic.after(PollFailed(FailureKind.NOT_KNOWN, "", exchange=answer))
    assert len(traffic.latencies_s) == KEPT
    assert traffic.latencies_s[-1] == KEPT + 5


@given(st.lists(st.floats(0, 100)), st.floats(0, 1))
def test_a_quantile_is_one_of_the_values(values: list[float], ratio: float) -> None:
    found = quantile(values, ratio)
    assert found in values if values else found is None


@given(
    st.lists(st.text(st.sampled_from("abc \u6d4b"), max_size=90)), st.integers(20, 60)
)
def test_long_lines_are_broken_and_nothing_is_lost(
    texts: list[str], width: int
) -> None:
    found = broken([(Cell(text, Tone.WARN),) for text in texts], width)
    assert all(cell_len(line[0].text) <= width for line in found)
    assert {line[0].tone for line in found} <= {Tone.WARN}
    kept = "".join("".join(line[0].text.split()) for line in found)
    assert kept == "".join("".join(text.split()) for text in texts)


def test_lines_that_fit_and_lines_of_columns_stay() -> None:
    short, columns = (Cell("x" * 20),), (Cell("y" * 30), Cell("z"))
    assert broken([short, columns], 20) == [short, columns]
