"""Label, note and tags of the chosen jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ims_tui.core.state.entry import Entry, name_of
from ims_tui.core.text import plural
from ims_tui.core.watchlist.operator_input import relabelled, retagged
from ims_tui.core.watchlist.watch import Watch
from ims_tui.ui.dialogs.form import Field, Form, Values

if TYPE_CHECKING:
    from ims_tui.ui.dashboard import Dashboard

Change = Callable[[Watch, Values], Watch]
"""What becomes of a watch with these values."""

KEEPS = "empty: as it is, - clears"
WIDTH = 60


def edit(screen: Dashboard) -> None:
    """Ask for label and note."""
    entries = screen.chosen_entries()
    if not entries:
        return
    is_only, watch = len(entries) == 1, entries[0].watch

    def change(watch: Watch, values: Values) -> Watch:
        return relabelled(watch, values["label"], values["note"], is_only=is_only)

    fields = (
        Field("label", "Label", watch.label if is_only else "", _hint(is_only)),
        Field("note", "Note", watch.note if is_only else "", _hint(is_only)),
    )
    _ask(screen, entries, "Label and note", fields, change)


def tags(screen: Dashboard) -> None:
    """Ask for tags."""
    entries = screen.chosen_entries()
    if not entries:
        return
    is_only = len(entries) == 1

    def change(watch: Watch, values: Values) -> Watch:
        return retagged(watch, values["tags"], is_only=is_only)

    before = ", ".join(entries[0].watch.tags) if is_only else ""
    hint = "with commas between them" if is_only else "added to each; -tag takes it off"
    _ask(screen, entries, "Tags", (Field("tags", "Tags", before, hint),), change)


def _hint(is_only: bool) -> str:
    return "" if is_only else KEEPS


def _ask(
    screen: Dashboard,
    entries: list[Entry],
    title: str,
    fields: tuple[Field, ...],
    change: Change,
) -> None:
    keys = [entry.key for entry in entries]
    count = len(entries)
    whose = name_of(entries[0], WIDTH) if count == 1 else f"{count} marked jobs"

    async def done(values: Values) -> str:
        await screen.app.runtime.annotate(keys, lambda watch: change(watch, values))
        problem = screen.app.runtime.snapshot().problem
        jobs = plural(count, "job", "jobs")
        if problem:
            screen.app.tell(f"{jobs} changed. Not saved: {problem}", is_bad=True)
        return ""

    screen.app.ask(Form(title, fields, "Save", done, whose))
