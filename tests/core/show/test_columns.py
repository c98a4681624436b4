"""Cells, and the place of columns at every width."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ims_tui.core.service.job import JobError, JobStatus, Oddity, OddityKind
from ims_tui.core.service.outcome import Exchange, FailureKind
from ims_tui.core.show.archiverows import ArchiveRows
from ims_tui.core.show.cells import sign_of, state_of
from ims_tui.core.show.columns import (
    COLUMNS,
    DEFAULT_COLUMNS,
    OFFERED,
    Column,
)
from ims_tui.core.show.detail import summary
from ims_tui.core.show.export import to_markdown
from ims_tui.core.show.filters import parse_filter
from ims_tui.core.show.layout import Slot, lay_out
from ims_tui.core.show.rows import Choice, choose, parse_sort
from ims_tui.core.show.view import Cell, Times, View
from ims_tui.core.state.archive import Archive
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Health, Link
from ims_tui.core.text import cell_len
from ims_tui.core.watchlist.watch import kept_result
from tests.core.entries import (
    FAIL,
    INIT,
    OTHER,
    SUCCESS,
    at,
    ending,
    job,
    moment,
    no,
    ok,
    polled,
    seen,
    watch,
)

VIEW = View(moment(100))
choices = st.lists(st.sampled_from([*COLUMNS, "nonsense"]), max_size=len(COLUMNS))


def text(key: str, entry: Entry, width: int = 40, view: View = VIEW) -> str:
    """What a cell says."""
    return COLUMNS[key].cell(entry, view, width).text.rstrip()


def keys_of(slots: Sequence[Slot]) -> list[str]:
    """Columns of a layout."""
    return [slot.column.key for slot in slots]


def test_a_long_word_of_the_service_takes_the_room_of_the_sign() -> None:
    pending = seen(replace(job(status=OTHER), raw_status="PENDING"))
    assert text("state", pending, 7) == "PENDING"
    short = seen(replace(job(status=OTHER), raw_status="HELD"))
    assert text("state", short, 7) == f"{VIEW.glyphs.status[OTHER]} HELD"


def test_a_time_that_the_id_contradicts_is_shown_as_stated() -> None:
    made = replace(job(), begin_time=at(36000), begin_offset_s=28800, id_time=at(7200))
    assert text("started", seen(made)) == VIEW.clock_time(at(36000))
    lines = summary(seen(made), View(moment(7300)), 100, None)
    words = ["".join(c.text for c in line) for line in lines]
    stated = f"{at(36000):%Y-%m-%d %H:%M:%S} UTC"
    assert any(f"{stated}   elapsed 1:40" in text for text in words)


@pytest.mark.parametrize(
    ("next_s", "said"),
    [(26.0, "next in 26s"), (0.6, "next in 1s"), (0.4, "next now"), (0.0, "next now")],
)
def test_who_is_asked_this_moment_is_not_asked_in_0_seconds(
    next_s: float, said: str
) -> None:
    lines = summary(seen(job()), VIEW, 100, next_s)
    assert any(said in cell.text for line in lines for cell in line)


# -- places ----------------------------------------------------------------------------


@pytest.mark.parametrize("width", range(1, 301))
def test_default_columns_at_every_width(width: int) -> None:
    check(lay_out((), width), width)


@given(choices, st.integers(1, 300), st.integers(0, 30))
@settings(max_examples=300)
def test_any_columns_at_every_width(keys: list[str], width: int, skip: int) -> None:
    check(lay_out(keys, width, skip), width)


def check(slots: Sequence[Slot], width: int) -> None:
    """No overlap, nothing beyond the edge, the label always there."""
    assert "label" in keys_of(slots)
    assert keys_of(slots)[0] == "sign"
    assert len(set(keys_of(slots))) == len(slots)
    end = -1
    for slot in slots:
        assert slot.x == end + 1
        assert slot.width >= 1
        assert slot.width <= (slot.column.most or slot.column.width)
        end = slot.x + slot.width
    if width >= 20:
        assert end <= width


def test_label_and_step_grow_with_the_width() -> None:
    for key in ("label", "step"):
        widths = [
            next(s.width for s in lay_out((), w) if s.column.key == key)
            for w in range(120, 301)
        ]
        assert widths == sorted(widths)


def test_columns_leave_in_the_order_of_their_weight() -> None:
    for widths in (range(26, 60), range(60, 80), range(80, 200)):
        kept = [set(keys_of(lay_out((), width))) for width in widths]
        assert all(few <= many for few, many in pairwise(kept))
    assert kept[-1] == {"sign", *DEFAULT_COLUMNS}
    assert {"state", "label", "progress", "elapsed"} <= set(keys_of(lay_out((), 60)))
    assert keys_of(lay_out((), 40)) == ["sign", "label", "progress"]


def test_scrolling_keeps_state_and_label() -> None:
    assert keys_of(lay_out((), 90, skip=2))[:4] == ["sign", "state", "label", "type"]


# -- cells -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        (Entry(watch()), "-"),
        (seen(job(status=INIT)), "INIT"),
        (seen(job()), "RUN"),
        (seen(job(status=SUCCESS)), "OK"),
        (seen(job(status=FAIL)), "FAIL"),
        (seen(job(status=OTHER)), "VERIFYING"),
        (Entry(replace(watch(), result=kept_result(FAIL))), "FAIL"),
        (polled((1, no(FailureKind.NOT_KNOWN))), "GONE?"),
        (replace(polled((1, no(FailureKind.NOT_KNOWN))), is_gone=True), "GONE"),
    ],
)
def test_state_words(entry: Entry, word: str) -> None:
    assert state_of(entry)[0] == word
    assert text("state", entry).endswith(word)


def test_signs_by_priority() -> None:
    everything = replace(
        polled((20, no()), entry=seen(job())), is_stalled=True, is_news=True
    )
    everything = replace(everything, watch=replace(everything.watch, muted=True))
    late = View(moment(10_000))
    new = {s: replace(seen(job(status=s)), is_news=True) for s in (SUCCESS, FAIL)}
    signs = {status: sign_of(entry, late) for status, entry in new.items()}
    assert signs == {SUCCESS: "*", FAIL: "!"}
    assert sign_of(everything, late) == "#"
    everything = replace(everything, failure=None)
    assert sign_of(everything, late) == "!"
    everything = replace(everything, is_stalled=False)
    assert sign_of(everything, late) == "~"
    assert sign_of(everything, View(moment(11))) == "m"
    assert sign_of(seen(job()), View(moment(11))) == " "


@pytest.mark.parametrize("link", [Link.OFFLINE, Link.STOPPED])
def test_values_of_a_profile_that_is_cut_off_are_old_at_once(link: Link) -> None:
    view = View(moment(11), {"prod": Health("prod", link)})
    assert sign_of(seen(job()), view) == "~"
    ended = replace(seen(job(status=SUCCESS)), is_news=False)
    assert sign_of(ended, view) == " "


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        (Entry(watch()), "not asked yet"),
        (polled((1, no())), "no answer yet"),
        (polled((1, replace(no(), exchange=Exchange(200)))), "unusable reply"),
        (seen(job(status=INIT)), "waiting"),
        (seen(job()), "no percent"),
        (seen(job(status=FAIL)), "-"),
        (polled((1, no(FailureKind.NOT_KNOWN))), "not known"),
        (seen(job(ratio=0.5)), "⣿⣿⣿⣿⣀⣀⣀⣀  50%"),
        (seen(job(ratio=0.999)), "⣿⣿⣿⣿⣿⣿⣿⣀  99%"),
        (seen(job(ratio=0.29)), "⣿⣿⣀⣀⣀⣀⣀⣀  29%"),
        (seen(job(status=SUCCESS, ratio=1.0)), "⣿⣿⣿⣿⣿⣿⣿⣿ 100%"),
        (seen(job(ratio=0.5, is_computed=True)), "⣿⣿⣿⣿⣀⣀⣀⣀ =50%"),
        (polled((1, ok(job(ratio=0.5))), (2, ok(job(ratio=0.25)))), "⣿⣿⣀⣀⣀⣀⣀⣀  25%?"),
    ],
)
def test_progress(entry: Entry, shown: str) -> None:
    assert text("progress", entry, 14) == shown


def test_progress_that_contradicts_itself_is_marked() -> None:
    odd = job(status=SUCCESS, ratio=0.24).with_oddity(
        Oddity(OddityKind.SUCCESS_BELOW_FULL)
    )
    assert text("progress", seen(odd), 14).endswith("24%?")
    assert text("progress", seen(odd), 5) == "OK"
    assert text("progress", seen(job(ratio=0.24)), 5) == " 24%"


def test_label_or_else_the_id_cut_in_the_middle() -> None:
    assert text("label", Entry(watch(label="sap-data"))) == "sap-data"
    assert text("label", Entry(watch(7)), 18) == "00000000..00000007"
    assert text("id", Entry(watch(7)), 32) == f"{7:032x}"


def test_step_is_shortened_only_where_it_must() -> None:
    entry = seen(job(step="ImportImageTask:ConvertTask"))
    assert text("step", entry, 42) == "ImportImageTask:ConvertTask"
    assert text("step", entry, 16) == "Convert"
    assert text("step", seen(job(step="UploadImageTask:")), 16) == "UploadImageTask"
    parent = job(subs=(job(1, SUCCESS), job(2), job(3)))
    assert text("step", seen(parent)) == "=1 of 3 sub-jobs"


def test_elapsed_runs_until_the_end_and_then_stands() -> None:
    assert text("elapsed", seen(job(begin_s=-20))) == "2:00"
    assert text("elapsed", seen(job(status=FAIL, begin_s=-20, end_s=40))) == "1:00"
    assert text("elapsed", seen(job(status=FAIL))) == "-"
    assert text("elapsed", seen(job(begin_s=None))) == "-"
    assert text("elapsed", seen(job(begin_s=150))) == "0:00", "never negative"
    assert text("elapsed", seen(job(begin_s=500))) == "-", "it lies in the future"
    utc = View(moment(100), times=Times.UTC)
    assert text("elapsed", seen(job(begin_s=60)), 8, utc) == "12:01:00"


def test_seen_is_an_age_and_then_the_time_it_took_to_know() -> None:
    assert text("seen", seen(job())) == "1m"
    assert text("seen", Entry(watch())) == "-"
    known = polled((0, ok(job())), (100, ok(job(status=SUCCESS, end_s=93))))
    assert text("seen", known) == "+7s"
    assert text("latency", known) == "+7.0s"


def test_left_is_the_end_where_times_are_clock_times() -> None:
    entry = ending(seen(job()), 600)
    utc = View(moment(10), times=Times.UTC)
    assert text("left", entry, 8, utc) == "@~12:10"
    assert text("ends", entry, 11, utc) == "~12:10"
    assert text("left", seen(job()), 8, utc) == "?"
    assert text("left", ending(seen(job()), 86400.0), 10, utc) == "~12-48h"
    offline = {"default": Health("default", Link.OFFLINE)}
    overdue = View(moment(2000), offline, Times.UTC)
    assert text("left", entry, 8, overdue) == "due?"


def test_left_ticks_and_says_how_sure_it_is() -> None:
    entry = ending(seen(job()), 600)
    assert text("left", entry, view=View(moment(10))) == "~5-20m"
    assert text("left", entry, view=View(moment(70))) == "~4-19m"
    assert text("left", ending(seen(job()), 360, jobs=3), view=View(moment(10))) == (
        "~6m?"
    )
    assert text("left", seen(job())) == "?"


def test_left_is_due_where_no_answer_comes_and_the_time_is_over() -> None:
    entry = ending(replace(seen(job()), planned_s=30.0), 60)
    away = {"prod": Health("prod", Link.OFFLINE)}
    assert text("left", entry, view=View(moment(60), away)) == "~0:10"
    assert text("left", entry, view=View(moment(75))) == "any moment"
    assert text("left", entry, view=View(moment(75), away)) == "due?"
    assert text("left", entry, view=View(moment(110))) == "due?", "nobody asks"


def test_left_is_sorted_by_expected_end() -> None:
    soon, later = ending(seen(job(1), 1), 30), ending(seen(job(2), 2), 400)
    silent = seen(job(3), 3)
    order = [entry.key for entry in (soon, later, silent)]
    assert choose([silent, later, soon], Choice(sort="left"), VIEW) == order


def test_left_says_stalled() -> None:
    assert text("left", replace(seen(job()), is_stalled=True)) == "stalled"
    assert text("left", seen(job(status=FAIL))) == "-"


def test_every_cell_of_every_kind_of_entry_is_one_printable_line() -> None:
    entries = [
        Entry(watch()),
        polled((1, no())),
        seen(job(status=OTHER)),
        seen(job(status=SUCCESS, ratio=1.0, end_s=20)),
        replace(seen(job(subs=(job(1),))), is_stalled=True),
    ]
    health = {"prod": Health("prod", Link.OFFLINE)}
    for entry in entries:
        for times in Times:
            view = View(moment(9000), health, times)
            for slot in lay_out([*COLUMNS], 300):
                cell = slot.column.cell(entry, view, slot.width)
                assert cell.text.isprintable()
                assert slot.column.key in ("step", "state", "tags", "note") or (
                    cell_len(cell.text) <= slot.width
                )


# -- declarations ----------------------------------------------------------------------


def test_what_a_person_chooses_among_is_told_apart() -> None:
    assert [*COLUMNS] == ["sign", *OFFERED]
    for words in ("title", "words"):
        said = [getattr(column, words) for column in COLUMNS.values()]
        assert len({*said}) == len(said)


def test_a_declaration_is_all_that_a_new_column_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cell(entry: Entry, view: View, width: int) -> Cell:
        return Cell(f"{entry.polls} at {width}")

    new = Column("new", "new", 9, cell, rank=5, sort_by=lambda e, v: e.polls)
    monkeypatch.setitem(COLUMNS, "new", new)
    for width in range(1, 301):
        check(lay_out([*COLUMNS], width), width)
        check(lay_out([*DEFAULT_COLUMNS, "new"], width), width)
    entries = [seen(job(number), number) for number in (2, 1)]
    sort, descending = parse_sort("-new")
    keys = choose(entries, Choice(sort=sort, descending=descending), VIEW)
    assert len(keys) == 2
    assert ArchiveRows().choose(Archive(), Choice(sort="new"), VIEW) == []
    assert "| NEW |" in to_markdown(entries, VIEW, ["label", "new"])


@pytest.mark.parametrize("key", [k for k, column in COLUMNS.items() if column.search])
def test_a_filter_by_the_name_of_a_column_finds_what_it_shows(key: str) -> None:
    error = JobError("IMG.0057", "Disk format not supported")
    note = replace(watch(1, "data"), tags=("weekly",), note="ask Wu")
    failed = job(1, FAIL, step="ImportImageTask:Convert", error=error)
    entry = replace(seen(replace(failed, image_id="4ca46bf1")), watch=note)
    shown = COLUMNS[key].whole(entry, VIEW)
    assert len(shown) > 2
    assert parse_filter(f'{key}:"{shown}"').matches(entry, VIEW)
    other = Entry(replace(watch(2), profile="test"))
    assert not parse_filter(f'{key}:"{shown}"').matches(other, VIEW)


# -- sorting ---------------------------------------------------------------------------


@pytest.mark.parametrize("key", [*COLUMNS])
@pytest.mark.parametrize("descending", [False, True])
def test_sorting_loses_nothing_and_puts_the_unknown_last(
    key: str, descending: bool
) -> None:
    entries = [
        Entry(watch(9)),
        seen(job(3, ratio=0.7, begin_s=-5), 3, "b"),
        seen(job(1, ratio=0.2, begin_s=-50), 1, "a"),
        seen(job(2, SUCCESS, ratio=1.0, end_s=at(9).second, begin_s=-7), 2, "c"),
    ]
    got = choose(entries, Choice(sort=key, descending=descending), VIEW)
    assert sorted(got) == sorted(e.key for e in entries)
    by_key = {entry.key: COLUMNS[key].sort_key(entry, VIEW) for entry in entries}
    values = [by_key[key] for key in got]
    there = [value for value in values if value is not None]
    assert values == there + [None] * (len(values) - len(there))
    assert there == sorted(there, reverse=descending)  # type: ignore[type-var]


@pytest.mark.parametrize("key", [k for k, column in COLUMNS.items() if column.is_fixed])
def test_a_fixed_value_depends_on_nothing_but_the_entry(key: str) -> None:
    entries = [
        Entry(watch()),
        polled((1, no())),
        seen(job()),
        seen(job(status=FAIL, end_s=20)),
    ]
    later = View(moment(9000), {"prod": Health("prod", Link.OFFLINE)}, Times.UTC)
    value = COLUMNS[key].sort_key
    for entry in entries:
        assert value(entry, later) == value(entry, VIEW)


def test_states_are_sorted_by_their_word() -> None:
    entries = [seen(job(n, status), n) for n, status in enumerate(JobStatus)]
    by_key = {entry.key: state_of(entry)[0] for entry in entries}
    words = [by_key[key] for key in choose(entries, Choice(sort="state"), VIEW)]
    assert words == sorted(words)


@pytest.mark.parametrize("key", ["state", "step", "type"])
@pytest.mark.parametrize("descending", [False, True])
def test_a_dash_is_no_value(key: str, descending: bool) -> None:
    known = [seen(job(n, step="AddImage"), n) for n in (2, 3)]
    silent = [Entry(watch(n)) for n in (1, 4)]
    got = choose([*silent, *known], Choice(sort=key, descending=descending), VIEW)
    assert got == [entry.key for entry in (*known, *silent)]


@pytest.mark.parametrize("descending", [False, True])
def test_equal_values_are_ordered_by_id(descending: bool) -> None:
    entries = [seen(job(n, ratio=0.5), n) for n in (3, 1, 2)]
    got = choose(entries, Choice(sort="progress", descending=descending), VIEW)
    assert got == sorted(entry.key for entry in entries)
