"""The rows of the table under the heads of their groups."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.config.settings import UiSettings
from ims_tui.core.service.job import JobError
from ims_tui.core.show.arrangement import Arrangement, arrange
from ims_tui.core.show.grouping import (
    MOST_TURNED,
    GroupBy,
    Grouping,
    GroupKey,
    membership,
)
from ims_tui.core.show.rows import Choice
from ims_tui.core.show.viewstate import Looks, from_state, to_state
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.order import attention
from ims_tui.core.watchlist.watch import JobKey
from tests.core.entries import FAIL, SUCCESS, job, seen

TAGS = ("weekly", "sap", "no tag")
"""The last one is called as what has none."""


@st.composite
def entries(draw: st.DrawFn) -> dict[JobKey, Entry]:
    """Jobs in any order, some with several tags, some failed."""
    found = {}
    for number in range(draw(st.integers(0, 12))):
        status = draw(st.sampled_from([SUCCESS, FAIL, None]))
        error = JobError(draw(st.sampled_from(["IMG.0057", "IMG.0020"])), "why")
        if status is None:
            entry = seen(job(number), number)
        else:
            error_of = error if status is FAIL else None
            entry = seen(job(number, status, end_s=5, error=error_of), number)
        tags = tuple(draw(st.lists(st.sampled_from(TAGS), unique=True)))
        entry = replace(entry, watch=replace(entry.watch, tags=tags))
        found[entry.key] = entry
    return found


def folds() -> st.SearchStrategy[tuple[bool, tuple[str, ...]]]:
    names = st.sampled_from([*TAGS, "", "IMG.0057", "prod"])
    return st.tuples(st.booleans(), st.lists(names, unique=True).map(tuple))


def arranged(known: dict[JobKey, Entry], grouping: Grouping) -> Arrangement:
    of = membership(grouping.by or GroupBy.TAG)
    return arrange(list(known), known, grouping, lambda key, entry: of(entry))


GROUPED = (entries(), st.sampled_from(GroupBy), folds())


@given(*GROUPED)
def test_each_job_stands_under_each_of_its_groups_and_folds_hide_just_theirs(
    known: dict[JobKey, Entry], by: GroupBy, fold: tuple[bool, tuple[str, ...]]
) -> None:
    grouping, of = Grouping(by, *fold), membership(by)
    found = arranged(known, grouping)
    assert list(found.jobs) == list(known), "each once, whatever is folded"
    shown: dict[GroupKey, list[JobKey]] = {}
    for row in found.rows:
        if isinstance(row, GroupKey):
            assert row not in shown
            here = shown[row] = []
        else:
            here.append(row)
    for group, rows in shown.items():
        its = [key for key, entry in known.items() if group in of(entry).groups]
        assert its == list(found.groups[group]), "the order of the table"
        assert rows == ([] if grouping.is_folded(group) else its)
        assert found.is_folded(group) is grouping.is_folded(group)
    members = {group for entry in known.values() for group in of(entry).groups}
    assert shown.keys() == found.groups.keys() == members, "no empty group"


@given(entries(), st.sampled_from(GroupBy))
def test_the_worst_group_comes_first_and_what_is_in_none_last(
    known: dict[JobKey, Entry], by: GroupBy
) -> None:
    found = arranged(known, Grouping(by))
    ranks = [
        min(attention(known[key])[0] for key in keys)
        for group, keys in found.groups.items()
        if group.name
    ]
    assert ranks == sorted(ranks)
    assert [group.name for group in found.groups].count("") <= 1
    if GroupKey("") in found.groups:
        assert list(found.groups)[-1] == GroupKey("")


@given(*GROUPED)
def test_every_row_is_found_where_it_stands(
    known: dict[JobKey, Entry], by: GroupBy, fold: tuple[bool, tuple[str, ...]]
) -> None:
    found = arranged(known, Grouping(by, *fold))
    for place, row in enumerate(found.rows):
        group = found.group_at(place)
        assert group is not None
        assert found.place_of(row, group) == place
        assert row == group or row in found.groups[group]
    for key in known:
        at = found.place_of(key)
        assert at is not None, "a job that is folded away is found at a head"
        if found.rows[at] != key:
            assert found.rows[at] == found.folded_group(key)


@given(*GROUPED)
def test_progress_moves_no_group(
    known: dict[JobKey, Entry], by: GroupBy, fold: tuple[bool, tuple[str, ...]]
) -> None:
    before = arranged(known, Grouping(by, *fold))
    later = {
        key: entry
        if entry.has_ended or entry.job is None
        else replace(entry, reply=replace(entry.job, progress_ratio=0.9))
        for key, entry in known.items()
    }
    assert arranged(later, Grouping(by, *fold)).rows == before.rows


@given(entries(), st.sampled_from(GroupBy))
def test_from_a_row_on_all_jobs_come_around(
    known: dict[JobKey, Entry], by: GroupBy
) -> None:
    for are_folded in (False, True):
        found = arranged(known, Grouping(by, are_folded))
        for place in range(len(found.rows)):
            assert set(found.jobs_from(place)) == set(known)


def test_without_groups_the_rows_are_the_jobs() -> None:
    key = JobKey("prod", "f" * 32)
    found = arrange(
        [key], {}, Grouping(), lambda key, entry: membership(GroupBy.TAG)(entry)
    )
    assert (found.rows, found.jobs, found.extra_rows) == ([key], [key], 0)
    assert found.group_at(0) is None
    assert not found.is_folded(key)


@given(
    st.sampled_from(GroupBy),
    st.booleans(),
    st.lists(st.text(), unique=True, max_size=5),
)
def test_the_next_run_groups_and_folds_as_this_one(
    by: GroupBy, are_folded: bool, names: list[str]
) -> None:
    ui, grouping = UiSettings(), Grouping(by, are_folded, tuple(names))
    kept = to_state(Looks(Choice(grouping=grouping)), ui)
    assert from_state(kept, ui).choice.grouping == grouping


@pytest.mark.parametrize("folds", ["", "{", '{"a":1}', "[]", "[3]", '["none", null]'])
def test_folds_that_cannot_be_read_fold_nothing_that_is_there(folds: str) -> None:
    found = from_state({"group": "tag", "folded": folds}, UiSettings()).choice.grouping
    assert found.by is GroupBy.TAG
    assert not found.is_folded(GroupKey("weekly"))


@given(st.lists(st.integers(0, 3 * MOST_TURNED)), st.booleans())
def test_what_is_folded_is_remembered_of_so_many_groups(
    numbers: list[int], are_folded: bool
) -> None:
    grouping = Grouping(GroupBy.TAG, are_folded)
    for number in numbers:
        key = GroupKey(f"tag{number}")
        before = grouping.is_folded(key)
        grouping = grouping.turn(key)
        assert grouping.is_folded(key) is not before
    assert len(grouping.turned) <= MOST_TURNED
