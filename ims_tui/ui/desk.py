"""What commands, dialogs and the dashboard may ask of the program around them.

They know these protocols and no app: whoever has a board and a desk can run them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ims_tui.core.config.settings import Settings
from ims_tui.core.moment import Moment
from ims_tui.core.show.rows import Choice
from ims_tui.core.show.sight import Sight
from ims_tui.core.show.view import View
from ims_tui.core.show.viewstate import Looks
from ims_tui.core.state.entry import Entry
from ims_tui.core.state.store import Snapshot
from ims_tui.core.watchlist.watch import JobKey, Watch

if TYPE_CHECKING:
    from ims_tui.core.headless.bundle import Workplace
    from ims_tui.engine.runtime import Runtime
    from ims_tui.ui.browser import Browser
    from ims_tui.ui.dialogs.contents import Contents
    from ims_tui.ui.job_table import JobTable
    from ims_tui.ui.themes import Themes


class Board(Protocol):
    """The one screen: what it shows, and which jobs a command is about."""

    @property
    def sight(self) -> Sight:
        """The newest snapshot and the operator's choices."""

    @property
    def table(self) -> JobTable:
        """The table of jobs."""

    def view(self) -> View:
        """The point of view of a repaint that happens now."""

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""

    def chosen_entries(self) -> list[Entry]:
        """The jobs a command is about, captured now."""

    def catch_up(self) -> None:
        """Show what a command changed before the next key is looked at."""

    def go_to(self, key: JobKey) -> None:
        """Put the cursor on a job, as soon as it is shown."""

    def show_choice(self, choice: Choice) -> None:
        """Show other rows, or in another order."""

    def change_looks(self, looks: Looks) -> None:
        """Show the same rows in another way: columns, times, chart."""

    def open_filter(self) -> None:
        """Open the filter line."""

    def show_filter(self) -> None:
        """The filter line says what is chosen now."""

    def clear_filter(self) -> bool:
        """Close the filter line and show all it hid; whether there was a filter."""

    @property
    def is_zoomed(self) -> bool:
        """Whether the detail has the whole body."""

    def zoom(self) -> None:
        """Give the whole body to the detail, or back to the table."""

    def turn_tab(self, by: int) -> None:
        """Go to another tab of the detail."""

    def focus_next(self) -> object:
        """Give the keys to the next pane."""

    def focus_previous(self) -> object:
        """Give the keys to the pane before."""


class Desk(Protocol):
    """Where commands do their work: the board, the runtime, and ways to speak."""

    new_profile: str
    """Profile of jobs that are added."""

    browser: Browser
    """Opens pages for the operator, where that is possible."""

    surroundings: Callable[[Path | None], Workplace]
    """Looks around on this machine, for evidence, with its log; blocks."""

    write_new: Callable[[Path, str | bytes, bool], int]
    """Writes a file, over another only where that is sure; its bytes; blocks.

    Raises FileExistsError where it is not sure, OSError where it cannot.
    """

    @property
    def board(self) -> Board:
        """The one screen."""

    @property
    def runtime(self) -> Runtime:
        """The program behind the screen."""

    @property
    def settings(self) -> Settings:
        """What the operator chose, as it is in force."""

    @property
    def keymap(self) -> Mapping[str, str]:
        """The operator's own keys, by action."""

    @property
    def chosen(self) -> tuple[JobKey, ...]:
        """The jobs a command is about, captured now."""

    @property
    def is_demo(self) -> bool:
        """Whether the service is simulated."""

    def is_again(self, command: str, within_s: float) -> bool:
        """Whether this was also asked of a command so many seconds ago or less."""

    def tell(self, text: str, *, is_bad: bool = False, seconds: float = 0.0) -> None:
        """Tell the result of a key, until the next key or for some seconds."""

    def tell_unless_saved(self) -> None:
        """Say that what was just changed is not in the list's file, if so."""

    def clear_notifications(self) -> None:
        """Take away what was told."""

    def copy(self, what: str, text: str) -> None:
        """Copy a text and say how."""

    def change(self, keys: Sequence[JobKey], how: Callable[[Watch], Watch]) -> None:
        """Change what the operator said of some jobs."""

    def open(self, contents: Contents) -> None:
        """Open the dialog that shows this."""

    def ask_add(self, text: str = "") -> None:
        """Ask for jobs to add, with text to find ids in."""

    def action_command(self, name: str) -> None:
        """Run a command of the table of actions; its faults are logged and told."""

    @property
    def themes(self) -> Themes:
        """The themes there are, and the one that is shown."""

    def save_view(self) -> None:
        """Keep what the operator chose to see for the next run."""

    def selected_text(self) -> str:
        """What is selected with the mouse or in a field."""

    def reload(self) -> None:
        """Read configuration and credentials again."""

    def repaint_all(self) -> None:
        """Draw everything again, over whatever else was written there."""

    def action_suspend_process(self) -> None:
        """Go to the background; `fg` in the shell comes back."""

    def quit(self) -> None:
        """Leave; what is not saved yet is saved on the way."""

    def leave(self, code: int) -> None:
        """Leave at once, with an exit code."""


class Hands(Protocol):
    """The operator's, at the keys and the mouse."""

    @property
    def idle_s(self) -> float:
        """Seconds since the last key or click, endless before the first."""


class Host(Desk, Protocol):
    """What screens ask of the app that shows them, besides."""

    @property
    def now(self) -> Callable[[], Moment]:
        """This moment, on both clocks."""

    @property
    def view(self) -> View:
        """How things are looked at: the parts that do not change with time."""

    @property
    def is_leaving(self) -> bool:
        """Whether the program was told to end."""

    @property
    def is_blurred(self) -> bool:
        """Whether nobody looks."""

    @property
    def presence(self) -> Hands:
        """Whether the operator is there."""

    @property
    def can_paint(self) -> bool:
        """Whether the terminal takes what is painted."""

    async def press(self) -> None:
        """Take the keys that wait."""

    def take_news(self, before: Snapshot, after: Snapshot) -> None:
        """Tell what happened between two snapshots, beyond the table itself."""
