"""Commands that write into a file: what is shown, or one row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import overload

from ims_tui.core.errors import reason_of
from ims_tui.core.show.command_texts import (
    NAME_NEEDED,
    NO_JOB_FOR_EVIDENCE,
    NOTHING_TO_EXPORT,
    WRITE_ROW,
    evidence_of,
    evidence_written,
    export_intro,
    export_of,
    file_exists,
    no_format,
    not_written,
    one_zip,
    wrote,
)
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
        desk.tell(NOTHING_TO_EXPORT)
        return

    def text(path: Path) -> str:
        if path.suffix not in FORMATS:
            raise ValueError(no_format(path.suffix))
        return FORMATS[path.suffix](entries, view, columns)

    path = f"ims-jobs-{view.now.wall:%Y%m%d-%H%M%S}.csv"
    is_archive = desk.board.sight.choice.is_archive
    intro = export_intro(is_archive=is_archive)
    _ask_path(desk, export_of(len(entries)), path, text, intro)


def export_row(desk: Desk, entry: Entry) -> None:
    """Write a row, as it is now, into a file."""
    path = file_name(name_of(entry, 60), "json")
    view = desk.board.view()
    _ask_path(desk, WRITE_ROW, path, lambda path: job_json(entry, view))


def export_bundle(desk: Desk) -> None:
    """Write the evidence of the job under the cursor into a file."""
    from ims_tui.core.headless import bundle  # seldom wanted, and not at the start

    entry = desk.board.current
    if entry is None:
        desk.tell(NO_JOB_FOR_EVIDENCE)
        return
    view, profile = desk.board.view(), desk.settings.profiles.get(entry.watch.profile)

    def content(path: Path) -> bytes:
        return bundle.bundle(entry, view, profile, desk.surroundings(log_file()))

    _ask_path(
        desk,
        evidence_of(name_of(entry, 40)),
        bundle.bundle_name(entry),
        content,
        one_zip(bundle.INSIDE),
        lambda _, path: evidence_written(path.name),
    )


def _ask_path(
    desk: Desk,
    title: str,
    path: str,
    content: Callable[[Path], str | bytes],
    intro: str = "",
    said: Callable[[int, Path], str] = wrote,
) -> None:
    asked: set[Path] = set()
    """Existing files that the operator was told of."""

    async def done(values: Values) -> str:
        name = values["path"].strip()
        if not name:
            return NAME_NEEDED
        try:
            path = await asyncio.to_thread(_path, name)
            written = await asyncio.to_thread(content, path)
            size = await asyncio.to_thread(desk.write_new, path, written, path in asked)
        except FileExistsError:
            asked.add(path)
            return file_exists(name)
        except OSError as error:
            return not_written(name, reason_of(error))
        except (RuntimeError, ValueError) as error:  # no such home, no such format
            return sentences(reason_of(error))
        desk.tell(said(size, path), seconds=8)
        return ""

    desk.ask(Form(title, (Field("path", "File", path),), "Write", done, intro))


def _path(name: str) -> Path:
    return Path(name).expanduser().absolute()
