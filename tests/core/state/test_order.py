"""The attention order and the facets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.job import Job
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.order import FACETS, Facet, attention, needs_attention
from ims_tui.core.state.store import JobStore
from tests.core.entries import (
    FAIL,
    INIT,
    OTHER,
    SUCCESS,
    ending,
    job,
    moment,
    no,
    polled,
    seen,
    watch,
)


def known(entry: Entry) -> Entry:
    """A result that somebody has looked at."""
    return replace(entry, is_news=False)


REFUSED = no(FailureKind.REQUEST_REFUSED)
IN_ORDER = {
    "failed, new": seen(job(0, FAIL, end_s=5), 0),
    "refused": polled((20, REFUSED), entry=seen(job(1, begin_s=-900), 1)),
    "gone": replace(
        seen(job(2, begin_s=-800), 2), is_gone=True, unknown_since=moment(0)
    ),
    "stalled": replace(seen(job(3, begin_s=-700), 3), is_stalled=True),
    "running, early": seen(job(4, begin_s=-600), 4),
    "unknown status": seen(job(5, OTHER, begin_s=-500), 5),
    "running, late": seen(job(6, begin_s=-400), 6),
    "waiting": seen(job(7, INIT, begin_s=-9000), 7),
    "done, new": seen(job(8, SUCCESS, end_s=8), 8),
    "ended last": known(seen(job(9, FAIL, end_s=90), 9)),
    "ended before": known(seen(job(10, SUCCESS, end_s=50), 10)),
    "ended, nobody knows when": known(seen(job(11, SUCCESS, begin_s=None), 11)),
}


def names(facet: Facet) -> list[str]:
    """Rows that a facet shows."""
    return [name for name, entry in IN_ORDER.items() if FACETS[facet](entry)]


@given(st.permutations(list(IN_ORDER)))
def test_attention_order_whatever_the_order_of_the_list(shuffled: list[str]) -> None:
    got = sorted(shuffled, key=lambda name: attention(IN_ORDER[name]))
    assert got == list(IN_ORDER)


@pytest.mark.parametrize("kind", FailureKind)
def test_what_passes_by_itself_is_no_trouble_of_each_job(kind: FailureKind) -> None:
    entry = polled((20, no(kind)), entry=seen(job(1), 1))
    passes = kind in (
        FailureKind.UNREACHABLE,
        FailureKind.THROTTLED,
        FailureKind.SERVER_FAULT,
    )
    assert needs_attention(entry) is not passes
    if passes:
        assert attention(entry) == attention(seen(job(1), 1))


@pytest.mark.parametrize("subs", [(), (job(7, FAIL),)])
def test_rows_move_when_their_rank_changes(subs: tuple[Job, ...]) -> None:
    store = JobStore()
    store.put(seen(job(1, subs=(job(7),)), 1))
    before = store.snapshot().order_version
    store.put(seen(job(1, subs=subs), 1))
    assert (store.snapshot().order_version != before) is bool(subs)


def test_ids_break_ties_and_progress_moves_nothing() -> None:
    one, two = seen(job(1, ratio=0.9), 1), seen(job(2, ratio=0.1), 2)
    assert attention(one) < attention(two)
    assert attention(one) == attention(seen(job(1, ratio=0.2), 1))


def test_active_jobs_stand_by_expected_end_and_then_by_begin() -> None:
    soon = ending(seen(job(1, begin_s=-1), 1), 30)
    later = ending(seen(job(2, begin_s=-2), 2), 300)
    silent = [seen(job(n, begin_s=-n), n) for n in (4, 3)]
    assert sorted([silent[1], later, silent[0], soon], key=attention) == [
        soon,
        later,
        *silent,
    ]


def test_job_without_any_reply_can_be_placed() -> None:
    assert attention(Entry(watch(3))) < attention(IN_ORDER["ended last"])


def test_facets() -> None:
    assert names(Facet.ALL) == list(IN_ORDER)
    active = [*list(IN_ORDER)[1:2], *list(IN_ORDER)[3:8]]
    assert names(Facet.ACTIVE) == active
    assert names(Facet.FAILED) == ["failed, new", "ended last"]
    assert names(Facet.DONE) == [
        "done, new",
        "ended before",
        "ended, nobody knows when",
    ]
    looks = ["failed, new", "refused", "gone", "stalled"]
    assert names(Facet.ATTENTION) == looks
    assert [n for n, e in IN_ORDER.items() if needs_attention(e)] == looks
    assert set(FACETS) == set(Facet)
