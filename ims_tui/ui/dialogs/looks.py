"""What is shown and how: columns, order, profiles, theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ims_tui.core.show.columns import COLUMNS, DEFAULT_COLUMNS, OFFERED
from ims_tui.core.show.pages import profile_lines
from ims_tui.core.show.rows import ATTENTION
from ims_tui.ui.dialogs.checklist import Check, Checklist
from ims_tui.ui.dialogs.menu import Item, Menu

if TYPE_CHECKING:
    from ims_tui.ui.dashboard import Dashboard


def columns(screen: Dashboard) -> None:
    """Choose columns and their order."""

    def changed(checks: Sequence[Check]) -> None:
        screen.show_columns(tuple(check.name for check in checks if check.is_on))

    screen.app.check(
        Checklist(
            "Columns",
            _checks(screen.looks.columns or DEFAULT_COLUMNS),
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


def sort(screen: Dashboard) -> None:
    """Choose the order; the same again turns it around."""
    choice = screen.choice
    now = "now, descending" if choice.descending else "now, ascending"
    titles = {ATTENTION: "ATTENTION what needs a person first"}
    titles |= {key: COLUMNS[key].line for key in OFFERED}
    items = [
        Item(name, title, note=now if name == choice.sort else "")
        for name, title in titles.items()
    ]
    screen.app.choose(Menu("Sort by", items, screen.sort_by, "Sort", at=choice.sort))


def profiles(screen: Dashboard) -> None:
    """Show and hide profiles; enter makes one the profile of new jobs."""
    app = screen.app
    snapshot, view = app.runtime.snapshot(), screen.view()
    hidden = screen.choice.hidden_profiles
    checks = []
    for name, profile in app.settings.profiles.items():
        jobs = sum(key.profile == name for key in snapshot.entries)
        lines = profile_lines(profile, snapshot.health.get(name), jobs, view)
        words = "\n".join("".join(cell.text for cell in line) for line in lines)
        mark = "  (new jobs)" if name == app.new_profile else ""
        checks.append(Check(name, words, name not in hidden, mark))

    def changed(checks: Sequence[Check]) -> None:
        names = frozenset(check.name for check in checks if not check.is_on)
        screen.choose(replace(screen.choice, hidden_profiles=names))

    def take(name: str) -> None:
        app.new_profile = name

    if not checks:
        app.tell("There is no profile. ims-tui config init begins a config.toml.")
        return
    app.check(
        Checklist("Profiles", checks, changed, take=take, take_words="For new jobs")
    )


def theme(screen: Dashboard) -> None:
    """Choose a theme; the one under the cursor is shown at once."""
    app = screen.app
    ours = {name for name in app.available_themes if name.startswith("ims-")}
    names = [*sorted(ours), *sorted(app.available_themes.keys() - ours)]

    def look(name: str) -> None:
        app.theme = name

    def done(name: str) -> None:
        app.tell(f'Theme {name} until you leave; ui.theme = "{name}" keeps it.')

    items = [Item(name, name) for name in names]
    app.choose(Menu("Theme", items, done, at=app.theme, is_searched=True, look=look))
