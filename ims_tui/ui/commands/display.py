"""Commands for what is shown and how: facets, order, filter, columns, theme."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ims_tui.core.show import texts
from ims_tui.core.show.columns import COLUMNS, DEFAULT_COLUMNS, OFFERED
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
        said = texts.NO_OTHER_TROUBLE if alerts else texts.NO_TROUBLE
        desk.tell(said, seconds=2)
        return
    nearest = min(others, key=lambda n: (n - here) * direction % count)
    if here in alerts and (nearest - here) * direction < 0:
        said = texts.FROM_FIRST if direction > 0 else texts.FROM_LAST
        desk.tell(said, seconds=2)
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
    desk.tell(texts.TIMES_SHOWN.format(way=times.value), seconds=2)


def turn_gantt(desk: Desk) -> None:
    """Show or hide the chart of the last hours, or the view of the only job."""
    looks = desk.board.sight.looks
    is_shown = not looks.has_gantt
    desk.board.change_looks(replace(looks, has_gantt=is_shown))
    is_one = len(desk.board.sight.snapshot.entries) == 1
    desk.tell(texts.chart_turned(is_shown=is_shown, is_one=is_one), seconds=2)


def columns(desk: Desk) -> None:
    """Choose columns and their order."""

    def changed(checks: Sequence[Check]) -> None:
        chosen = tuple(check.name for check in checks if check.is_on)
        kept = () if chosen == DEFAULT_COLUMNS else chosen
        board = desk.board
        board.change_looks(replace(board.sight.looks, columns=kept))

    desk.open(
        Checklist(
            texts.COLUMNS,
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
    now = texts.DESCENDING if choice.descending else texts.ASCENDING
    titles = {ATTENTION: texts.ATTENTION_FIRST}
    titles |= {key: COLUMNS[key].line for key in OFFERED}
    items = [
        Item(name, title, note=now if name == choice.sort else "")
        for name, title in titles.items()
    ]

    def done(name: str) -> None:
        desk.board.show_choice(desk.board.sight.choice.sorted_by(name))

    desk.open(Menu(texts.SORT_BY, items, done, texts.SORT, at=choice.sort))


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
        mark = texts.NEW_JOBS if name == desk.new_profile else ""
        checks.append(Check(name, words, name not in hidden, mark))

    def changed(checks: Sequence[Check]) -> None:
        names = frozenset(check.name for check in checks if not check.is_on)
        desk.board.show_choice(replace(desk.board.sight.choice, hidden_profiles=names))

    def take(name: str) -> None:
        desk.new_profile = name

    if not checks:
        desk.tell(texts.NO_PROFILE)
        return
    words = texts.FOR_NEW_JOBS
    desk.open(Checklist(texts.PROFILES, checks, changed, take=take, take_words=words))


def theme(desk: Desk) -> None:
    """Choose a theme; the one under the cursor is shown at once."""
    themes = desk.themes

    def done(name: str) -> None:
        desk.board.sight.looks = replace(desk.board.sight.looks, theme=name)
        desk.save_view()
        desk.tell(texts.THEME_TAKEN.format(name=name), seconds=3)

    items = [Item(name, name) for name in themes.names]
    look, at = themes.show, themes.shown
    desk.open(Menu(texts.THEME, items, done, at=at, is_searched=True, look=look))
