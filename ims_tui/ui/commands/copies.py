"""Commands that copy: the id, or more of the job under the cursor."""

from __future__ import annotations

from ims_tui.core.show.command_texts import (
    COPY,
    NO_JOB_TO_COPY,
    NO_JOB_TO_COPY_ID,
    ROW_INTO_FILE,
    copy_of,
    copy_size,
    ids_of,
    none_to_copy,
)
from ims_tui.core.show.copies import COPIES, Copyable
from ims_tui.core.show.moves import marked_jobs
from ims_tui.core.state.entry import Entry, name_of
from ims_tui.ui.commands.export import export_row
from ims_tui.ui.desk import Desk
from ims_tui.ui.dialogs.contents import Item, Menu

_FILE = "f"


def copy_ids(desk: Desk) -> None:
    """Copy the ids of the chosen jobs, one a line."""
    keys = desk.chosen
    if not keys:
        desk.tell(NO_JOB_TO_COPY_ID)
        return
    text = "\n".join(key.job_id for key in keys)
    jobs = marked_jobs(len(keys), desk.board.table.marked.group)
    desk.copy(ids_of(len(keys), jobs), text)
    desk.runtime.acknowledge(keys)


def copy_menu(desk: Desk) -> None:
    """Choose what to copy of the job under the cursor."""
    entry = desk.board.current
    if entry is None:
        desk.tell(NO_JOB_TO_COPY)
        return
    items = []
    for what in COPIES:
        size = len(_text(desk, entry, what))
        items.append(Item(what.key, what.words, what.key, copy_size(size)))
    items.append(Item(_FILE, ROW_INTO_FILE, _FILE))

    def done(key: str) -> None:
        if key == _FILE:
            export_row(desk, entry)
            return
        what = next(each for each in COPIES if each.key == key)
        text = _text(desk, entry, what)
        if text:
            desk.copy(what.words, text)
            desk.runtime.acknowledge([entry.key])
        else:
            desk.tell(none_to_copy(name_of(entry), what.words))

    desk.choose(Menu(copy_of(name_of(entry, 40)), items, done, COPY))


def _text(desk: Desk, entry: Entry, what: Copyable) -> str:
    profile = desk.settings.profiles.get(entry.watch.profile)
    endpoint = profile.endpoint if profile else ""
    return what.text(entry, desk.board.view(), endpoint or "https://ENDPOINT")
