"""The kept numbers are those that counting anew gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.outcome import FailureKind
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.order import FACETS, Facet
from ims_tui.core.state.store import JobStore
from ims_tui.core.state.tally import Trait, tally
from tests.core.entries import job, no, polled, seen, watch

FLAGS = st.fixed_dictionaries(
    {name: st.booleans() for name in ("is_news", "is_stalled", "is_gone", "is_stored")}
    | {"polls": st.integers(0, 2)}
)
ENTRIES = st.builds(
    lambda number, status, profile, flags: replace(
        seen(job(number, status), number) if status else Entry(watch(number)),
        watch=watch(number, profile=profile),
        **flags,
    ),
    st.integers(0, 4),
    st.sampled_from([None, *JobStatus]),
    st.sampled_from(["prod", "dr"]),
    FLAGS,
)


@given(st.lists(st.one_of(ENTRIES, st.integers(0, 4)), max_size=30))
def test_numbers_follow_every_change(steps: list[Entry | int]) -> None:
    store = JobStore()
    for step in steps:
        if isinstance(step, Entry):
            store.put(step)
        else:
            for key in [
                e.key for e in store.entries() if e.key.job_id == watch(step).job_id
            ]:
                store.drop(key)
    snapshot = store.snapshot()
    entries = snapshot.entries.values()
    for facet, is_in in FACETS.items():
        assert snapshot.tally[facet] == sum(map(is_in, entries))
    assert snapshot.tally[Trait.NEWS] == sum(entry.is_news for entry in entries)
    assert snapshot.tally.profiles == {entry.watch.profile for entry in entries}
    anew = tally(entries)
    assert all(snapshot.tally[trait] == anew[trait] for trait in Trait)


def test_traits_of_jobs() -> None:
    running, waiting = seen(job(1), 1), seen(job(2, JobStatus.INIT), 2)
    failed = replace(seen(job(3, JobStatus.FAIL), 3), is_news=True)
    odd = replace(seen(job(4, JobStatus.OTHER), 4), is_stalled=True, is_gone=True)
    counted = tally([running, waiting, failed, odd, Entry(watch(5))])
    assert {trait: counted[trait] for trait in Trait if counted[trait]} == {
        Trait.RUNNING: 1,
        Trait.GONE: 1,
        Trait.WAITING: 1,
        Trait.STALLED: 1,
        Trait.ERROR: 1,
        Trait.CHECKED: 2,
        Trait.NEWS: 1,
        Trait.BAD_NEWS: 1,
    }
    fine = replace(seen(job(6, JobStatus.SUCCESS), 6), is_news=True)
    counted = tally([fine])
    assert (counted[Trait.GOOD_NEWS], counted[Trait.BAD_NEWS]) == (1, 0)


def test_a_snapshot_keeps_its_numbers() -> None:
    store = JobStore()
    store.put(seen(job(1), 1))
    before = store.snapshot().tally
    store.drop(seen(job(1), 1).key)
    assert before[Trait.RUNNING] == 1
    assert store.snapshot().tally[Trait.RUNNING] == 0


def test_a_pause_that_the_service_asks_for_changes_no_count() -> None:
    running, waiting = seen(job(1), 1), seen(job(2, JobStatus.INIT), 2)
    pause = no(FailureKind.THROTTLED)
    put_off = [polled((20.0, pause), entry=entry) for entry in (running, waiting)]
    before, after = tally([running, waiting]), tally(put_off)
    assert all(before[kind] == after[kind] for kind in (*Trait, *FACETS))
    assert not after[Facet.ATTENTION]
    never = tally([polled((20.0, pause))])
    assert never[Trait.UNANSWERED] == 1, "of this one nothing is known"
