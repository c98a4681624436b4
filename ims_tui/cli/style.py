"""How commands look at jobs: view, colour, and lines that reach a pipe at once."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC
from typing import TextIO

from ims_tui.cli.call import Call
from ims_tui.core.config.locales import is_utf8, names_utf8
from ims_tui.core.moment import Moment
from ims_tui.core.show.glyphs import GLYPHS
from ims_tui.core.show.view import Times, Tone, View
from ims_tui.core.state.health import Health
from ims_tui.wiring import LocalZone, explain

_COLOURLESS = ("dumb", "vt")
"""How the names of terminals without colour begin."""

_SGR = {
    Tone.OK: "32",
    Tone.FAIL: "1;31",
    Tone.RUN: "36",
    Tone.WARN: "33",
    Tone.DIM: "2",
}


def plain_view(
    call: Call, now: Moment, health: Mapping[str, Health] | None = None
) -> View:
    """The view of commands: local times or UTC, signs that the stream can write."""
    encoding = getattr(call.out, "encoding", "") or ""
    is_ascii = call.args.ascii or not (is_utf8(call.environ) and names_utf8(encoding))
    zone = UTC if vars(call.args).get("utc") else LocalZone()
    glyphs = GLYPHS["ascii" if is_ascii else "braille"]
    return View(now, health or {}, Times.ELAPSED, zone, glyphs, explain)


def has_colour(call: Call, stream: TextIO) -> bool:
    """Whether to colour a stream: the option, then the variables, then the terminal."""
    if call.args.color != "auto":
        return bool(call.args.color == "always")
    environ = call.environ
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") != "0" for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    if environ.get("CLICOLOR") == "0":
        return False
    terminal = environ.get("TERM") or "dumb"
    return stream.isatty() and not terminal.startswith(_COLOURLESS)


def painted(text: str, tone: Tone, colour: bool) -> str:
    """A text in the colour of its tone."""
    code = _SGR.get(tone) if colour else None
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


def write_at_once(stream: TextIO) -> None:
    """Let every line leave when it is written, also into a pipe."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(line_buffering=True)
