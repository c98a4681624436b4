"""Commands that copy: the id, or more of the job under the cursor."""

from __future__ import annotations

from ims_tui.core.show import texts
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
        desk.tell(texts.NO_JOB_TO_COPY_ID)
        return
    what = texts.ID
    if len(keys) > 1:
        jobs = marked_jobs(len(keys), desk.board.table.marked.group)
        what = texts.IDS_OF.format(jobs=jobs)
    desk.copy(what, "\n".join(key.job_id for key in keys))
    desk.runtime.acknowledge(keys)


def copy_menu(desk: Desk) -> None:
    """Choose what to copy of the job under the cursor."""
    entry = desk.board.current
    if entry is None:
        desk.tell(texts.NO_JOB_TO_COPY)
        return
    items = []
    for what in COPIES:
        size = len(_text(desk, entry, what))
        note = texts.SIZE.format(size=size) if size else texts.NONE_THERE
        items.append(Item(what.key, what.words, what.key, note))
    items.append(Item(_FILE, texts.ROW_INTO_FILE, _FILE))

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
            job = name_of(entry)
            desk.tell(texts.NONE_TO_COPY.format(job=job, what=what.words))

    title = texts.COPY_TITLE.format(job=name_of(entry, 40))
    desk.open(Menu(title, items, done, texts.COPY))


def _text(desk: Desk, entry: Entry, what: Copyable) -> str:
    profile = desk.settings.profiles.get(entry.watch.profile)
    endpoint = profile.endpoint if profile else ""
    return what.text(entry, desk.board.view(), endpoint or "https://ENDPOINT")
