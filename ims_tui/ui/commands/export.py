"""Commands that write into a file: what is shown, or one row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import overload

from ims_tui.core.errors import reason_of
from ims_tui.core.show import texts
from ims_tui.core.show.copies import file_name
from ims_tui.core.show.export import FORMATS, job_json
from ims_tui.core.state.entry import Entry, name_of
from ims_tui.core.text import sentences
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.ui.commands.pages import log_file
from ims_tui.ui.desk import Desk
from ims_tui.ui.dialogs.contents import Field, Form, Values


class Rowed(Sequence[Entry]):
    """The entries of rows, each made when it is asked for: there may be very many."""

    def __init__(self, entries: Mapping[JobKey, Entry], keys: Sequence[JobKey]) -> None:
        self._entries = entries
        self._keys = [key for key in keys if key in entries]

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Entry]: ...
    def __getitem__(self, place: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(place, slice):
            return Rowed(self._entries, self._keys[place])
        return self._entries[self._keys[place]]


def export(desk: Desk) -> None:
    """Write what is shown into a file."""
    view, columns = desk.board.view(), desk.board.sight.columns
    entries = Rowed(desk.board.sight.shown, desk.board.table.rows)
    if not entries:
        desk.tell(texts.NOTHING_TO_EXPORT)
        return

    def text(path: Path) -> str:
        if path.suffix not in FORMATS:
            wrong = texts.WRONG_ENDING.format(ending=path.suffix)
            raise ValueError(wrong if path.suffix else texts.NO_ENDING)
        return FORMATS[path.suffix](entries, view, columns)

    path = f"ims-jobs-{view.now.wall:%Y%m%d-%H%M%S}.csv"
    is_archive = desk.board.sight.choice.is_archive
    intro = sentences(texts.ENDINGS, texts.WITHOUT_REPLIES * is_archive)
    title = texts.EXPORT_TITLE.format(jobs=texts.jobs(len(entries)))
    _ask_path(desk, title, path, text, intro)


def export_row(desk: Desk, entry: Entry) -> None:
    """Write a row, as it is now, into a file."""
    path = file_name(name_of(entry, 60), "json")
    view = desk.board.view()
    _ask_path(desk, texts.WRITE_ROW, path, lambda path: job_json(entry, view))


def export_bundle(desk: Desk) -> None:
    """Write the evidence of the job under the cursor into a file."""
    from ims_tui.core.headless import bundle  # seldom wanted, and not at the start

    entry = desk.board.current
    if entry is None:
        desk.tell(texts.NO_JOB_FOR_EVIDENCE)
        return
    view, profile = desk.board.view(), desk.settings.profiles.get(entry.watch.profile)

    def content(path: Path) -> bytes:
        return bundle.bundle(entry, view, profile, desk.surroundings(log_file()))

    _ask_path(
        desk,
        texts.EVIDENCE_TITLE.format(job=name_of(entry, 40)),
        bundle.bundle_name(entry),
        content,
        texts.ONE_ZIP.format(inside=bundle.INSIDE),
        texts.EVIDENCE_WRITTEN,
    )


def _ask_path(
    desk: Desk,
    title: str,
    path: str,
    content: Callable[[Path], str | bytes],
    intro: str = "",
    said: str = texts.WROTE,
) -> None:
    asked: set[Path] = set()
    """Existing files that the operator was told of."""

    async def done(values: Values) -> str:
        name = values["path"].strip()
        if not name:
            return texts.NAME_NEEDED
        try:
            path = await asyncio.to_thread(lambda: Path(name).expanduser().absolute())
            written = await asyncio.to_thread(content, path)
            size = await asyncio.to_thread(desk.write_new, path, written, path in asked)
        except FileExistsError:
            asked.add(path)
            return texts.FILE_EXISTS.format(name=name)
        except OSError as error:
            return texts.NOT_WRITTEN.format(name=name, why=reason_of(error))
        except (RuntimeError, ValueError) as error:  # no such home, no such format
            return sentences(reason_of(error))
        desk.tell(said.format(path=path, name=path.name, size=size), seconds=8)
        return ""

    fields = (Field("path", texts.FILE, path),)
    desk.open(Form(title, fields, texts.WRITE, done, intro))
