"""Commands that copy: the id, or more of the job under the cursor."""

from __future__ import annotations

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
        desk.tell("No job to copy the id of.")
        return
    text = "\n".join(key.job_id for key in keys)
    jobs = marked_jobs(len(keys), desk.board.table.marked.group)
    what = "id" if len(keys) == 1 else f"ids of {jobs}"
    desk.copy(what, text)
    desk.runtime.acknowledge(keys)


def copy_menu(desk: Desk) -> None:
    """Choose what to copy of the job under the cursor."""
    entry = desk.board.current
    if entry is None:
        desk.tell("No job to copy from.")
        return
    items = []
    for what in COPIES:
        size = len(_text(desk, entry, what))
        note = f"{size:,} characters" if size else "there is none"
        items.append(Item(what.key, what.words, what.key, note))
    items.append(Item(_FILE, "row as JSON into a file", _FILE))

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
            desk.tell(f"{name_of(entry)} has no {what.words} to copy.")

    desk.choose(Menu(f"Copy of {name_of(entry, 40)}", items, done, "Copy"))


def _text(desk: Desk, entry: Entry, what: Copyable) -> str:
    profile = desk.settings.profiles.get(entry.watch.profile)
    endpoint = profile.endpoint if profile else ""
    return what.text(entry, desk.board.view(), endpoint or "https://ENDPOINT")
