"""The table of actions, what is typed about jobs, and what is kept of the screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.config.settings import UiSettings
from ims_tui.core.show.actions import (
    ACTIONS,
    ARCHIVED,
    BY_ID,
    CUT_OFF,
    EMPTY,
    STOPPED,
    USUAL,
    ZOOMED,
    clashes,
    key_line,
    keys_of,
)
from ims_tui.core.show.columns import COLUMNS
from ims_tui.core.show.filters import parse_filter
from ims_tui.core.show.rows import ATTENTION, Choice
from ims_tui.core.show.view import Times
from ims_tui.core.show.viewstate import Looks, Tab, from_state, looks_of, to_state
from ims_tui.core.state.order import Facet
from ims_tui.core.text import cell_len
from ims_tui.core.watchlist.ids import find_ids
from ims_tui.core.watchlist.operator_input import (
    new_watches,
    parse_tags,
    relabelled,
    report_line,
    retagged,
)
from ims_tui.core.watchlist.watch import Watch

WATCH = Watch("cafe" * 8, label="old", tags=("a", "b"), note="note")


def test_no_two_actions_share_a_name_or_a_key() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert clashes({}) == {}


def test_a_key_given_twice_is_said() -> None:
    assert clashes({"acknowledge": "q"}) == {"q": ["acknowledge", "quit"]}
    assert clashes({"acknowledge": "q", "quit": "Q"}) == {}


@given(
    st.sampled_from([USUAL, EMPTY, CUT_OFF, STOPPED]),
    st.integers(min_value=20, max_value=200),
)
def test_the_key_line_fits_and_always_leads_out(
    wanted: tuple[str, ...], width: int
) -> None:
    hints = key_line(wanted, {}, width)
    assert sum(cell_len(hint.text) + 2 for hint in hints) - 1 <= width
    assert [hint.run for hint in hints][-2:] == ["help", "quit"]
    assert all(hint.word for hint in hints)


def test_the_key_line_shows_the_operators_key() -> None:
    hints = key_line(("quit",), {"quit": "ctrl+x,Q"}, 80)
    assert hints[0].key == "ctrl+x"
    assert keys_of(BY_ID["quit"], {"quit": " ctrl+x , Q "}) == ["ctrl+x", "Q"]


def test_tags_and_labels_are_printable_and_each_once() -> None:
    assert parse_tags(" sap , weekly,sap,, \x1b[2J") == ("sap", "weekly", "\\x1b[2J")
    (watch,) = new_watches(["cafe" * 8], "prod", " a\nb\u202e ", ())
    assert watch.label == "a b\\u202e"


def test_of_several_jobs_empty_fields_change_nothing() -> None:
    assert relabelled(WATCH, "", "", is_only=False) == WATCH
    assert relabelled(WATCH, "-", "new", is_only=False).label == ""
    assert relabelled(WATCH, "", "", is_only=True).note == ""
    assert retagged(WATCH, "c, -a", is_only=False).tags == ("b", "c")
    assert retagged(WATCH, "", is_only=True).tags == ()


def test_the_report_counts_what_was_found() -> None:
    text = f"project_id={'beef' * 8} {'dea0' * 6}ab"
    line = report_line(replace(find_ids(text), known=("cafe" * 8,)))
    assert line.startswith("Found 1 id that is watched already, 1 ")
    assert "too short (26 of 32 characters)" in line


looks = st.builds(
    Looks,
    choice=st.builds(
        Choice,
        facet=st.sampled_from(Facet),
        filter=st.text(max_size=20).map(parse_filter),
        sort=st.sampled_from([ATTENTION, *COLUMNS]),
        descending=st.booleans(),
        hidden_profiles=st.frozensets(st.text(max_size=5), max_size=3),
    ),
    columns=st.lists(st.sampled_from(list(COLUMNS)), unique=True).map(tuple),
    times=st.sampled_from(Times),
    tab=st.sampled_from(Tab),
    theme=st.sampled_from(["auto", "ims-light", "nord"]),
)


@given(looks)
def test_what_was_chosen_comes_back(chosen: Looks) -> None:
    ui = UiSettings()
    back = from_state(to_state(chosen, ui), ui)
    assert to_state(back, ui) == to_state(chosen, ui)
    assert back.choice.facet == chosen.choice.facet
    assert back.choice.filter.text == chosen.choice.filter.text
    assert back.choice.sort == chosen.choice.sort
    assert back.columns == chosen.columns
    assert back.theme == chosen.theme


def test_a_theme_is_kept_until_the_setting_changes() -> None:
    state = to_state(Looks(theme="nord"), UiSettings(theme="ims-dark"))
    assert from_state(state, UiSettings(theme="ims-dark")).theme == "nord"
    assert from_state(state, UiSettings(theme="ims-light")).theme == "ims-light"
    assert from_state({"theme": "nord"}, UiSettings()).theme == "auto"


def test_a_changed_config_counts_where_nothing_else_was_chosen() -> None:
    state = to_state(looks_of(UiSettings()), UiSettings())
    assert set(state.values()) == {""}
    changed = UiSettings(sort="-started", columns=("state", "label"), times="utc")
    assert from_state(state, changed) == looks_of(changed)


@given(
    st.dictionaries(
        st.sampled_from(
            ["facet", "filter", "sort", "hidden", "columns", "times", "tab"]
        ),
        st.text(max_size=30),
    )
)
def test_damaged_state_never_stops_a_start(state: dict[str, str]) -> None:
    found = from_state(state, UiSettings())
    assert set(found.columns) <= set(COLUMNS)


SITUATIONS = (USUAL, ARCHIVED, EMPTY, CUT_OFF, ZOOMED, STOPPED)


@pytest.mark.parametrize("wanted", SITUATIONS)
def test_the_key_line_shows_all_that_is_wanted_where_there_is_room(
    wanted: tuple[str, ...],
) -> None:
    hints = key_line(wanted, {}, 300)
    assert {hint.run for hint in hints} == {*wanted}
    assert all(hint.word for hint in hints)


def test_an_action_with_a_word_for_the_key_line_is_shown_there_some_time() -> None:
    wanted = {name for names in SITUATIONS for name in names}
    assert {a.id for a in ACTIONS if a.brief} == wanted


def test_an_action_of_the_key_line_has_a_place_of_its_own_in_it() -> None:
    places = [action.place for action in ACTIONS if action.brief]
    assert len(set(places)) == len(places) and 0 not in places
    hints = key_line([a.id for a in reversed(ACTIONS) if a.brief], {}, 1_000)
    assert [BY_ID[hint.run].place for hint in hints] == sorted(places)
