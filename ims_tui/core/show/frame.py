"""What the lines around the table say: status, banner, facets, events, keys.

Values in, a value out; the screen only paints it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from ims_tui.core.config.settings import Settings
from ims_tui.core.show.actions import (
    ARCHIVED,
    CUT_OFF,
    EMPTY,
    STOPPED,
    USUAL,
    ZOOMED,
    KeyHint,
    key_line,
)
from ims_tui.core.show.news_line import news_line
from ims_tui.core.show.rows import ATTENTION, Choice
from ims_tui.core.show.sentences import banner, fault_lines, file_lines
from ims_tui.core.show.shown_part import (
    Marks,
    archive_count,
    marked_text,
    no_archived,
    nothing_shown,
    shown_part,
    way_back,
)
from ims_tui.core.show.statusline import away_line, facet_line, status_line
from ims_tui.core.show.view import Cell, Tone, View
from ims_tui.core.show.viewstate import order_text
from ims_tui.core.state.account import asked_by
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.health import Link
from ims_tui.core.state.order import Facet
from ims_tui.core.state.store import Snapshot
from ims_tui.core.state.tally import Trait
from ims_tui.core.text import fit, folded
from ims_tui.core.watchlist.watch import JobKey

WELCOME = """\
No jobs are being watched yet.

Press a, or paste text that contains job ids (32 hex digits).
From a shell:  ims-tui add ID...
To look around without a cloud account:  ims-tui demo"""

WIDE = 120
"""Columns from which the facets stand above the table."""

NARROW = 60
"""Columns below which the key line shows only the way out."""

SHORT, HIGH = 80, 20
"""Columns and rows from which a strip with details stands below the table."""

LEAST_DETAIL, MOST_DETAIL = 10, 16
"""Lines of a detail that opens by itself."""

BESIDE = 160
"""Columns from which the detail stands at the right of the table."""

STRIP_ROWS, PANE_ROWS, PANE_COLUMNS = 6, 15, 66
"""What the detail takes at most below the table, and beside it; see the style sheet."""

HUGE, HUGE_PANE_COLUMNS = 230, 84
"""Columns from which the detail beside the table has room for whole step names."""

LEAST_GANTT = 4
"""Lines below which a chart of the last hours is not worth its place."""

_LINES_AROUND = 6
"""Status, facets, heading, a blank line, event and keys."""

MOST_BANNER = 4
"""Lines of the banner, where the screen has room for them."""

LEAST_KEYS = ("quit", "help")
"""What the key line shows of a narrow screen."""


class Surroundings(Struct, frozen=True):
    """What the lines around the table depend on."""

    snapshot: Snapshot
    choice: Choice
    rows: int
    """How many rows the table has."""
    settings: Settings
    keymap: Mapping[str, str]
    width: int
    height: int
    is_zoomed: bool = False
    is_demo: bool = False
    quiet_until: datetime | None = None
    """When the snooze is over; None where there is none."""
    unmet: str = ""
    """Which term of the filter names a value that no job has; else empty."""
    marks: Marks = Marks()
    turning: str = ""
    """What opening does to the group under the cursor; empty: no group is there."""
    extra_rows: int = 0
    """What heads of groups, and jobs in several, add where nothing is folded."""

    @property
    def most_rows(self) -> int:
        """Rows of the table where neither a filter nor a fold hides any."""
        return len(self.shown) + self.extra_rows

    @property
    def shown(self) -> Mapping[JobKey, Entry]:
        """What the rows are chosen from."""
        return self.choice.jobs_of(self.snapshot)


class Frame(Struct, frozen=True):
    """What stands around the table."""

    status: Sequence[Cell]
    banner: Sequence[str]
    """Lines; none where all is well."""
    away: Sequence[str]
    facets: Sequence[Cell]
    is_part: bool
    """Whether the rows are not all that there are, or some are marked."""
    empty: str
    """Why there is no row; empty where there are rows, or it is not known yet."""
    event: Sequence[Cell]
    keys: Sequence[KeyHint]
    detail_rows: int
    """Lines of the detail, where the rows leave it more than usual; else 0."""
    gantt_size: tuple[int, int]
    """Columns and lines that table and detail leave to a chart of the last hours."""
    is_one: bool
    """Whether the list holds one job, which then has what its row leaves."""
    sorted_by: str
    """The column whose title the arrow follows."""
    arrow: str


def frame(around: Surroundings, view: View) -> Frame:
    """The lines as of now."""
    snapshot, width = around.snapshot, around.width
    room = max(20, width - 2)
    most = max(1, min(MOST_BANNER, around.height // 3))
    away = away_line(snapshot, view)
    told = folded(_banner_lines(around, view), room, most)
    part = shown_part(around.choice, names_facet=width < WIDE)
    choice = around.choice
    arrow = " v" if choice.descending else " ^"
    return Frame(
        status=status_line(
            snapshot, around.settings.profiles, view, width, is_demo=around.is_demo
        ),
        banner=told,
        away=[away] if away else [],
        facets=_facets(around, part),
        is_part=bool(part or around.marks.count or _names_groups(around)),
        empty=_emptiness(around),
        event=_event(around, view),
        keys=key_line(_wanted_keys(around), around.keymap, width, around.turning),
        detail_rows=_detail_rows(around),
        gantt_size=_gantt_size(around, len(told) + bool(away)),
        is_one=_is_one(around),
        sorted_by=choice.sort,
        arrow="" if choice.sort == ATTENTION else arrow,
    )


def facet_at(number: int, width: int) -> Facet:
    """The facet that a click on a span of the facet line chooses."""
    facets = list(Facet)
    is_named = width >= WIDE and number < len(facets)
    return facets[number] if is_named else Facet.ALL


def host_of(profile: str, settings: Settings) -> str:
    """Host of a profile's endpoint, for messages."""
    known = asked_by(profile, settings)
    return (urlsplit(known.endpoint).hostname or profile) if known else profile


def _banner_lines(around: Surroundings, view: View) -> list[str]:
    snapshot = around.snapshot
    lines = [*fault_lines(snapshot, view), *file_lines(snapshot, view)]
    others = len(snapshot.health) > 1
    for health in snapshot.health.values():
        host = host_of(health.profile, around.settings)
        lines += banner(health, view, host=host, others=others)
    return lines


def _facets(around: Surroundings, part: str) -> list[Cell]:
    count, width, snapshot = len(around.shown), around.width, around.snapshot
    is_named = width >= WIDE  # then the chosen facet stands among the others
    choice, marked = around.choice, marked_text(around.marks)
    hidden = replace(choice, facet=Facet.ALL) if is_named else choice
    groups = f"by {choice.grouped_by}" if choice.grouped_by else ""
    others = "esc unmarks" if marked else "B groups otherwise"
    back = f" {way_back(hidden) if part else others} "
    tail = f" ({around.rows} of {count})" if part else ""
    if not is_named:
        part = ", ".join(filter(None, (marked, groups, part)))
        tail = f"{tail} " if tail else ""
        room = max(0, width - len(back) - len(tail))
        named = f" {part}" if len(part) < room else fit(f" {part}", room)
        return [Cell(fit(f"{named}{tail}", width - len(back))), Cell(back)]
    numbers = {facet: str(snapshot.tally[facet]) for facet in Facet}
    numbers[Facet.ARCHIVE] = archive_count(snapshot.archive)
    tail = f"{tail} {back}".rstrip() if part or marked else ""
    what = ", ".join(filter(None, (marked, groups, part))) or "filter: none"
    shown = what, tail
    return facet_line(numbers, choice.facet, shown, order_text(choice), width)


def _names_groups(around: Surroundings) -> bool:
    """Whether a line that stands only for this says by what the rows are grouped."""
    return around.choice.grouped_by is not None and around.height >= HIGH


def _detail_rows(around: Surroundings) -> int:
    """What the rows leave to the detail of a screen with a strip.

    A filter that is typed changes nothing of it: all rows of the list count.
    """
    is_strip = SHORT <= around.width < WIDE and around.height >= HIGH
    if not is_strip or around.is_zoomed or not around.shown:
        return 0
    left = around.height - _LINES_AROUND - around.most_rows
    return min(left, MOST_DETAIL) if left >= LEAST_DETAIL else 0


def _gantt_size(around: Surroundings, told: int) -> tuple[int, int]:
    """What is left below the rows of the list, whether or not a filter hides some.

    One more line stays free, for that in which the filter is typed.
    """
    is_beside = around.width >= BESIDE
    pane = HUGE_PANE_COLUMNS if around.width >= HUGE else PANE_COLUMNS
    width = around.width - (pane if is_beside else 0)
    is_small = around.width < SHORT or around.height < HIGH
    if is_small or around.is_zoomed or around.choice.is_archive or _is_one(around):
        return width, 0
    below = PANE_ROWS if around.width >= WIDE else STRIP_ROWS
    detail = 0 if is_beside else _detail_rows(around) or below
    taken = _LINES_AROUND + 1 + told + detail + around.most_rows
    left = around.height - taken if around.shown else 0
    return width, left if left >= LEAST_GANTT else 0


def _is_one(around: Surroundings) -> bool:
    is_list = not around.choice.is_archive and not around.is_zoomed
    return is_list and around.rows == around.most_rows == 1


def _emptiness(around: Surroundings) -> str:
    snapshot = around.snapshot
    if around.rows or snapshot.is_loading or snapshot.list_problem:
        return ""
    if around.choice.is_archive:
        return no_archived(around.choice, snapshot.archive)
    count = len(snapshot.entries)
    return nothing_shown(around.choice, count) if count else WELCOME


def _event(around: Surroundings, view: View) -> list[Cell]:
    snapshot = around.snapshot
    problem = around.choice.filter.problem or around.unmet
    if problem:
        return [Cell(f" filter: {problem}", Tone.WARN)]
    fresh = snapshot.tally[Trait.GOOD_NEWS]
    right = f"* {fresh} new ok  E events " if fresh else ""
    if around.quiet_until:
        right = f"quiet until {view.clock_time(around.quiet_until)}  {right}"
    news = news_line(snapshot.events, snapshot.entries, view)
    room = max(0, around.width - len(right) - 1)
    return [Cell(fit(f" {news.text}", room), news.tone), Cell(f" {right}", Tone.DIM)]


def _wanted_keys(around: Surroundings) -> Sequence[str]:
    if around.width < NARROW:
        return LEAST_KEYS
    if around.is_zoomed:
        return ZOOMED
    if around.choice.is_archive and around.snapshot.archive:
        return ARCHIVED  # nothing of it depends on the service
    links = {health.link for health in around.snapshot.health.values()}
    if Link.STOPPED in links:
        return STOPPED
    if Link.OFFLINE in links:
        return CUT_OFF
    return USUAL if around.snapshot.entries else EMPTY
