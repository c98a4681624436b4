"""Tables to measure: ours, and Textual's `DataTable` doing the same work.

python -m tests.bench.stage ours|datatable ROWS CHANGES_PER_SECOND
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from textual.app import App, ComposeResult
from textual.coordinate import Coordinate
from textual.widgets import DataTable

from ims_tui.adapters.clock import SystemClock
from ims_tui.adapters.newfile import write_new
from ims_tui.adapters.themefiles import packaged, read_themes
from ims_tui.cli.process import stay_responsive
from ims_tui.core.config.settings import Profile, Settings, TokenSpec, UiSettings
from ims_tui.core.headless.bundle import Workplace
from ims_tui.core.ports import FixedConfig
from ims_tui.core.service.outcome import Outcome
from ims_tui.core.show.columns import COLUMNS, DEFAULT_COLUMNS
from ims_tui.core.show.view import View
from ims_tui.core.signin.credential import CredentialState
from ims_tui.core.signin.secret import Secret
from ims_tui.core.state.entry import Entry
from ims_tui.engine.runtime import Ports, Runtime
from ims_tui.ui.app import ImsTui
from tests.bench.load import PROFILE, entries, moment
from tests.golden_stage import MemoryWatchFile
from tests.memory_state import MemoryStateFile

TICK_S = 0.005


class SilentSource:
    """A service that never answers: the changes come from `change_for_ever`."""

    credential: CredentialState | None = None
    call = ""

    async def show(self, job_id: str) -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError("never")

    async def has_changed(self) -> bool:
        return False

    async def reload(self) -> None:
        return None

    async def close(self) -> None:
        return None


async def change_for_ever(per_s: int, rows: int, change: Callable[[int], None]) -> None:
    """Change random rows so many times a second."""
    chance = random.Random(1)
    await asyncio.sleep(1)  # the first paint
    while per_s:
        for _ in range(round(per_s * TICK_S)):
            change(chance.randrange(rows))
        await asyncio.sleep(TICK_S)


def ours(rows: int) -> tuple[ImsTui, Callable[[int], None]]:
    """The program on a store that somebody else changes, and what changes a row."""
    token = TokenSpec(Secret("x"), source="")
    profile = Profile(PROFILE, endpoint="http://127.0.0.1:9", auth=token)
    ui = UiSettings(window_title=False, theme="ims-dark")
    settings = Settings({PROFILE: profile}, PROFILE, ui=ui)
    ports = Ports(
        clock=SystemClock(),
        watch_file=MemoryWatchFile(),
        state_file=MemoryStateFile(),
        open_source=lambda profile, settings: SilentSource(),
        config=FixedConfig(settings),
        chance=lambda: 0.5,
    )
    runtime = Runtime(settings, ports)
    keys = []
    for entry in entries(rows, "RUNNING", moment()):
        runtime.store.put(entry)
        keys.append(entry.key)

    def change(row: int) -> None:
        entry = runtime.store.get(keys[row])
        assert entry is not None
        runtime.store.put(moved(entry))
        runtime.on_change()

    themes, _ = read_themes([packaged()])
    app = ImsTui(
        lambda: runtime,
        settings,
        view=View(moment()),
        now=runtime.moment,
        surroundings=lambda log: Workplace(),
        write_new=write_new,
        themes=themes,
    )
    return app, change


def moved(entry: Entry) -> Entry:
    """The entry one percent further."""
    assert entry.job is not None
    ratio = ((entry.job.progress_ratio or 0.0) + 0.01) % 1.0
    return replace(entry, reply=replace(entry.job, progress_ratio=ratio))


class Theirs(App[None]):
    """Rows and changes as in our table, in a `DataTable`."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows
        self._columns = [COLUMNS[key] for key in ("sign", *DEFAULT_COLUMNS)]
        self._entries: list[Entry] = []

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        table: DataTable[Any] = self.query_one(DataTable)
        now = moment()
        view = View(now)
        for column in self._columns:
            table.add_column(
                column.title, key=column.key, width=column.most or column.width
            )
        self._entries = list(entries(self._rows, "RUNNING", now))
        for entry in self._entries:
            table.add_row(*(c.cell(entry, view, c.width).text for c in self._columns))

    def change(self, row: int) -> None:
        """Change a row."""
        table: DataTable[Any] = self.query_one(DataTable)
        self._entries[row] = entry = moved(self._entries[row])
        column = self._columns[3]
        text = column.cell(entry, View(moment()), column.width).text
        table.update_cell_at(Coordinate(row, 3), text)


async def main(kind: str, rows: int, per_s: int) -> None:
    """Show one of them until it is told to end."""
    app: App[Any]
    if kind == "ours":
        app, change = ours(rows)
    else:
        app = theirs = Theirs(rows)
        change = theirs.change
    stay_responsive()
    async with asyncio.TaskGroup() as group:
        changes = group.create_task(change_for_ever(per_s, rows, change))
        await app.run_async()
        changes.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
