"""Commands for what the operator says of jobs: label, note, tags, mute."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from ims_tui.core.show import texts
from ims_tui.core.show.moves import CHANGE_ON_LIST, marked_jobs
from ims_tui.core.state.entry import Entry, name_of
from ims_tui.core.watchlist.mark import USUAL, percent_of
from ims_tui.core.watchlist.operator_input import relabelled, retagged
from ims_tui.core.watchlist.watch import Watch
from ims_tui.ui.desk import Desk
from ims_tui.ui.dialogs.contents import Check, Checklist, Field, Form, Values

Change = Callable[[Watch, Values], Watch]
"""What becomes of a watch with these values."""

WIDTH = 60


def edit(desk: Desk) -> None:
    """Ask for label and note."""
    entries = _changeable(desk)
    if not entries:
        return
    is_only, watch = len(entries) == 1, entries[0].watch
    hint = "" if is_only else texts.KEEPS

    def change(watch: Watch, values: Values) -> Watch:
        return relabelled(watch, values["label"], values["note"], is_only=is_only)

    fields = (
        Field("label", texts.LABEL, watch.label if is_only else "", hint),
        Field("note", texts.NOTE, watch.note if is_only else "", hint),
    )
    _ask(desk, entries, texts.NOTES_TITLE, fields, change)


def tags(desk: Desk) -> None:
    """Ask for tags."""
    entries = _changeable(desk)
    if not entries:
        return
    is_only = len(entries) == 1

    def change(watch: Watch, values: Values) -> Watch:
        return retagged(watch, values["tags"], is_only=is_only)

    before = ", ".join(entries[0].watch.tags) if is_only else ""
    hint = texts.COMMAS if is_only else texts.TAGS_OF_SEVERAL
    fields = (Field("tags", texts.TAGS, before, hint),)
    _ask(desk, entries, texts.TAGS, fields, change)


def mute(desk: Desk) -> None:
    """Mute the chosen jobs; unmute them where all are mute."""
    entries = _changeable(desk)
    is_muted = not all(entry.watch.muted for entry in entries)
    keys = [entry.key for entry in entries]
    desk.change(keys, lambda watch: replace(watch, muted=is_muted))
    if len(keys) > 1:
        jobs = marked_jobs(len(keys), desk.board.table.marked.group)
        said = texts.MUTED if is_muted else texts.UNMUTED
        desk.tell(said.format(jobs=jobs), seconds=2)


def marks(desk: Desk) -> None:
    """Choose when the chosen jobs are told before their end."""
    entries = [entry for entry in _changeable(desk) if not entry.has_ended]
    if not entries:
        desk.tell(texts.NONE_GOES_ON, seconds=3)
        return
    keys = [entry.key for entry in entries]
    own = dict.fromkeys(mark for entry in entries for mark in entry.watch.marks)
    checks = [
        Check(mark, _mark_words(mark), all(mark in e.watch.marks for e in entries))
        for mark in dict.fromkeys((*USUAL, *own))
    ]

    def changed(checks: Sequence[Check]) -> None:
        chosen = tuple(check.name for check in checks if check.is_on)
        desk.change(keys, lambda watch: replace(watch, marks=chosen))

    count = len(entries)
    whose = name_of(entries[0], 40) if count == 1 else texts.jobs(count)
    desk.open(Checklist(texts.MARKS_TITLE.format(whose=whose), checks, changed))


def _mark_words(mark: str) -> str:
    words = texts.AT_PERCENT if percent_of(mark) else texts.BEFORE_END
    return words.format(mark=mark)


def _changeable(desk: Desk) -> list[Entry]:
    """The chosen jobs; none of the archive, which keeps what was said of its jobs."""
    if desk.board.sight.choice.is_archive:
        desk.tell(CHANGE_ON_LIST, seconds=3)
        return []
    return desk.board.chosen_entries()


def _ask(
    desk: Desk,
    entries: list[Entry],
    title: str,
    fields: tuple[Field, ...],
    change: Change,
) -> None:
    keys = [entry.key for entry in entries]
    count = len(entries)
    marks = desk.board.table.marked
    several = marked_jobs(count, marks.group)
    whose = name_of(entries[0], WIDTH) if count == 1 else several
    if marks.hidden:
        whose = texts.SOME_HIDDEN.format(whose=whose, hidden=marks.hidden)

    async def done(values: Values) -> str:
        await desk.runtime.annotate(keys, lambda watch: change(watch, values))
        problem = desk.runtime.snapshot().problem
        jobs = texts.jobs(1) if count == 1 else several
        if problem:
            said = texts.CHANGED_UNSAVED.format(jobs=jobs, problem=problem)
            desk.tell(said, is_bad=True)
        return ""

    desk.open(Form(title, fields, texts.SAVE, done, whose))
