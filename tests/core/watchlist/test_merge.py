"""Three-way merge: nothing that somebody worded is lost, nothing removed returns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.job import JobStatus
from ims_tui.core.service.jobservice import JobService
from ims_tui.core.watchlist.merge import merge
from ims_tui.core.watchlist.watch import JobKey, Watch, kept_result

A = Watch("a" * 32, label="a", tags=("x", "y"))
B = Watch("b" * 32, label="b")
C = Watch("c" * 32, label="c")
ENDED = kept_result(JobStatus.SUCCESS, image_id="i")
EARLY = datetime(2026, 11, 1, tzinfo=UTC)
LATE = datetime(2026, 11, 2, tzinfo=UTC)


def test_what_either_side_adds_is_kept_theirs_first() -> None:
    assert merge([A], [A, B], [C, A]) == (C, A, B)


def test_what_either_side_removes_goes() -> None:
    assert merge([A, B, C], [A, B], [B, C]) == (B,)


def test_an_edit_beats_a_removal() -> None:
    edited = replace(A, note="keep")
    assert merge([A], [edited], []) == (edited,)
    assert merge([A], [], [edited]) == (edited,)


def test_an_arriving_result_does_not_bring_back_what_was_removed() -> None:
    ended = replace(A, result=ENDED)
    assert merge([A], [ended], []) == ()
    assert merge([A], [], [ended]) == ()


def test_fields_merge_one_by_one() -> None:
    ours = replace(A, label="new", tags=("y", "z"))
    theirs = replace(A, note="n", muted=True, tags=("w", "x", "y"), result=ENDED)
    assert merge([A], [ours], [theirs]) == (
        replace(
            A, label="new", note="n", muted=True, tags=("w", "y", "z"), result=ENDED
        ),
    )


def test_where_both_changed_a_field_ours_counts() -> None:
    ours, theirs = replace(A, label="ours"), replace(A, label="theirs")
    assert merge([A], [ours], [theirs]) == (ours,)


def test_a_result_that_is_present_beats_one_that_is_absent() -> None:
    ended = replace(A, result=ENDED)
    assert merge([ended], [ended], [A]) == (ended,)
    assert merge([ended], [A], [ended]) == (ended,)


def test_the_same_job_added_twice_is_one_entry_with_both_wordings() -> None:
    ours = replace(B, label="", note="n", added=LATE)
    theirs = replace(B, added=EARLY)
    assert merge([], [ours], [theirs]) == (replace(B, note="n", added=EARLY),)


words = st.sampled_from(["", "a", "b"])
watches = st.builds(
    Watch,
    job_id=st.sampled_from([c * 32 for c in "abcd"]),
    profile=st.sampled_from(["p", "q"]),
    label=words,
    tags=st.lists(st.sampled_from("xyz"), unique=True, max_size=3).map(tuple),
    note=words,
    added=st.sampled_from([None, EARLY, LATE]),
    muted=st.booleans(),
    result=st.sampled_from([None, ENDED]),
)
lists = st.lists(watches, unique_by=lambda watch: watch.key, max_size=6)


def worded(watch: Watch) -> tuple[object, ...]:
    return (watch.label, frozenset(watch.tags), watch.note, watch.muted)


@given(lists, lists)
def test_one_sided_changes_are_taken_as_they_are(
    base: list[Watch], new: list[Watch]
) -> None:
    keep = {watch.key: watch.result for watch in base if watch.result}
    # Results never vanish, so leave out changes that take one away.
    new = [replace(w, result=w.result or keep.get(w.key)) for w in new]
    base_added = {w.key: w.added for w in base}
    new = [replace(w, added=base_added.get(w.key, w.added)) for w in new]
    assert by_key(merge(base, new, base)) == by_key(new)
    assert by_key(merge(base, base, new)) == by_key(new)


def by_key(watches: Iterable[Watch]) -> dict[JobKey, Watch]:
    return {watch.key: watch for watch in watches}


@given(lists, lists, lists)
def test_the_sides_agree_on_who_is_there(
    base: list[Watch], ours: list[Watch], theirs: list[Watch]
) -> None:
    one = {watch.key for watch in merge(base, ours, theirs)}
    assert one == {watch.key for watch in merge(base, theirs, ours)}
    assert len(one) == len(merge(base, ours, theirs))


@given(lists, lists, lists)
def test_nothing_worded_is_ever_lost(
    base: list[Watch], ours: list[Watch], theirs: list[Watch]
) -> None:
    was = {watch.key: watch for watch in base}
    their = {watch.key: watch for watch in theirs}
    merged = {watch.key: watch for watch in merge(base, ours, theirs)}
    for watch in ours:
        old = was.get(watch.key, Watch(watch.job_id, watch.profile))
        if worded(old) == worded(watch):
            continue
        got = merged[watch.key]
        for name in ("label", "note", "muted"):
            if getattr(watch, name) != getattr(old, name):
                assert getattr(got, name) == getattr(watch, name)
        assert set(watch.tags) - set(old.tags) <= set(got.tags)
    for watch in theirs:
        old = was.get(watch.key, Watch(watch.job_id, watch.profile))
        if worded(old) != worded(watch):
            assert watch.key in merged
    for key, watch in merged.items():
        both = [w for w in (their.get(key), *ours) if w and w.key == key]
        assert bool(watch.result) == any(w.result for w in both)


@given(lists, lists)
def test_merging_again_changes_nothing(ours: list[Watch], theirs: list[Watch]) -> None:
    merged = merge((), ours, theirs)
    assert merge(theirs, merged, merged) == merged
    assert merge(merged, merged, merged) == merged


def test_a_service_that_one_side_names_is_taken() -> None:
    old = Watch("0" * 32)
    server = replace(old, service=JobService.ECS)
    assert merge([old], [old], [server]) == (server,)
    assert merge([old], [server], [old]) == (server,)
