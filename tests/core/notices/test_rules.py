"""Which channel hears what."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ims_tui.core.notices.news import LEVELS, Level
from ims_tui.core.notices.rules import Candidate, Rule, wants
from tests.core.notices.some_news import some_news


@pytest.mark.parametrize(
    ("level", "kinds"),
    [
        (Level.URGENT, {"fail", "auth", "not_saved"}),
        (
            Level.WARNING,
            {"fail", "auth", "not_saved", "stalled", "unreachable", "expiring"},
        ),
        (Level.NEWS, set(LEVELS)),
    ],
)
def test_what_matters_less_is_left_out(level: Level, kinds: set[str]) -> None:
    heard = {k for k in LEVELS if wants(Rule(level), Candidate(some_news(k)))}
    assert heard == kinds


@pytest.mark.parametrize(
    ("bad", "levels"),
    [
        ("auth", set(Level)),
        ("not_saved", set(Level)),
        ("unreachable", {Level.WARNING, Level.NEWS}),
    ],
)
def test_an_end_goes_as_far_as_the_bad_news(bad: str, levels: set[Level]) -> None:
    back = Candidate(some_news("back", ends=bad))
    assert {level for level in Level if wants(Rule(level), back)} == levels


def test_a_filter_is_about_jobs() -> None:
    rule = Rule(passes=lambda text: "prod" in text)
    assert wants(rule, Candidate(some_news("fail"), "prod"))
    assert not wants(rule, Candidate(some_news("fail"), "test"))
    assert wants(rule, Candidate(some_news("auth", job_id=""), ""))


def test_a_short_job_is_told_only_where_it_failed() -> None:
    rule = Rule(min_duration_s=30.0)
    assert not wants(rule, Candidate(some_news("success"), took_s=29.0))
    assert wants(rule, Candidate(some_news("success"), took_s=30.0))
    assert wants(rule, Candidate(some_news("fail"), took_s=1.0))


def test_who_waits_for_a_job_hears_everything_of_it() -> None:
    desk = Rule(Level.URGENT, min_duration_s=30.0, hears_marked=True)
    other = Rule(Level.URGENT, min_duration_s=30.0)
    for kind in ("near_end", "success", "stalled"):
        marked = Candidate(some_news(kind), is_marked=True, took_s=1.0)
        assert wants(desk, marked)
        assert not wants(other, marked)
        assert not wants(desk, Candidate(some_news(kind)))
        assert not wants(desk, replace(marked, is_muted=True))


def test_a_muted_job_is_never_told() -> None:
    assert not wants(Rule(), Candidate(some_news("fail"), is_muted=True))


def test_only_the_kinds_that_were_chosen() -> None:
    rule = Rule(kinds=("success",))
    assert wants(rule, Candidate(some_news("success")))
    assert not wants(rule, Candidate(some_news("fail")))
