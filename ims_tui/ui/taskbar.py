"""Progress in the taskbar or on the tab of the terminal, cleared at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ims_tui.core.notices.osc import wrapped
from ims_tui.core.show.taskbar import CLEARED, taskbar
from ims_tui.core.state.store import Snapshot
from ims_tui.ui.window_title import PLAIN_TERMINALS


class Taskbar:
    """Writes the progress when it changed; does nothing on terminals without one."""

    def __init__(
        self, write: Callable[[str], None], environ: Mapping[str, str]
    ) -> None:
        self._is_on = not environ.get("TERM", "dumb").startswith(PLAIN_TERMINALS)
        self._write = write
        self._environ = environ
        self._shown = CLEARED

    def show(self, snapshot: Snapshot) -> None:
        """Show how far the jobs are."""
        sequence = taskbar(snapshot)
        if self._is_on and sequence != self._shown:
            self._shown = sequence
            self._write(wrapped(sequence, self._environ))

    @property
    def clearing(self) -> str:
        """What clears it, also where the program has failed."""
        return wrapped(CLEARED, self._environ) if self._is_on else ""
