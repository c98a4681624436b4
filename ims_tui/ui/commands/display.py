"""Commands for what is shown and how: facets, order, filter, columns, theme."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ims_tui.core.show.columns import COLUMNS, DEFAULT_COLUMNS, OFFERED
from ims_tui.core.show.command_texts import (
    ATTENTION_FIRST,
    FOR_NEW_JOBS,
    NO_PROFILE,
    PROFILES,
    all_trouble,
    chart_turned,
    no_trouble,
    sorted_now,
    theme_taken,
    times_shown,
)
from ims_tui.core.show.dialog_texts import NEW_JOBS
from ims_tui.core.show.pages import profile_lines
from ims_tui.core.show.rows import ATTENTION
from ims_tui.core.show.view import Times
from ims_tui.core.state.order import Facet, needs_attention
from ims_tui.ui.desk import Desk
from ims_tui.ui.dialogs.contents import Check, Checklist, Item, Menu


def back(desk: Desk) -> None:
    """One level up: filter, zoom, marks, pane. What was told goes, too."""
    desk.clear_notifications()
    board, table = desk.board, desk.board.table
    if board.clear_filter():
        return
    if board.is_zoomed:
        board.zoom()
    elif table.marked.count:
        table.clear_marks()
    else:
        table.focus()


def go_to_attention(desk: Desk, direction: int) -> None:
    """Go to the next or previous row that needs a person, past the end around.

    The head of a folded group is such a row where one of its jobs is.
    """
    sight, table = desk.board.sight, desk.board.table
    rows = () if sight.choice.is_archive else table.arranged.rows
    here, count, entries = table.cursor_place, len(rows), sight.snapshot.entries
    between = table.arranged.jobs_between
    alerts = [
        place
        for place in range(count)
        if any(needs_attention(entries[key]) for key in between(place, place))
    ]
    others = [n for n in alerts if n != here]
    if not others:
        desk.tell(no_trouble(is_here=bool(alerts)), seconds=2)
        return
    nearest = min(others, key=lambda n: (n - here) * direction % count)
    if here in alerts and (nearest - here) * direction < 0:
        desk.tell(all_trouble(is_down=direction > 0), seconds=2)
    table.go_to(rows[nearest])


def show_facet(desk: Desk, facet: Facet) -> None:
    """Show a facet."""
    desk.board.show_choice(replace(desk.board.sight.choice, facet=facet))


def turn_order(desk: Desk) -> None:
    """Turn the order around."""
    choice = desk.board.sight.choice
    desk.board.show_choice(replace(choice, descending=not choice.descending))


def turn_times(desk: Desk) -> None:
    """Show elapsed times, local times, UTC."""
    ways = list(Times)
    looks = desk.board.sight.looks
    times = ways[(ways.index(looks.times) + 1) % len(ways)]
    desk.board.change_looks(replace(looks, times=times))
    desk.tell(times_shown(times.value), seconds=2)


def turn_gantt(desk: Desk) -> None:
    """Show or hide the chart of the last hours, or the view of the only job."""
    looks = desk.board.sight.looks
    is_shown = not looks.has_gantt
    desk.board.change_looks(replace(looks, has_gantt=is_shown))
    is_one = len(desk.board.sight.snapshot.entries) == 1
    desk.tell(chart_turned(is_shown=is_shown, is_one=is_one), seconds=2)


def columns(desk: Desk) -> None:
    """Choose columns and their order."""

    def changed(checks: Sequence[Check]) -> None:
        chosen = tuple(check.name for check in checks if check.is_on)
        kept = () if chosen == DEFAULT_COLUMNS else chosen
        board = desk.board
        board.change_looks(replace(board.sight.looks, columns=kept))

    desk.check(
        Checklist(
            "Columns",
            _checks(desk.board.sight.looks.columns or DEFAULT_COLUMNS),
            changed,
            is_ordered=True,
            reset=lambda: _checks(DEFAULT_COLUMNS),
        )
    )


def _checks(chosen: Sequence[str]) -> list[Check]:
    rest = [key for key in OFFERED if key not in chosen]
    return [
        Check(key, COLUMNS[key].line, key in chosen)
        for key in (*chosen, *rest)
        if key in OFFERED
    ]


def sort(desk: Desk) -> None:
    """Choose the order; the same again turns it around."""
    choice = desk.board.sight.choice
    now = sorted_now(is_descending=choice.descending)
    titles = {ATTENTION: ATTENTION_FIRST}
    titles |= {key: COLUMNS[key].line for key in OFFERED}
    items = [
        Item(name, title, note=now if name == choice.sort else "")
        for name, title in titles.items()
    ]

    def done(name: str) -> None:
        desk.board.show_choice(desk.board.sight.choice.sorted_by(name))

    desk.choose(Menu("Sort by", items, done, "Sort", at=choice.sort))


def profiles(desk: Desk) -> None:
    """Show and hide profiles; enter makes one the profile of new jobs."""
    snapshot, view = desk.runtime.snapshot(), desk.board.view()
    hidden = desk.board.sight.choice.hidden_profiles
    checks = []
    for name, profile in desk.settings.profiles.items():
        its = [each for key, each in snapshot.entries.items() if key.profile == name]
        lines = profile_lines(
            profile,
            snapshot.health.get(name),
            len(its),
            view,
            is_awaited=any(not entry.has_ended for entry in its),
        )
        words = "\n".join("".join(cell.text for cell in line) for line in lines)
        mark = NEW_JOBS if name == desk.new_profile else ""
        checks.append(Check(name, words, name not in hidden, mark))

    def changed(checks: Sequence[Check]) -> None:
        names = frozenset(check.name for check in checks if not check.is_on)
        desk.board.show_choice(replace(desk.board.sight.choice, hidden_profiles=names))

    def take(name: str) -> None:
        desk.new_profile = name

    if not checks:
        desk.tell(NO_PROFILE)
        return
    desk.check(Checklist(PROFILES, checks, changed, take=take, take_words=FOR_NEW_JOBS))


def theme(desk: Desk) -> None:
    """Choose a theme; the one under the cursor is shown at once."""
    themes = desk.themes

    def done(name: str) -> None:
        desk.board.sight.looks = replace(desk.board.sight.looks, theme=name)
        desk.save_view()
        desk.tell(theme_taken(name), seconds=3)

    items = [Item(name, name) for name in themes.names]
    desk.choose(
        Menu("Theme", items, done, at=themes.shown, is_searched=True, look=themes.show)
    )
