"""Opening a page in the operator's browser, or handing over its link.

Over SSH the browser is on another machine: the link is shown, and copied there.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping

from ims_tui.core.show import texts
from ims_tui.ui.clipboard import Clipboard
from ims_tui.ui.toast import Telling
from ims_tui.ui.workers import observe

_LINK_S = 60.0
"""How long a link stands, to be selected."""


def opener(
    environ: Mapping[str, str],
    find: Callable[[str], str | None] = shutil.which,
    platform: str = sys.platform,
) -> str:
    """The program that opens pages on this desk; empty over SSH or without one."""
    if environ.get("SSH_TTY") or environ.get("SSH_CONNECTION"):
        return ""
    if platform == "darwin":
        return "open"
    has_display = environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    names = ("wslview", "xdg-open") if has_display else ("wslview",)
    return next(filter(find, names), "")


class Browser:
    """Opens pages for the operator of an app."""

    def __init__(
        self,
        app: Telling,
        environ: Mapping[str, str],
        clipboard: Callable[[], Clipboard],
    ) -> None:
        self._app = app
        self._environ = environ
        self._clipboard = clipboard

    def open(self, what: str, url: str) -> None:
        """Open a page, or show and copy its link where none can be opened here."""
        observe(self._app, lambda: self._open(what, url))

    async def _open(self, what: str, url: str) -> None:
        clipboard, program = self._clipboard(), opener(self._environ)
        if program and await clipboard.start((program, url), None):
            self._app.tell(texts.OPENED.format(what=what))
            return
        copied = await clipboard.copy(texts.LINK.format(what=what), url)
        self._app.tell(f"{copied}\n{url}", seconds=_LINK_S)
