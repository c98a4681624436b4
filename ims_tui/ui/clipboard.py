"""Copying from a terminal program: OSC 52, or a tool of the desk it runs on.

OSC 52 reaches the clipboard of the operator's own terminal over SSH, too. Nothing
answers it, so what is said afterwards names the way, not the success.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from ims_tui.core.show import texts

if TYPE_CHECKING:
    from ims_tui.core.ports import StartProgram

LIMIT = 74_994
"""Bytes of base64 that terminals take in one sequence (xterm; k9s and tmux agree)."""

TOOLS: tuple[tuple[str, ...], ...] = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--input", "--clipboard"),
)
_SCREEN_CHUNK = 76
"""Bytes that GNU screen passes on in one piece."""


class TooLongError(ValueError):
    """The text does not fit into one sequence; the message gives the sizes."""


def osc52(text: str, environ: Mapping[str, str]) -> str:
    """The sequence that sets the terminal's clipboard.

    Raises:
        TooLongError: terminals would drop or cut it.
    """
    data = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    if len(data) > LIMIT:
        raise TooLongError(texts.TOO_LONG.format(size=len(data), most=LIMIT))
    plain = f"\x1b]52;c;{data}\x1b\\"
    if environ.get("TMUX"):
        # tmux takes the plain one with `set-clipboard on`, and hands the wrapped one
        # through with `allow-passthrough on`; each setting ignores the other's.
        wrapped = plain.replace("\x1b", "\x1b\x1b")
        return f"{plain}\x1bPtmux;{wrapped}\x1b\\"
    if environ.get("STY") or environ.get("TERM", "").startswith("screen"):
        # Inside screen's own string ST would end it, so BEL ends the inner one.
        whole = f"\x1b]52;c;{data}\x07"
        pieces = (
            whole[i : i + _SCREEN_CHUNK] for i in range(0, len(whole), _SCREEN_CHUNK)
        )
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return plain


def native_tool(
    environ: Mapping[str, str], find: Callable[[str], str | None] = shutil.which
) -> tuple[str, ...] | None:
    """The clipboard tool of this desk; None over SSH or without one."""
    if environ.get("SSH_TTY") or environ.get("SSH_CONNECTION"):
        return None
    needs = {"wl-copy": "WAYLAND_DISPLAY", "xclip": "DISPLAY", "xsel": "DISPLAY"}
    for tool in TOOLS:
        has_display = not needs.get(tool[0]) or bool(environ.get(needs[tool[0]]))
        if has_display and find(tool[0]):
            return tool
    return None


class Clipboard(Struct, frozen=True):
    """Copies by the way that the settings choose."""

    way: str
    """`auto`, `osc52`, `native` or `off`."""
    environ: Mapping[str, str]
    write: Callable[[str], None]
    """Writes to the terminal."""
    start: StartProgram

    async def copy(self, what: str, text: str) -> str:
        """Copy a text; returns the sentence that says how it went."""
        if self.way == "off":
            return texts.COPYING_OFF
        size = texts.SIZE.format(size=len(text))
        what = texts.SIZED.format(what=what, size=size)
        ways, problem = [], texts.NO_TOOL
        if self.way != "native":
            try:
                self.write(osc52(text, self.environ))
                ways.append(texts.THE_TERMINAL)
            except TooLongError as error:
                problem = str(error)
        tool = native_tool(self.environ) if self.way != "osc52" else None
        if tool and await self.start(tool, text.encode("utf-8", "replace")):
            ways.append(tool[0])
        if not ways:
            return texts.NOT_COPIED.format(what=what, problem=problem)
        return texts.COPIED.format(what=what, ways=texts.AND.join(ways))
