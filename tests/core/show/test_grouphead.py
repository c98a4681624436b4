"""What the head of a group says at each width, and the detail of a group."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ims_tui.core.service.codes import Meaning
from ims_tui.core.service.job import JobError
from ims_tui.core.show.arrangement import Arrangement
from ims_tui.core.show.glyphs import ASCII
from ims_tui.core.show.grouphead import group_lines, head_cells
from ims_tui.core.show.grouping import GroupBy, GroupKey
from ims_tui.core.show.groups import RollUps, roll_up
from ims_tui.core.show.view import Tone, View
from ims_tui.core.state.entry import Entry
from ims_tui.core.text import cell_len
from tests.core.entries import FAIL, SUCCESS, ending, job, moment, seen

MEANING = Meaning(
    "IMG.0057", "", "The file is missing.", "Upload it again.", "", "", "a page"
)
VIEW = View(moment(20), glyphs=ASCII, explain=lambda error: MEANING)
BAD = seen(job(1, FAIL, error=JobError("IMG.0057", "no such object"), end_s=5), 1)
RUN = ending(seen(job(2), 2), 600.0)
STALLED = replace(seen(job(3), 3), is_stalled=True)
OK = seen(job(4, SUCCESS, end_s=5), 4)
BATCH = [BAD, RUN, STALLED, OK]


def under(name: str, entries: list[Entry], by: GroupBy = GroupBy.TAG) -> Arrangement:
    """One group, folded."""
    group, keys = GroupKey(name), [entry.key for entry in entries]
    return Arrangement([group], keys, by, {group: keys}, {group: 0})


def head(name: str, width: int, entries: list[Entry] = BATCH, **how: GroupBy) -> str:
    found = roll_up(entries, VIEW)
    cells = head_cells(GroupKey(name), found, under(name, entries, **how), VIEW, width)
    return "".join(cell.text for cell in cells).rstrip()


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (
            120,
            "! + x weekly                      1 of 4 done  1 failed  1 stalled  "
            "1 active  all but 1 done ~12:10",
        ),
        (78, "! + x weekly                      1 of 4 done  1 failed  1 stalled"),
        (39, "! + x weekly  1/4  1 failed  1 stalled"),
    ],
)
def test_a_head_says_what_is_wrong_first_where_there_is_little_room(
    width: int, said: str
) -> None:
    assert head("weekly", width) == said


@pytest.mark.parametrize("width", [20, 39, 59, 79, 119, 239])
@pytest.mark.parametrize("name", ["", "weekly", "跨区复制-" * 9, "x" * 90])
def test_no_part_of_a_head_is_lost_beyond_its_end(name: str, width: int) -> None:
    assert cell_len(head(name, width)) <= max(width, 34)


def test_counts_of_a_roll_up_are_of_different_jobs() -> None:
    gone = replace(seen(job(5), 5), is_gone=True)
    found = roll_up([*BATCH, gone], VIEW)
    parts = (found.done, found.failed, found.stalled, found.gone, found.active)
    assert parts == (1, 1, 1, 1, 1)
    assert found.count == sum(parts)
    assert found.worst is BAD


def test_failures_of_one_cause_are_counted_and_explained() -> None:
    said = head("IMG.0057", 80, [BAD, BAD], by=GroupBy.CAUSE)
    assert said == "! + x IMG.0057 x2                 The file is missing."
    found = roll_up([BAD, BAD], VIEW)
    lines = group_lines("IMG.0057", found, GroupBy.CAUSE, VIEW, 40)
    told = ["".join(cell.text for cell in line).rstrip() for line in lines]
    assert told == [
        "IMG.0057",
        "2 jobs failed",
        "no such object",
        "The file is missing.",
        "Try: Upload it again.",
    ]


def test_what_is_wrong_has_its_tone() -> None:
    cells = head_cells(
        GroupKey("weekly"), roll_up(BATCH, VIEW), under("weekly", BATCH), VIEW, 120
    )
    tones = {cell.text: cell.tone for cell in cells}
    assert tones["1 failed"] is Tone.FAIL
    assert tones["1 stalled"] is Tone.WARN
    assert tones["1 active"] is Tone.NORMAL


def test_a_roll_up_holds_until_a_job_or_the_minute_changes() -> None:
    known, group = {entry.key: entry for entry in BATCH}, GroupKey("weekly")
    rolls, rows = RollUps(), under("weekly", BATCH)
    first = rolls.of(group, rows, known, VIEW)
    assert rolls.of(group, rows, dict(known), replace(VIEW, now=moment(21))) is first
    assert rolls.of(group, rows, known, replace(VIEW, now=moment(90))) is not first
    known[RUN.key] = replace(RUN, is_stalled=True)
    newer = rolls.of(group, rows, known, VIEW)
    assert newer is not None
    assert newer.stalled == 2
    assert rolls.of(group, rows, {}, VIEW) is None
