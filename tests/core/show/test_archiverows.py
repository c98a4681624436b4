"""The archive is filtered and sorted as a list of the same jobs would be."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ims_tui.core.show.archiverows import ArchiveRows
from ims_tui.core.show.columns import COLUMNS
from ims_tui.core.show.filters import parse_filter
from ims_tui.core.show.rows import Choice, choose
from ims_tui.core.show.view import View
from ims_tui.core.state.archive import Archive, Pages
from ims_tui.core.state.archive_row import archived
from ims_tui.core.state.entry import Entry
from ims_tui.core.watchlist.watch import JobKey
from tests.core.entries import NOON, moment
from tests.core.state.test_archive import ended, ended_entries, packed

VIEW = View(moment(8000))
ENTRIES = [ended(number, 60.0 * number) for number in range(5)]
MANY = st.lists(ended_entries(), max_size=12, unique_by=lambda entry: entry.key)
SORTED = {key: c.archived for key, c in COLUMNS.items() if c.archived}
WORDS = st.sampled_from(
    (
        *("a", "-b", "ß", "label:a", "state:ok", "-state:fail", "tag:a", "note:b"),
        *("profile:prod", "profile:ok", "id:1", "step:a", "image:b", "code:z"),
        *("elapsed>1h", "-elapsed<30m", "ended>=2026-11-23", "-ended<2h", "left<5m"),
        *("-left<5m", "percent=100", "-percent<100", "started<10:00", "latency>2m"),
        *("ok", "100%", "label:0001", "prod"),
        *("type:import", "/a.*b/", "/^a/", "/B$/", "/[a-k]z/", "reason:."),
    )
)


@given(MANY, st.lists(WORDS, max_size=2).map(" ".join))
def test_a_filter_finds_the_same(entries: list[Entry], words: str) -> None:
    choice = Choice(filter=parse_filter(words))
    found = ArchiveRows().choose(packed(*entries), choice, VIEW)
    assert set(found) == set(choose(entries, choice, VIEW))


@given(MANY, st.lists(WORDS, min_size=2, max_size=5))
def test_what_was_found_before_counts_only_for_the_same(
    entries: list[Entry], words: list[str]
) -> None:
    archive, rows = packed(*entries), ArchiveRows()
    for number in range(len(words)):
        for text in (" ".join(words[: number + 1]), " ".join(words[number:])):
            choice = Choice(filter=parse_filter(text))
            assert rows.choose(archive, choice, VIEW) == ArchiveRows().choose(
                archive, choice, VIEW
            )


@given(
    MANY, st.sampled_from(sorted({*SORTED} - {"state", "step", "seen"})), st.booleans()
)
def test_an_order_is_the_same(
    entries: list[Entry], sort: str, descending: bool
) -> None:
    archive, choice = packed(*entries), Choice(sort=sort, descending=descending)
    rows = ArchiveRows()
    ours = rows.choose(archive, choice, VIEW)
    as_listed = choose(archive.values(), choice, VIEW)
    assert values(archive, sort, ours) == values(archive, sort, as_listed)
    assert rows.choose(archive, choice, VIEW) == ours


def values(archive: Archive, sort: str, keys: list[JobKey]) -> list[str]:
    """What the rows are sorted by; ties, and those without, may stand anywhere."""
    column, places = SORTED[sort](archive), archive.pages.places
    # What is behind the label tells those of the same label apart.
    found = [str(column[places[key]]).partition("\n")[0] for key in keys]
    return [value for value in found if value]


OTHERS = "\u00e9\u00c9\u017f\u212a\u6d4b"
"""Letters beyond ASCII: e and E with an accent, a long s, the sign for Kelvin, and one
that has no case. Left out is the i without a dot: for `re` it is an i, for
`str.casefold` and so for the words of a filter it is not."""


@pytest.mark.filterwarnings("ignore::FutureWarning")
@given(
    st.text("aA.bB[]-k\\SdDtwz^$()|?*+:<>!=P09_" + OTHERS, max_size=12),
    st.text("abkszi-109 _\t\n" + OTHERS),
)
@example("win-20(?:19|22)", "win-2019")
@example("[a-]-9", "a-9")
@example("(?i)A\\S", "as")
@example("\u00c9+", "\u00e9\u00e9")
@example("\\\u00c9", "\u00e9")
@example("\\[a-9]", "[a-9]")
@example("[\\t-f]", "z")
def test_a_pattern_finds_whatever_its_case(pattern: str, text: str) -> None:
    found = parse_filter(f"/{pattern}/")
    if len(found.terms) != 1 or found.problem or "/" in pattern:
        return
    small = text.casefold()
    slow = re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    assert found.passes(f"{small}\x1e") is (slow.search(small) is not None)


@pytest.mark.parametrize("pattern", ["Stra\u00dfe", "STRASSE", "stra\u00df+e$"])
@pytest.mark.parametrize("label", ["Stra\u00dfe", "strasse"])
def test_a_letter_that_is_two_when_small_is_found_as_both(
    pattern: str, label: str
) -> None:
    assert parse_filter(f"/{pattern}/").passes(f"{label.casefold()}\x1e")


@pytest.mark.parametrize("sort", ["attention", "progress", "polls"])
def test_what_says_nothing_of_an_ended_job_leaves_the_order(sort: str) -> None:
    rows = [archived(entry, NOON).row for entry in ENTRIES]
    archive = Archive(Pages.of(rows))
    latest = [entry.key for entry in reversed(ENTRIES)]
    assert ArchiveRows().choose(archive, Choice(sort=sort), VIEW) == latest
    descending = Choice(sort=sort, descending=True)
    turned = ArchiveRows().choose(archive, descending, VIEW)
    assert turned == latest[::-1]
