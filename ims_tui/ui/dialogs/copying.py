"""Copying and exporting: to the clipboard, or into a file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from ims_tui.core.show.copies import COPIES, Copyable, file_name
from ims_tui.core.show.export import FORMATS, job_json
from ims_tui.core.state.entry import Entry, name_of
from ims_tui.core.text import plural
from ims_tui.core.watchlist.watch import JobKey
from ims_tui.ui.dialogs.form import Field, Form, Values
from ims_tui.ui.dialogs.menu import Item, Menu

if TYPE_CHECKING:
    from ims_tui.ui.dashboard import Dashboard

_FILE = "f"


def copy_ids(screen: Dashboard) -> None:
    """Copy the ids of the chosen jobs, one a line."""
    keys = screen.chosen
    if not keys:
        screen.app.tell("No job to copy the id of.")
        return
    text = "\n".join(key.job_id for key in keys)
    what = "id" if len(keys) == 1 else plural(len(keys), "id", "ids")
    screen.app.copy(what, text)
    screen.app.runtime.acknowledge(keys)


def copy_menu(screen: Dashboard) -> None:
    """Choose what to copy of the job under the cursor."""
    entry = screen.current
    if entry is None:
        screen.app.tell("No job to copy from.")
        return
    items = []
    for what in COPIES:
        size = len(_text(screen, entry, what))
        note = f"{size:,} characters" if size else "there is none"
        items.append(Item(what.key, what.words, what.key, note))
    items.append(Item(_FILE, "row as JSON into a file", _FILE))

    def done(key: str) -> None:
        if key == _FILE:
            _ask_file(screen, entry)
            return
        what = next(each for each in COPIES if each.key == key)
        text = _text(screen, entry, what)
        if text:
            screen.app.copy(what.words, text)
            screen.app.runtime.acknowledge([entry.key])
        else:
            screen.app.tell(f"{name_of(entry)} has no {what.words} to copy.")

    screen.app.choose(Menu(f"Copy of {name_of(entry, 40)}", items, done, "Copy"))


def _text(screen: Dashboard, entry: Entry, what: Copyable) -> str:
    profile = screen.app.settings.profiles.get(entry.watch.profile)
    endpoint = profile.endpoint if profile else ""
    return what.text(entry, screen.view(), endpoint or "https://ENDPOINT")


def _ask_file(screen: Dashboard, entry: Entry) -> None:
    path = file_name(name_of(entry, 60), "json")
    view = screen.view()
    _ask_path(screen, "Write a row to a file", path, lambda path: job_json(entry, view))


ENDINGS = "The ending chooses the format: .csv, .json or .md."


WITHOUT_REPLIES = "Archived jobs are written without their entities."


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


def export(screen: Dashboard) -> None:
    """Write what is shown into a file."""
    view, columns = screen.view(), screen.shown_columns
    entries = Rowed(screen.shown, screen.table.rows)
    if not entries:
        screen.app.tell("No row is shown: there is nothing to export.")
        return

    def text(path: Path) -> str:
        if path.suffix not in FORMATS:
            raise ValueError(ENDINGS)
        return FORMATS[path.suffix](entries, view, columns)

    path = f"ims-jobs-{view.now.wall:%Y%m%d-%H%M%S}.csv"
    jobs = plural(len(entries), "job", "jobs")
    intro = f"{ENDINGS} {WITHOUT_REPLIES}" if screen.is_archive else ENDINGS
    _ask_path(screen, f"Export {jobs}", path, text, intro)


def _ask_path(
    screen: Dashboard,
    title: str,
    path: str,
    text: Callable[[Path], str],
    intro: str = "",
) -> None:
    asked: set[Path] = set()
    """Existing files that the operator was told of."""

    async def done(values: Values) -> str:
        name = values["path"].strip()
        if not name:
            return "A file needs a name."
        try:
            path = await asyncio.to_thread(_path, name)
            written = await asyncio.to_thread(text, path)
            size = await asyncio.to_thread(write, path, written, path in asked)
        except FileExistsError:
            asked.add(path)
            return f"{name} exists. enter again overwrites it."
        except OSError as error:
            return f"{name} cannot be written ({error.strerror})."
        except (RuntimeError, ValueError) as error:  # no such home, no such format
            return str(error)
        screen.app.tell(f"Wrote {path} ({size:,} bytes).", seconds=8)
        return ""

    screen.app.ask(Form(title, (Field("path", "File", path),), "Write", done, intro))


def _path(name: str) -> Path:
    return Path(name).expanduser().absolute()


def write(path: Path, text: str, is_sure: bool) -> int:
    """Write a new file, or an existing one when the operator is sure; in bytes.

    Raises:
        FileExistsError: it is there, and nobody said that it may go.
        OSError: it cannot be written.
    """
    data = text.encode("utf-8", "replace")
    with path.open("wb" if is_sure else "xb") as file:
        file.write(data)
    return len(data)
