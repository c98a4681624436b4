"""Which rows are shown, and in which order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.show.columns import COLUMNS
from ims_tui.core.show.filters import parse_filter
from ims_tui.core.show.rows import AT_ONCE, ATTENTION, Choice, Rows, choose, parse_sort
from ims_tui.core.show.view import View
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.order import Facet
from tests.core.entries import FAIL, SUCCESS, job, moment, seen, watch

VIEW = View(moment(100))
ENTRIES = [
    seen(job(1, ratio=0.9, begin_s=-10), 1, "rocky"),
    seen(job(2, ratio=0.1, begin_s=-20), 2, "debian"),
    seen(job(3, SUCCESS, ratio=1.0, end_s=50), 3, "centos"),
    seen(job(4, FAIL, end_s=60), 4, "windows"),
    Entry(watch(5, "ubuntu", profile="dr")),
]


def labels(choice: Choice) -> list[str]:
    """Labels of the rows shown."""
    by_key = {entry.key: entry.watch.label for entry in ENTRIES}
    return [by_key[key] for key in choose(ENTRIES, choice, VIEW)]


def test_attention_order_is_the_default_and_can_be_turned_round() -> None:
    order = ["windows", "debian", "rocky", "ubuntu", "centos"]
    assert labels(Choice()) == order
    assert labels(Choice(descending=True)) == order[::-1]


def test_sorting_by_a_column() -> None:
    assert labels(Choice(sort="progress"))[:3] == ["debian", "rocky", "centos"]
    down = labels(Choice(sort="progress", descending=True))
    assert down[:3] == ["centos", "rocky", "debian"]
    assert sorted(down[3:]) == ["ubuntu", "windows"], "without a value: last, both ways"


def test_facet_filter_and_profile_all_have_to_agree() -> None:
    assert labels(Choice(facet=Facet.ACTIVE)) == ["debian", "rocky", "ubuntu"]
    hidden = frozenset({"dr"})
    assert labels(Choice(Facet.ACTIVE, hidden_profiles=hidden)) == ["debian", "rocky"]
    both = Choice(Facet.ACTIVE, parse_filter("label:u"), hidden_profiles=hidden)
    assert labels(both) == []
    assert labels(replace(both, hidden_profiles=frozenset())) == ["ubuntu"]


@pytest.mark.parametrize("name", [ATTENTION, *COLUMNS])
def test_sort_orders_are_read_in_both_directions(name: str) -> None:
    assert parse_sort(name) == (name, False)
    assert parse_sort(f"-{name}") == (name, True)


@pytest.mark.parametrize("text", ["", "-", "--label", "colour", "Label"])
def test_wrong_sort_order_names_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=r"allowed: attention, .*progress"):
        parse_sort(text)


def test_texts_that_were_read_ahead_filter_as_those_that_were_not() -> None:
    entries = {
        entry.key: entry
        for entry in (Entry(watch(n, f"vm {n}")) for n in range(2 * AT_ONCE))
    }
    rows, choice = Rows(), Choice(filter=parse_filter("7"))
    assert sum(1 for _ in rows.indexing(entries)) == 2, "not all of them in one step"
    found = rows.choose(entries, choice, VIEW)
    assert found == choose(entries.values(), choice, VIEW)
    assert 0 < len(found) < len(entries)
    key = found[0]
    changed = entries | {key: replace(entries[key], watch=watch(7, "renamed"))}
    renamed = rows.choose(changed, Choice(filter=parse_filter("renamed")), VIEW)
    assert renamed == [key], "what was read of an entry counts until it changes"


CHOICES = st.builds(
    Choice,
    st.sampled_from([Facet.ALL, Facet.DONE]),
    st.sampled_from(["", "o", "-rocky"]).map(parse_filter),
    st.sampled_from([ATTENTION, *COLUMNS]),
    st.booleans(),
)
VARIANTS = [
    [entry, replace(entry, watch=replace(entry.watch, label=other, note="x"))]
    for entry, other in zip(ENTRIES, ("b", "o", "C", "", "z"), strict=True)
]


@given(
    st.lists(
        st.tuples(CHOICES, st.lists(st.integers(0, 2), min_size=5, max_size=5)),
        min_size=2,
        max_size=8,
    )
)
def test_what_is_kept_from_before_changes_nothing(
    steps: list[tuple[Choice, list[int]]],
) -> None:
    rows = Rows()
    for choice, picks in steps:  # 2: the entry is not there
        entries = [e[n] for e, n in zip(VARIANTS, picks, strict=True) if n < 2]
        known = {entry.key: entry for entry in entries}
        assert rows.choose(known, choice, VIEW) == choose(entries, choice, VIEW)
